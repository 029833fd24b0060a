/* calendar_fixture.h - the calendars and the words that the tests of the calendar share. */
#ifndef CALENDAR_FIXTURE_H
#define CALENDAR_FIXTURE_H

#include "rules/calendar/calendar.h"
#include "tests/lib/check.h"

enum { HOUR = 3600000 };

/* Central European time, the changes of 2025 alone, and China's, which has none. */
static const struct calendar_offset amsterdam_offsets[] = {
    {{INT64_MIN}, 3600},
    {{1743296400000}, 7200}, /* 2025-03-30 01:00Z: 02:00 becomes 03:00 */
    {{1761440400000}, 3600}, /* 2025-10-26 01:00Z: 03:00 becomes 02:00 */
};
static const struct calendar_zone amsterdam = {
    .name = {"Europe/Amsterdam", 16}, .offset_count = 3, .offsets = amsterdam_offsets};
static const struct calendar_offset shanghai_offsets[] = {{{INT64_MIN}, 28800}};
static const struct calendar_zone shanghai = {
    .name = {"Asia/Shanghai", 13}, .offset_count = 1, .offsets = shanghai_offsets};

/* 09:00-12:00 and 13:30-17:30: seven hours. */
#define OFFICE                                                                                     \
    {                                                                                              \
        .count = 2, .at = { {9 * HOUR, 12 * HOUR}, {27 * HOUR / 2, 35 * HOUR / 2} }                \
    }
#define ALL_DAY                                                                                    \
    {                                                                                              \
        .count = 1, .at = { {0, 24 * HOUR} }                                                       \
    }

static inline int32_t day_of(const char *text)
{
    int32_t day = 0;
    CHECK_EQ_INT(date_parse(slice_of(text), &day), 0);
    return day;
}

static inline struct calendar_definition office(const struct calendar_zone *zone)
{
    struct calendar_definition definition = {
        .name = SLICE("office"),
        .zone = zone,
        .has_week = true,
        .week = {OFFICE, OFFICE, OFFICE, OFFICE, OFFICE},
        .first_day = day_of("2007-01-01"),
        .horizon_day = day_of("2025-12-31"),
    };
    return definition;
}

static inline struct calendar *create(const struct calendar_definition *definition)
{
    struct calendar *calendar = NULL;
    CHECK_EQ_INT(calendar_create(definition, &calendar), 0);
    return calendar;
}

static inline struct instant local(const struct calendar *calendar, const char *text)
{
    struct instant at = INSTANT_NONE;
    int status = instant_parse(slice_of(text), &at);
    if (status == 0)
        return at;
    CHECK(status == DATE_E_NO_OFFSET || status == DATE_E_DATE_ONLY);
    return calendar_instant(calendar, (int32_t)(at.ms / DATE_DAY_MS),
                            (int32_t)(at.ms % DATE_DAY_MS));
}

static inline const char *show(const struct calendar *calendar, struct instant at)
{
    static char text[INSTANT_TEXT_BYTES];
    return instant_format(at, calendar_offset_s(calendar, at), text);
}

/* "start", "20 workday" → the due instant in local time; "unknown" where it is. */
static inline const char *due(const struct calendar *calendar, struct counting counting,
                              const char *start, const char *limit)
{
    struct term term = {0};
    struct instant at = INSTANT_NONE;
    CHECK_EQ_INT(term_parse(slice_of(limit), &term), 0);
    int status =
        counting_due(calendar, &counting, local(calendar, start), term, &at, &(bool){false});
    return status == CALENDAR_E_UNKNOWN ? "unknown" : show(calendar, at);
}

static const struct counting by_day = {.count = COUNT_DAY, .cutoff_ms = -1};
static const struct counting by_instant = {.count = COUNT_INSTANT, .cutoff_ms = -1};
static const struct counting by_ceil = {.count = COUNT_CEIL, .cutoff_ms = -1};

#endif
