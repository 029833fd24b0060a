/* times.h - a source's way of writing times, read.
 *
 * Layer: collectors/map. Pure but for the zone it is given. No locale, no machine's time zone.
 */
#ifndef MAP_TIMES_H
#define MAP_TIMES_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"
#include "rules/calendar/calendar.h"

enum { TIMES_MAX = 8 };

enum time_form {
    TIME_ISO,     /* RFC 3339; the offset may be missing */
    TIME_UNIX,    /* seconds since 1970 */
    TIME_UNIX_MS, /* milliseconds since 1970 */
    TIME_PATTERN, /* %Y %m %d %H %I %M %S %p %f %y %b %z %%; a blank stands for any blanks */
};

enum date_only { DATE_ONLY_REFUSE, DATE_ONLY_START, DATE_ONLY_END };

struct times {
    uint32_t count; /* 0: TIME_ISO alone */
    struct {
        enum time_form form;
        struct slice pattern;
    } at[TIMES_MAX];
    const struct calendar_zone *zone; /* NULL: a bare local time is refused */
};

enum {
    TIMES_E_FORM = 1,  /* none of the forms fits */
    TIMES_E_RANGE,     /* one fits, but there is no such day or hour */
    TIMES_E_NO_ZONE,   /* a bare local time, and the mapping names no zone */
    TIMES_E_DATE_ONLY, /* a date only, and the mapping does not say what to make of it */
};

/* times_pattern_check - is it a pattern that can be read? Returns NULL, or the letter behind % that
 * is not known, as text to the end of the pattern. */
const char *times_pattern_check(const char *pattern);

/* times_parse - returns 0 or one of TIMES_E_…. */
MUST_USE int times_parse(const struct times *times, struct slice text, enum date_only date_only,
                         struct instant *at_out);

#endif
