/* test_calendar_text.c - calendar files: what they say, what is wrong in them, and who inherits. */
#include "rules/days/calendar_text.h"
#include "tests/lib/check.h"

static struct calendar_book book;
static struct problem_list problems;

#define HEAD "calendar: t\nzone: UTC\nknown: {from: 2020-01-01, to: 2025-12-31}\n"
#define WEEK "week: {mon-fri: \"09:00-12:00 13:30-17:30\"}\n"

static void begin(void)
{
    calendar_book_clear(&book);
    problem_list_clear(&problems);
    CHECK(calendar_book_init(&book));
}

static int read(const char *file, const char *text)
{
    return calendar_text_read(&book, file, slice_of(text), &problems);
}

static const char *first_problem(void)
{
    static char text[PROBLEM_TEXT_BYTES + 64];
    CHECK(problems.count > 0);
    (void)snprintf(text, sizeof text, "%s:%u:%u %s", problems.at[0].file, problems.at[0].line,
                   problems.at[0].column, problems.at[0].en);
    return text;
}

static struct calendar *build(const char *name)
{
    struct calendar *calendar = NULL;
    const struct calendar_page *page = calendar_book_find(&book, slice_of(name));
    CHECK(page != NULL);
    CHECK_EQ_INT(calendar_book_build(page, &calendar), 0);
    return calendar;
}

static struct calendar_day day_of(const struct calendar *calendar, const char *date)
{
    int32_t day = 0;
    struct calendar_day facts = {0};
    CHECK_EQ_INT(date_parse(slice_of(date), &day), 0);
    CHECK_EQ_INT(calendar_day_get(calendar, day, &facts), 0);
    return facts;
}

static void a_file_says_all_that_a_calendar_is(void)
{
    begin();
    CHECK_EQ_INT(read("t.yaml",
                      HEAD "name: {zh: 测试, en: Test}\nnote: any text\n"
                           "week: {mon-thu: \"09:00-12:00, 13:30-17:30\", \"fri,sun\": "
                           "\"00:00-24:00\", sat: off}\n"
                           "seasons:\n  - {name: summer, from: 2025-06-01, to: 2025-08-31, week: "
                           "{mon-thu: \"08:00-14:00\"}}\n"
                           "exceptions:\n"
                           "  - ground: paper 1\n    url: https://example.org\n"
                           "    announced: 2024-11-12\n"
                           "    off:\n      元旦: [2025-01-01]\n"
                           "      春节: [2025-01-28..2025-01-30, 2025-02-03]\n"
                           "    work: 2025-01-25\n"
                           "    hours: {2025-01-27: \"09:00-12:00\"}\n"
                           "  - url: https://example.org/2\n    amends: true\n"
                           "    work: [2025-02-03]\n"),
                 0);
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), 0);
    CHECK_EQ_INT(problems.error_count + problems.warning_count, 0);
    CHECK_EQ_SLICE(book.first->title_zh, "测试");
    CHECK_EQ_SLICE(book.first->title_en, "Test");
    struct calendar *calendar = build("t");
    CHECK_EQ_INT(day_of(calendar, "2025-01-06").hours.count, 2);
    CHECK_EQ_INT(day_of(calendar, "2025-01-10").hours.at[0].to_ms, DATE_DAY_MS);
    CHECK(day_of(calendar, "2025-01-12").is_work);
    CHECK(!day_of(calendar, "2025-01-11").is_work);
    CHECK_EQ_SLICE(day_of(calendar, "2025-01-01").name, "元旦");
    CHECK(!day_of(calendar, "2025-01-29").is_work);
    CHECK_EQ_SLICE(day_of(calendar, "2025-01-29").name, "春节");
    CHECK_EQ_SLICE(day_of(calendar, "2025-01-29").ground, "paper 1");
    CHECK(day_of(calendar, "2025-01-25").is_work);
    CHECK_EQ_INT(day_of(calendar, "2025-01-27").hours.count, 1);
    CHECK(day_of(calendar, "2025-02-03").is_work); /* amended */
    CHECK_EQ_SLICE(day_of(calendar, "2025-02-03").ground, "https://example.org/2");
    CHECK_EQ_INT(day_of(calendar, "2025-06-02").hours.at[0].from_ms, 8 * 3600000);
    calendar_destroy(&calendar);
}

static void mistakes_are_named_with_their_place(void)
{
    static const struct {
        const char *text;
        const char *problem;
    } rows[] = {
        {"week: {}\n", "t.yaml:1:1 \"calendar\" is missing here"},
        {"calendar: Größe\n", "t.yaml:1:11 \"Größe\" is no name of a calendar: small letters, "
                              "digits, - _ . (at most 64)"},
        {"calendar: t\nwek: {}\n", "t.yaml:2:1 unknown key \"wek\"; did you mean \"week\"? "
                                   "(calendar, name, note, inherits, zone, known, week, seasons, "
                                   "exceptions)"},
        {"calendar: t\nzone: Mars/Base\n",
         "t.yaml:2:7 there is no zone \"Mars/Base\" in the tz database; zones are named like "
         "Asia/Shanghai (is the package tzdata installed?)"},
        {"calendar: t\nzone: ../../etc/passwd\n",
         "t.yaml:2:7 there is no zone \"../../etc/passwd\" in the tz database; zones are named "
         "like Asia/Shanghai (is the package tzdata installed?)"},
        {"calendar: t\nknown: {from: 2025-01-01, to: 2024-12-31}\n",
         "t.yaml:2:31 known.to is before known.from"},
        {"calendar: t\nknown: {from: 2025-02-30}\n",
         "t.yaml:2:15 there is no day \"2025-02-30\" in the years 1970 to 2099"},
        {"calendar: t\nknown: {from: 1.1.2025}\n",
         "t.yaml:2:15 \"1.1.2025\" is not a date; write it like 2025-01-28"},
        {"calendar: t\nweek: {mon-fir: off}\n",
         "t.yaml:2:8 \"mon-fir\" is no day of the week; days are mon tue wed thu fri sat sun, "
         "spans like mon-fri"},
        {"calendar: t\nweek: {mon-fri: \"09:00-17:00\", wed: off}\n",
         "t.yaml:2:32 \"wed\" names a day that was named before"},
        {"calendar: t\nweek: {mon: \"9-17\"}\n",
         "t.yaml:2:13 \"9-17\" is not a span of working time; write it like \"09:00-12:00\""},
        {"calendar: t\nweek: {mon: \"17:00-09:00\"}\n",
         "t.yaml:2:13 \"17:00-09:00\" ends before it begins; work past midnight is written in two "
         "spans, up to 24:00 and, on the next day, from 00:00"},
        {"calendar: t\nweek: {mon: \"09:00-12:00 12:00-17:00\"}\n",
         "t.yaml:2:13 \"12:00-17:00\" overlaps or touches the span before it; join them, earliest "
         "first"},
        {"calendar: t\nweek: {mon: \"\"}\n",
         "t.yaml:2:13 no working time here; for a day off write off"},
        {"calendar: t\nweek: {mon: off}\n", "t.yaml:2:7 no day of the week has working hours"},
        {"calendar: t\nseasons: [{from: 2025-06-01, to: 2025-05-01, week: {mon: "
         "\"08:00-12:00\"}}]\n",
         "t.yaml:2:34 the season ends before it begins"},
        {"calendar: t\nseasons: [{from: 2025-06-01, to: 2025-07-01, week: {mon: off}}]\n",
         "t.yaml:2:58 a season changes hours, not days; for days off use exceptions"},
        {"calendar: t\nexceptions: [{off: [2025-01-01]}]\n",
         "t.yaml:2:14 these days need the document they come from: ground: or url:"},
        {"calendar: t\nexceptions: [{ground: p, off: [2025-01-03..2025-01-01]}]\n",
         "t.yaml:2:32 \"2025-01-03..2025-01-01\" does not run forward, or is longer than a year"},
        {"calendar: t\nexceptions: [{ground: p, hours: {2025-01-03: off}}]\n",
         "t.yaml:2:46 a day off belongs under off:"},
        {"calendar: t\nexceptions:\n  - {ground: p, off: [2025-01-03]}\n  - {ground: q, work: "
         "[2025-01-03]}\n",
         "t.yaml:4:24 2025-01-03 is work here and something else in line 3; a later document that "
         "changes an earlier one says amends: true"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        begin();
        CHECK_EQ_INT(read("t.yaml", rows[i].text), CALENDAR_TEXT_E_BAD);
        CHECK_EQ_STR(first_problem(), rows[i].problem);
    }
}

static void what_is_only_strange_is_a_warning(void)
{
    static const struct {
        const char *exceptions;
        const char *problem;
    } rows[] = {
        {"[{ground: p, off: [2025-01-03, 2025-01-03]}]",
         "t.yaml:5:44 2025-01-03 stands here twice; it is already in line 5"},
        {"[{ground: p, off: [2026-01-01]}]",
         "t.yaml:5:32 2026-01-01 lies beyond known.to and is not used; move known.to when the "
         "whole year is known"},
        {"[{ground: p, off: [2019-12-31]}]",
         "t.yaml:5:32 2019-12-31 lies before known.from and is not used"},
        {"[{ground: p}]", "t.yaml:5:14 this document names no day: off:, work: or hours:"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[512];
        begin();
        (void)snprintf(text, sizeof text, HEAD WEEK "exceptions: %s\n", rows[i].exceptions);
        CHECK_EQ_INT(read("t.yaml", text), 0);
        CHECK_EQ_STR(first_problem(), rows[i].problem);
        CHECK(problems.error_count == 0 && problems.warning_count == 1);
    }
}

static void a_chain_is_resolved_whatever_the_order(void)
{
    begin();
    CHECK_EQ_INT(read("dept.yaml", "calendar: dept\ninherits: city\nexceptions:\n"
                                   "  - {ground: dept paper, work: [2025-05-02]}\n"),
                 0);
    CHECK_EQ_INT(read("city.yaml", "calendar: city\ninherits: t\n"
                                   "week: {mon-fri: \"08:00-12:00\"}\n"),
                 0);
    CHECK_EQ_INT(read("t.yaml", HEAD WEEK "exceptions: [{ground: p, off: [2025-05-02]}]\n"), 0);
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), 0);
    struct calendar *calendar = build("dept");
    CHECK(day_of(calendar, "2025-05-02").is_work);
    CHECK_EQ_INT(day_of(calendar, "2025-05-02").hours.count, 1);
    CHECK_EQ_SLICE(day_of(calendar, "2025-05-02").ground, "dept paper");
    calendar_destroy(&calendar);
    calendar = build("city");
    CHECK(!day_of(calendar, "2025-05-02").is_work);
    calendar_destroy(&calendar);
}

static const char *resolve_problem(const char *a, const char *b)
{
    begin();
    CHECK_EQ_INT(read("a.yaml", a), 0);
    CHECK_EQ_INT(read("b.yaml", b), 0);
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), CALENDAR_TEXT_E_BAD);
    struct calendar *calendar = NULL;
    CHECK_EQ_INT(calendar_book_build(book.first, &calendar), CALENDAR_TEXT_E_BAD);
    return first_problem();
}

static void a_chain_that_cannot_hold_is_told(void)
{
    CHECK_EQ_STR(resolve_problem("calendar: a\ninherits: b\n", "calendar: b\ninherits: a\n"),
                 "a.yaml:2:11 \"a\" inherits from itself, over 2 levels");
    CHECK_EQ_STR(resolve_problem("calendar: a\ninherits: a\n", HEAD WEEK),
                 "a.yaml:2:11 \"a\" inherits from itself, over 1 levels");
    CHECK_EQ_STR(resolve_problem("calendar: a\ninherits: chna\n", "calendar: china\n" WEEK),
                 "a.yaml:2:11 there is no calendar \"chna\" to inherit from; did you mean "
                 "\"china\"?");
    CHECK_EQ_STR(resolve_problem("calendar: a\ninherits: nowhere\n", HEAD WEEK),
                 "a.yaml:2:11 there is no calendar \"nowhere\" to inherit from");
    CHECK_EQ_STR(
        resolve_problem("calendar: a\n" WEEK, HEAD WEEK),
        "a.yaml:1:1 neither this calendar nor one it inherits from names its zone (zone:)");
    CHECK_EQ_STR(resolve_problem("calendar: a\ninherits: t\n", HEAD),
                 "a.yaml:1:1 neither this calendar nor one it inherits from states a week (week:)");
    CHECK_EQ_STR(resolve_problem("calendar: a\nzone: UTC\n" WEEK, HEAD WEEK),
                 "a.yaml:1:1 neither this calendar nor one it inherits from says which days are "
                 "officially known (known: {from: 2025-01-01, to: 2025-12-31})");
}

static void a_bad_parent_spoils_its_children_once(void)
{
    begin();
    CHECK_EQ_INT(read("t.yaml", HEAD "week: {mon: \"9-17\"}\n"), CALENDAR_TEXT_E_BAD);
    CHECK_EQ_INT(read("a.yaml", "calendar: a\ninherits: t\n"), 0);
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), CALENDAR_TEXT_E_BAD);
    CHECK_EQ_INT(problems.error_count, 1);
    struct calendar *calendar = NULL;
    CHECK_EQ_INT(calendar_book_build(book.last, &calendar), CALENDAR_TEXT_E_BAD);
}

static void a_name_belongs_to_one_file(void)
{
    begin();
    CHECK_EQ_INT(read("t.yaml", HEAD WEEK), 0);
    CHECK_EQ_INT(read("again.yaml", HEAD WEEK), CALENDAR_TEXT_E_BAD);
    CHECK_EQ_STR(first_problem(), "again.yaml:1:11 there is already a calendar \"t\", in t.yaml");
    CHECK_EQ_INT(book.count, 1);
}

static void knowing_more_than_the_parent_is_a_warning(void)
{
    begin();
    CHECK_EQ_INT(read("t.yaml", HEAD WEEK), 0);
    CHECK_EQ_INT(read("a.yaml", "calendar: a\ninherits: t\nknown: {to: 2026-12-31}\n"), 0);
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), 0);
    CHECK_EQ_STR(first_problem(), "a.yaml:3:8 known.to is later than the 2025-12-31 of \"t\", from "
                                  "which this calendar inherits");
    calendar_book_clear(&book);
    problem_list_clear(&problems);
}

static void days_beyond_what_the_parent_knows_are_a_warning(void)
{
    begin();
    CHECK_EQ_INT(read("t.yaml", HEAD WEEK), 0);
    CHECK_EQ_INT(read("a.yaml", "calendar: a\ninherits: t\nexceptions:\n"
                                "  - {ground: p, off: [2026-02-03, 2025-12-31, 2026-01-05]}\n"),
                 0);
    CHECK_EQ_INT(problems.warning_count, 0);
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), 0);
    CHECK_EQ_STR(first_problem(), "a.yaml:4:3 days that are not used yet: 2, the first 2026-01-05; "
                                  "\"t\" is known to 2025-12-31");
    CHECK_EQ_INT(problems.warning_count, 1);
    calendar_book_clear(&book);
    problem_list_clear(&problems);
}

CHECK_MAIN("unit/calendar_text", TEST(a_file_says_all_that_a_calendar_is),
           TEST(mistakes_are_named_with_their_place), TEST(what_is_only_strange_is_a_warning),
           TEST(a_chain_is_resolved_whatever_the_order), TEST(a_chain_that_cannot_hold_is_told),
           TEST(a_bad_parent_spoils_its_children_once), TEST(a_name_belongs_to_one_file),
           TEST(knowing_more_than_the_parent_is_a_warning),
           TEST(days_beyond_what_the_parent_knows_are_a_warning))
