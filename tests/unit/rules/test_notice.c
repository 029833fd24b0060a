/* test_notice.c - calendar notices: what they say, what is wrong in them, and how they join. */
#include "rules/days/notice_text.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

static struct calendar_book book;
static struct problem_list problems;
static struct notice *notices[8];
static uint32_t notice_count;

#define CN                                                                                         \
    "calendar: cn\nzone: UTC\nknown: {from: 2020-01-01, to: 2026-12-31}\n"                         \
    "week: {mon-fri: \"09:00-17:00\"}\nexceptions:\n"                                              \
    "  - {ground: paper 24, off: [2024-12-30, 2024-10-01]}\n"                                      \
    "  - {ground: paper 25, off: [2024-12-31, 2025-01-01, 2025-03-03], work: 2025-03-01}\n"        \
    "  - {ground: paper 26, off: [2025-12-31, 2026-01-01, 2026-01-02]}\n"                          \
    "  - {ground: always, off: [2021-05-05, 2025-05-05, 2026-05-05]}\n"
#define JSON    "{\"year\": 2025, \"papers\": [\"p1\", \"p2\"], \"days\": [\n "
#define ICS     "BEGIN:VCALENDAR\nURL:https://example.org\nBEGIN:VEVENT\n"
#define ICS_END "END:VEVENT\nEND:VCALENDAR\n"

static void begin(const char *calendar)
{
    calendar_book_clear(&book);
    problem_list_clear(&problems);
    notice_count = 0;
    CHECK(calendar_book_init(&book));
    CHECK_EQ_INT(calendar_text_read(&book, "cn.yaml", slice_of(calendar), &problems), 0);
}

static int read(const char *name, const char *text)
{
    return notice_read(book.arena, "n", name, slice_of(text), &problems, &notices[notice_count++]);
}

static int join(void)
{
    return notices_join(&book, notices, notice_count, &problems);
}

static struct calendar *build(const char *name)
{
    struct calendar *calendar = NULL;
    CHECK_EQ_INT(calendar_text_resolve(&book, &problems), 0);
    const struct calendar_page *page = calendar_book_find(&book, slice_of(name));
    CHECK(page != NULL);
    CHECK_EQ_INT(calendar_book_build(page, &calendar), 0);
    return calendar;
}

/* "off 元旦 (p1)", "work", … */
static const char *day_of(const struct calendar *calendar, const char *date)
{
    static char text[256];
    int32_t day = 0;
    struct calendar_day facts = {0};
    CHECK_EQ_INT(date_parse(slice_of(date), &day), 0);
    CHECK_EQ_INT(calendar_day_get(calendar, day, &facts), 0);
    (void)snprintf(text, sizeof text, "%s%s%.*s%s%.*s", facts.is_work ? "work" : "off",
                   facts.name.count > 0 ? " " : "", SLICE_ARG(facts.name),
                   facts.ground.count > 0 ? " " : "", SLICE_ARG(facts.ground));
    return text;
}

static void a_notice_takes_the_place_of_its_years_paper(void)
{
    begin(CN);
    CHECK_EQ_INT(read("cn-2025",
                      JSON "{\"name\": \"\\u5143\\u65e6\", \"date\": \"2025-01-01\", \"isOffDay\": "
                           "true}, {\"date\": \"2025-03-08\", \"isOffDay\": false, \"document\": "
                           "\"p3\"}], \"$id\": \"x\"}"),
                 0);
    CHECK_EQ_INT(join(), 0);
    struct calendar *calendar = build("cn");
    CHECK_EQ_STR(day_of(calendar, "2025-01-01"), "off 元旦 p1; p2");
    CHECK_EQ_STR(day_of(calendar, "2025-03-08"), "work p3");
    CHECK_EQ_STR(day_of(calendar, "2025-03-03"), "work"); /* no longer named */
    CHECK_EQ_STR(day_of(calendar, "2025-03-01"), "off");
    CHECK_EQ_STR(day_of(calendar, "2024-12-31"), "work");         /* of the same paper */
    CHECK_EQ_STR(day_of(calendar, "2024-12-30"), "off paper 24"); /* of another's */
    CHECK_EQ_STR(day_of(calendar, "2025-12-31"), "off paper 26");
    CHECK_EQ_STR(day_of(calendar, "2021-05-05"), "off always");
    CHECK_EQ_STR(day_of(calendar, "2025-05-05"), "work"); /* of a group for many years */
    CHECK_EQ_INT(problems.error_count + problems.warning_count, 0);
    calendar_destroy(&calendar);
}

static void one_that_amends_changes_what_it_names(void)
{
    begin(CN);
    CHECK_EQ_INT(read("cn-2025-b", "{\"year\": 2025, \"amends\": true, \"document\": \"b\", "
                                   "\"days\": [{\"date\": \"2025-03-04\", \"isOffDay\": false}, "
                                   "{\"date\": \"2025-03-03\", \"isOffDay\": false}]}"),
                 0);
    CHECK_EQ_INT(read("cn-2025-a", "{\"year\": 2025, \"amends\": true, \"document\": \"a\", "
                                   "\"days\": [{\"date\": \"2025-03-04\", \"isOffDay\": true}]}"),
                 0);
    CHECK_EQ_INT(join(), 0);
    struct calendar *calendar = build("cn");
    CHECK_EQ_STR(day_of(calendar, "2025-03-03"), "work b");
    CHECK_EQ_STR(day_of(calendar, "2025-03-04"), "work b"); /* the later by its name */
    CHECK_EQ_STR(day_of(calendar, "2025-01-01"), "off paper 25");
    calendar_destroy(&calendar);
}

static void the_horizon_moves_and_those_below_see_it(void)
{
    begin(CN);
    CHECK_EQ_INT(calendar_text_read(&book, "hall.yaml",
                                    SLICE("calendar: hall\ninherits: cn\nexceptions:\n"
                                          "  - {ground: h, work: 2027-02-02}\n"),
                                    &problems),
                 0);
    CHECK_EQ_INT(read("cn-2028", ICS "DTSTART;VALUE=DATE:20280301\nSUMMARY:x（休）\n" ICS_END), 0);
    CHECK_EQ_INT(read("cn-2027", ICS "DTSTART;VALUE=DATE:20270202\nDURATION:P2D\n"
                                     "SUMMARY:x（休）\n" ICS_END),
                 0);
    CHECK_EQ_INT(join(), 0);
    struct calendar *calendar = build("hall");
    CHECK_EQ_INT(calendar_horizon(calendar), date_day((struct date){2028, 12, 31}));
    CHECK_EQ_STR(day_of(calendar, "2027-02-02"), "work h"); /* the lower wins */
    CHECK_EQ_STR(day_of(calendar, "2027-02-03"), "off x（休） https://example.org");
    CHECK_EQ_STR(day_of(calendar, "2028-03-01"), "off x（休） https://example.org");
    calendar_destroy(&calendar);
}

static void days_that_are_not_used_yet_are_told(void)
{
    begin(CN);
    CHECK_EQ_INT(
        calendar_text_read(&book, "hall.yaml", SLICE("calendar: hall\ninherits: cn\n"), &problems),
        0);
    CHECK_EQ_INT(read("hall-2027", "{\"year\": 2027, \"document\": \"d\", \"calendar\": \"hall\",\n"
                                   "\"days\": [{\"date\": \"2027-05-03\", \"isOffDay\": true}]}"),
                 0);
    CHECK_EQ_INT(read("cn-2027-x", "{\"year\": 2027, \"amends\": true, \"document\": \"d\", "
                                   "\"days\": [{\"date\": \"2026-12-07\", \"isOffDay\": true}, "
                                   "{\"date\": \"2027-01-04\", \"isOffDay\": true}]}"),
                 0);
    CHECK_EQ_INT(join(), 0);
    CHECK_EQ_INT(problems.warning_count, 2);
    CHECK_EQ_STR(problems.at[0].en, "2027-01-04 is not used yet: \"cn\" is known to 2026-12-31");
    CHECK_EQ_STR(problems.at[1].en, "2027-05-03 is not used yet: \"hall\" is known to 2026-12-31");
    CHECK_EQ_STR(problems.at[1].zh, "2027-05-03 尚不生效：“hall”已知至 2026-12-31");
    CHECK_EQ_INT(problems.at[1].column, 45);
}

static void a_summary_is_understood_as_people_write_it(void)
{
    static const struct {
        const char *summary;
        const char *day;
    } rows[] = {
        {"春节（班）", "work"},
        {"春节(休)", "off"},
        {"国庆节 补班 第1天/共2天", "work"},
        {"调休上班", "work"},
        {"春节 假期 第3天", "off"},
        {"不上班", "off"},
        {"Make-up Workday", "work"},
        {"Working day", "work"},
        {"Public Holiday", "off"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[512];
        begin(CN);
        (void)snprintf(text, sizeof text,
                       "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20250601\r\n"
                       "DESCRIPTION:d\\, e\r\nSUMMARY:%s\r\nBEGIN:VALARM\r\nRRULE:x\r\n"
                       "END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                       rows[i].summary);
        CHECK_EQ_INT(read("cn-2025", text), 0);
        const struct notice_day *day =
            &notices[0]->days[date_day((struct date){2025, 6, 1}) - notices[0]->first_day];
        CHECK(day->is_named);
        CHECK_EQ_STR(day->is_work ? "work" : "off", rows[i].day);
        CHECK_EQ_SLICE(day->ground, "d, e");
    }
}

static void an_event_may_say_it_outright_be_folded_and_be_cancelled(void)
{
    begin(CN);
    CHECK_EQ_INT(read("cn-2025",
                      "\xEF\xBB\xBF" ICS "DTSTART;X=\"a:b\";VALUE=DATE:2025\n 0601\nsummary:y\n"
                      "x-cardwatch-day:Work\nX-CARDWATCH-DOCUMENT:one \n  two\nEND:VEVENT\n"
                      "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20250602\nSTATUS:CANCELLED\n" ICS_END),
                 0);
    CHECK_EQ_INT(notices[0]->count, 1);
    const struct notice_day *day =
        &notices[0]->days[date_day((struct date){2025, 6, 1}) - notices[0]->first_day];
    CHECK(day->is_work);
    CHECK_EQ_SLICE(day->ground, "one  two");
}

static void a_notice_is_known_by_its_content(void)
{
    static const struct {
        const char *text;
        const char *name;
    } rows[] = {
        {"{\"year\":2027,\"papers\":[],\"days\":[]}", "cn-2027"},
        {"\n{ \"days\": [],\n \"calendar\" : \"zj\",\n \"year\" : 2027 }", "zj-2027"},
        {"{\"year\":2027,\"amends\":true,\"days\":[]}", "cn-2027-x"},
        {ICS "DTSTART;VALUE=DATE:20241231\n" ICS_END, "cn-2024"},
        {"BEGIN:VCALENDAR\r\nX-CARDWATCH-CALENDAR:zj\r\nX-CARDWATCH-YEAR:2026\r\nEND:VCALENDAR",
         "zj-2026"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[DOCUMENT_NAME_BYTES];
        problem_list_clear(&problems);
        CHECK_EQ_INT(document_identify(slice_of(rows[i].text), "a/x.json", name, &problems),
                     DOCUMENT_NOTICE);
        CHECK_EQ_STR(name, rows[i].name);
    }
}

static void mistakes_are_named_with_their_place(void)
{
    static const struct {
        const char *text;
        uint32_t line;
        uint32_t column;
        const char *en;
        const char *zh;
    } rows[] = {
#define MISTAKE(text, line, column, en, zh) {text, line, column, en, zh},
#include "tests/unit/rules/notice_mistakes.def"
#undef MISTAKE
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        begin(CN);
        int status = read("cn-0", rows[i].text);
        if (status == 0)
            status = join();
        CHECK_EQ_INT(status, CALENDAR_TEXT_E_BAD);
        CHECK(problems.count > 0);
        CHECK_EQ_STR(problems.at[0].en, rows[i].en);
        CHECK_EQ_STR(problems.at[0].zh, rows[i].zh);
        CHECK_EQ_STR(problems.at[0].file, "n");
        CHECK_EQ_INT(problems.at[0].line, rows[i].line);
        CHECK_EQ_INT(problems.at[0].column, rows[i].column);
    }
}

CHECK_MAIN("unit/notice", TEST(a_notice_takes_the_place_of_its_years_paper),
           TEST(one_that_amends_changes_what_it_names),
           TEST(the_horizon_moves_and_those_below_see_it),
           TEST(days_that_are_not_used_yet_are_told),
           TEST(a_summary_is_understood_as_people_write_it),
           TEST(an_event_may_say_it_outright_be_folded_and_be_cancelled),
           TEST(a_notice_is_known_by_its_content), TEST(mistakes_are_named_with_their_place))
