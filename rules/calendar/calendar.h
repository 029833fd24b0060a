/* calendar.h - working time: which days and hours count, and arithmetic on them.
 *
 * Layer: rules/calendar. Pure: no clock, no IO, no float, no time-zone database (the zone's
 * transitions come in with the definition; rules/days reads them).
 *
 * A definition states facts (weekly pattern, seasons, exceptions); calendar_create flattens it,
 * with all it inherits, into tables over CALENDAR_FIRST_DAY … CALENDAR_LAST_DAY, so that every
 * question below is one or two array reads or one binary search.
 *
 * The heart is the AXIS. Every way of counting time is a monotonic map from instants to a line of
 * whole numbers: to count is to add on the line, to pause is to leave a piece of the line out, to
 * ask "how much is used" is to subtract.
 *
 *     axis                 one unit on the line is          serves
 *     AXIS_ELAPSED         1 ms of real time                minute, hour
 *     AXIS_CIVIL           1 ms of the local wall clock     day, month, year with count: instant
 *     AXIS_CIVIL_DAY       1 natural day                    day, month, year with count: day
 *     AXIS_WORKTIME        1 ms of working time             workminute, workhour
 *     AXIS_WORKDAY         1 ms of 24-hour workdays         workday with count: instant
 *     AXIS_WORKSHARE       1/86,400,000,000 of a workday,   workday with count: ceil
 *                          in proportion to its hours
 *     AXIS_WORKDAY_RANK    1 whole workday                  workday with count: day
 *
 * The law of counting (民法典 201-203, 行政许可法 82) is told in rules/README.md.
 */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include "engine/base/date.h"
#include "engine/model/term.h"

enum {
    CALENDAR_INTERVALS_MAX = 6, /* working intervals of one day */
    CALENDAR_FIRST_DAY = 0,     /* 1970-01-01 */
    CALENDAR_LAST_DAY = 47481,  /* 2099-12-31 */
    CALENDAR_DEPTH_MAX = 8, /* national → province → city → hall → department, and some */
};

/* One working interval of a local day, in ms since its midnight: 0 <= from < to <= DATE_DAY_MS. */
struct calendar_interval {
    int32_t from_ms;
    int32_t to_ms;
};

/* The working hours of a day, in rising order, not touching; count 0 = a day off. */
struct calendar_hours {
    uint32_t count;
    struct calendar_interval at[CALENDAR_INTERVALS_MAX];
};

bool calendar_hours_are_equal(const struct calendar_hours *a, const struct calendar_hours *b);

/* Dated hours that replace the weekly pattern's on its working days (summer hours): a day that has
 * none here keeps its own, and a day off stays one. A level that states a week of its own takes no
 * seasons from its parents, which spoke of another week. */
struct calendar_season {
    int32_t first_day;
    int32_t last_day; /* inclusive */
    struct calendar_hours week[7];
};

struct calendar_exception {
    int32_t day;
    bool is_work;   /* a make-up workday (调休), or a day off */
    bool has_hours; /* hours of its own; else those of its weekday in that season, or
                       of Monday (the first day with hours) where it has none */
    struct calendar_hours hours;
    struct slice name;   /* 春节 */
    struct slice ground; /* the document it comes from */
};

/* From `at` on, local time is UTC + offset_s. The first entry's `at` is INSTANT_NONE. */
struct calendar_offset {
    struct instant at;
    int32_t offset_s;
};

struct calendar_zone {
    struct slice name; /* "Asia/Shanghai" */
    uint32_t offset_count;
    const struct calendar_offset *offsets; /* rising; through the year 2099 */
};

/* What a calendar file states. Everything a definition leaves out it inherits from its parent. */
struct calendar_definition {
    struct slice name;
    const struct calendar_definition *parent; /* NULL: none */
    const struct calendar_zone *zone;         /* NULL: inherited */
    bool has_week;                            /* false: inherited */
    struct calendar_hours week[7];            /* 0 = Monday */
    uint32_t season_count;
    const struct calendar_season *seasons; /* later entries win over earlier, child over parent */
    uint32_t exception_count;
    const struct calendar_exception *exceptions; /* child over parent */
    int32_t first_day;   /* first day officially known; INT32_MIN: inherited */
    int32_t horizon_day; /* last day officially known; INT32_MIN: inherited. Beyond it exceptions
                            are not looked at */
};

struct calendar;

enum {
    CALENDAR_E_NO_ZONE = 1, /* neither it nor its parents name a zone */
    CALENDAR_E_NO_WEEK,     /* … a weekly pattern */
    CALENDAR_E_NO_HORIZON,  /* … the days officially known */
    CALENDAR_E_DEPTH,       /* more than CALENDAR_DEPTH_MAX levels: it inherits from itself */
    CALENDAR_E_EMPTY,       /* no day of the week has working hours */
    CALENDAR_E_UNKNOWN,     /* outside first_day … CALENDAR_LAST_DAY: not judgeable. The axes that
                               do not ask what is a workday (ELAPSED, CIVIL, CIVIL_DAY without
                               roll and end_at_close) go back to CALENDAR_FIRST_DAY */
};

/* calendar_create - flatten a definition.
 *
 * Borrows: nothing after the return; all text is copied.
 * Owns:    the caller owns *calendar_out and ends it with calendar_destroy.
 * Returns: 0, CALENDAR_E_NO_ZONE … CALENDAR_E_EMPTY, -ENOMEM (-12).
 * Cost:    about 50,000 steps and 1 MB.
 */
MUST_USE int calendar_create(const struct calendar_definition *definition,
                             struct calendar **calendar_out);

void calendar_destroy(struct calendar **calendar_p);

struct slice calendar_name(const struct calendar *calendar);
struct slice calendar_zone_name(const struct calendar *calendar);
int32_t calendar_horizon(const struct calendar *calendar);

/* calendar_offset_s - seconds that local time is ahead of UTC at this instant. */
int32_t calendar_offset_s(const struct calendar *calendar, struct instant at);

/* calendar_local_day - the local date of an instant, and ms since its midnight by the wall clock.
 */
int32_t calendar_local_day(const struct calendar *calendar, struct instant at, int32_t *ms_out);

/* calendar_instant - the instant of a local wall-clock time; in a gap (clocks go forward) the
 * instant after it by the offset before (02:30 → 03:30); in an overlap the first of the two. ms
 * may be DATE_DAY_MS: the next midnight. */
struct instant calendar_instant(const struct calendar *calendar, int32_t day, int32_t ms);

/* One day as the calendar sees it; slices live as long as the calendar. */
struct calendar_day {
    bool is_work;
    bool is_exception;
    bool is_provisional; /* beyond the horizon: by the weekly pattern alone */
    struct calendar_hours hours;
    struct slice name;
    struct slice ground;
};

/* calendar_day_get - CALENDAR_E_UNKNOWN outside first_day … CALENDAR_LAST_DAY. */
MUST_USE int calendar_day_get(const struct calendar *calendar, int32_t day,
                              struct calendar_day *day_out);

/* ---- counting -------------------------------------------------------------------------------- */

enum count {
    COUNT_DAY,     /* the law: the day of the start is not counted, the last day counts whole */
    COUNT_INSTANT, /* n units later at the same clock time */
    COUNT_CEIL,    /* used working time rounded up to whole workdays (a vendor's practice) */
};

enum axis {
    AXIS_ELAPSED,
    AXIS_CIVIL,
    AXIS_CIVIL_DAY,
    AXIS_WORKTIME,
    AXIS_WORKDAY,
    AXIS_WORKSHARE,
    AXIS_WORKDAY_RANK,
};

/* How many steps of AXIS_WORKSHARE one workday has. */
#define AXIS_WORKSHARE_DAY INT64_C(86400000000)

/* Where a day that ends a limit ends, and what a start outside working time means. */
struct counting {
    enum count count;
    bool end_at_close;      /* count day: the last day ends at close of business, not at 24:00 */
    bool roll;              /* count day, natural units: ending on a day off, it ends with the next
                               workday (民法典 203) */
    bool start_moment;      /* a start outside working time counts from the next working moment */
    int32_t cutoff_ms;      /* a start on a workday at or after this time of day … (-1: none) */
    int32_t cutoff_to_ms;   /* … counts from the next workday at this time */
    bool day_off_same_time; /* a start on a day off counts from the next workday, same time */
};

/* counting_axis - the axis that a unit is counted on. unit: not UNIT_NONE. */
enum axis counting_axis(enum count count, enum unit unit);

/* counting_start - the instant a start counts from, under the start settings. Order: day off,
 * then cut-off, then working moment.
 *
 * Returns: 0, CALENDAR_E_UNKNOWN.
 */
MUST_USE int counting_start(const struct calendar *calendar, const struct counting *counting,
                            struct instant at, struct instant *start_out);

/* axis_position - where an instant lies on an axis. An instant outside working time lies at the
 * end of the working time before it (= the start of the next). On the civil axes an hour that
 * comes twice (clocks go back) counts once: the position stands still the second time.
 *
 * Returns: 0, CALENDAR_E_UNKNOWN.    Cost: a few array reads.
 */
MUST_USE int axis_position(const struct calendar *calendar, enum axis axis, struct instant at,
                           int64_t *position_out);

/* axis_length - how long a term is on an axis, laid from `from` on (only months and years look at
 * it; laid back from it when n is negative). The unit must belong to the axis: same family as
 * counting_axis gives; asserted. A month laid from beyond the tables has 30 days: nothing is known
 * there anyway.
 */
int64_t axis_length(const struct calendar *calendar, enum axis axis, int64_t from,
                    struct term term);

/* axis_instant - the instant at which a position is reached, as its convention means it:
 *
 *     AXIS_…_DAY, _RANK   the end of that day: 24:00, or close of business with end_at_close on a
 *                         workday; rolled to the next workday's when `roll` (natural days)
 *     AXIS_WORKTIME       the earliest instant there: 17:00 Friday, not 08:30 Monday, is the end
 *                         of eight working hours
 *     AXIS_WORKDAY        n workdays later at the same clock time. On the boundary between two
 *                         workdays, that is 00:00 of the later one: Monday 00:00 + 5 workday is
 *                         next Monday 00:00. A start on a day off lies there too, so Saturday
 *                         10:00 + 5 workday is also next Monday 00:00: five whole workdays
 *     AXIS_WORKSHARE      the last instant there: used time rounded up is more than n only once
 *                         work goes on, after the lunch break or the night
 *     AXIS_CIVIL          the wall clock; a time in a gap is the moment the clocks change
 *
 * provisional_out: true when the answer lies beyond the horizon and depends on what is a workday.
 *                  May be NULL.
 * Returns: 0, CALENDAR_E_UNKNOWN.    Cost: a few array reads; AXIS_WORKTIME O(log workdays).
 */
MUST_USE int axis_instant(const struct calendar *calendar, const struct counting *counting,
                          enum axis axis, int64_t position, struct instant *instant_out,
                          bool *provisional_out);

/* counting_due - start + limit, all settings applied: one deadline without pauses. It is never
 * before the start it counts from (0 workdays from a day off).
 *
 * Returns: 0, CALENDAR_E_UNKNOWN.
 */
MUST_USE int counting_due(const struct calendar *calendar, const struct counting *counting,
                          struct instant start, struct term limit, struct instant *due_out,
                          bool *provisional_out);

/* counting_within - the last instant within a term of another: by the law, whatever a rule's limits
 * are counted by. Of whole days that of `from` is not counted, and the last ends at 24:00, on a day
 * off too; hours and minutes go from the moment.
 *
 * Returns: 0, CALENDAR_E_UNKNOWN.
 */
MUST_USE int counting_within(const struct calendar *calendar, struct instant from,
                             struct term within, struct instant *last_out);

#endif
