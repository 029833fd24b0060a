/* test_calendar_clock.c - clocks that change, and every axis there and back. */
#include "tests/unit/rules/calendar_fixture.h"

/* ---- clocks that change ---------------------------------------------------------------------- */

static void local_time_in_a_gap_and_in_an_overlap(void)
{
    struct calendar_definition definition = office(&amsterdam);
    struct calendar *calendar = create(&definition);
    CHECK_EQ_STR(show(calendar, local(calendar, "2025-03-30 01:59")), "2025-03-30T01:59:00+01:00");
    CHECK_EQ_STR(show(calendar, local(calendar, "2025-03-30 02:30")), "2025-03-30T03:30:00+02:00");
    CHECK_EQ_STR(show(calendar, local(calendar, "2025-03-30 03:00")), "2025-03-30T03:00:00+02:00");
    CHECK_EQ_STR(show(calendar, local(calendar, "2025-10-26 02:30")), "2025-10-26T02:30:00+02:00");
    CHECK_EQ_STR(show(calendar, local(calendar, "2025-10-26 03:00")), "2025-10-26T03:00:00+01:00");
    int32_t ms = 0;
    CHECK_EQ_INT(calendar_local_day(calendar, local(calendar, "2025-10-26T01:30:00Z"), &ms),
                 day_of("2025-10-26"));
    CHECK_EQ_INT(ms, 5 * HOUR / 2); /* the second 02:30 */
    CHECK_EQ_INT(calendar_local_day(calendar, local(calendar, "2025-10-25T22:00:00Z"), &ms),
                 day_of("2025-10-26"));
    CHECK_EQ_INT(ms, 0);
    calendar_destroy(&calendar);
}

static void eight_weeks_end_at_the_same_wall_clock_time(void)
{
    struct calendar_definition definition = office(&amsterdam);
    struct calendar *calendar = create(&definition);
    CHECK_EQ_STR(due(calendar, by_instant, "2025-02-10 10:00", "8 week"),
                 "2025-04-07T10:00:00+02:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-02-10 10:00", "1344 hour"),
                 "2025-04-07T11:00:00+02:00"); /* 56 × 24 hours are hours */
    CHECK_EQ_STR(due(calendar, by_instant, "2025-03-28 09:30", "2 workday"),
                 "2025-04-01T09:30:00+02:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-03-23 02:30", "1 week"),
                 "2025-03-30T03:00:00+02:00"); /* no such time: when the clocks change */
    CHECK_EQ_STR(due(calendar, by_instant, "2025-10-19 02:30", "1 week"),
                 "2025-10-26T02:30:00+02:00"); /* the first of two */
    CHECK_EQ_STR(due(calendar, by_instant, "2025-10-26T01:30:00Z", "1 week"),
                 "2025-11-02T03:00:00+01:00"); /* the second 02:30 came when it was 03:00 before */
    CHECK_EQ_STR(due(calendar, by_instant, "2025-10-19 03:00", "1 week"),
                 "2025-10-26T03:00:00+01:00"); /* this one is shown once only */
    CHECK_EQ_STR(due(calendar, by_day, "2025-10-25 10:00", "1 day"), "2025-10-27T00:00:00+01:00");
    calendar_destroy(&calendar);
}

static void work_through_the_night_is_real_time(void)
{
    struct calendar_definition definition = office(&amsterdam);
    const struct calendar_hours day_and_night = ALL_DAY;
    for (int i = 0; i < 7; i++)
        definition.week[i] = day_and_night;
    struct calendar *calendar = create(&definition);
    CHECK_EQ_STR(due(calendar, by_instant, "2025-03-30 00:00", "23 workhour"),
                 "2025-03-31T00:00:00+02:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-10-26 00:00", "25 workhour"),
                 "2025-10-27T00:00:00+01:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-10-26 00:00", "3 workhour"),
                 "2025-10-26T02:00:00+01:00");
    calendar_destroy(&calendar);

    struct calendar_hours night = {.count = 1, .at = {{2 * HOUR, 3 * HOUR}}};
    for (int i = 0; i < 7; i++)
        definition.week[i] = night;
    calendar = create(&definition);
    struct calendar_day day;
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-03-30"), &day), 0);
    CHECK(!day.is_work); /* its only hour does not exist */
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-03-31"), &day), 0);
    CHECK(day.is_work);
    calendar_destroy(&calendar);
}

static void a_midnight_may_be_missing_and_a_day_too(void)
{
    /* 2025-09-07 00:00 → 01:00 as in Chile; then 2025-12-30 is left out as in Samoa. */
    static const struct calendar_offset offsets[] = {
        {{INT64_MIN}, -14400},
        {{1757217600000}, -10800}, /* 2025-09-07T04:00Z */
        {{1767063600000}, 75600},  /* 2025-12-30T03:00Z: from -03:00 to +21:00 */
    };
    static const struct calendar_zone zone = {.offset_count = 3, .offsets = offsets};
    struct calendar_definition definition = office(&zone);
    struct calendar *calendar = create(&definition);
    struct calendar_day day;
    CHECK_EQ_STR(show(calendar, local(calendar, "2025-09-07 00:30")), "2025-09-07T01:30:00-03:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-09-05 10:00", "1 day"), "2025-09-07T01:00:00-03:00");
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-12-30"), &day), 0);
    CHECK(!day.is_work);
    CHECK_EQ_STR(due(calendar, by_instant, "2025-12-29 10:00", "1 workday"),
                 "2025-12-31T10:00:00+21:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-12-29 10:00", "1 workday"),
                 "2026-01-01T00:00:00+21:00");
    calendar_destroy(&calendar);
}

/* ---- the axes -------------------------------------------------------------------------------- */

static void check_axis(const struct calendar *calendar, enum axis axis, int64_t from, int64_t to,
                       int64_t step)
{
    int64_t before = INT64_MIN;
    for (int64_t ms = from; ms < to; ms += step) {
        int64_t position = 0;
        int64_t again = 0;
        struct instant back = INSTANT_NONE;
        CHECK_EQ_INT(axis_position(calendar, axis, (struct instant){ms}, &position), 0);
        CHECK(position >= before);
        before = position;
        CHECK_EQ_INT(axis_instant(calendar, &by_instant, axis, position, &back, NULL), 0);
        if (axis == AXIS_CIVIL_DAY || axis == AXIS_WORKDAY_RANK)
            back.ms--; /* the end of the day is already the next one */
        CHECK_EQ_INT(axis_position(calendar, axis, back, &again), 0);
        CHECK_EQ_INT(again, position);
    }
}

static void positions_rise_and_come_back(void)
{
    struct calendar_definition definition = office(&amsterdam);
    struct calendar_hours night = {.count = 2, .at = {{0, 5 * HOUR / 2}, {3 * HOUR, 24 * HOUR}}};
    definition.week[6] = night; /* both changes of the clocks fall into working time */
    struct calendar *calendar = create(&definition);
    for (int axis = AXIS_ELAPSED; axis <= AXIS_WORKDAY_RANK; axis++) {
        check_axis(calendar, (enum axis)axis, local(calendar, "2025-03-27").ms,
                   local(calendar, "2025-04-02").ms, 61001);
        check_axis(calendar, (enum axis)axis, local(calendar, "2025-10-24").ms,
                   local(calendar, "2025-10-29").ms, 61001);
    }
    calendar_destroy(&calendar);
}

static void a_length_belongs_to_its_axis(void)
{
    struct calendar_definition definition = office(&shanghai);
    struct calendar *calendar = create(&definition);
    CHECK_EQ_INT(counting_axis(COUNT_DAY, UNIT_HOUR), AXIS_ELAPSED);
    CHECK_EQ_INT(counting_axis(COUNT_CEIL, UNIT_DAY), AXIS_CIVIL);
    CHECK_EQ_INT(counting_axis(COUNT_DAY, UNIT_MONTH), AXIS_CIVIL_DAY);
    int64_t january = day_of("2025-01-31");
    CHECK_EQ_INT(axis_length(calendar, AXIS_CIVIL_DAY, january, (struct term){1, UNIT_MONTH}), 28);
    CHECK_EQ_INT(axis_length(calendar, AXIS_CIVIL_DAY, january, (struct term){-1, UNIT_MONTH}),
                 -31);
    CHECK_EQ_INT(
        axis_length(calendar, AXIS_CIVIL, january * DATE_DAY_MS + 5, (struct term){1, UNIT_MONTH}),
        28 * (int64_t)DATE_DAY_MS);
    CHECK_EQ_INT(axis_length(calendar, AXIS_WORKSHARE, 0, (struct term){2, UNIT_WORKDAY}),
                 2 * AXIS_WORKSHARE_DAY);
    CHECK_EQ_INT(axis_length(calendar, AXIS_CIVIL_DAY, 1000000, (struct term){2, UNIT_MONTH}), 60);
    calendar_destroy(&calendar);
}

CHECK_MAIN("unit/calendar_clock", TEST(local_time_in_a_gap_and_in_an_overlap),
           TEST(eight_weeks_end_at_the_same_wall_clock_time),
           TEST(work_through_the_night_is_real_time), TEST(a_midnight_may_be_missing_and_a_day_too),
           TEST(positions_rise_and_come_back), TEST(a_length_belongs_to_its_axis))
