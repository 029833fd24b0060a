#!/usr/bin/env bash
# postgres.sh [--install] [--quick] - how many events a second, and how late a card, with what a
# usual team builds: PostgreSQL, upserts of 1,000 events, a query for overdue cases every second?
#
# A cluster of its own under a temporary folder, reached through a unix socket only, synchronous
# commit on; it is gone afterwards. Where PostgreSQL is not installed it says so and skips;
# --install installs it. Needs BUILD (where bench_postgres is). One line: see bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

install='' events=1000000
for word in "$@"; do
    case $word in
    --install) install=yes ;;
    --quick) events=300000 ;;
    *)
        echo "usage: bench/postgres.sh [--install] [--quick]" >&2
        exit 2
        ;;
    esac
done

find_bin() { compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 | xargs -r dirname; }

bin=$(find_bin)
if [ -z "$bin" ] && [ -n "$install" ]; then
    root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    echo 'postgres: installing through apt-get: postgresql' >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends \
        postgresql >&2
    bin=$(find_bin)
fi
if [ -z "$bin" ]; then
    echo 'skip postgres: not installed; bench/postgres.sh --install installs it'
    exit 0
fi

as=()
if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || { echo 'skip postgres: no user postgres to run it as'; exit 0; }
    as=(runuser -u postgres --)
fi
folder=$(mktemp -d "${CARDWATCH_BENCH_DIR:-${TMPDIR:-/var/tmp}}/cardwatch-postgres-XXXXXX")
poller=
finish()
{
    [ -z "$poller" ] || kill "$poller" 2>/dev/null || true
    "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT
[ ${#as[@]} -eq 0 ] || chown postgres "$folder"

CARDWATCH_SQL=$folder/events.sql "${BUILD:-build/release}/bench/bench_postgres" \
    --events "$events" >/dev/null
chmod 755 "$folder"
chmod 644 "$folder/events.sql"
"${as[@]}" "$bin/initdb" -D "$folder/data" -A trust --no-sync >/dev/null
cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$folder'
synchronous_commit = on
fsync = on
shared_buffers = 1GB
max_wal_size = 8GB
END
"${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start >/dev/null

sql() { "${as[@]}" "$bin/psql" -X -q -A -t -h "$folder" -d postgres -v ON_ERROR_STOP=1 "$@"; }

poll='WITH due AS (UPDATE cases SET carded = true WHERE case_no IN (SELECT case_no FROM cases
WHERE NOT carded AND due < clock_timestamp() FOR UPDATE SKIP LOCKED) RETURNING case_no, due)
INSERT INTO cards SELECT case_no, due, clock_timestamp() FROM due;'
sed -n '1,/^CREATE TABLE run/p' "$folder/events.sql" | sql
sed -i '1,/^CREATE TABLE run/d' "$folder/events.sql"
while :; do
    sql -c "$poll" || true
    sleep 1
done >/dev/null 2>&1 &
poller=$!

begin=$(date +%s%N)
sql -f "$folder/events.sql"
end=$(date +%s%N)
sleep 22 # the last of the cases that fall due
delay=$(sql -F ' ' -c "SELECT round(1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY
extract(epoch FROM issued - due))), round(1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY
extract(epoch FROM issued - due))), count(*) FROM cards WHERE due > (SELECT began FROM run) +
interval '5 second';")
bytes=$(sql -c "SELECT pg_total_relation_size('cases') / count(*) FROM cases;")
read -r p50 p99 cards <<<"$delay"
printf 'postgres events_per_s=%d p50_ms=%s p99_ms=%s cards=%s bytes_per_case=%s events=%d\n' \
    $((events * 1000000000 / (end - begin))) "$p50" "$p99" "$cards" "$bytes" "$events"
