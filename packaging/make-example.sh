#!/usr/bin/env bash
# make-example.sh BIN - the example of a configuration file on standard output: packaging/
# cardwatch.yaml, and behind it every option of every program as a comment, out of --help.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1" && pwd)
export LC_ALL=C.UTF-8 CARDWATCH_LANG=en
unset CARDWATCH_CONFIG

# What belongs to one call and not to a file is left out.
options()
{
    awk '
    function put(name, value, text,    preset) {
        if (name ~ /^(config|lang|help|version|check-config|digest|make-keys)$/) return
        if (value == "") value = "false"
        if (match(text, /\(default: [^()]*\)$/)) {
            # a value as it could be typed; anything else is said in words and stays there
            preset = substr(text, RSTART + 10, RLENGTH - 11)
            if (preset ~ /^[^ $]+$/ || preset ~ /^[0-9]+ [a-z]+$/) {
                value = preset
                text = substr(text, 1, RSTART - 2)
            }
        }
        printf "#  # %s\n#  %s: %s\n", text, name, value
    }
    /^ +(-[a-z], )?--/ {
        left = $0; sub(/^ +(-[a-z], )?--/, "", left)
        at = match(left, /  +/)
        text = at == 0 ? "" : substr(left, at + RLENGTH)
        if (at > 0) left = substr(left, 1, at - 1)
        name = left; sub(/ .*/, "", name)
        value = left; if (!sub(/^[^ ]+ /, "", value)) value = ""
        if (at > 0) put(name, value, text)
        wide = at == 0
        next
    }
    wide { sub(/^ +/, ""); put(name, value, $0); wide = 0 }'
}

# One section for each name that a help text gives, in the order of the overview; several verbs may
# share one.
told=engine
section()
{
    local help name
    help=$("$bin/cardwatch" "$@" --help)
    if ! grep -q '^Options:' <<<"$help"; then
        while read -r verb _; do section "$@" "$verb"; done < <(grep -E '^  [a-z]' <<<"$help")
        return
    fi
    name=$(sed -n 's/^under "\([a-z]*\):" or at the top.*/\1/p' <<<"$help")
    [ "$name" = "$told" ] || printf '\n#%s:\n' "$name"
    told=$name
    options <<<"$help"
}

cat "$here/cardwatch.yaml"
{
    section engine
    while IFS=$'\t' read -r verb _; do
        case $verb in engine | keys | backup | verify | 'config check') continue ;; esac
        read -ra words <<<"$verb"
        section "${words[@]}" </dev/null
    done < <("$bin/cardwatch" --help | grep -E '^  [a-z]' | sed -E 's/^  //; s/  +/\t/')
} | awk 'BEGIN { seen["data-dir:"] = 1 } /^#[a-z]/ { delete seen } /^#  # / { about = $0; next }
    /^#  [a-z-]+:/ { if ($2 in seen) next; seen[$2] = 1; print about } { print }'
