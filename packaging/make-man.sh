#!/usr/bin/env bash
# make-man.sh BIN OUT - the man pages, out of what the programs say of themselves with --help: so
# they are never older than the programs. BIN: folder of the programs; OUT: where the pages go.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1" && pwd)
out=$2
export LC_ALL=C.UTF-8 CARDWATCH_LANG=en
unset CARDWATCH_CONFIG
version=$("$bin/cardwatch" --version)
version=${version#cardwatch }
mkdir -p "$out"

# --help to roff. level: the macro that begins a section. An option, or a verb, is a row of two
# columns; one that is too wide has its text on the next line.
body()
{
    awk -v level="$1" '
    function plain(text) {
        gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text)
        return text ~ /^[.\047]/ ? "\\&" text : text
    }
    function row(left, text) { print ".TP"; print "\\fB" plain(left) "\\fR"; print plain(text); wide = 0 }
    function section(text) { print level " " text; begun = 1 }
    /^Usage: / {
        section("SYNOPSIS"); print "\\fB" plain(substr($0, 8)) "\\fR"
        section("DESCRIPTION"); print plain(before); next
    }
    /^Options:/ { section("OPTIONS"); is_rows = 1; next }
    /^ +-/ || /^  [a-z]/ {
        left = $0; sub(/^ +/, "", left)
        at = match(left, /  +/)
        if (at == 0) { wide = left; next }
        row(substr(left, 1, at - 1), substr(left, at + RLENGTH)); next
    }
    /^ +/ && wide { sub(/^ +/, ""); row(wide, $0); next }
    /^$/ { if (begun) print ".PP"; next }
    !begun { before = before (before == "" ? "" : " ") $0; next }
    { print plain($0) }'
}

page() # NAME SECTION SUMMARY < body
{
    {
        printf '.\\" Made by packaging/make-man.sh out of --help.\n'
        printf '.TH %s %s "" "cardwatch %s" "cardwatch"\n' "${1^^}" "$2" "$version"
        printf '.SH NAME\n%s \\- %s\n' "${1//-/\\-}" "${3//-/\\-}"
        cat
    } >"$out/$1.$2"
}

tail_of_page()
{
    cat <<'ROFF'
.SH EXIT STATUS
0: done. 64: the command line is wrong. 65: the data are wrong. 66: what was asked for is not there.
69: the engine does not answer. 70: a fault of the program. 73, 74: a file cannot be made, read or
written. 75: busy, try again. 78: the configuration is wrong.
.SH ENVIRONMENT
.TP
\fBCARDWATCH_CONFIG\fR
the configuration file, when \-\-config does not name one
.TP
\fBCARDWATCH_HOME\fR
the folder of the engine
.TP
\fBCARDWATCH_LANG\fR
the language of messages: en or zh
.SH SEE ALSO
ROFF
    printf '.BR %s\n' "$@"
}

# The verbs of a help text: rows of its overview, each "first words, two blanks, what it does".
verbs_of() { grep -E '^  [a-z]' | sed -E 's/^  //; s/  +/\t/'; }

"$bin/cardwatch" --help >"$out/.overview"
pages=()
while IFS=$'\t' read -r verb about; do
    [ "$verb" != 'config check' ] || continue
    name=cardwatch-${verb// /-}
    pages+=("cardwatch\\-${verb// /\\-} (1),")
    read -ra words <<<"$verb"
    "$bin/cardwatch" "${words[@]}" --help >"$out/.help"
    {
        body .SH <"$out/.help"
        if ! grep -q '^Options:' "$out/.help"; then
            verbs_of <"$out/.help" | while IFS=$'\t' read -r second _; do
                printf '.SH %s\n' "${second^^}"
                "$bin/cardwatch" "${words[@]}" "$second" --help | body .SS
            done
        fi
        tail_of_page 'cardwatch (1),' 'cardwatch.yaml (5)'
    } | page "$name" 1 "$about"
done < <(verbs_of <"$out/.overview")
{
    body .SH <"$out/.overview"
    tail_of_page "${pages[@]}" 'cardwatch.yaml (5)'
} | page cardwatch 1 'electronic monitoring of government cases'
{
    printf '.SH DESCRIPTION\n'
    sed '/^$/,$d; s/^# \{0,1\}//; s/^$/.PP/; s/\\/\\e/g; s/-/\\-/g' "$here/cardwatch.yaml"
    printf '.SH OPTIONS\nEvery one that each program has, with what is built in.\n.PP\n.nf\n'
    "$here/make-example.sh" "$bin" | sed '1,/^$/d; s/\\/\\e/g; s/-/\\-/g; s/^\([.'\'']\)/\\\&\1/'
    printf '.fi\n.SH SEE ALSO\n.BR cardwatch (1)\n'
} | page cardwatch.yaml 5 'the configuration file of all cardwatch programs'
rm -f "$out/.overview" "$out/.help"
