#!/usr/bin/env bash
# layers.sh - every #include follows an arrow of layers.txt; no two folders in a circle.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C

for top in engine rules collectors viewer tests bench; do
    [ ! -d "$top" ] || find "$top" -name '*.[ch]' -o -name '*.def'
done | sort | xargs -r grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null |
    awk -v table=tests/tidy/layers.txt '
function parent(path) { return sub(/\/[^\/]*$/, "", path) ? path : "" }
# The line that speaks for a folder: its own, or its starred sibling, or that of the folder above.
function line_of(folder) {
    for (; folder != ""; folder = parent(folder)) {
        if (folder in may) return folder
        if ((parent(folder) "/*") in may) return folder
    }
    return ""
}
function words_of(layer) { return layer in may ? may[layer] : may[parent(layer) "/*"] }
function within(folder, top) { return folder == top || index(folder "/", top "/") == 1 }
function allowed(from, to,    words, n, i) {
    if (within(to, line_of(from)) && line_of(to) == line_of(from)) return 1
    n = split(words_of(line_of(from)), words, " ")
    for (i = 1; i <= n; i++) {
        if (words[i] == line_of(to)) return 1
        if (words[i] ~ /\/\*$/ && words[i] == parent(line_of(to)) "/*") return 1
    }
    return 0
}
function complain(text) { print "layers: " text > "/dev/stderr"; wrong++ }
# Depth first; grey folders are on the path that is being walked.
function walk(layer,    words, n, i, next_one, other) {
    colour[layer] = "grey"
    n = split(words_of(layer), words, " ")
    for (i = 1; i <= n; i++)
        for (other in known)
            if (other != layer && (words[i] == other || words[i] == parent(other) "/*")) {
                if (colour[other] == "grey") complain(layer " and " other " are in a circle")
                else if (colour[other] == "") walk(other)
            }
    colour[layer] = "black"
}
BEGIN {
    while ((getline row < table) > 0) {
        if (row ~ /^#/ || row !~ /:/) continue
        key = row; sub(/:.*/, "", key)
        sub(/^[^:]*:[ \t]*/, "", row)
        if (key ~ /^</) fence[key] = row; else { may[key] = row; if (key !~ /\*/) known[key] = 1 }
    }
}
{
    split($0, part, ":")
    file = part[1]; place = part[1] ":" part[2]
    folder = parent(file)
    text = $0; sub(/^[^:]*:[0-9]+:[ \t]*#[ \t]*include[ \t]*/, "", text)
    seen++
    if (line_of(folder) == "") { complain(place ": " folder " is not in layers.txt"); next }
    known[line_of(folder)] = 1
    if (text ~ /^</) {
        sub(/>.*/, ">", text)
        if (!(text in fence)) next
        n = split(fence[text], words, " ")
        for (i = 1; i <= n; i++) if (within(folder, words[i])) next
        complain(place ": " folder " may not include " text)
    } else if (text ~ /^"/) {
        sub(/^"/, "", text); sub(/".*/, "", text)
        target = parent(text)
        if (target == "" || line_of(target) == "")
            complain(place ": " text ": the whole path, from the top, please")
        else if (!allowed(folder, target))
            complain(place ": " folder " may not include " text)
        else
            known[line_of(target)] = 1
    }
}
END {
    for (layer in known) if (colour[layer] == "") walk(layer)
    if (wrong) { print "layers: " wrong " wrong" > "/dev/stderr"; exit 1 }
    print "layers: ok (" seen + 0 " includes)"
}'
