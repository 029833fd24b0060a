#!/usr/bin/env bash
# staged.sh PREFIX - an installed tree is whole: every program starts and says what it is, and the
# files beside them are there.
set -euo pipefail

prefix=$1
for file in lib/systemd/system/cardwatch-engine.service share/cardwatch/cardwatch.yaml share/man/man1/cardwatch.1 \
    share/man/man1/cardwatch-engine.1 share/man/man5/cardwatch.yaml.5 \
    share/cardwatch/maps/wabo.yaml share/cardwatch/sets/permit-law.yaml \
    share/bash-completion/completions/cardwatch share/zsh/site-functions/_cardwatch; do
    [ -s "$prefix/$file" ] || { echo "staged: $file is missing" >&2 && exit 1; }
done
count=0
for program in "$prefix"/bin/cardwatch*; do
    "$program" --help >/dev/null </dev/null ||
        { echo "staged: $program --help: exit $?" >&2 && exit 1; }
    count=$((count + 1))
done
echo "staged: ok ($count programs)"
