/* date.h - the proleptic Gregorian calendar, and instants as text (RFC 3339).
 *
 * Pure. A "day" is a count of days since 1970-01-01 in whatever place the caller means; weekdays
 * run from 0 = Monday to 6 = Sunday, as in ISO 8601.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"

enum { DATE_DAY_MS = 86400000 };

enum {
    DATE_E_SYNTAX = 1, /* not of the form asked for */
    DATE_E_RANGE,      /* no such day, hour, offset; or a year outside 1900 to 2199 */
    DATE_E_NO_OFFSET,  /* a local time, where an offset from UTC was needed */
    DATE_E_DATE_ONLY,  /* a date without a time of day */
};

struct date {
    int16_t year;
    uint8_t month; /* 1 to 12 */
    uint8_t day;   /* 1 to 31 */
};

/* date_day - days since 1970-01-01 of a valid date. */
int32_t date_day(struct date date);

/* date_of_day - the date of a day number. */
struct date date_of_day(int32_t day);

/* date_weekday - 0 = Monday to 6 = Sunday. */
int date_weekday(int32_t day);

/* date_month_days - how many days the month has. */
int date_month_days(int year, int month);

/* date_add_months - the same day of the month `months` later (or earlier, negative); where that
 * month is shorter, its last day (民法典 202: 没有对应日的，月末日). */
int32_t date_add_months(int32_t day, int months);

/* date_parse - "2025-01-26" to a day number.
 *
 * Returns: 0, DATE_E_SYNTAX, DATE_E_RANGE.
 */
MUST_USE int date_parse(struct slice text, int32_t *day_out);

enum { DATE_TEXT_BYTES = 11 };

/* date_format - "2025-01-26" with an end mark. Returns text. */
char *date_format(int32_t day, char text[DATE_TEXT_BYTES]);

/* clock_parse - a time of day, "09:00" or "09:00:30", to ms since midnight; "24:00" is the end of
 * the day.
 *
 * Returns: 0, DATE_E_SYNTAX, DATE_E_RANGE.
 */
MUST_USE int clock_parse(struct slice text, int32_t *ms_out);

enum { CLOCK_TEXT_BYTES = 9 };

/* clock_format - "09:00", or "09:00:30" where there are seconds (parts of one are left out).
 * Returns text. */
char *clock_format(int32_t ms, char text[CLOCK_TEXT_BYTES]);

/* instant_parse - RFC 3339 with an offset: "2025-01-20T10:00:00.123+08:00", "…Z". A space may
 * stand for the T; seconds may be left out; more than three decimals are cut off.
 *
 * Returns: 0; DATE_E_SYNTAX; DATE_E_RANGE; DATE_E_NO_OFFSET or DATE_E_DATE_ONLY, and then
 *          *instant_out holds what was read as if it stood in UTC, for a caller who knows the
 *          zone.
 */
MUST_USE int instant_parse(struct slice text, struct instant *instant_out);

enum { INSTANT_TEXT_BYTES = 32 };

/* instant_format - RFC 3339, milliseconds only where they are not zero:
 * "2025-01-20T10:00:00+08:00"; an offset of 0 prints as "Z". The seconds that an old offset may
 * have are left out of it and of the local time, so that the text names the same instant. Outside
 * the years 1900 to 2199 (INSTANT_NONE, INSTANT_NEVER) it is "-". Returns text. */
char *instant_format(struct instant at, int32_t offset_s, char text[INSTANT_TEXT_BYTES]);

#endif
