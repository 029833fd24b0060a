#!/usr/bin/env bash
# demo.sh BIN - a real year of a real authority in two minutes, on one terminal and one page.
#
#   SPEED=262800   simulated seconds per real second       VIEW=top     the full-screen terminal view
#   LIVE=1         a made-up city hall on the wall clock    DEMO_SECONDS=N   end by itself
#   PORT=8080      of the page                              UI_LANG=zh|en    (default: as the locale)
set -euo pipefail

bin=$(cd "${1:?usage: demo.sh FOLDER_OF_PROGRAMS}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
share=$(cd "$here/.." && pwd)
speed=${SPEED:-262800}
port=${PORT:-8080}
case ${UI_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-en}}}} in zh*) lang=zh ;; *) lang=en ;; esac
home=$(mktemp -d "${TMPDIR:-/tmp}/cardwatch.XXXXXX")
collector=
tail=
is_done=

say() { # ENGLISH CHINESE
    if [ "$lang" = zh ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

end() { # PID: told again, for what has only just begun may not have heard it
    while kill -TERM "$1" 2>/dev/null; do
        sleep 0.2
    done
}

stop() { # the view first, then what feeds it, the engine last
    local jobs
    mapfile -t jobs <<<"$(jobs -p)"
    for ((i = ${#jobs[@]} - 1; i >= 0; i--)); do
        [ -z "${jobs[i]}" ] || end "${jobs[i]}"
    done
}

finish() {
    local code=$?
    trap - EXIT INT TERM HUP
    trap '' INT TERM HUP
    if [ -S "$home/query" ]; then
        for pid in $tail $collector; do # nothing moves while it is told what was found
            end "$pid"
        done
        echo
        "$here/demo_found.py" --bin "$bin" --home "$home" --lang "$lang" ${log:+--log "$home/log.jsonl"} || true
    fi
    stop
    rm -rf "$home"
    [ -n "$is_done" ] && code=0
    exit "$code"
}
trap finish EXIT
trap 'is_done=1' INT TERM HUP # looked at between two steps: nothing is left half begun

leave() { # if somebody asked for it
    [ -z "$is_done" ] || exit 0
}

start() { # NAME COMMAND…: in the background, its words into a log
    local name=$1
    shift
    # In a session of its own: the Ctrl-C of the terminal is for this script, which then still asks.
    setsid "$@" >"$home/$name.out" 2>"$home/$name.err" &
}

wait_for() { # FILE WORDS: until a line has them
    for _ in $(seq 200); do
        grep -q "$2" "$1" 2>/dev/null && return 0
        leave
        sleep 0.05 || true
    done
    say "demo: $1 does not say \"$2\"; its words:" "演示：$1 没有输出 \"$2\"；内容如下：" >&2
    cat "$home"/*.err >&2
    return 1
}

log=
if [ -z "${LIVE:-}" ]; then
    say "Fetching the log of 1,434 real permits (once) …" "获取 1,434 件真实许可的日志（仅一次）…"
    if ! log=$("$here/fetch-log.sh"); then
        say "… it cannot be had: a made-up city hall takes its place." "… 无法获取：改用模拟政务大厅。"
        log=
    fi
fi

if [ -n "$log" ]; then
    clock=events
    rules=("$share/rules/sets/wabo.yaml" "$share/rules/calendars/nl.yaml")
    title=$(say "Environmental permits, a Dutch municipality" "荷兰某市 环境许可")
    collect=(xes --map "$share/collectors/maps/wabo.yaml" --speed "$speed"
        --paced-from 2010-11-18T00:00:00+01:00 --end-tick 2012-01-30T00:00:00+01:00 "$log")
    "$bin/cardwatch-collect" xes --map "$share/collectors/maps/wabo.yaml" --dry-run "$log" \
        >"$home/log.jsonl" 2>/dev/null
else
    rules=("$share/rules/sets/permit-law.yaml" "$share/rules/calendars/cn.yaml" "$home/items.csv")
    title=$(say "A city hall that does not exist" "某某市政务服务中心（模拟）")
    "$bin/cardwatch-collect" sim --catalogue "$home/items.csv" >/dev/null 2>&1
    if [ -n "${LIVE:-}" ]; then
        clock=wall
        collect=(sim --always --rate "${RATE:-40}")
    else
        clock=events
        collect=(sim --from 2025-01-02 --until 2025-12-31 --cases 200 --speed "$speed")
    fi
fi

if ! "$bin/cardwatch-rules" import --store "$home/rules" --author demo --lang "$lang" \
    "${rules[@]}" >"$home/import.out" 2>"$home/import.err"; then
    cat "$home/import.err" >&2
    exit 1
fi
start engine "$bin/cardwatch-engine" --data-dir "$home" --clock "$clock"
wait_for "$home/engine.out" '^ready'
start web "$bin/cardwatch-view-web" --home "$home" --listen "127.0.0.1:$port" --title "$title" --lang "$lang"
if ! wait_for "$home/web.out" 'http' 2>/dev/null; then # the port is taken: any free one will do
    start web "$bin/cardwatch-view-web" --home "$home" --listen 127.0.0.1:0 --title "$title" --lang "$lang"
    wait_for "$home/web.out" 'http'
fi
address=$(grep -o 'http[^ ]*' "$home/web.out" | tail -n 1)
[ -z "${UI_LANG:-}" ] || address="${address%/}/?lang=$lang" # else as the browser's reader likes it
start collect "$bin/cardwatch-collect" "${collect[@]}" --home "$home" --position "$home/position"
collector=$!

echo
say "  The wall:       $address" "  大屏：         $address"
say "  Full screen:    cardwatch view top --home $home" "  全屏终端：     cardwatch view top --home $home"
say "  Why a card:     cardwatch explain CARD --home $home" "  为何发牌：     cardwatch explain 牌号 --home $home"
say "  Ctrl-C ends it and shows what was found." "  按 Ctrl-C 结束并显示结果。"
echo

if [ "${VIEW:-tail}" = top ]; then
    "$bin/cardwatch-view-top" --home "$home" --lang "$lang"
    is_done=1
    exit 0
fi
"$bin/cardwatch-view-tail" --home "$home" --from start --lang "$lang" &
tail=$!

# Until the log has been played to its end, or the given seconds are over, or Ctrl-C.
seconds=0
while kill -0 "$collector" 2>/dev/null; do
    sleep 0.5 || true # Ctrl-C ends the sleep
    leave
    seconds=$((seconds + 1))
    if [ -n "${DEMO_SECONDS:-}" ] && [ "$seconds" -ge $((DEMO_SECONDS * 2)) ]; then
        is_done=1
        exit 0
    fi
done
leave
if [ -n "${DEMO_SECONDS:-}" ] || [ ! -t 0 ]; then
    is_done=1
    exit 0
fi
echo
say "The log is at its end. The page stays until Ctrl-C: $address" "日志已播完。页面保留到按 Ctrl-C：$address"
while [ -z "$is_done" ]; do
    sleep 0.5 || true
done
