#!/usr/bin/env bash
# embed.sh FOLDER - the files of a folder as C arrays, on standard output (see viewer/web/page.h).
# Needs nothing but coreutils and sed; the same files always give the same text.
set -euo pipefail
export LC_ALL=C

media_type()
{
    case $1 in
    *.html) echo 'text/html; charset=utf-8' ;;
    *.css) echo 'text/css; charset=utf-8' ;;
    *.js | *.mjs) echo 'text/javascript; charset=utf-8' ;;
    *.json | *.map) echo 'application/json' ;;
    *.webmanifest) echo 'application/manifest+json' ;;
    *.svg) echo 'image/svg+xml' ;;
    *.png) echo 'image/png' ;;
    *.ico) echo 'image/x-icon' ;;
    *.woff2) echo 'font/woff2' ;;
    *.txt) echo 'text/plain; charset=utf-8' ;;
    *) echo 'application/octet-stream' ;;
    esac
}

folder=$1
files=()
if [ -d "$folder" ]; then
    mapfile -t files < <(cd "$folder" && find . -type f | sed 's,^\./,,' | sort)
fi

echo '/* Made by packaging/embed.sh: do not edit. */'
echo '#include "viewer/web/page.h"'
number=0
for file in ${files[@]+"${files[@]}"}; do
    echo "static const unsigned char page_${number}[] = {"
    od -An -v -tx1 "$folder/$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo '0};'
    number=$((number + 1))
done

echo 'const struct web_page web_pages[] = {'
number=0
for file in ${files[@]+"${files[@]}"}; do
    printf '{"/%s", "%s", page_%d, sizeof page_%d - 1},\n' \
        "$file" "$(media_type "$file")" "$number" "$number"
    number=$((number + 1))
done
echo '{NULL, NULL, NULL, 0}};'
echo "const size_t web_page_count = $number;"
