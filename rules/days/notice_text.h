/* notice_text.h - a calendar notice: the yearly paper that says which days are off and which are
 * made up for, as data.
 *
 * Layer: rules/days. Two forms are read: JSON ({"year", "papers", "days"}) and ICS (RFC 5545). What
 * may stand in them, and how a notice joins a calendar, is told in rules/calendars/README.md.
 */
#ifndef DAYS_NOTICE_TEXT_H
#define DAYS_NOTICE_TEXT_H

#include "engine/base/arena.h"
#include "rules/days/calendar_text.h"

/* From 1 December of the year before to 31 January of the year after. */
enum { NOTICE_DAYS_MAX = 31 + 366 + 31, NOTICE_YEAR_MIN = 1971, NOTICE_YEAR_MAX = 2098 };

enum { NOTICE_CALENDAR_BYTES = 65 }; /* the longest name of a calendar, and its end mark */

/* What a notice is, by its first words: nothing is checked for it. */
struct notice_head {
    char calendar[NOTICE_CALENDAR_BYTES]; /* "cn" where the notice does not say */
    int32_t year;                         /* 0: it cannot be told */
    bool amends; /* it says only what changes; else all the days of its year */
};

struct notice_day {
    bool is_named;
    bool is_work;
    uint32_t line;
    struct slice name;
    struct slice ground; /* the document it comes from */
};

struct notice {
    const char *file;
    const char *name; /* of the document; among notices of one year the later sorts last */
    uint32_t line;    /* where the calendar is named, or the notice begins */
    uint32_t column;
    struct slice calendar;
    int32_t year;
    int32_t first_day; /* 1 December of the year before: the day of days[0] */
    bool amends;
    uint32_t count; /* days that are named */
    struct notice_day days[NOTICE_DAYS_MAX];
};

/* notice_is - does the text begin as a notice does? */
bool notice_is(struct slice text);

/* notice_head_of - of a text that notice_is. Returns: false: memory is short. */
MUST_USE bool notice_head_of(struct slice text, struct notice_head *head_out);

/* notice_read - every mistake is told.
 *
 * Owns:    the notice lives in the arena, and borrows nothing of text.
 * Returns: 0, CALENDAR_TEXT_E_BAD, -ENOMEM.
 */
MUST_USE int notice_read(struct arena *arena, const char *file, const char *name, struct slice text,
                         struct problem_list *problems, struct notice **notice_out);

/* notices_join - lay the notices over the calendars of a book, before it is resolved: in the order
 * of their years, then of their names, the later over the earlier. The array is sorted.
 *
 * Returns: 0, CALENDAR_TEXT_E_BAD (a calendar is not there, or a year is left out), -ENOMEM.
 */
MUST_USE int notices_join(struct calendar_book *book, struct notice **notices, uint32_t count,
                          struct problem_list *problems);

#endif
