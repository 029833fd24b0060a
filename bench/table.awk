# table.awk BASELINE LINES - the figures of this run beside those of the baseline, then the ratios.
# Lines read "name key_with_unit=value …"; a baseline reads the same.

/^#/ || /^skip / || NF < 2 { next }
{
    is_base = FILENAME == ARGV[1]
    for (i = 2; i <= NF; i++) {
        at = index($i, "=")
        if (at == 0)
            continue
        key = $1 " " substr($i, 1, at - 1)
        value = substr($i, at + 1)
        if (is_base)
            base[key] = value
        else {
            if (!(key in now))
                order[++count] = key
            now[key] = value
        }
    }
}

function is_figure(key)
{
    return key !~ / (hash|events|cases|cards|seconds|due_cards|open_cases)$/
}

function number(value)
{
    return value + 0 >= 1000 ? sprintf("%.0f", value) : value
}

function ratio(words, above, below, aim,    value)
{
    if (!(above in now) || !(below in now) || now[below] + 0 == 0)
        return
    value = sprintf("%.2f", now[above] / now[below])
    before = (above in base) && (below in base) && base[below] + 0 != 0 \
        ? sprintf("%.2f", base[above] / base[below]) : "-"
    printf "%-58s %8s %8s  %s\n", words, value, before, aim
}

END {
    printf "%-52s %14s %14s %8s\n", "figure", "this run", "baseline", "change"
    for (i = 1; i <= count; i++) {
        key = order[i]
        if (!is_figure(key))
            continue
        change = (key in base) && base[key] + 0 != 0 \
            ? sprintf("%+.0f%%", 100 * (now[key] / base[key] - 1)) : "-"
        printf "%-52s %14s %14s %8s\n", key, number(now[key]), \
            (key in base) ? number(base[key]) : "-", change
    }
    printf "\n%-58s %8s %8s  %s\n", "ratio", "this run", "baseline", "aim"
    e = " events_per_s"
    ratio("engine, batches of 256 / the bare path", "intake_batch256_tcp" e, "raw_bare" e, ">= 0.5")
    ratio("engine, batches of 256 / ZeroMQ alone", "intake_batch256_tcp" e, "raw_zeromq" e, "")
    ratio("engine, batches of 256 / LMDB append with sync", "intake_batch256_tcp" e, \
        "raw_append" e, "")
    ratio("engine, batches of 256 / PostgreSQL", "intake_batch256_tcp" e, "postgres" e, ">= 15")
    ratio("engine, 1 event a message / batches of 256", "intake_single_tcp" e, \
        "intake_batch256_tcp" e, "")
    ratio("engine, closed loop / LMDB append and sync of one event", "intake_closed_loop" e, \
        "raw_append_single" e, "")
    ratio("core alone, ns / decoding alone, ns", "raw_core ns_per_event", \
        "raw_decode ns_per_event", "")
    ratio("an event among many open cases / among few", "core_many ns_per_event", \
        "core_few ns_per_event", "<= 1.5")
    ratio("PostgreSQL p99 delay / the engine's", "postgres p99_ms", "delay_spread p99_ms", "")
    ratio("restart from the journal / from the image", "restart_journal seconds", \
        "restart_image seconds", "")
}
