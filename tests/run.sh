#!/usr/bin/env bash
# run.sh PROGRAM... - run test programs, two at a time, and say what came of it.
#
# A program ends by printing "NAME: tests=N failed=M checks=K", with " skipped=S" if it skipped any,
# and a line "skip NAME: reason" for each of those. One that prints no such line is one test, passed
# if it exits with 0. Quiet when good: one line per program; a failing one's output is shown whole.
# A hanging one is killed. The last line alone is the count. Logs: $BUILD/log/.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

BUILD=${BUILD:-build/release}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$PWD/$BUILD
CARDWATCH_BIN=$BUILD/bin
export BUILD CARDWATCH_BIN PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH} PATH=$CARDWATCH_BIN:$PATH
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
logs=$BUILD/log
mkdir -p "$logs"

# unit/engine/wire for $BUILD/tests/unit/engine/test_wire, system/crash for tests/system/test_crash.py.
name_of()
{
    local path=$1
    path=${path#"$BUILD"/}
    path=${path#"${BUILD#"$PWD"/}"/}
    path=${path#tests/}
    path=${path%.sh}
    path=${path%.py}
    local file=${path##*/}
    file=${file#test_}
    file=${file#fuzz_}
    file=${file#bench_}
    path=${path%/*}/$file
    [ "$path" != scenario/play ] || path=scenario
    echo "$path"
}

# timeout leads a process group of its own: what a program leaves behind ends with it.
run_one()
{
    local program=$1 name=$2 limit=120 arguments=()
    case $name in
    system/*) limit=600 ;;
    oracle/* | sim/* | fuzz/* | bench/*) limit=300 ;;
    esac
    case $name in bench/*) arguments=(--smoke) ;; esac
    local command=("$program")
    case $program in
    *.py) command=(/usr/bin/python3 "$program") ;;
    *.sh) command=(bash "$program") ;;
    /*) ;;
    *) command=("./$program") ;;
    esac
    local log=$logs/${name//\//-}.log started=$SECONDS
    timeout --kill-after=5 "$limit" "${command[@]}" ${arguments[@]+"${arguments[@]}"} \
        >"$log" 2>&1 </dev/null &
    local group=$! status=0
    wait "$group" || status=$?
    kill -KILL -- "-$group" 2>/dev/null
    echo "$status $((SECONDS - started))" >"$log.exit"
}

number_after() { sed -n "s/.*[ ]$2=\([0-9][0-9]*\).*/\1/p" <<<"$1"; }

passed=0 failed=0 skipped=0
report()
{
    local name=$1 log=$logs/${1//\//-}.log status seconds line tests=1 bad=0 left_out=0 note=
    read -r status seconds <"$log.exit"
    line=$(grep -aE '^[^ ]+: tests=[0-9]+ failed=[0-9]+' "$log" | tail -n 1)
    if [ -n "$line" ]; then
        tests=$(number_after "$line" tests)
        bad=$(number_after "$line" failed)
        left_out=$(number_after "$line" skipped)
        left_out=${left_out:-0}
        note=${line#*: }
    fi
    [ "$tests" -gt 0 ] || { tests=1 bad=1 && note='no tests'; }
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
        [ "$tests" -gt "$left_out" ] || tests=$((left_out + 1))
    fi
    passed=$((passed + tests - bad - left_out))
    failed=$((failed + bad))
    skipped=$((skipped + left_out))
    if [ "$bad" -eq 0 ]; then
        printf '  ok   %s%s (%ss)\n' "$name" "${note:+: $note}" "$seconds"
        grep -a '^skip ' "$log" | sed 's/^/       /'
        return
    fi
    case $status in
    124 | 137) note="killed after ${seconds}s" ;;
    *) note="exit $status" ;;
    esac
    printf '  FAIL %s (%s)\n' "$name" "$note"
    sed 's/^/       /' "$log" | tail -n 200
}

programs=("$@") names=() running=0
for program in ${programs[@]+"${programs[@]}"}; do
    names+=("$(name_of "$program")")
done

# Start in order, two at a time; report in order, each as soon as all before it are done.
next=0
show_finished()
{
    while [ "$next" -lt ${#names[@]} ] && [ -s "$logs/${names[$next]//\//-}.log.exit" ]; do
        report "${names[$next]}"
        next=$((next + 1))
    done
}
for name in ${names[@]+"${names[@]}"}; do
    rm -f "$logs/${name//\//-}.log.exit"
done
trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
for index in "${!programs[@]}"; do
    if [ "$running" -ge "${JOBS:-2}" ]; then
        wait -n
        running=$((running - 1))
        show_finished
    fi
    run_one "${programs[$index]}" "${names[$index]}" &
    running=$((running + 1))
done
wait
show_finished

if [ $((passed + failed)) -eq 0 ]; then
    echo 'no test was run, and that is a failure'
    failed=1
fi
printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
printf '\n'
[ "$failed" -eq 0 ]
