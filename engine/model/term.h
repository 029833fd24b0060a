/* term.h - a length of time with its unit, as a person writes it: "20 workday", "8 week".
 *
 * Pure. The unit is part of the term: a bare number is refused. What a term means on a given
 * calendar is the business of rules/calendar.
 */
#ifndef MODEL_TERM_H
#define MODEL_TERM_H

#include "engine/base/slice.h"

enum unit {
    UNIT_NONE,       /* no term */
    UNIT_MINUTE,     /* elapsed */
    UNIT_HOUR,       /* elapsed */
    UNIT_WORKMINUTE, /* working time of the calendar */
    UNIT_WORKHOUR,
    UNIT_DAY, /* natural days; a week is written "week" and read as 7 of these */
    UNIT_WORKDAY,
    UNIT_MONTH,
    UNIT_YEAR,
    UNIT_COUNT
};

struct term {
    int32_t n; /* 0 to TERM_MAX; 0 with UNIT_NONE means "no term" */
    enum unit unit;
};

enum { TERM_MAX = 1000000, TERM_TEXT_BYTES = 24 };

enum {
    TERM_E_NO_UNIT = 1, /* a bare number */
    TERM_E_UNIT,        /* an unknown unit */
    TERM_E_NUMBER,      /* not a whole number, negative, or above TERM_MAX */
};

/* The units with their English names, in the order of enum unit; "" for UNIT_NONE. */
extern const char *const unit_name[UNIT_COUNT];

/* "Same day": the limit that ends with the day of the start itself. */
static inline bool term_is_same_day(struct term term)
{
    return term.n == 0 && term.unit == UNIT_DAY;
}

static inline bool term_is_set(struct term term)
{
    return term.unit != UNIT_NONE;
}

/* term_is_empty - a term that is given, and zero. */
static inline bool term_is_empty(struct term term)
{
    return term_is_set(term) && term.n == 0;
}

/* term_parse - "20 workday", "1 month", "8 week" (plural s accepted; 工作日 个工作日 日 天 小时
 * 分钟 月 年 周 accepted as units, with or without the blank).
 *
 * Returns: 0, TERM_E_NO_UNIT, TERM_E_UNIT, TERM_E_NUMBER.
 */
MUST_USE int term_parse(struct slice text, struct term *term_out);

/* term_format - "20 workday"; "" when not set. Returns text. */
char *term_format(struct term term, char text[TERM_TEXT_BYTES]);

#endif
