#!/usr/bin/env bash
# shell.sh - shellcheck for every script.
set -euo pipefail
cd "$(dirname "$0")/../.."
mapfile -t scripts < <(git ls-files -co --exclude-standard -- '*.sh' .ci/run '*.bash' |
    while read -r f; do [ -f "$f" ] && echo "$f"; done)
shellcheck --shell=bash "${scripts[@]}"
echo "shell: ok (${#scripts[@]} scripts)"
