/* test_calendar.c - days, hours, inheritance, and the conventions of counting. */
#include "tests/unit/rules/calendar_fixture.h"

static const struct calendar_hours half_day = {.count = 1, .at = {{9 * HOUR, 12 * HOUR}}};

/* ---- what a definition says ------------------------------------------------------------------ */

static void a_definition_that_lacks_something_is_told(void)
{
    struct calendar *calendar = NULL;
    struct calendar_definition definition = office(NULL);
    CHECK_EQ_INT(calendar_create(&definition, &calendar), CALENDAR_E_NO_ZONE);
    definition = office(&shanghai);
    definition.has_week = false;
    CHECK_EQ_INT(calendar_create(&definition, &calendar), CALENDAR_E_NO_WEEK);
    definition = office(&shanghai);
    definition.horizon_day = INT32_MIN;
    CHECK_EQ_INT(calendar_create(&definition, &calendar), CALENDAR_E_NO_HORIZON);
    definition = office(&shanghai);
    memset(definition.week, 0, sizeof definition.week);
    CHECK_EQ_INT(calendar_create(&definition, &calendar), CALENDAR_E_EMPTY);
    definition = office(&shanghai);
    definition.parent = &definition;
    CHECK_EQ_INT(calendar_create(&definition, &calendar), CALENDAR_E_DEPTH);
    CHECK(calendar == NULL);
    calendar_destroy(&calendar);
}

static void a_department_states_only_what_differs(void)
{
    const struct calendar_exception national[] = {
        {.day = day_of("2025-01-01"), .name = SLICE("元旦"), .ground = SLICE("paper 1")},
        {.day = day_of("2025-01-26"), .is_work = true, .ground = SLICE("paper 1")},
        {.day = day_of("2025-05-02"), .ground = SLICE("paper 1")},
    };
    const struct calendar_exception own[] = {
        {.day = day_of("2025-05-02"), .is_work = true, .ground = SLICE("paper 2")},
        {.day = day_of("2025-05-03"), .is_work = true, .has_hours = true, .hours = half_day},
    };
    struct calendar_definition nation = office(&shanghai);
    nation.exceptions = national;
    nation.exception_count = COUNT_OF(national);
    struct calendar_definition department = {.name = SLICE("dept"),
                                             .parent = &nation,
                                             .exceptions = own,
                                             .exception_count = COUNT_OF(own),
                                             .first_day = INT32_MIN,
                                             .horizon_day = INT32_MIN};
    struct calendar *calendar = create(&department);
    CHECK_EQ_SLICE(calendar_name(calendar), "dept");
    CHECK_EQ_SLICE(calendar_zone_name(calendar), "Asia/Shanghai");
    CHECK_EQ_INT(calendar_horizon(calendar), day_of("2025-12-31"));
    struct calendar_day day;
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-01-01"), &day), 0);
    CHECK(!day.is_work && day.is_exception && !day.is_provisional);
    CHECK_EQ_SLICE(day.name, "元旦");
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-01-26"), &day), 0);
    CHECK(day.is_work && day.hours.count == 2); /* a make-up Sunday has Monday's hours */
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-05-02"), &day), 0);
    CHECK(day.is_work && day.hours.count == 2);
    CHECK_EQ_SLICE(day.ground, "paper 2");
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-05-03"), &day), 0);
    CHECK(day.is_work && day.hours.count == 1);
    CHECK_EQ_STR(due(calendar, by_instant, "2025-04-30 09:00", "2 workday"),
                 "2025-05-02T09:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-05-02 17:00", "1 workhour"),
                 "2025-05-03T09:30:00+08:00");
    calendar_destroy(&calendar);
    CHECK(calendar == NULL);
}

static void summer_hours_replace_the_weeks_and_stop_below_a_new_week(void)
{
    struct calendar_hours summer_hours = {.count = 1, .at = {{8 * HOUR, 14 * HOUR}}};
    struct calendar_season summer = {.first_day = day_of("2025-06-01"),
                                     .last_day = day_of("2025-08-31")};
    for (int i = 0; i < 7; i++)
        summer.week[i] = summer_hours; /* at the weekend too: it stays off all the same */
    const struct calendar_exception make_up = {.day = day_of("2025-07-06"), .is_work = true};
    struct calendar_definition city = office(&shanghai);
    city.seasons = &summer;
    city.season_count = 1;
    city.exceptions = &make_up;
    city.exception_count = 1;
    struct calendar *calendar = create(&city);
    struct calendar_day day;
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-05-30"), &day), 0);
    CHECK_EQ_INT(day.hours.at[0].from_ms, 9 * HOUR);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-06-02"), &day), 0);
    CHECK_EQ_INT(day.hours.at[0].from_ms, 8 * HOUR);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-06-07"), &day), 0);
    CHECK(!day.is_work);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-07-06"), &day), 0);
    CHECK(day.is_work && day.hours.at[0].from_ms == 8 * HOUR);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-09-01"), &day), 0);
    CHECK_EQ_INT(day.hours.at[0].from_ms, 9 * HOUR);
    calendar_destroy(&calendar);

    struct calendar_definition counter = office(NULL);
    counter.parent = &city;
    calendar = create(&counter);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-06-02"), &day), 0);
    CHECK_EQ_INT(day.hours.at[0].from_ms, 9 * HOUR);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2025-07-06"), &day), 0);
    CHECK(day.is_work && day.hours.at[0].from_ms == 9 * HOUR);
    calendar_destroy(&calendar);
}

static void beyond_the_horizon_the_week_stands_alone(void)
{
    const struct calendar_exception beyond = {.day = day_of("2026-01-01")};
    struct calendar_definition definition = office(&shanghai);
    definition.exceptions = &beyond;
    definition.exception_count = 1;
    struct calendar *calendar = create(&definition);
    struct calendar_day day;
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2026-01-01"), &day), 0);
    CHECK(day.is_work && day.is_provisional && !day.is_exception);
    CHECK_EQ_INT(calendar_day_get(calendar, day_of("2006-12-31"), &day), CALENDAR_E_UNKNOWN);
    CHECK_EQ_INT(calendar_day_get(calendar, CALENDAR_LAST_DAY + 1, &day), CALENDAR_E_UNKNOWN);

    static const struct {
        const char *limit;
        struct counting counting;
        bool is_provisional;
    } rows[] = {
        {"1 workday", {.count = COUNT_DAY, .cutoff_ms = -1}, false}, /* ends 12-31 at 24:00 */
        {"2 workday", {.count = COUNT_DAY, .cutoff_ms = -1}, true},
        {"1 workday", {.count = COUNT_INSTANT, .cutoff_ms = -1}, false},
        {"2 workday", {.count = COUNT_INSTANT, .cutoff_ms = -1}, true},
        {"2 day", {.count = COUNT_DAY, .cutoff_ms = -1}, false}, /* asks no paper */
        {"2 day", {.count = COUNT_DAY, .cutoff_ms = -1, .roll = true}, true},
        {"48 hour", {.count = COUNT_DAY, .cutoff_ms = -1}, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct term term;
        struct instant at;
        bool is_provisional = !rows[i].is_provisional;
        CHECK_EQ_INT(term_parse(slice_of(rows[i].limit), &term), 0);
        CHECK_EQ_INT(counting_due(calendar, &rows[i].counting, local(calendar, "2025-12-30 10:00"),
                                  term, &at, &is_provisional),
                     0);
        CHECK_EQ_INT(is_provisional, rows[i].is_provisional);
    }
    CHECK_EQ_STR(due(calendar, by_day, "2006-12-29 10:00", "1 workday"), "unknown");
    CHECK_EQ_STR(due(calendar, by_day, "2006-12-29 10:00", "1 day"), "2006-12-31T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2099-12-30 10:00", "5 workday"), "unknown");
    CHECK_EQ_STR(due(calendar, by_day, "2025-01-01 10:00", "1000000 year"), "unknown");
    CHECK_EQ_STR(due(calendar, by_day, "2025-01-01 10:00", "1000000 workday"), "unknown");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-01-01 10:00", "1000000 workhour"), "unknown");
    CHECK_EQ_STR(due(calendar, by_ceil, "2025-01-01 10:00", "1000000 workday"), "unknown");
    calendar_destroy(&calendar);
}

/* ---- counting -------------------------------------------------------------------------------- */

static void the_law_counts_days(void)
{
    struct calendar_definition definition = office(&shanghai);
    struct calendar *calendar = create(&definition);
    struct counting close = by_day;
    close.end_at_close = true;
    struct counting roll = by_day;
    roll.roll = true;
    /* Friday 2025-06-13; the day of the start is not counted */
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-13 10:00", "5 workday"),
                 "2025-06-21T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-13 23:59", "5 workday"),
                 "2025-06-21T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, close, "2025-06-13 10:00", "5 workday"),
                 "2025-06-20T17:30:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-14 10:00", "1 workday"),
                 "2025-06-17T00:00:00+08:00"); /* a Saturday: Monday is the first */
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-13 10:00", "1 day"), "2025-06-15T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, roll, "2025-06-13 10:00", "1 day"), "2025-06-17T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, roll, "2025-06-13 10:00", "3 day"), "2025-06-17T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, close, "2025-06-13 10:00", "1 day"), "2025-06-15T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-01-31 10:00", "1 month"), "2025-03-01T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2024-02-29 10:00", "1 year"), "2025-03-01T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-13 10:00:00.001", "24 hour"),
                 "2025-06-14T10:00:00.001+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-13 10:00", "0 workday"),
                 "2025-06-14T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_day, "2025-06-14 10:00", "0 workday"),
                 "2025-06-14T10:00:00+08:00"); /* not before its own start */
    calendar_destroy(&calendar);
}

static void an_instant_comes_back_at_the_same_clock_time(void)
{
    struct calendar_definition definition = office(&shanghai);
    struct calendar *calendar = create(&definition);
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-13 10:00", "5 workday"),
                 "2025-06-20T10:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-13 23:30", "1 workday"),
                 "2025-06-16T23:30:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-16 00:00", "5 workday"),
                 "2025-06-23T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-14 10:00", "5 workday"),
                 "2025-06-23T00:00:00+08:00"); /* five whole workdays, and no more to use */
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-14 10:00", "1 workday"),
                 "2025-06-17T00:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-13 10:00", "8 workhour"),
                 "2025-06-16T11:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-13 09:00", "7 workhour"),
                 "2025-06-13T17:30:00+08:00"); /* Friday's close, not Monday's opening */
    CHECK_EQ_STR(due(calendar, by_instant, "2025-06-13 11:30", "30 workminute"),
                 "2025-06-13T12:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_instant, "2025-01-31 10:00", "1 month"),
                 "2025-02-28T10:00:00+08:00");
    calendar_destroy(&calendar);
}

static void used_time_is_rounded_up_to_workdays(void)
{
    struct calendar_definition definition = office(&shanghai);
    struct calendar *calendar = create(&definition);
    /* V1: Monday 2018-10-15 10:00 */
    CHECK_EQ_STR(due(calendar, by_ceil, "2018-10-15 10:00", "4 workday"),
                 "2018-10-19T10:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_ceil, "2018-10-15 10:00", "7 workday"),
                 "2018-10-24T10:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_ceil, "2018-10-15 10:00", "10 workday"),
                 "2018-10-29T10:00:00+08:00");
    CHECK_EQ_STR(due(calendar, by_ceil, "2018-10-15 12:30", "1 workday"),
                 "2018-10-16T13:30:00+08:00"); /* no more is used until the lunch break ends */
    CHECK_EQ_STR(due(calendar, by_ceil, "2018-10-15 08:00", "5 workday"),
                 "2018-10-22T09:00:00+08:00"); /* … or until Monday */
    calendar_destroy(&calendar);
}

static void a_share_of_a_short_day_is_the_same_share_of_a_long_one(void)
{
    struct calendar_definition definition = office(&shanghai);
    const struct calendar_exception half = {
        .day = day_of("2025-06-17"), .is_work = true, .has_hours = true, .hours = half_day};
    definition.exceptions = &half;
    definition.exception_count = 1;
    struct calendar *calendar = create(&definition);
    /* 12:30 by the clock is 3/7 of Monday; 3/7 of 09:00-12:00 is 10:17:08.571 */
    CHECK_EQ_STR(due(calendar, by_ceil, "2025-06-16 12:30", "1 workday"),
                 "2025-06-17T10:17:08.571+08:00");
    CHECK_EQ_STR(due(calendar, by_ceil, "2025-06-16 12:30", "2 workday"),
                 "2025-06-18T13:30:00+08:00");
    calendar_destroy(&calendar);
}

static void a_start_counts_from_where_its_settings_say(void)
{
    struct calendar_definition definition = office(&shanghai);
    struct calendar *calendar = create(&definition);
    struct counting moment = by_instant;
    moment.start_moment = true;
    struct counting boston = by_instant;
    boston.cutoff_ms = 17 * HOUR;
    boston.cutoff_to_ms = 17 * HOUR / 2;
    boston.day_off_same_time = true;
    struct counting both = boston;
    both.start_moment = true;
    static const struct {
        const char *at;
        const char *moment;
        const char *boston;
        const char *both;
    } rows[] = {
        {"2025-06-13 10:00", "2025-06-13 10:00", "2025-06-13 10:00", "2025-06-13 10:00"},
        {"2025-06-13 08:00", "2025-06-13 09:00", "2025-06-13 08:00", "2025-06-13 09:00"},
        {"2025-06-13 12:00", "2025-06-13 13:30", "2025-06-13 12:00", "2025-06-13 13:30"},
        {"2025-06-13 11:59:59.999", "2025-06-13 11:59:59.999", "2025-06-13 11:59:59.999",
         "2025-06-13 11:59:59.999"},
        {"2025-06-13 17:00", "2025-06-13 17:00", "2025-06-16 08:30", "2025-06-16 09:00"},
        {"2025-06-13 17:30", "2025-06-16 09:00", "2025-06-16 08:30", "2025-06-16 09:00"},
        {"2025-06-14 10:00", "2025-06-16 09:00", "2025-06-16 10:00", "2025-06-16 10:00"},
        {"2025-06-14 18:00", "2025-06-16 09:00", "2025-06-17 08:30", "2025-06-17 09:00"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct instant at = local(calendar, rows[i].at);
        struct instant start;
        CHECK_EQ_INT(counting_start(calendar, &by_instant, at, &start), 0);
        CHECK_EQ_INT(start.ms, at.ms);
        CHECK_EQ_INT(counting_start(calendar, &moment, at, &start), 0);
        CHECK_EQ_INT(start.ms, local(calendar, rows[i].moment).ms);
        CHECK_EQ_INT(counting_start(calendar, &boston, at, &start), 0);
        CHECK_EQ_INT(start.ms, local(calendar, rows[i].boston).ms);
        CHECK_EQ_INT(counting_start(calendar, &both, at, &start), 0);
        CHECK_EQ_INT(start.ms, local(calendar, rows[i].both).ms);
    }
    struct instant start;
    CHECK_EQ_INT(counting_start(calendar, &moment, local(calendar, "2006-12-31 10:00"), &start),
                 CALENDAR_E_UNKNOWN);
    calendar_destroy(&calendar);
}

CHECK_MAIN("unit/calendar", TEST(a_definition_that_lacks_something_is_told),
           TEST(a_department_states_only_what_differs),
           TEST(summer_hours_replace_the_weeks_and_stop_below_a_new_week),
           TEST(beyond_the_horizon_the_week_stands_alone), TEST(the_law_counts_days),
           TEST(an_instant_comes_back_at_the_same_clock_time),
           TEST(used_time_is_rounded_up_to_workdays),
           TEST(a_share_of_a_short_day_is_the_same_share_of_a_long_one),
           TEST(a_start_counts_from_where_its_settings_say))
