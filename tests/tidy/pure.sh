#!/usr/bin/env bash
# pure.sh OBJECT... -- SOURCE... - the pure folders reach nothing outside: their objects name only
# each other and these few functions of the C library; no two files of them call each other in a
# circle; and there is no floating point in them.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C

libc='memcpy memmove memset memcmp memchr strlen strncmp strcspn aligned_alloc strcmp strchr malloc calloc realloc free
      qsort bsearch abort __assert_fail __stack_chk_fail __memcpy_chk __memmove_chk __memset_chk
      _GLOBAL_OFFSET_TABLE_'

objects=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    objects+=("$1")
    shift
done
shift
[ ${#objects[@]} -gt 0 ] || { echo 'pure: ok (nothing yet)' && exit 0; }

strangers=$(nm -A "${objects[@]}" | awk -v libc="$libc" '
    BEGIN { n = split(libc, words, " "); for (i = 1; i <= n; i++) ours[words[i]] = 1 }
    $(NF - 1) == "U" { wanted[$NF] = wanted[$NF] " " substr($1, 1, index($1 ":", ":") - 1); next }
    { ours[$NF] = 1 }
    END { for (name in wanted) if (!(name in ours)) print "pure: " name " in" wanted[name] }')
if [ -n "$strangers" ]; then
    echo "$strangers" >&2
    exit 1
fi

# One circle is the law's own: a card that follows another waits for its release, and which card a
# release means is told by the instants of cards.
circles=$(nm -A "${objects[@]}" | awk '
    { file = substr($1, 1, index($1 ":", ":") - 1); name = $NF }
    $(NF - 1) == "U" { uses[file "\t" name]; next }
    $(NF - 1) ~ /[A-Z]/ { home[name] = file }
    END {
        for (use in uses) {
            split(use, part, "\t")
            if (!(part[2] in home)) continue
            pair = part[1] " " home[part[2]]
            if (pair !~ /reckon\/reckon\.o .*reckon\/decisions\.o$/) print pair
        }
    }' | sort | tsort 2>&1 >/dev/null || true)
if [ -n "$circles" ]; then
    sed 's/^tsort: /pure: /; s/-: input contains a loop:/files that call each other in a circle:/' \
        <<<"$circles" >&2
    exit 1
fi

# Headers of the same folders too; a word in a comment is not a type, hence the cut.
mapfile -t folders < <(dirname "$@" | sort -u)
# shellcheck disable=SC2016 # the $ are awk's
floats=$(find "${folders[@]}" -maxdepth 1 -name '*.[ch]' -print0 | sort -z | xargs -0 -r awk '
    FNR == 1 { comment = 0 }
    {
        line = $0
        if (comment) { if (!sub(/^.*\*\//, "", line)) next; comment = 0 }
        gsub(/"([^"\\]|\\.)*"/, "", line); gsub(/\/\*[^*]*\*\//, "", line); sub(/\/\/.*/, "", line)
        if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); comment = 1 }
        if (line ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/)
            print "pure: " FILENAME ":" FNR ": floating point: " $0
    }')
if [ -n "$floats" ]; then
    echo "$floats" >&2
    exit 1
fi
echo "pure: ok (${#objects[@]} objects)"
