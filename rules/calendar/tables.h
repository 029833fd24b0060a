/* tables.h - what a calendar is made of inside: arrays by day and by workday.
 *
 * Layer: rules/calendar, for the .c files of this folder alone.
 *
 *     day        0 = 1970-01-01 … TABLE_DAYS - 1; "the day of an instant" is the d with
 *                midnight_ms[d] <= instant < midnight_ms[d + 1]
 *     rank       workdays are numbered 0 … workday_count - 1 from first_day on
 *     real ms    elapsed time since the day's midnight, which on the day of a change of clocks is
 *                not what the wall clock shows
 *     civil ms   what the wall clock shows, made to rise only: in an hour that comes twice it
 *                stands still the second time
 */
#ifndef CALENDAR_TABLES_H
#define CALENDAR_TABLES_H

#include "engine/base/arena.h"
#include "rules/calendar/calendar.h"

static_assert(CALENDAR_FIRST_DAY == 0, "a day is an index as it is");

enum { TABLE_DAYS = CALENDAR_LAST_DAY + 1 };

/* The hours of a day, as the wall clock shows them and as they really pass. */
struct pattern {
    struct calendar_hours wall;
    uint32_t count;                            /* intervals left in real ms: those not in a gap */
    int32_t from_ms[CALENDAR_INTERVALS_MAX];   /* real ms */
    int32_t to_ms[CALENDAR_INTERVALS_MAX];     /* real ms */
    int32_t before_ms[CALENDAR_INTERVALS_MAX]; /* working ms of the day before this interval */
    int32_t total_ms;                          /* working ms of the day; 0: a day off */
};

/* A day that an exception speaks of. */
struct mark {
    int32_t day;
    struct slice name;
    struct slice ground;
};

struct calendar {
    struct arena *arena; /* owns the texts, offsets and marks */
    struct slice name;
    struct slice zone_name;
    int32_t first_day;
    int32_t horizon_day;
    uint32_t offset_count;
    const struct calendar_offset *offsets;
    uint32_t mark_count;
    const struct mark *marks; /* by day */
    uint32_t pattern_count;
    struct pattern *patterns; /* [0] is the day off */
    uint32_t workday_count;
    int64_t midnight_ms[TABLE_DAYS + 1];     /* the first instant of each local day */
    int64_t worktime_before[TABLE_DAYS + 1]; /* by rank: working ms of all workdays before */
    uint32_t rank_before[TABLE_DAYS + 1];    /* by day: workdays before it */
    int32_t workday[TABLE_DAYS];             /* by rank: its day */
    uint16_t pattern[TABLE_DAYS];
    bool has_change[TABLE_DAYS]; /* the clocks change on this day */
};

static inline const struct pattern *calendar_pattern(const struct calendar *calendar, int32_t day)
{
    return &calendar->patterns[calendar->pattern[day]];
}

/* zone_tables - fill midnight_ms and has_change from the offsets. */
void zone_tables(struct calendar *calendar);

/* day_find - the day of an instant. Returns: false outside the tables. */
bool day_find(const struct calendar *calendar, struct instant at, int32_t *day_out);

/* civil_ms - civil ms of an instant of that day: 0 … DATE_DAY_MS. */
int32_t civil_ms(const struct calendar *calendar, int32_t day, int64_t at_ms);

/* civil_instant - the first instant of the day at which the wall clock shows these ms or more; in a
 * gap, the moment at which the clocks change. DATE_DAY_MS: the next midnight. */
int64_t civil_instant(const struct calendar *calendar, int32_t day, int32_t ms);

/* calendar_flatten - fill patterns, workdays and marks from a definition; midnights are there. */
MUST_USE int calendar_flatten(struct calendar *calendar,
                              const struct calendar_definition *const *levels, uint32_t count);

#endif
