#!/usr/bin/env bash
# run.sh [--quick] [PROGRAM...] - run the benches one after the other, and print one table of all
# figures beside bench/baseline.txt, then the ratios, which is what to look at: a machine has good
# and bad days, a ratio of two figures of the same run stays.
#
# Called by `make bench`. BENCH_QUICK=1: smaller worlds. Lines as the benches print them are kept in
# $BUILD/bench.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

BUILD=${BUILD:-build/release}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$PWD/$BUILD
export BUILD CARDWATCH_BIN=${CARDWATCH_BIN:-$BUILD/bin}
quick=()
[ -z "${BENCH_QUICK:-}" ] || quick=(--quick)
if [ "${1:-}" = --quick ]; then
    quick=(--quick)
    shift
fi
programs=("$@")
[ ${#programs[@]} -gt 0 ] || programs=("$BUILD"/bench/bench_{raw,intake,core,rules,delay,restart,preview,backtest})

lines=$BUILD/bench.txt
: >"$lines"
failed=0
keep() { tee -a "$lines" >&2; }
for program in "${programs[@]}"; do
    [ "${program##*/}" != bench_postgres ] || continue # postgres.sh runs it
    "$program" ${quick[@]+"${quick[@]}"} | keep || failed=1
done
bench/postgres.sh ${quick[@]+"${quick[@]}"} | keep || failed=1

awk -f bench/table.awk bench/baseline.txt "$lines"
grep '^skip ' "$lines" || true
exit "$failed"
