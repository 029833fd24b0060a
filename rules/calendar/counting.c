/* counting.c - the settings of a rule applied to one start and one limit. */
#include "rules/calendar/tables.h"

enum axis counting_axis(enum count count, enum unit unit)
{
    switch (unit) {
    case UNIT_MINUTE:
    case UNIT_HOUR:
        return AXIS_ELAPSED;
    case UNIT_WORKMINUTE:
    case UNIT_WORKHOUR:
        return AXIS_WORKTIME;
    case UNIT_DAY:
    case UNIT_MONTH:
    case UNIT_YEAR:
        return count == COUNT_DAY ? AXIS_CIVIL_DAY : AXIS_CIVIL;
    case UNIT_WORKDAY:
        if (count == COUNT_CEIL)
            return AXIS_WORKSHARE;
        return count == COUNT_DAY ? AXIS_WORKDAY_RANK : AXIS_WORKDAY;
    case UNIT_NONE:
    case UNIT_COUNT:
        break;
    }
    assert(unit != UNIT_NONE && unit != UNIT_COUNT);
    return AXIS_ELAPSED;
}

/* The first workday after a day; -1: there is none in the tables. */
static int32_t workday_after(const struct calendar *calendar, int32_t day)
{
    uint32_t rank = calendar->rank_before[day + 1];
    return rank < calendar->workday_count ? calendar->workday[rank] : -1;
}

/* The first moment at or after an instant of that day that is working time. */
static bool working_moment(const struct calendar *calendar, int32_t day, struct instant *at)
{
    int64_t ms = at->ms - calendar->midnight_ms[day];
    const struct pattern *pattern = calendar_pattern(calendar, day);
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (ms < pattern->from_ms[i])
            at->ms = calendar->midnight_ms[day] + pattern->from_ms[i];
        if (ms < pattern->to_ms[i])
            return true;
    }
    day = workday_after(calendar, day);
    if (day >= 0)
        at->ms = calendar->midnight_ms[day] + calendar_pattern(calendar, day)->from_ms[0];
    return day >= 0;
}

/* The instant at a wall-clock time of the first workday after a day. */
static bool next_workday_at(const struct calendar *calendar, int32_t *day, int32_t ms,
                            struct instant *at)
{
    *day = workday_after(calendar, *day);
    if (*day >= 0)
        at->ms = civil_instant(calendar, *day, ms);
    return *day >= 0;
}

int counting_start(const struct calendar *calendar, const struct counting *counting,
                   struct instant at, struct instant *start_out)
{
    int32_t day = 0;
    int32_t ms = 0;
    if (!counting->start_moment && !counting->day_off_same_time && counting->cutoff_ms < 0) {
        *start_out = at;
        return 0;
    }
    if (!day_find(calendar, at, &day) || day < calendar->first_day)
        return CALENDAR_E_UNKNOWN;
    /* What the wall clock shows, also in an hour that comes twice. */
    day = calendar_local_day(calendar, at, &ms);
    if (day < calendar->first_day || day > CALENDAR_LAST_DAY)
        return CALENDAR_E_UNKNOWN;
    if (counting->day_off_same_time && calendar_pattern(calendar, day)->total_ms == 0 &&
        !next_workday_at(calendar, &day, ms, &at))
        return CALENDAR_E_UNKNOWN;
    if (counting->cutoff_ms >= 0 && calendar_pattern(calendar, day)->total_ms > 0 &&
        ms >= counting->cutoff_ms && !next_workday_at(calendar, &day, counting->cutoff_to_ms, &at))
        return CALENDAR_E_UNKNOWN;
    if (counting->start_moment &&
        (!day_find(calendar, at, &day) || !working_moment(calendar, day, &at)))
        return CALENDAR_E_UNKNOWN;
    *start_out = at;
    return 0;
}

int counting_due(const struct calendar *calendar, const struct counting *counting,
                 struct instant start, struct term limit, struct instant *due_out,
                 bool *provisional_out)
{
    enum axis axis = counting_axis(counting->count, limit.unit);
    struct instant from = INSTANT_NONE;
    struct instant due = INSTANT_NONE;
    int64_t position = 0;
    int status = counting_start(calendar, counting, start, &from);
    if (status == 0)
        status = axis_position(calendar, axis, from, &position);
    if (status != 0)
        return status;
    position += axis_length(calendar, axis, position, limit);
    status = axis_instant(calendar, counting, axis, position, &due, provisional_out);
    if (status != 0)
        return status;
    *due_out = instant_later_of(from, due);
    return 0;
}

int counting_within(const struct calendar *calendar, struct instant from, struct term within,
                    struct instant *last_out)
{
    static const struct counting law = {.count = COUNT_DAY, .cutoff_ms = -1};
    return counting_due(calendar, &law, from, within, last_out, NULL);
}
