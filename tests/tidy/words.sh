#!/usr/bin/env bash
# words.sh - what does not enter main: open matters belong to the tracker, asserts stay on, and a
# test waits for a line, a file or a socket, never for a time.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8

list() { git ls-files -co --exclude-standard -- "$@" ':!tests/tidy/*' ':!*/vendor/*' 2>/dev/null; }

wrong=0
banned()
{
    local why=$1 pattern=$2
    shift 2
    local files
    mapfile -t files < <(list "$@" | while read -r f; do [ -f "$f" ] && echo "$f"; done)
    [ ${#files[@]} -gt 0 ] || return 0
    if grep -nHE "$pattern" "${files[@]}" >&2; then
        echo "words: $why" >&2
        wrong=1
    fi
}

code=('*.c' '*.h' '*.def' '*.sh' '*.py' '*.js' '*.css' '*.html' '*.yaml' Makefile)
banned 'open matters belong to the tracker' '\b(TODO|FIXME|XXX|HACK)\b' "${code[@]}" '*.md'
banned 'asserts are part of the program' 'NDEBUG' '*.c' '*.h' '*.def' Makefile ':!engine/base/base.h'
banned 'a test waits for a line, not for a time' '\b(u|nano)?sleep[ ]*\(|^[ 	]*sleep ' \
    'tests/*.c' 'tests/*.h' 'tests/*.py' 'tests/*.sh' ':!tests/lib/*'
[ "$wrong" -eq 0 ] || exit 1
echo 'words: ok'
