#!/usr/bin/env bash
# deps.sh [--install] [build|test|demo|lint|bench]... - what is missing, and the command for it.
#
# Looks for what is used itself (a header that compiles, a command, a Python module), so that it is
# right on any distribution; only the names of the packages are those of Debian and Ubuntu. A group
# that was complete leaves a stamp under build/, and is not looked at again until this file changes.
# --install puts the missing packages in place through apt-get, asking for administrator rights only
# then and saying what it installs.
set -euo pipefail
cd "$(dirname "$0")/../.."

cc=${CC:-gcc}
stamps=${OUT:-build}/deps
missing=()

need() { missing+=("$1"); }
command_of() { command -v "$1" >/dev/null 2>&1 || need "$2"; }
file_of() { compgen -G "$1" >/dev/null || compgen -G "${3:-$1}" >/dev/null || need "$2"; }
python_of() { /usr/bin/python3 -c "import $1" 2>/dev/null || need "$2"; }

# Newer releases call it libmsgpack-c-dev, Debian 12 libmsgpack-dev.
msgpack_package()
{
    if apt-cache show libmsgpack-c-dev >/dev/null 2>&1; then
        echo libmsgpack-c-dev
    else
        echo libmsgpack-dev
    fi
}

# The sanitizers' own library is a package by itself, of the compiler's version.
clang_library_package()
{
    local version
    version=$(apt-cache depends clang 2>/dev/null | grep -oE 'clang-[0-9]+$' | head -n 1 || true)
    echo "libclang-rt-${version:+${version#clang-}-}dev"
}

header_of()
{
    local flags=
    if [ -n "${3:-}" ]; then
        flags=$(pkg-config --cflags-only-I --silence-errors "$3" 2>/dev/null || true)
    fi
    # shellcheck disable=SC2086 # flags are words
    echo "#include <$1>" | "$cc" -D_XOPEN_SOURCE=700 $flags -fsyntax-only -x c - >/dev/null 2>&1 ||
        need "$2"
}

look_build()
{
    if ! command -v "$cc" >/dev/null 2>&1; then
        need "${cc##*/}" # and then no header compiles: everything is asked for, which is right
    fi
    command_of ar binutils
    header_of stdio.h libc6-dev
    command_of pkg-config pkg-config
    header_of zmq.h libzmq3-dev libzmq
    header_of lmdb.h liblmdb-dev lmdb
    header_of ev.h libev-dev
    header_of msgpack.h "$(msgpack_package)"
    header_of yaml.h libyaml-dev yaml-0.1
    header_of jansson.h libjansson-dev jansson
    header_of csv.h libcsv-dev
    header_of expat.h libexpat1-dev expat
    header_of zip.h libzip-dev libzip
    header_of xlsxwriter.h libxlsxwriter-dev xlsxwriter
    header_of sodium.h libsodium-dev libsodium
    header_of zlib.h zlib1g-dev zlib
    header_of curses.h libncurses-dev ncursesw
    header_of libwebsockets.h libwebsockets-dev libwebsockets
    header_of curl/curl.h libcurl4-openssl-dev libcurl
    file_of '/usr/lib*/*/libwebsockets-evlib_ev.so' libwebsockets-evlib-ev \
        '/usr/*/lib*/libwebsockets-evlib_ev.so'
    file_of /usr/share/zoneinfo/Asia/Shanghai tzdata
}

look_test()
{
    command_of /usr/bin/python3 python3
    python_of zmq python3-zmq
    python_of msgpack python3-msgpack
    python_of aiosmtpd python3-aiosmtpd
    command_of tmux tmux
    look_node
}

look_demo()
{
    look_node
    command_of tmux tmux
}

look_node()
{
    command_of node nodejs
    command_of npm npm
}

look_lint()
{
    command_of clang clang
    command_of clang-tidy clang-tidy
    command_of clang-format clang-format
    command_of cppcheck cppcheck
    command_of shellcheck shellcheck
    command_of git git
    command_of /usr/bin/python3 python3
    if command -v clang >/dev/null 2>&1; then
        file_of "$(clang -print-resource-dir)/lib/*/libclang_rt.fuzzer*" "$(clang_library_package)"
    else
        need "$(clang_library_package)"
    fi
}

look_bench()
{
    :
}

install_missing()
{
    local root=()
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "deps: this is not Debian or Ubuntu; please install what is named above" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || {
            echo "deps: neither root nor sudo; please run as root: apt-get install $*" >&2
            return 1
        }
        root=(sudo)
    fi
    echo "deps: installing through apt-get: $*"
    local get=(${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
    local log=$stamps/apt.log
    mkdir -p "$stamps"
    "${get[@]}" install --no-install-recommends "$@" >"$log" 2>&1 ||
        { "${get[@]}" update && "${get[@]}" install --no-install-recommends "$@"; } >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2 && return 1; }
}

look()
{
    missing=()
    local group
    for group in "$@"; do
        "look_$group"
    done
    if [ ${#missing[@]} -gt 0 ]; then
        mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
    fi
}

install=
groups=()
quiet=yes
for word in "$@"; do
    case $word in
    --install) install=yes ;;
    build | test | demo | lint | bench)
        stamp=$stamps/$word-$(basename "${cc// /_}")
        [ -e "$stamp" ] && [ "$stamp" -nt "$0" ] || groups+=("$word")
        ;;
    *)
        echo "usage: deps.sh [--install] [build|test|demo|lint|bench]..." >&2
        exit 2
        ;;
    esac
done
[ $# -gt 2 ] && [ -z "$install" ] && quiet=
if [ ${#groups[@]} -eq 0 ]; then
    [ -n "$quiet" ] || echo "deps: nothing is missing"
    exit 0
fi

look "${groups[@]}"
if [ ${#missing[@]} -gt 0 ] && [ -n "$install" ]; then
    install_missing "${missing[@]}"
    look "${groups[@]}"
fi
if [ ${#missing[@]} -gt 0 ]; then
    echo "deps: missing for ${groups[*]}: ${missing[*]}" >&2
    echo "deps: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
mkdir -p "$stamps"
for group in "${groups[@]}"; do
    : >"$stamps/$group-$(basename "${cc// /_}")"
done
[ -n "$quiet" ] || echo "deps: nothing is missing"
