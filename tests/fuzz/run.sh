#!/usr/bin/env bash
# run.sh SECONDS TARGET... - libFuzzer on each target, two at a time. The corpus in the tree is read;
# what is found on the way stays under $BUILD/corpus, a finding under $BUILD/findings.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "$1" = --one ]; then
    seconds=$2 program=$3
    target=${program##*/fuzz_}
    mkdir -p "$BUILD/corpus/$target" "$BUILD/findings" "$BUILD/log"
    folders=("$BUILD/corpus/$target")
    [ ! -d "tests/fuzz/corpus/$target" ] || folders+=("tests/fuzz/corpus/$target")
    log=$BUILD/log/fuzz-$target.log
    if "$program" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$BUILD/findings/$target-" "${folders[@]}" \
        >"$log" 2>&1; then
        echo "  ok   fuzz/$target: runs=$(sed -n 's/.*number_of_executed_units: *//p' "$log")"
        exit 0
    fi
    echo "  FAIL fuzz/$target"
    tail -n 60 "$log"
    exit 1
fi

seconds=$1
shift
[ $# -gt 0 ] || { echo 'fuzz: no targets yet' && exit 0; }
printf '%s\0' "$@" | xargs -0 -n 1 -P 2 "$0" --one "$seconds"
echo 'fuzz: ok'
