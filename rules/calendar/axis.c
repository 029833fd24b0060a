/* axis.c - instants to positions and back. Every axis is a line of whole numbers, and every map
 * here rises only; what "back" means where it stands still is told in calendar.h.
 */
#include "rules/calendar/tables.h"

enum { MINUTE_MS = 60000, HOUR_MS = 3600000 };

/* Steps of AXIS_WORKSHARE that a sum of positions may lack, each of which was rounded down. */
enum { SHARE_SLACK = 4 };

/* Working ms of the day that have passed at `ms` real ms after its midnight. */
static int32_t used_ms(const struct pattern *pattern, int64_t ms)
{
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (ms < pattern->from_ms[i])
            return pattern->before_ms[i];
        if (ms < pattern->to_ms[i])
            return pattern->before_ms[i] + (int32_t)(ms - pattern->from_ms[i]);
    }
    return pattern->total_ms;
}

/* The earliest moment of the day at which so many working ms have passed: 0 < used <= total. */
static int32_t earliest_ms(const struct pattern *pattern, int32_t used)
{
    uint32_t i = pattern->count - 1;
    while (pattern->before_ms[i] >= used)
        i--;
    return pattern->from_ms[i] + used - pattern->before_ms[i];
}

/* The last moment of the day at which no more working ms have passed: 0 <= used < total. */
static int32_t last_ms(const struct pattern *pattern, int32_t used)
{
    uint32_t i = pattern->count - 1;
    while (pattern->before_ms[i] > used)
        i--;
    return pattern->from_ms[i] + used - pattern->before_ms[i];
}

static bool asks_workdays(enum axis axis)
{
    return axis == AXIS_WORKTIME || axis == AXIS_WORKDAY || axis == AXIS_WORKSHARE ||
           axis == AXIS_WORKDAY_RANK;
}

int axis_position(const struct calendar *calendar, enum axis axis, struct instant at,
                  int64_t *position_out)
{
    int32_t day = 0;
    if (!day_find(calendar, at, &day) || (asks_workdays(axis) && day < calendar->first_day))
        return CALENDAR_E_UNKNOWN;
    int64_t rank = calendar->rank_before[day];
    const struct pattern *pattern = calendar_pattern(calendar, day);
    switch (axis) {
    case AXIS_ELAPSED:
        *position_out = at.ms;
        break;
    case AXIS_CIVIL:
        *position_out = day * (int64_t)DATE_DAY_MS + civil_ms(calendar, day, at.ms);
        break;
    case AXIS_CIVIL_DAY:
        *position_out = day;
        break;
    case AXIS_WORKTIME:
        *position_out =
            calendar->worktime_before[rank] + used_ms(pattern, at.ms - calendar->midnight_ms[day]);
        break;
    case AXIS_WORKDAY:
        *position_out = rank * DATE_DAY_MS;
        if (pattern->total_ms > 0)
            *position_out += civil_ms(calendar, day, at.ms);
        break;
    case AXIS_WORKSHARE:
        *position_out = rank * AXIS_WORKSHARE_DAY;
        if (pattern->total_ms > 0)
            *position_out += used_ms(pattern, at.ms - calendar->midnight_ms[day]) *
                             AXIS_WORKSHARE_DAY / pattern->total_ms;
        break;
    case AXIS_WORKDAY_RANK:
        *position_out = calendar->rank_before[day + 1];
        break;
    }
    return 0;
}

/* ---- lengths --------------------------------------------------------------------------------- */

static int64_t months_length(enum axis axis, int64_t from, int32_t months)
{
    int64_t day_steps = axis == AXIS_CIVIL ? DATE_DAY_MS : 1;
    if (from < 0 || from / day_steps > CALENDAR_LAST_DAY)
        return day_steps * 30 * months;
    int32_t day = (int32_t)(from / day_steps);
    return (date_add_months(day, months) - day) * day_steps;
}

int64_t axis_length(const struct calendar *calendar, enum axis axis, int64_t from, struct term term)
{
    (void)calendar; /* what a month is does not hang on the calendar; what a quarter is might */
    switch (term.unit) {
    case UNIT_MINUTE:
        assert(axis == AXIS_ELAPSED);
        return term.n * (int64_t)MINUTE_MS;
    case UNIT_HOUR:
        assert(axis == AXIS_ELAPSED);
        return term.n * (int64_t)HOUR_MS;
    case UNIT_WORKMINUTE:
        assert(axis == AXIS_WORKTIME);
        return term.n * (int64_t)MINUTE_MS;
    case UNIT_WORKHOUR:
        assert(axis == AXIS_WORKTIME);
        return term.n * (int64_t)HOUR_MS;
    case UNIT_DAY:
        assert(axis == AXIS_CIVIL || axis == AXIS_CIVIL_DAY);
        return axis == AXIS_CIVIL ? term.n * (int64_t)DATE_DAY_MS : term.n;
    case UNIT_MONTH:
        assert(axis == AXIS_CIVIL || axis == AXIS_CIVIL_DAY);
        return months_length(axis, from, term.n);
    case UNIT_YEAR:
        assert(axis == AXIS_CIVIL || axis == AXIS_CIVIL_DAY);
        return months_length(axis, from, term.n * 12);
    case UNIT_WORKDAY:
        assert(axis == AXIS_WORKDAY || axis == AXIS_WORKSHARE || axis == AXIS_WORKDAY_RANK);
        if (axis == AXIS_WORKDAY_RANK)
            return term.n;
        return term.n * (axis == AXIS_WORKDAY ? DATE_DAY_MS : AXIS_WORKSHARE_DAY);
    case UNIT_NONE:
    case UNIT_COUNT:
        break;
    }
    assert(term.unit == UNIT_NONE);
    return 0;
}

/* ---- back to instants ------------------------------------------------------------------------ */

/* Where a position was found: the instant, and the day it belongs to (24:00 to the day it ends). */
struct found {
    int64_t at_ms;
    int32_t day;
};

static int64_t day_end(const struct calendar *calendar, const struct counting *counting,
                       int32_t day)
{
    const struct pattern *pattern = calendar_pattern(calendar, day);
    if (counting->end_at_close && pattern->total_ms > 0)
        return calendar->midnight_ms[day] + pattern->to_ms[pattern->count - 1];
    return calendar->midnight_ms[day + 1];
}

static bool natural_day(const struct calendar *calendar, const struct counting *counting,
                        int64_t position, struct found *found)
{
    if (position < 0 || position > CALENDAR_LAST_DAY)
        return false;
    int32_t day = (int32_t)position;
    if ((counting->roll || counting->end_at_close) && day < calendar->first_day)
        return false;
    if (counting->roll && calendar_pattern(calendar, day)->total_ms == 0) {
        uint32_t rank = calendar->rank_before[day];
        if (rank >= calendar->workday_count)
            return false;
        day = calendar->workday[rank];
    }
    *found = (struct found){.at_ms = day_end(calendar, counting, day), .day = day};
    return true;
}

static bool civil(const struct calendar *calendar, int64_t position, struct found *found)
{
    if (position < 0 || position / DATE_DAY_MS > CALENDAR_LAST_DAY)
        return false;
    found->day = (int32_t)(position / DATE_DAY_MS);
    found->at_ms = civil_instant(calendar, found->day, (int32_t)(position % DATE_DAY_MS));
    return true;
}

static bool worktime(const struct calendar *calendar, int64_t position, struct found *found)
{
    const int64_t *before = calendar->worktime_before;
    if (position < 0 || position > before[calendar->workday_count])
        return false;
    if (position == 0) {
        *found = (struct found){.at_ms = calendar->midnight_ms[calendar->first_day],
                                .day = calendar->first_day};
        return true;
    }
    uint32_t low = 0; /* before[low] < position <= before[high] */
    uint32_t high = calendar->workday_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (before[middle] < position)
            low = middle;
        else
            high = middle;
    }
    found->day = calendar->workday[low];
    found->at_ms =
        calendar->midnight_ms[found->day] +
        earliest_ms(calendar_pattern(calendar, found->day), (int32_t)(position - before[low]));
    return true;
}

static bool workday(const struct calendar *calendar, int64_t position, struct found *found)
{
    if (position < 0 || position / DATE_DAY_MS >= calendar->workday_count)
        return false;
    found->day = calendar->workday[position / DATE_DAY_MS];
    found->at_ms = civil_instant(calendar, found->day, (int32_t)(position % DATE_DAY_MS));
    return true;
}

static bool workshare(const struct calendar *calendar, int64_t position, struct found *found)
{
    if (position < 0 || position / AXIS_WORKSHARE_DAY >= calendar->workday_count)
        return false;
    uint32_t rank = (uint32_t)(position / AXIS_WORKSHARE_DAY);
    int64_t share = position % AXIS_WORKSHARE_DAY;
    const struct pattern *pattern = calendar_pattern(calendar, calendar->workday[rank]);
    int64_t used =
        ((share + SHARE_SLACK) * pattern->total_ms + AXIS_WORKSHARE_DAY / 2) / AXIS_WORKSHARE_DAY;
    if (used == pattern->total_ms) { /* all but nothing of the day: the next one begins */
        used = 0;
        if (++rank == calendar->workday_count)
            return false;
        pattern = calendar_pattern(calendar, calendar->workday[rank]);
    }
    found->day = calendar->workday[rank];
    found->at_ms = calendar->midnight_ms[found->day] + last_ms(pattern, (int32_t)used);
    return true;
}

static bool workday_rank(const struct calendar *calendar, const struct counting *counting,
                         int64_t position, struct found *found)
{
    if (position < 1 || position > calendar->workday_count)
        return false;
    found->day = calendar->workday[position - 1];
    found->at_ms = day_end(calendar, counting, found->day);
    return true;
}

static bool find(const struct calendar *calendar, const struct counting *counting, enum axis axis,
                 int64_t position, struct found *found)
{
    switch (axis) {
    case AXIS_ELAPSED:
        found->at_ms = position;
        return day_find(calendar, (struct instant){.ms = position}, &found->day);
    case AXIS_CIVIL:
        return civil(calendar, position, found);
    case AXIS_CIVIL_DAY:
        return natural_day(calendar, counting, position, found);
    case AXIS_WORKTIME:
        return worktime(calendar, position, found);
    case AXIS_WORKDAY:
        return workday(calendar, position, found);
    case AXIS_WORKSHARE:
        return workshare(calendar, position, found);
    case AXIS_WORKDAY_RANK:
        return workday_rank(calendar, counting, position, found);
    }
    return false;
}

int axis_instant(const struct calendar *calendar, const struct counting *counting, enum axis axis,
                 int64_t position, struct instant *instant_out, bool *provisional_out)
{
    struct found found = {0};
    if (!find(calendar, counting, axis, position, &found))
        return CALENDAR_E_UNKNOWN;
    bool depends = asks_workdays(axis) ||
                   (axis == AXIS_CIVIL_DAY && (counting->roll || counting->end_at_close));
    instant_out->ms = found.at_ms;
    if (provisional_out != NULL)
        *provisional_out = depends && found.day > calendar->horizon_day;
    return 0;
}
