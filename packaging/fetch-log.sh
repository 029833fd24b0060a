#!/usr/bin/env bash
# fetch-log.sh - prints the path of the real log that the demo and the WABO tests run on.
#
# 1,434 environmental permits of a Dutch municipality (J. Buijs, 2014, 4TU.ResearchData), as shipped
# in the npm package pm4js 0.0.28 (BSD-3-Clause). Fetched once by name, kept in the user's cache.
# Ends with 69 (EX_UNAVAILABLE) and a reason on standard error where npm cannot be had.
set -euo pipefail

package=pm4js
version=0.0.28
member=package/examples/input_data/receipt.xes
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/cardwatch
log=$cache/$package-$version-receipt.xes

if [ ! -s "$log" ]; then
    if ! command -v npm >/dev/null 2>&1; then
        echo "fetch-log: npm is not installed" >&2
        exit 69
    fi
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    if ! (cd "$work" && timeout 120 npm pack --silent "$package@$version" >/dev/null 2>npm.log); then
        echo "fetch-log: npm could not fetch $package@$version" >&2
        exit 69
    fi
    tar -xzf "$work/$package-$version.tgz" -C "$work" "$member"
    mv "$work/$member" "$log.new.$$"
    mv "$log.new.$$" "$log"
fi
printf '%s\n' "$log"
