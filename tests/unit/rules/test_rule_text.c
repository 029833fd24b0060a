/* test_rule_text.c - what a rule file may say, and what is said when it says something else. */
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static const char calendar_text[] = "calendar: test\n"
                                    "zone: Asia/Shanghai\n"
                                    "known: {from: 2020-01-01, to: 2026-12-31}\n"
                                    "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";

/* The good file. Every mistake below is a small change to it. */
static const char good[] =
    "set: test\n"
    "calendar: test\n"
    "rules:\n"
    "  - rule: one\n"
    "    ground: 法\n"
    "    valid_from: 2024-01-01\n"
    "    applies: {kinds: [promised, joint], when: has org}\n"
    "    clock:\n"
    "      start: accept\n"
    "      stop: [finish, forward]\n"
    "      cancel: [withdraw, void]\n"
    "      pauses: [pause … resume]\n"
    "      count: day\n"
    "      limits: {promised: from item, statutory: from event, item, otherwise 20 workday}\n"
    "      extension: {times: 1, by: 10 workday, asked: before due}\n"
    "    cards:\n"
    "      - warn: 2 workday before statutory\n"
    "      - yellow: after promised\n"
    "      - red: {when: after statutory, if: count(accept) >= 1}\n"
    "  - rule: two\n"
    "    fact: {on: [correct_ask], is: count(correct_ask) >= 2}\n"
    "    card: yellow\n"
    "tests:\n"
    "  - it: holds\n"
    "    item: {promised: 7 workday}\n"
    "    events:\n"
    "      - 2025-03-03 10:00 accept org=A\n"
    "    cards: []\n"
    "    until: 2025-03-03 12:00\n";

static struct problem_list problems;
static struct ruleset *ruleset;

static int compile(const struct document *more, uint32_t count)
{
    struct document documents[8] = {{.kind = DOCUMENT_CALENDAR,
                                     .name = "test",
                                     .text = SLICE(calendar_text),
                                     .file = "test.yaml"}};
    for (uint32_t i = 0; i < count; i++)
        documents[i + 1] = more[i];
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
    problem_list_init(&problems);
    return ruleset_compile(documents, count + 1, 7, &problems, &ruleset);
}

static int compile_rules(const char *text)
{
    const struct document document = {
        .kind = DOCUMENT_RULES, .name = "test", .text = slice_of(text), .file = "rules.yaml"};
    return compile(&document, 1);
}

static void end(void)
{
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
}

/* good, with its first `from` made `to`. */
static char *changed(const char *from, const char *to)
{
    static char text[sizeof good + 512];
    const char *at = strstr(good, from);
    CHECK(at != NULL);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return text;
}

/* ---- what is good ------------------------------------------------------------------------------
 */

static void the_good_file_is_read(void)
{
    CHECK_EQ_INT(compile_rules(good), 0);
    CHECK_EQ_INT(problems.error_count + problems.warning_count, 0);
    CHECK_EQ_INT(ruleset->edition, 7);
    CHECK_EQ_INT(ruleset->rule_count, 2);
    CHECK_EQ_INT(ruleset->test_count, 1);
    CHECK_EQ_INT(ruleset->level_count, 3);
    const struct rule *one = ruleset_rule(ruleset, SLICE("one"));
    CHECK(one != NULL);
    CHECK_EQ_SLICE(one->set, "test");
    CHECK_EQ_SLICE(one->ground, "法");
    CHECK_EQ_INT(one->item_kinds, 1U << ITEM_PROMISED | 1U << ITEM_JOINT);
    CHECK_EQ_INT(one->start, EVENT_KIND_BIT(EVENT_ACCEPT));
    CHECK_EQ_INT(one->stop, EVENT_KIND_BIT(EVENT_FINISH) | EVENT_KIND_BIT(EVENT_FORWARD));
    CHECK_EQ_INT(one->pause_count, 1);
    CHECK_EQ_INT(one->pauses[0].to, EVENT_RESUME);
    CHECK_EQ_INT(one->extension.times_max, 1);
    CHECK_EQ_INT(one->extension.by.n, 10);
    CHECK_EQ_INT(one->counting.count, COUNT_DAY);
    CHECK(one->counting.roll);
    CHECK(one->valid_from.ms == INT64_C(1704038400000)); /* 2024-01-01 in Shanghai */
    CHECK_EQ_INT(one->limit_count, 2);
    CHECK_EQ_INT(one->limits[1].source_count, 2);
    CHECK_EQ_INT(one->limits[1].otherwise.n, 20);
    CHECK_EQ_SLICE(one->limits[1].text, "from event, item, otherwise 20 workday");
    CHECK_EQ_INT(one->rung_count, 3);
    CHECK_EQ_INT(one->rungs[0].form, RUNG_BEFORE);
    CHECK_EQ_INT(one->rungs[0].limit, 1);
    CHECK(!one->rungs[0].after_finish);
    CHECK(!one->rungs[0].after_limit);
    CHECK(one->rungs[1].after_finish);
    CHECK(one->rungs[2].when != NULL);
    end();
}

static void an_event_finds_its_rules(void)
{
    uint32_t count = 0;
    CHECK_EQ_INT(compile_rules(good), 0);
    const uint16_t *on = ruleset_on(ruleset, EVENT_ACCEPT, &count);
    CHECK_EQ_INT(count, 1);
    CHECK_EQ_INT(on[0], 0);
    on = ruleset_on(ruleset, EVENT_CORRECT_ASK, &count);
    CHECK_EQ_INT(count, 1);
    CHECK_EQ_INT(on[0], 1);
    (void)ruleset_on(ruleset, EVENT_FEE, &count);
    CHECK_EQ_INT(count, 0);
    end();
}

static void every_form_of_a_rung_is_read(void)
{
    static const struct {
        const char *text;
        enum rung_form form;
        int32_t n;
    } rows[] = {
        {"after promised", RUNG_AFTER, 0},
        {"at promised", RUNG_AT, 0},
        {"3 workday after promised", RUNG_AFTER, 3},
        {"80% of promised", RUNG_SHARE, 800},
        {"87.5% of promised", RUNG_SHARE, 875},
        {"30 minute before 12:00", RUNG_CUTOFF, 30},
        {"10 workday after warn card", RUNG_CHAIN, 10},
        {"10 workday after warn card, unless closed", RUNG_CHAIN, 10},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ_INT(compile_rules(changed("after promised", rows[i].text)), 0);
        const struct rung *rung = &ruleset->rules[0].rungs[1];
        CHECK_EQ_INT(rung->form, rows[i].form);
        CHECK_EQ_INT(rung->form == RUNG_SHARE ? rung->share_permille : rung->offset.n, rows[i].n);
    }
    end();
}

static void over_is_for_ceil(void)
{
    char *text = changed("count: day", "count: ceil");
    char more[sizeof good + 512];
    const char *at = strstr(text, "2 workday before statutory");
    (void)snprintf(more, sizeof more, "%.*sover statutory > 1%s", (int)(at - text), text,
                   at + strlen("2 workday before statutory"));
    CHECK_EQ_INT(compile_rules(more), 0);
    CHECK_EQ_INT(ruleset->rules[0].rungs[0].form, RUNG_OVER);
    CHECK_EQ_INT(ruleset->rules[0].rungs[0].over_at_least, 2);
    end();
}

static void a_start_may_be_moved(void)
{
    CHECK_EQ_INT(compile_rules(changed("      count: day",
                                       "      count: instant\n"
                                       "      start_at: {day_off: same time, outside: as it is,\n"
                                       "                 cutoff: 17:00 → next workday 08:30}")),
                 0);
    const struct counting *counting = &ruleset->rules[0].counting;
    CHECK(counting->day_off_same_time);
    CHECK(!counting->start_moment);
    CHECK_EQ_INT(counting->cutoff_ms, 17 * 3600000);
    CHECK_EQ_INT(counting->cutoff_to_ms, 8 * 3600000 + 30 * 60000);
    end();
}

static void levels_of_sets_are_merged(void)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_RULES, .name = "test", .text = SLICE(good), .file = "rules.yaml"},
        {.kind = DOCUMENT_RULES,
         .name = "three",
         .file = "three.yaml",
         .text = SLICE("rule: three\ncalendar: test\nlevels: [{blue: 蓝牌}, yellow, red]\n"
                       "fact: {on: fee, is: fee_paid > fee_due}\ncard: blue\n")},
    };
    CHECK_EQ_INT(compile(documents, 2), 0);
    CHECK_EQ_INT(ruleset->level_count, 4);
    int blue = ruleset_level(ruleset, SLICE("blue"));
    CHECK(blue < ruleset_level(ruleset, SLICE("yellow")));
    CHECK(ruleset_level(ruleset, SLICE("warn")) < ruleset_level(ruleset, SLICE("yellow")));
    CHECK_EQ_INT(ruleset_rule(ruleset, SLICE("three"))->rungs[0].level, blue);
    end();
}

/* ---- what is not -------------------------------------------------------------------------------
 */

struct mistake {
    const char *what;
    const char *from;
    const char *to;
    uint32_t line;
    uint32_t column;
    const char *en;
    const char *zh;
};

static const struct mistake mistakes[] = {
#define MISTAKE(what, from, to, line, column, en, zh) {what, from, to, line, column, en, zh},
#include "tests/unit/rules/rule_mistakes.def"
#undef MISTAKE
};

static void every_mistake_is_told_at_its_place(void)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        const struct mistake *mistake = &mistakes[i];
        int status = compile_rules(changed(mistake->from, mistake->to));
        if (status != RULESET_E_BAD || problems.count == 0)
            printf("%s: it was taken\n", mistake->what);
        CHECK_EQ_INT(status, RULESET_E_BAD);
        const struct problem *first = &problems.at[0];
        if (first->line != mistake->line || first->column != mistake->column)
            printf("%s: at %u:%u\n", mistake->what, first->line, first->column);
        CHECK_EQ_STR(first->en, mistake->en);
        CHECK_EQ_STR(first->zh, mistake->zh);
        CHECK_EQ_STR(first->file, "rules.yaml");
        CHECK_EQ_INT(first->line, mistake->line);
        CHECK_EQ_INT(first->column, mistake->column);
    }
    end();
}

/* What may be meant, and mostly is not: the file is good, and one warning stands at the place. */
static void what_is_doubtful_is_told_and_taken(void)
{
    static const struct mistake rows[] = {
        {"red before yellow", "yellow: after promised",
         "yellow: 2 workday after promised\n      - red: {when: 1 workday after promised, name: r}",
         19, 21, "\"r\" comes before the lower \"yellow\" of the same limit",
         "“r”早于同一时限级别较低的“yellow”"},
        {"red before the end", "yellow: after promised",
         "yellow: after promised\n      - red: {when: 1 day before promised, name: r}", 19, 21,
         "\"r\" comes before the lower \"yellow\" of the same limit",
         "“r”早于同一时限级别较低的“yellow”"},
        {"red at a smaller share", "yellow: after promised",
         "yellow: 90% of promised\n      - red: {when: 80% of promised, name: r}", 19, 21,
         "\"r\" comes before the lower \"yellow\" of the same limit",
         "“r”早于同一时限级别较低的“yellow”"},
        {"a limit that no card uses", "yellow: after promised", "yellow: after statutory", 14, 16,
         "no card looks at the limit \"promised\"", "没有哪张牌用到时限“promised”"},
        {"rating of six", "count(correct_ask) >= 2", "rating >= 6", 21, 45,
         "a rating is 1 to 5: beside 6 the answer is fixed", "评价为 1 至 5：与 6 比较，结果不变"},
        {"rating of zero", "count(correct_ask) >= 2", "'rating in [0, 1]'", 21, 47,
         "a rating is 1 to 5: beside 0 the answer is fixed", "评价为 1 至 5：与 0 比较，结果不变"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ_INT(compile_rules(changed(rows[i].from, rows[i].to)), 0);
        CHECK_EQ_INT(problems.warning_count, 1);
        CHECK_EQ_STR(problems.at[0].en, rows[i].en);
        CHECK_EQ_STR(problems.at[0].zh, rows[i].zh);
        CHECK_EQ_INT(problems.at[0].line, rows[i].line);
        CHECK_EQ_INT(problems.at[0].column, rows[i].column);
    }
    end();
}

/* The neighbours of what is told above and in the mistakes. */
static void what_is_not_doubtful_is_not_told(void)
{
    static const char *const rows[][2] = {
        {"yellow: after promised",
         "yellow: after promised\n      - red: {when: 1 day after promised, name: r}"},
        {"yellow: after promised", "yellow: after promised\n      - red: {when: 1 day before "
                                   "promised, if: has org, name: r}"},
        {"yellow: after promised", "yellow: 120% of promised"},
        {"count(correct_ask) >= 2", "rating <= 5 and rating >= 1"},
        {"count(correct_ask) >= 2", "kind = correct_ask and has org"},
        {"count(correct_ask) >= 2", "'has org and kind in [accept, correct_ask]'"},
        {"count(correct_ask) >= 2", "not kind = accept"},
        {"count(correct_ask) >= 2", "has org and (has area or kind = accept)"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ_INT(compile_rules(changed(rows[i][0], rows[i][1])), 0);
        CHECK_EQ_INT(problems.count, 0);
    }
    end();
}

static void all_mistakes_are_told_at_once(void)
{
    CHECK_EQ_INT(compile_rules("set: x\ncalendar: test\nrules:\n"
                               "  - rule: a\n    fact: {on: fea, is: true}\n    card: red\n"
                               "  - rule: b\n    fact: {on: fee, is: rating > 3}\n    card: rad\n"),
                 RULESET_E_BAD);
    CHECK_EQ_INT(problems.error_count, 3);
    end();
}

static void calendars_in_a_circle_are_refused(void)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR,
         .name = "a",
         .text = SLICE("calendar: a\ninherits: b\n"),
         .file = "a.yaml"},
        {.kind = DOCUMENT_CALENDAR,
         .name = "b",
         .text = SLICE("calendar: b\ninherits: a\n"),
         .file = "b.yaml"},
    };
    CHECK_EQ_INT(compile(documents, 2), RULESET_E_BAD);
    CHECK(problems.error_count > 0);
    end();
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static int compile_table(const char *items, const char *steps)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_RULES, .name = "test", .text = SLICE(good), .file = "rules.yaml"},
        {.kind = DOCUMENT_ITEMS, .name = "items", .text = slice_of(items), .file = "items.csv"},
        {.kind = DOCUMENT_STEPS, .name = "steps", .text = slice_of(steps), .file = "steps.csv"},
    };
    return compile(documents, steps == NULL ? 2 : 3);
}

static void a_catalogue_is_read(void)
{
    CHECK_EQ_INT(compile_table("\xEF\xBB\xBFitem_code,item_name,kind,承诺时限,statutory,备注\r\n"
                               "B,\"甲,乙\",承诺件,7 workday,20 个工作日,x\r\n"
                               "\r\n"
                               "A,丙,joint,,45 workday,\r\n",
                               "item_code,step_code,step_name,place,limit\n"
                               "B,s2,审查,2,3 workday\nB,s1,受理,1,4 workday\n"),
                 0);
    CHECK_EQ_INT(ruleset->item_count, 2);
    const struct item *item = ruleset_item(ruleset, SLICE("B"));
    CHECK(item != NULL);
    CHECK_EQ_SLICE(item->name, "甲,乙");
    CHECK_EQ_INT(item->limit_count, 2);
    CHECK_EQ_INT(item->limits[0].term.n, 7);
    CHECK_EQ_INT(item->step_count, 2);
    CHECK_EQ_SLICE(item->steps[0].step_code, "s1");
    CHECK_EQ_INT(ruleset_item(ruleset, SLICE("A"))->kind, ITEM_JOINT);
    CHECK(ruleset_item(ruleset, SLICE("C")) == NULL);
    end();
}

static void a_catalogue_may_be_gb18030(void)
{
    CHECK_EQ_INT(
        compile_table(
            "item_code,item_name,promised\nA,\xC8\xA1\xCB\xAE\xD0\xED\xBF\xC9,7 workday\n", NULL),
        0);
    CHECK_EQ_SLICE(ruleset->items[0].name, "取水许可");
    end();
}

static void mistakes_in_tables_are_told_by_cell(void)
{
    static const struct {
        const char *items;
        const char *steps;
        uint32_t line;
        uint32_t column;
        const char *en;
    } rows[] = {
        {"item_code,kind\nA,承诺\n", NULL, 2, 2,
         "unknown kind of item \"承诺\": did you mean \"承诺件\"?"},
        {"事项编码,承诺期限\nA,7 workday\n", NULL, 1, 2,
         "unknown column, and no rule has a limit of this name, \"承诺期限\": did you mean "
         "\"承诺时限\"?"},
        {"item_code,promised\nA,7\n", NULL, 2, 2,
         "promised: 7 has no unit: write 7 workday or 7 day"},
        {"item_code,promised\nA,7 workday\nB,0 workday\n", NULL, 3, 2,
         "promised: a limit of zero: write at least 1, or leave the cell empty"},
        {"item_code,promised\nA,seven\n", NULL, 2, 2,
         "promised: \"seven\" is no limit: write a number and a unit, such as 7 workday"},
        {"item_code,promissed\nA,7 workday\n", NULL, 1, 2,
         "unknown column, and no rule has a limit of this name, \"promissed\": did you mean "
         "\"promised\"?"},
        {"item_code,kind\nA,jiont\n", NULL, 2, 2,
         "unknown kind of item \"jiont\": did you mean \"joint\"?"},
        {"item_code,calendar\nA,tast\n", NULL, 2, 2,
         "unknown calendar \"tast\": did you mean \"test\"?"},
        {"item_code,promised\n,7 workday\n", NULL, 2, 1,
         "item_code must be given, and at most 64 bytes long"},
        {"item_code,promised\nA,7 workday\n\"B\nb\",\nA,\n", NULL, 5, 1,
         "item \"A\" stands twice: the other is at items.csv:2"},
        {"item_code,item_name\nA,a,b\n", NULL, 2, 3,
         "more cells than the header has: is a comma not in quotes?"},
        {"item_code,promised\nA,5 workday\n",
         "item_code,step_code,place,limit\nA,s1,1,3 workday\nA,s2,2,3 workday\n", 2, 1,
         "the steps of item \"A\" add up to 6 workday, its promise is 5 workday"},
        {"item_code,promised\nA,5 workday\n", "item_code,step_code\nB,s1\n", 2, 1,
         "item \"B\" is not in the catalogue"},
        {"item_code,promised\nA,5 workday\n", "item_code,step_code,place\nA,s1,x\n", 2, 3,
         "\"x\" is no place in an order: 1, 2, 3 …, or empty"},
        {"item_code,promised\nA,\"5 workday\n", NULL, 2, 1,
         "a quote is opened or closed in the middle of a cell"},
        {"item_code\n\xFF\xFF\n", NULL, 0, 0,
         "neither UTF-8 nor GB18030 text: save it as UTF-8, a table as CSV (UTF-8)"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ_INT(compile_table(rows[i].items, rows[i].steps), RULESET_E_BAD);
        CHECK(problems.count > 0);
        CHECK_EQ_STR(problems.at[0].en, rows[i].en);
        CHECK_EQ_INT(problems.at[0].line, rows[i].line);
        CHECK_EQ_INT(problems.at[0].column, rows[i].column);
    }
    end();
}

static void a_supervisor_has_a_row_of_its_own(void)
{
    struct document document = {.kind = DOCUMENT_ORGS, .name = "orgs", .file = "orgs.csv"};
    document.text = SLICE("org_code,supervisor\nA,B\nB,\n");
    CHECK_EQ_INT(compile(&document, 1), 0);
    document.text = SLICE("org_code,supervisor\nA,B\nB,C\n");
    CHECK_EQ_INT(compile(&document, 1), RULESET_E_BAD);
    CHECK_EQ_STR(problems.at[0].en,
                 "supervisor \"C\" is no org of this table: give it a row of its own");
    CHECK_EQ_STR(problems.at[0].zh, "主管机构“C”不在本表中：请为其另列一行");
    CHECK_EQ_INT(problems.at[0].line, 3);
    CHECK_EQ_INT(problems.at[0].column, 2);
    end();
}

static void a_short_limit_in_the_catalogue_is_worth_a_warning(void)
{
    CHECK_EQ_INT(compile_table("item_code,promised,statutory\nA,1 workday,1 workday\n", NULL), 0);
    CHECK_EQ_INT(problems.warning_count, 1);
    CHECK_EQ_STR(problems.at[0].en,
                 "items with a limit shorter than this warning: 1, the first \"A\"; their cases "
                 "are warned of from the start");
    end();
}

/* ---- what kind of document ---------------------------------------------------------------------
 */

static void a_document_is_known_by_its_content(void)
{
    static const struct {
        const char *text;
        const char *file;
        enum document_kind kind;
        const char *name;
    } rows[] = {
        {"# a comment\ncalendar: cn\nzone: Asia/Shanghai\n", "x.yaml", DOCUMENT_CALENDAR, "cn"},
        {"calendar: cn\nset: permit\nrules: []\n", "x.yaml", DOCUMENT_RULES, "permit"},
        {"rule: one  # a rule\ncalendar: cn\n", "dir/x.yaml", DOCUMENT_RULES, "one"},
        {"rules:\n  - rule: one\n", "dir/x.yaml", DOCUMENT_RULES, "x"},
        {"\xEF\xBB\xBFitem_code,promised\n", "dir/my.items.csv", DOCUMENT_ITEMS, "my.items"},
        {"事项编码,环节编码\n", "a.csv", DOCUMENT_STEPS, "a"},
        {"org_code,limits\n", "orgs.csv", DOCUMENT_ORGS, "orgs"},
        {"rule,revision,issue\n", "p.csv", DOCUMENT_PROMOTIONS, "p"},
        {"规则,修订,发牌,备注\n", "p.csv", DOCUMENT_PROMOTIONS, "p"},
        {"{rule: a, revision: 1}\n", "a.yaml", DOCUMENT_UNKNOWN, "a"},
        {"hello\n", "hello.txt", DOCUMENT_UNKNOWN, "hello"},
        {"", "empty", DOCUMENT_UNKNOWN, "empty"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[DOCUMENT_NAME_BYTES];
        problem_list_init(&problems);
        CHECK_EQ_INT(document_identify(slice_of(rows[i].text), rows[i].file, name, &problems),
                     rows[i].kind);
        CHECK_EQ_STR(name, rows[i].name);
        CHECK_EQ_INT(problems.error_count, rows[i].kind == DOCUMENT_UNKNOWN);
        problem_list_clear(&problems);
    }
}

CHECK_MAIN("unit/rule_text", TEST(the_good_file_is_read), TEST(an_event_finds_its_rules),
           TEST(every_form_of_a_rung_is_read), TEST(over_is_for_ceil), TEST(a_start_may_be_moved),
           TEST(levels_of_sets_are_merged), TEST(every_mistake_is_told_at_its_place),
           TEST(what_is_doubtful_is_told_and_taken), TEST(what_is_not_doubtful_is_not_told),
           TEST(all_mistakes_are_told_at_once), TEST(calendars_in_a_circle_are_refused),
           TEST(a_catalogue_is_read), TEST(a_catalogue_may_be_gb18030),
           TEST(mistakes_in_tables_are_told_by_cell), TEST(a_supervisor_has_a_row_of_its_own),
           TEST(a_short_limit_in_the_catalogue_is_worth_a_warning),
           TEST(a_document_is_known_by_its_content))
