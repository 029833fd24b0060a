/* hours.h - the working time of the made-up hall: which days it is open, and at what hours.
 *
 * Layer: collectors/sim. Not the calendar that judges (rules/calendar): here people only come and
 * go. Times of work are counted in seconds of opening hours since the first day.
 */
#ifndef SIM_HOURS_H
#define SIM_HOURS_H

#include "engine/base/instant.h"

enum {
    HOURS_OFFSET_S = 8 * 3600,     /* the city lives at UTC+8 */
    HOURS_DAY_S = 6 * 3600 + 1800, /* 09:00-12:00 and 13:30-17:00 */
    HOURS_CROWD_ONE = 10000000,
    HOURS_DAYS_MAX = 366 * 12, /* how long a simulation may last */
};

struct hours;

struct hours_options {
    struct instant from;
    bool is_always;       /* open day and night: one second of work is one second */
    const char *calendar; /* a calendar of rules/calendars (its off: and work: days), or CSV of
                             date,anything,1 or 0; NULL: Monday to Friday */
};

enum { HOURS_E_CALENDAR = 1 /* the calendar file cannot be read, or has no such columns */ };

/* hours_create - returns 0, HOURS_E_CALENDAR, -ENOMEM. */
MUST_USE int hours_create(const struct hours_options *options, struct hours **hours_out);
void hours_destroy(struct hours **hours_p);

/* hours_instant - the instant at which so many seconds of work have passed. It may lie beyond the
 * last day that is known; then work goes on without a day off. */
struct instant hours_instant(const struct hours *hours, int64_t work_s);

/* hours_work - seconds of work that have passed at an instant. */
int64_t hours_work(const struct hours *hours, struct instant at);

/* hours_day_s - seconds of work in one workday. */
int64_t hours_day_s(const struct hours *hours);

/* hours_crowd - how many people come in the ten seconds at this time, of HOURS_CROWD_ONE on a whole
 * workday: peaks in the morning and after lunch, few at night (online) and on days off. */
uint32_t hours_crowd(const struct hours *hours, struct instant at);

#endif
