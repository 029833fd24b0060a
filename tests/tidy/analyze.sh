#!/usr/bin/env bash
# analyze.sh 'CPPFLAGS' 'PURE SOURCES' SOURCE... - clang-tidy, a file per processor; then cppcheck.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1:-}" = --one ]; then
    read -r -a flags <<<"$2"
    case " $3 " in
    *" $4 "*) ;;
    *) flags+=(-D_POSIX_C_SOURCE=200809L) ;;
    esac
    case $4 in
    viewer/top/*) flags+=(-D_XOPEN_SOURCE=700) ;;
    esac
    output=$(clang-tidy --quiet "$4" -- -std=c17 "${flags[@]}" 2>&1) && exit 0
    grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? generated|^Suppressed ' <<<"$output" || true
    exit 1
fi

given=$1 pure=$2
shift 2
[ $# -gt 0 ] || { echo 'analyze: ok (nothing yet)' && exit 0; }
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" "$0" --one "$given" "$pure"
cppcheck --quiet -j "$(nproc)" --enable=warning,performance,portability --std=c11 -I. \
    --error-exitcode=1 --inline-suppr --suppress=missingIncludeSystem "$@"
echo "analyze: ok ($# files)"
