/* counting.c - settings and points in time as they are given by hand. */
#include "rules/due/due.h"

static const char *cutoff(struct counting *counting, const char *value)
{
    static const char right[] = "17:00=08:30, none";
    if (strcmp(value, "none") == 0) {
        counting->cutoff_ms = -1;
        return NULL;
    }
    const char *sign = strchr(value, '=');
    struct slice from = {.start = value, .count = sign == NULL ? 0 : (size_t)(sign - value)};
    int32_t from_ms = 0;
    int32_t to_ms = 0;
    if (sign == NULL || clock_parse(from, &from_ms) != 0 ||
        clock_parse(slice_of(sign + 1), &to_ms) != 0 || to_ms == DATE_DAY_MS)
        return right;
    counting->cutoff_ms = from_ms;
    counting->cutoff_to_ms = to_ms;
    return NULL;
}

const char *due_setting(struct counting *counting, const char *name, const char *value)
{
    static const struct {
        const char *name;
        const char *value;
        const char *right;
    } rows[] = {
        {"count", "day", "day, instant, ceil"},
        {"count", "instant", "day, instant, ceil"},
        {"count", "ceil", "day, instant, ceil"},
        {"end", "midnight", "midnight, close"},
        {"end", "close", "midnight, close"},
        {"start", "as-is", "as-is, working-moment"},
        {"start", "working-moment", "as-is, working-moment"},
        {"day-off", "as-is", "as-is, same-time"},
        {"day-off", "same-time", "as-is, same-time"},
        {"roll", "no", "no, yes"},
        {"roll", "yes", "no, yes"},
    };
    if (strcmp(name, "cutoff") == 0)
        return cutoff(counting, value);
    const char *right = "count, end, start, cutoff, day-off, roll";
    int first = -1; /* the place of the value among those of its name */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        right = rows[i].right;
        first = first < 0 ? (int)i : first;
        if (strcmp(rows[i].value, value) != 0)
            continue;
        int place = (int)i - first;
        if (strcmp(name, "count") == 0)
            counting->count = (enum count)place;
        else if (strcmp(name, "end") == 0)
            counting->end_at_close = place == 1;
        else if (strcmp(name, "start") == 0)
            counting->start_moment = place == 1;
        else if (strcmp(name, "day-off") == 0)
            counting->day_off_same_time = place == 1;
        else
            counting->roll = place == 1;
        return NULL;
    }
    return right;
}

bool due_instant(const struct calendar *calendar, struct slice text, struct instant *at_out)
{
    struct instant at;
    int status = instant_parse(text, &at);
    if (status == DATE_E_NO_OFFSET || status == DATE_E_DATE_ONLY) {
        int64_t ms = at.ms % DATE_DAY_MS;
        ms = ms < 0 ? ms + DATE_DAY_MS : ms;
        at = calendar_instant(calendar, (int32_t)((at.ms - ms) / DATE_DAY_MS), (int32_t)ms);
        status = 0;
    }
    if (status == 0)
        *at_out = at;
    return status == 0;
}

int due_reckon(struct due *due)
{
    int status = counting_start(due->calendar, &due->counting, due->from, &due->start);
    if (status != 0)
        return status;
    return counting_due(due->calendar, &due->counting, due->from, due->limit, &due->at,
                        &due->is_provisional);
}
