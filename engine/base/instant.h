/* instant.h - points in time and spans of time, in milliseconds.
 *
 * Two types, so that the compiler refuses to mix them, and so that the unit is written wherever
 * the number is read (now.ms). Nothing here reads a clock: see engine/sys/clock.h for that.
 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include "engine/base/base.h"

struct instant {
    int64_t ms; /* since 1970-01-01 00:00 UTC */
};

struct duration {
    int64_t ms; /* never negative */
};

/* No real instant: "not set", "never". They sort before and after every real one. */
#define INSTANT_NONE  ((struct instant){.ms = INT64_MIN})
#define INSTANT_NEVER ((struct instant){.ms = INT64_MAX})

/* The range of instants that events, rules and calendars may name: years 1900 to 2199. */
#define INSTANT_FIRST_MS (-INT64_C(2208988800000))
#define INSTANT_LAST_MS  INT64_C(7258118399999)

static inline bool instant_is_set(struct instant at)
{
    return at.ms != INT64_MIN;
}

static inline bool instant_is_before(struct instant a, struct instant b)
{
    return a.ms < b.ms;
}

static inline struct instant instant_later_of(struct instant a, struct instant b)
{
    return a.ms < b.ms ? b : a;
}

static inline struct instant instant_after(struct instant start, struct duration span)
{
    assert(span.ms >= 0);
    assert(start.ms <= INT64_MAX - span.ms);
    return (struct instant){.ms = start.ms + span.ms};
}

#endif
