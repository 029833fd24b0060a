/* test_date.c - days, months, times of day, and instants as text. */
#include "engine/base/date.h"
#include "tests/lib/check.h"

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    CHECK_EQ_INT(date_parse(slice_of(text), &day), 0);
    return day;
}

static void every_day_of_three_centuries_comes_back(void)
{
    int32_t day = day_of("1900-01-01");
    int weekday = date_weekday(day);
    CHECK_EQ_INT(weekday, 0);
    for (int year = 1900; year <= 2199; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= date_month_days(year, month); d++, day++, weekday++) {
                struct date date = date_of_day(day);
                CHECK(date.year == year && date.month == month && date.day == d);
                CHECK_EQ_INT(date_day(date), day);
                CHECK_EQ_INT(date_weekday(day), weekday % 7);
            }
        }
    }
    CHECK_EQ_INT(day, day_of("2199-12-31") + 1);
}

static void the_epoch_is_day_zero_and_a_thursday(void)
{
    CHECK_EQ_INT(day_of("1970-01-01"), 0);
    CHECK_EQ_INT(date_weekday(0), 3);
    CHECK_EQ_INT(date_weekday(-1), 2);
    CHECK_EQ_INT(date_weekday(-7), 3);
}

static void months_end_on_their_last_day(void)
{
    CHECK_EQ_INT(date_add_months(day_of("2025-01-31"), 1), day_of("2025-02-28"));
    CHECK_EQ_INT(date_add_months(day_of("2024-01-31"), 1), day_of("2024-02-29"));
    CHECK_EQ_INT(date_add_months(day_of("2024-02-29"), 12), day_of("2025-02-28"));
    CHECK_EQ_INT(date_add_months(day_of("2024-02-29"), -48), day_of("2020-02-29"));
    CHECK_EQ_INT(date_add_months(day_of("2025-12-31"), 2), day_of("2026-02-28"));
    CHECK_EQ_INT(date_add_months(day_of("2025-03-31"), -1), day_of("2025-02-28"));
    CHECK_EQ_INT(date_add_months(day_of("2025-01-15"), -1), day_of("2024-12-15"));
    CHECK_EQ_INT(date_add_months(day_of("1970-01-15"), -13), day_of("1968-12-15"));
}

static int date_status(const char *text)
{
    int32_t day = 7;
    int status = date_parse(slice_of(text), &day);
    CHECK(status == 0 || day == 7);
    return status;
}

static void a_date_is_ten_characters_and_a_real_day(void)
{
    CHECK_EQ_INT(date_status("2024-02-29"), 0);
    CHECK_EQ_INT(date_status("2025-02-29"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status("2100-02-29"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status("2000-02-29"), 0);
    CHECK_EQ_INT(date_status("2025-13-01"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status("2025-00-01"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status("2025-01-00"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status("1899-12-31"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status("2200-01-01"), DATE_E_RANGE);
    CHECK_EQ_INT(date_status(""), DATE_E_SYNTAX);
    CHECK_EQ_INT(date_status("2025-1-1"), DATE_E_SYNTAX);
    CHECK_EQ_INT(date_status("2025-01-01 "), DATE_E_SYNTAX);
    CHECK_EQ_INT(date_status("2025/01/01"), DATE_E_SYNTAX);
    CHECK_EQ_INT(date_parse((struct slice){0}, &(int32_t){0}), DATE_E_SYNTAX);
}

static void a_day_has_a_clock_that_reaches_24(void)
{
    static const struct {
        const char *text;
        int status;
        int32_t ms;
    } rows[] = {
        {"00:00", 0, 0},
        {"09:30", 0, 34200000},
        {"09:30:15", 0, 34215000},
        {"24:00", 0, DATE_DAY_MS},
        {"24:00:00", 0, DATE_DAY_MS},
        {"24:00:01", DATE_E_RANGE, 0},
        {"25:00", DATE_E_RANGE, 0},
        {"09:60", DATE_E_RANGE, 0},
        {"09:30:60", DATE_E_RANGE, 0},
        {"9:30", DATE_E_SYNTAX, 0},
        {"09:30:15.5", DATE_E_SYNTAX, 0},
        {"09:30:", DATE_E_SYNTAX, 0},
        {"09", DATE_E_SYNTAX, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t ms = 0;
        CHECK_EQ_INT(clock_parse(slice_of(rows[i].text), &ms), rows[i].status);
        CHECK_EQ_INT(ms, rows[i].ms);
    }
    char text[CLOCK_TEXT_BYTES];
    CHECK_EQ_STR(clock_format(0, text), "00:00");
    CHECK_EQ_STR(clock_format(34215000, text), "09:30:15");
    CHECK_EQ_STR(clock_format(DATE_DAY_MS, text), "24:00");
}

static void instants_are_read_and_written(void)
{
    static const struct {
        const char *text;
        int64_t ms;
        int32_t offset_s;
        const char *again;
    } rows[] = {
        {"2025-01-20T10:00:00+08:00", 1737338400000, 28800, "2025-01-20T10:00:00+08:00"},
        {"2025-01-20 10:00+08:00", 1737338400000, 28800, "2025-01-20T10:00:00+08:00"},
        {"2025-01-20T02:00:00.1239Z", 1737338400123, 0, "2025-01-20T02:00:00.123Z"},
        {"2025-01-20t02:00:00.5z", 1737338400500, 0, "2025-01-20T02:00:00.500Z"},
        {"2025-01-19T21:30:00-04:30", 1737338400000, -16200, "2025-01-19T21:30:00-04:30"},
        {"1969-12-31T23:59:59.999Z", -1, 0, "1969-12-31T23:59:59.999Z"},
        {"1900-01-01T00:00:00Z", INSTANT_FIRST_MS, 0, "1900-01-01T00:00:00Z"},
        {"2199-12-31T23:59:59.999Z", INSTANT_LAST_MS, 0, "2199-12-31T23:59:59.999Z"},
        {"1900-01-01T00:00:00Z", INSTANT_FIRST_MS, -3600, "1899-12-31T23:00:00-01:00"},
        {"1970-01-01T00:00:00Z", 0, 29143, "1970-01-01T08:05:00+08:05"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct instant at = INSTANT_NONE;
        char text[INSTANT_TEXT_BYTES];
        CHECK_EQ_INT(instant_parse(slice_of(rows[i].text), &at), 0);
        CHECK_EQ_INT(at.ms, rows[i].ms);
        CHECK_EQ_STR(instant_format(at, rows[i].offset_s, text), rows[i].again);
    }
    char text[INSTANT_TEXT_BYTES];
    CHECK_EQ_STR(instant_format(INSTANT_NONE, 0, text), "-");
    CHECK_EQ_STR(instant_format(INSTANT_NEVER, 0, text), "-");
}

static int instant_status(const char *text, int64_t *ms_out)
{
    struct instant at = INSTANT_NONE;
    int status = instant_parse(slice_of(text), &at);
    *ms_out = at.ms;
    return status;
}

static void an_instant_that_is_not_one_is_told_why(void)
{
    int64_t ms = 0;
    CHECK_EQ_INT(instant_status("2025-01-20T10:00", &ms), DATE_E_NO_OFFSET);
    CHECK_EQ_INT(ms, 1737367200000); /* as if it stood in UTC */
    CHECK_EQ_INT(instant_status("2025-01-20", &ms), DATE_E_DATE_ONLY);
    CHECK_EQ_INT(ms, 1737331200000);
    CHECK_EQ_INT(instant_status("2025-01-20T24:00:00Z", &ms), DATE_E_RANGE);
    CHECK_EQ_INT(instant_status("2025-01-20T10:00:60Z", &ms), DATE_E_RANGE);
    CHECK_EQ_INT(instant_status("2025-01-20T10:00:00+24:00", &ms), DATE_E_RANGE);
    CHECK_EQ_INT(instant_status("1900-01-01T00:00:00+08:00", &ms), DATE_E_RANGE);
    CHECK_EQ_INT(instant_status("2025-02-30T10:00:00Z", &ms), DATE_E_RANGE);
    static const char *const syntax[] = {
        "",
        "now",
        "2025-01-20T",
        "2025-01-20T10",
        "2025-01-20T10:00:00.Z",
        "2025-01-20T10:00:00+0800",
        "2025-01-20T10:00:00+08:00 ",
        "2025-01-20T10:00:00Zulu",
        "2025-01-20x10:00:00Z",
    };
    for (size_t i = 0; i < COUNT_OF(syntax); i++) {
        CHECK_EQ_INT(instant_status(syntax[i], &ms), DATE_E_SYNTAX);
        CHECK_EQ_INT(ms, INT64_MIN);
    }
}

CHECK_MAIN("unit/date", TEST(every_day_of_three_centuries_comes_back),
           TEST(the_epoch_is_day_zero_and_a_thursday), TEST(months_end_on_their_last_day),
           TEST(a_date_is_ten_characters_and_a_real_day), TEST(a_day_has_a_clock_that_reaches_24),
           TEST(instants_are_read_and_written), TEST(an_instant_that_is_not_one_is_told_why))
