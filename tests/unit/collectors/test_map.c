/* test_map.c - a mapping is read, refused with a place and a reason, and makes rows into events. */
#include "collectors/map/map.h"
#include "collectors/map/times.h"
#include "engine/base/date.h"
#include "engine/wire/text.h"
#include "rules/days/zone.h"
#include "tests/lib/check.h"

#include <stdlib.h>
#include <unistd.h>

/* What a test holds; the next one begins by letting go of it, since a failed test cannot. */
static struct {
    struct map *map;
    struct applier *applier;
    struct report *report;
    struct problem_list problems;
    char path[64];
} held;

static void let_go(void)
{
    applier_destroy(&held.applier);
    map_destroy(&held.map);
    report_close(&held.report);
    problem_list_clear(&held.problems);
    if (held.path[0] != '\0')
        (void)unlink(held.path);
    held.path[0] = '\0';
}

static int parse(const char *text)
{
    let_go();
    problem_list_init(&held.problems);
    return map_parse("m.yaml", slice_of(text), &held.problems, &held.map);
}

/* The mapping is good, and rows can be applied. */
static void begin(const char *text)
{
    CHECK_EQ_INT(parse(text), 0);
    (void)snprintf(held.path, sizeof held.path, "/tmp/cardwatch-map-%ld", (long)getpid());
    (void)unlink(held.path);
    CHECK_EQ_INT(report_open(held.path, true, &held.report), 0);
    CHECK_EQ_INT(applier_create(held.map, held.report, &held.applier), 0);
}

struct cell {
    const char *name;
    const char *value;
};

static size_t apply(const struct cell *cells, size_t count, enum map_per per,
                    const struct event **events)
{
    static struct slice values[MAP_COLUMNS_MAX];
    static uint32_t positions[MAP_COLUMNS_MAX];
    for (size_t i = 0; i < map_column_count(held.map); i++) {
        values[i] = (struct slice){0};
        for (size_t j = 0; j < count; j++) {
            if (!slice_is_equal(map_column(held.map, i), slice_of(cells[j].name)))
                continue;
            values[i] = slice_of(cells[j].value);
            positions[i] = (uint32_t)j + 1;
        }
    }
    static struct row row;
    row = (struct row){
        .file = "t.csv", .number = 7, .per = per, .values = values, .positions = positions};
    return applier_apply(held.applier, &row, events);
}

#define APPLY(events, ...)                                                                         \
    apply((const struct cell[]){__VA_ARGS__},                                                      \
          sizeof((const struct cell[]){__VA_ARGS__}) / sizeof(struct cell), MAP_PER_ROW, (events))

/* The report, as it lies in its file, has these words. */
static bool is_reported(const char *words)
{
    return check_file_has(held.path, words);
}

static const char hall[] = "source: hall\n"
                           "zone: Asia/Shanghai\n"
                           "times: [\"%Y-%m-%d %H:%M:%S\", iso, \"%Y年%m月%d日 %H时%M分\"]\n"
                           "blank: [\"NULL\", \"/\"]\n"
                           "columns: {case: 编号, handler: 经办人}\n"
                           "attrs: [渠道]\n"
                           "events:\n"
                           "  - kinds:\n"
                           "      column: 环节\n"
                           "      words:\n"
                           "        申请: apply\n"
                           "        承办: step_start\n"
                           "        审核: {kind: step_end, step: review}\n"
                           "        公示: skip\n"
                           "    at: 时间\n";

static void a_word_becomes_a_kind_and_a_step(void)
{
    const struct event *events;
    char text[INSTANT_TEXT_BYTES];
    begin(hall);
    CHECK_EQ_STR(map_source(held.map), "hall");
    CHECK_EQ_INT(APPLY(&events, {"编号", " A1 "}, {"环节", "申请"}, {"时间", "2025-01-06 10:00:00"},
                       {"经办人", "NULL"}, {"渠道", "窗口"}),
                 1);
    CHECK_EQ_INT(events[0].kind, EVENT_APPLY);
    CHECK_EQ_SLICE(events[0].case_no, "A1");
    CHECK_EQ_SLICE(events[0].handler, "");
    CHECK_EQ_SLICE(events[0].attrs, "{\"渠道\":\"窗口\"}");
    CHECK_EQ_STR(instant_format(events[0].at, 28800, text), "2025-01-06T10:00:00+08:00");
    CHECK_EQ_INT(
        APPLY(&events, {"编号", "A1"}, {"环节", "承办"}, {"时间", "2025年1月6日 10时05分"}), 1);
    CHECK_EQ_INT(events[0].kind, EVENT_STEP_START);
    CHECK_EQ_SLICE(events[0].step, "承办");
    CHECK_EQ_INT(APPLY(&events, {"编号", "A1"}, {"环节", "审核"}, {"时间", "2025-01-06T02:00:00Z"}),
                 1);
    CHECK_EQ_INT(events[0].kind, EVENT_STEP_END);
    CHECK_EQ_SLICE(events[0].step, "review");
    CHECK_EQ_INT(APPLY(&events, {"编号", "A1"}, {"环节", "公示"}, {"时间", "?"}), 0);
    CHECK_EQ_INT(report_refused(held.report), 0);
}

static void what_is_wrong_in_a_row_is_told_with_its_column(void)
{
    static const struct {
        const char *no, *word, *at, *said;
    } rows[] = {
        {"A1", "审批", "2025-01-06 10:00:00",
         "\"column\":2,\"name\":\"环节\",\"field\":\"kind\",\"code\":\"unknown_kind\""},
        {"", "申请", "2025-01-06 10:00:00", "\"field\":\"case\",\"code\":\"missing\""},
        {"A2", "申请", "", "\"field\":\"at\",\"code\":\"missing\""},
        {"A3", "申请", "2025-01-06", "\"code\":\"date_only\",\"value\":\"2025-01-06\""},
        {"A4", "申请", "6.1.2025", "\"code\":\"bad_time\",\"value\":\"6.1.2025\""},
        {"A5", "申请", "2025-13-06 10:00:00", "\"code\":\"out_of_range\""},
        {"A6\tx", "申请", "2025-01-06 10:00:00", "\"field\":\"case\",\"code\":\"not_text\""},
    };
    const struct event *events;
    begin(hall);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ_INT(
            APPLY(&events, {"编号", rows[i].no}, {"环节", rows[i].word}, {"时间", rows[i].at}), 0);
        CHECK(is_reported(rows[i].said));
        CHECK_EQ_INT(report_refused(held.report), i + 1);
    }
}

static void a_long_value_names_its_column(void)
{
    static char value[65537];
    const struct event *events;
    begin(hall);
    memset(value, 'x', sizeof value - 1);
    CHECK_EQ_INT(APPLY(&events, {"编号", "A1"}, {"环节", "申请"}, {"时间", "2025-01-06 10:00:00"},
                       {"经办人", value}),
                 0);
    CHECK(is_reported(
        "\"column\":4,\"name\":\"经办人\",\"field\":\"handler\",\"code\":\"too_long\""));
    CHECK(is_reported("handler: 65536 bytes; no field may be longer than 2048"));
}

static void one_row_gives_a_whole_case(void)
{
    const struct event *events;
    begin("zone: America/New_York\n"
          "times: \"%Y-%m-%d %H:%M:%S\"\n"
          "columns: {case: id}\n"
          "constants: {area: \"025\"}\n"
          "events:\n"
          "  - {kind: apply, at: open, due_at: target, item: type}\n"
          "  - {kind: finish, at: closed, optional: true}\n");
    CHECK_EQ_INT(APPLY(&events, {"id", "1"}, {"open", "2011-07-01 01:32:33"},
                       {"target", "2011-07-15 01:32:32"}, {"closed", ""}, {"type", "Lamp"}),
                 1);
    CHECK_EQ_INT(events[0].at.ms, INT64_C(1309498353000));
    CHECK_EQ_SLICE(events[0].area, "025");
    CHECK(instant_is_set(events[0].due_at));
    CHECK_EQ_INT(APPLY(&events, {"id", "1"}, {"open", "2011-07-01 01:32:33"}, {"target", ""},
                       {"closed", "2011-06-30 01:32:33"}, {"type", "Lamp"}),
                 2);
    CHECK_EQ_INT(events[1].kind, EVENT_FINISH);
    CHECK(!instant_is_set(events[0].due_at));
    CHECK_EQ_INT(report_refused(held.report), 0);
    CHECK_EQ_INT(report_notes(held.report), 1); /* closed before it was opened */
    CHECK(is_reported("\"level\":\"note\""));
}

static void conditions_choose_and_a_bare_time_needs_a_zone(void)
{
    const struct event *events;
    begin("columns: {case: id}\n"
          "events:\n"
          "  - {kind: accept, at: t, when: {state: [open, new]}}\n"
          "  - {kind: finish, at: t, unless: {state: [open, new]}}\n");
    CHECK_EQ_INT(APPLY(&events, {"id", "1"}, {"t", "2025-01-06T10:00:00Z"}, {"state", "new"}), 1);
    CHECK_EQ_INT(events[0].kind, EVENT_ACCEPT);
    CHECK_EQ_INT(APPLY(&events, {"id", "1"}, {"t", "2025-01-06T10:00:00Z"}, {"state", "old"}), 1);
    CHECK_EQ_INT(events[0].kind, EVENT_FINISH);
    CHECK_EQ_INT(APPLY(&events, {"id", "1"}, {"t", "2025-01-06T10:00:00"}, {"state", "old"}), 0);
    CHECK(is_reported("has no offset from UTC; name its zone in the mapping"));
}

static void nothing_personal_unless_it_is_named_so(void)
{
    const struct event *events;
    CHECK_EQ_INT(parse("columns: {case: id}\n"
                       "attrs: [申请人电话]\n"
                       "events: [{kind: apply, at: t}]\n"),
                 MAP_E_BAD);
    CHECK(strstr(held.problems.at[0].en, "looks like personal data") != NULL);
    begin("columns: {case: id}\n"
          "personal: [申请人电话]\n"
          "events: [{kind: apply, at: t}]\n");
    CHECK_EQ_INT(APPLY(&events, {"id", "1"}, {"t", "2025-01-06T10:00:00Z"}, {"申请人电话", "1"}),
                 1);
    CHECK_EQ_SLICE(events[0].attrs, "{\"personal.申请人电话\":\"1\"}");
}

static void a_mapping_that_is_wrong_says_where(void)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *said;
    } table[] = {
        {"events: [{kind: aply, at: t, case: c}]\n", 1, 17, "apply"},
        {"events: [{kind: apply, case: c}]\n", 1, 10, "no column gives \"at\""},
        {"events: [{at: t, case: c}]\n", 1, 10, "needs \"kind:\""},
        {"columns: {case: id}\n", 1, 1, "\"events:\" is missing"},
        {"columns: {cas: id}\nevents: [{kind: apply, at: t, case: c}]\n", 1, 11, "case"},
        {"zone: Asia/Shangai\nevents: [{kind: apply, at: t, case: c}]\n", 1, 7, "no time zone"},
        {"times: \"%Y-%q\"\nevents: [{kind: apply, at: t, case: c}]\n", 1, 8,
         "not a form of time, at \"q\""},
        {"times: yesterday\nevents: [{kind: apply, at: t, case: c}]\n", 1, 8, "not a form of time"},
        {"order: by name\nevents: [{kind: apply, at: t, case: c}]\n", 1, 8, "by time"},
        {"date_only: noon\nevents: [{kind: apply, at: t, case: c}]\n", 1, 12, "start of day"},
        {"events:\n  - kinds: {column: k, words: {a: aply}}\n    at: t\n    case: c\n", 2, 35,
         "apply"},
        {"events:\n  - kinds: {column: k}\n    at: t\n    case: c\n", 2, 12,
         "\"words:\" is missing"},
        {"attrs: [case]\nevents: [{kind: apply, at: t, case: c}]\n", 1, 9,
         "is the name of a field"},
        {"events: []\n", 1, 9, "empty"},
        {"encoding: Big5\nevents: [{kind: apply, at: t, case: c}]\n", 1, 11, "GB18030"},
        {"delimiter: tabs\nevents: [{kind: apply, at: t, case: c}]\n", 1, 12, "must be one of"},
        {"events: &a [1]\n", 1, 9, "anchor"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int status = parse(table[i].text);
        const struct problem *problem = held.problems.at;
        if (status != MAP_E_BAD || held.problems.count == 0 || problem->line != table[i].line ||
            problem->column != table[i].column || strstr(problem->en, table[i].said) == NULL) {
            printf("row %zu: status %d\n", i, status);
            problem_list_print(&held.problems, stdout);
            CHECK(false);
        }
    }
}

static void times_in_many_forms(void)
{
    static const struct {
        const char *form, *text, *is; /* is: in UTC; NULL: refused */
        int outcome;
    } table[] = {
        {"iso", "2025-01-06T10:00:00+08:00", "2025-01-06T02:00:00Z", 0},
        {"iso", "2025-01-06 10:00", "2025-01-06T02:00:00Z", 0},
        {"unix", "1736128800", "2025-01-06T02:00:00Z", 0},
        {"unix_ms", "1736128800123", "2025-01-06T02:00:00.123Z", 0},
        {"%d/%m/%Y %I:%M %p", "06/01/2025 12:30 PM", "2025-01-06T04:30:00Z", 0},
        {"%d/%m/%Y %I:%M %p", "06/01/2025 12:30 am", "2025-01-05T16:30:00Z", 0},
        {"%d/%m/%Y %I:%M %p", "06/01/2025 13:30 am", NULL, TIMES_E_RANGE},
        {"%d-%b-%y %H:%M", "6-Jan-25 10:00", "2025-01-06T02:00:00Z", 0},
        {"%Y%m%d%H%M%S", "20250106100000", "2025-01-06T02:00:00Z", 0},
        {"%Y-%m-%dT%H:%M:%S.%f%z", "2025-01-06T10:00:00.5+0800", "2025-01-06T02:00:00.500Z", 0},
        {"%Y年%m月%d日", "2025年1月6日", NULL, TIMES_E_DATE_ONLY},
        {"%Y-%m-%d %H:%M", "2025-01-06 10:00:00", NULL, TIMES_E_FORM},
        {"%Y-%m-%d %H:%M", "2025-02-30 10:00", NULL, TIMES_E_RANGE},
        {"%Y-%m-%d %H:%M", "2025-01-06 24:00", NULL, TIMES_E_RANGE},
        {"%Y-%m-%d %H:%M", "1025-01-06 20:00", NULL, TIMES_E_RANGE},
        {"unix", "-5", NULL, TIMES_E_FORM},
        {"unix", "99999999999999", NULL, TIMES_E_RANGE},
    };
    struct arena *arena = arena_create();
    struct calendar_zone zone;
    CHECK_EQ_INT(zone_read(arena, SLICE("Asia/Shanghai"), &zone), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct instant at;
        char text[INSTANT_TEXT_BYTES];
        struct times times = {.count = 1, .zone = &zone};
        times.at[0].form = strcmp(table[i].form, "iso") == 0       ? TIME_ISO
                           : strcmp(table[i].form, "unix") == 0    ? TIME_UNIX
                           : strcmp(table[i].form, "unix_ms") == 0 ? TIME_UNIX_MS
                                                                   : TIME_PATTERN;
        times.at[0].pattern = slice_of(table[i].form);
        CHECK(times.at[0].form != TIME_PATTERN || times_pattern_check(table[i].form) == NULL);
        int outcome = times_parse(&times, slice_of(table[i].text), DATE_ONLY_REFUSE, &at);
        if (outcome != table[i].outcome)
            printf("row %zu: %s\n", i, table[i].text);
        CHECK_EQ_INT(outcome, table[i].outcome);
        if (outcome == 0)
            CHECK_EQ_STR(instant_format(at, 0, text), table[i].is);
    }
    arena_destroy(&arena);
}

static void a_date_can_be_the_beginning_or_the_end_of_its_day(void)
{
    struct arena *arena = arena_create();
    struct calendar_zone zone;
    struct instant at;
    char text[INSTANT_TEXT_BYTES];
    CHECK_EQ_INT(zone_read(arena, SLICE("Asia/Shanghai"), &zone), 0);
    const struct times times = {.zone = &zone};
    CHECK_EQ_INT(times_parse(&times, SLICE("2025-01-06"), DATE_ONLY_START, &at), 0);
    CHECK_EQ_STR(instant_format(at, 28800, text), "2025-01-06T00:00:00+08:00");
    CHECK_EQ_INT(times_parse(&times, SLICE("2025-01-06"), DATE_ONLY_END, &at), 0);
    CHECK_EQ_STR(instant_format(at, 28800, text), "2025-01-06T23:59:59+08:00");
    arena_destroy(&arena);
}

static void clocks_that_change(void)
{
    static const struct {
        const char *local, *utc;
    } table[] = {
        {"2011-03-13 01:59:59", "2011-03-13T06:59:59Z"},
        {"2011-03-13 02:30:00", "2011-03-13T07:30:00Z"}, /* never shown: counts from before */
        {"2011-03-13 03:00:00", "2011-03-13T07:00:00Z"},
        {"2011-11-06 01:30:00", "2011-11-06T05:30:00Z"}, /* shown twice: the first */
        {"2011-11-06 02:00:00", "2011-11-06T07:00:00Z"},
        {"2090-07-01 12:00:00", "2090-07-01T16:00:00Z"},
        {"1900-01-01 12:00:00", "1900-01-01T17:00:00Z"},
    };
    struct arena *arena = arena_create();
    struct calendar_zone zone;
    CHECK_EQ_INT(zone_read(arena, SLICE("America/New_York"), &zone), 0);
    const struct times times = {.zone = &zone};
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct instant at;
        char text[INSTANT_TEXT_BYTES];
        CHECK_EQ_INT(times_parse(&times, slice_of(table[i].local), DATE_ONLY_REFUSE, &at), 0);
        CHECK_EQ_STR(instant_format(at, 0, text), table[i].utc);
    }
    arena_destroy(&arena);
}

static void it_all_ends_clean(void)
{
    let_go();
    CHECK(held.map == NULL);
}

CHECK_MAIN("unit/map", TEST(a_word_becomes_a_kind_and_a_step),
           TEST(what_is_wrong_in_a_row_is_told_with_its_column),
           TEST(a_long_value_names_its_column), TEST(one_row_gives_a_whole_case),
           TEST(conditions_choose_and_a_bare_time_needs_a_zone),
           TEST(nothing_personal_unless_it_is_named_so), TEST(a_mapping_that_is_wrong_says_where),
           TEST(times_in_many_forms), TEST(a_date_can_be_the_beginning_or_the_end_of_its_day),
           TEST(clocks_that_change), TEST(it_all_ends_clean))
