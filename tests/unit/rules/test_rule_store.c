/* test_rule_store.c - editions stay what they were, and say so when they are not. */
#include "rules/store/record.h"
#include "rules/store/store.h"
#include "tests/lib/check.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct rule_store *store;
static struct arena *arena;

static const struct edition_words words = {
    .made_at = {.ms = INT64_C(1737338400000)}, .author = "王", .note = "第一次"};

static const char calendar[] = "calendar: test\nzone: Asia/Shanghai\n"
                               "known: {from: 2020-01-01, to: 2026-12-31}\n"
                               "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";

static const char rule[] = "rule: fees\ncalendar: test\nfact: {on: fee, is: fee_paid > fee_due}\n"
                           "card: red\n";

static const struct document first[] = {
    {.kind = DOCUMENT_CALENDAR,
     .name = "test",
     .text = {.start = calendar, .count = sizeof calendar - 1},
     .file = "d/test.yaml"},
    {.kind = DOCUMENT_RULES,
     .name = "fees",
     .text = {.start = rule, .count = sizeof rule - 1},
     .file = "fees.yaml"},
};

static void begin(void)
{
    (void)strcpy(folder, "/tmp/cardwatch-rule-store-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK_EQ_INT(rule_store_open(folder, true, &store), 0);
    arena = arena_create();
    CHECK(arena != NULL);
}

static void end(void)
{
    char path[96];
    rule_store_close(&store);
    arena_destroy(&arena);
    (void)snprintf(path, sizeof path, "%s/data.mdb", folder);
    CHECK_EQ_INT(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/lock.mdb", folder);
    CHECK_EQ_INT(unlink(path), 0);
    CHECK_EQ_INT(rmdir(folder), 0);
}

static void there_is_no_store_where_none_was_made(void)
{
    CHECK_EQ_INT(rule_store_open("/tmp/cardwatch-no-such-store", false, &store), RULE_STORE_E_NONE);
    CHECK(access("/tmp/cardwatch-no-such-store", F_OK) != 0);
}

static void an_import_makes_an_edition(void)
{
    uint32_t number = 0;
    struct rule_edition edition;
    struct ruleset *ruleset = NULL;
    struct problem_list problems;
    begin();
    problem_list_init(&problems);
    CHECK_EQ_INT(rule_store_latest(store, &number), 0);
    CHECK_EQ_INT(number, 0);
    CHECK_EQ_INT(rule_store_edition(store, 1, arena, &edition), RULE_STORE_E_UNKNOWN);
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    CHECK_EQ_INT(number, 1);
    CHECK_EQ_INT(rule_store_edition(store, 1, arena, &edition), 0);
    CHECK_EQ_STR(edition.author, "王");
    CHECK_EQ_STR(edition.note, "第一次");
    CHECK_EQ_INT(edition.made_at.ms, words.made_at.ms);
    CHECK_EQ_INT(edition.count, 2);
    CHECK_EQ_STR(edition.documents[0].file, "test.yaml");
    CHECK_EQ_STR(edition.documents[1].name, "fees");
    CHECK_EQ_INT(rule_store_load(store, 1, &problems, &ruleset), 0);
    CHECK_EQ_INT(ruleset->edition, 1);
    CHECK_EQ_INT(ruleset->rule_count, 1);
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
    end();
}

static void the_same_bytes_make_no_edition(void)
{
    uint32_t number = 0;
    begin();
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number),
                 RULE_STORE_E_SAME);
    CHECK_EQ_INT(rule_store_import(store, &words, &first[1], 1, &number), RULE_STORE_E_SAME);
    CHECK_EQ_INT(rule_store_rollback(store, &words, 1, &number), RULE_STORE_E_SAME);
    CHECK_EQ_INT(rule_store_latest(store, &number), 0);
    CHECK_EQ_INT(number, 1);
    end();
}

static void a_replaced_document_is_still_in_its_edition(void)
{
    uint32_t number = 0;
    struct document *documents = NULL;
    uint32_t count = 0;
    begin();
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    struct document changed = first[1];
    changed.text =
        SLICE("rule: fees\ncalendar: test\nfact: {on: fee, is: fee_paid > 0}\ncard: red\n");
    CHECK_EQ_INT(rule_store_import(store, &words, &changed, 1, &number), 0);
    CHECK_EQ_INT(number, 2);
    CHECK_EQ_INT(rule_store_documents(store, 1, arena, &documents, &count), 0);
    CHECK_EQ_INT(count, 2);
    CHECK(slice_is_equal(documents[1].text, first[1].text));
    CHECK_EQ_INT(rule_store_documents(store, 2, arena, &documents, &count), 0);
    CHECK_EQ_INT(count, 2);
    CHECK(slice_is_equal(documents[1].text, changed.text));
    CHECK_EQ_INT(rule_store_rollback(store, &words, 1, &number), 0);
    CHECK_EQ_INT(number, 3);
    CHECK_EQ_INT(rule_store_documents(store, 3, arena, &documents, &count), 0);
    CHECK(slice_is_equal(documents[1].text, first[1].text));
    CHECK_EQ_INT(rule_store_rollback(store, &words, 9, &number), RULE_STORE_E_UNKNOWN);
    CHECK_EQ_INT(rule_store_rollback(store, &words, 0, &number), RULE_STORE_E_UNKNOWN);
    end();
}

/* The record of an edition as the program wrote it before editions could move open cases. */
static void a_record_of_old_moves_nothing(void)
{
    static const char old[] = "\1"                               /* form */
                              "\0\0\0\0\0\0\0\0"                 /* made_at */
                              "\1\0\0\0a"                        /* author */
                              "\0\0\0\0"                         /* note */
                              "\1\0\0\0"                         /* documents */
                              "\2\5\0\0\0\0\0\0\0"               /* rules, of 5 bytes */
                              "hash of thirty-two bytes, it is." /* */
                              "\1\0\0\0n\1\0\0\0f";              /* name, file */
    const struct slice bytes = {.start = old, .count = sizeof old - 1};
    struct rule_edition edition;
    struct slice again;
    arena = arena_create();
    CHECK(arena != NULL);
    CHECK_EQ_INT(edition_decode(arena, 3, bytes, &edition), 0);
    CHECK_EQ_INT(edition.move, MOVE_NONE);
    CHECK_EQ_STR(edition.author, "a");
    CHECK_EQ_STR(edition.approver, "");
    CHECK_EQ_INT(edition.documents[0].kind, DOCUMENT_RULES);
    CHECK_EQ_STR(edition.documents[0].file, "f");
    CHECK_EQ_INT(edition_encode(arena, &edition, &again), 0);
    CHECK(slice_is_equal(again, bytes)); /* and an older program still reads what it can know */
    arena_destroy(&arena);
}

static void an_edition_says_what_moves_to_it(void)
{
    uint32_t number = 0;
    struct rule_edition edition;
    struct ruleset *ruleset = NULL;
    struct problem_list problems;
    struct edition_words moving = words;
    begin();
    problem_list_init(&problems);
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    moving.move = MOVE_ALL;
    CHECK_EQ_INT(rule_store_import(store, &moving, NULL, 0, &number), 0);
    CHECK_EQ_INT(number, 2);
    CHECK_EQ_INT(rule_store_edition(store, 1, arena, &edition), 0);
    CHECK_EQ_INT(edition.move, MOVE_NONE);
    CHECK_EQ_INT(rule_store_edition(store, 2, arena, &edition), 0);
    CHECK_EQ_INT(edition.move, MOVE_ALL);
    CHECK_EQ_INT(edition.count, 2);
    CHECK_EQ_INT(rule_store_load(store, 2, &problems, &ruleset), 0);
    CHECK_EQ_INT(ruleset->move, MOVE_ALL);
    CHECK_EQ_INT(ruleset->calendars_edition, 2);
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
    end();
}

static void an_edition_is_counted_by_the_calendars_of_another(void)
{
    static const char later[] = "calendar: test\nzone: Asia/Shanghai\n"
                                "known: {from: 2020-01-01, to: 2027-12-31}\n"
                                "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";
    static const char more[] = "calendar: more\ninherits: test\n";
    const struct document calendars[] = {
        {.kind = DOCUMENT_CALENDAR,
         .name = "test",
         .file = "test.yaml",
         .text = {.start = later, .count = sizeof later - 1}},
        {.kind = DOCUMENT_CALENDAR,
         .name = "more",
         .file = "more.yaml",
         .text = {.start = more, .count = sizeof more - 1}},
        {.kind = DOCUMENT_RULES,
         .name = "fees",
         .file = "fees.yaml",
         .text = SLICE("rule: fees\nrevision: 2\ncalendar: more\n"
                       "fact: {on: fee, is: fee_paid > 1}\ncard: red\n")},
    };
    uint32_t number = 0;
    struct ruleset *ruleset = NULL;
    struct problem_list problems;
    begin();
    problem_list_init(&problems);
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    CHECK_EQ_INT(rule_store_import(store, &words, calendars, COUNT_OF(calendars), &number), 0);
    CHECK_EQ_INT(rule_store_load_with_calendars(store, 1, 2, &problems, &ruleset), 0);
    CHECK_EQ_INT(ruleset->edition, 1);
    CHECK_EQ_INT(ruleset->calendars_edition, 2);
    CHECK_EQ_INT(ruleset->rules[0].revision, 1); /* its own rules */
    CHECK_EQ_INT(ruleset->calendar_count, 2);    /* and the other's calendars */
    CHECK_EQ_INT(calendar_horizon(ruleset->rules[0].calendar), 21183); /* 2027-12-31, not 2026 */
    ruleset_destroy(&ruleset);
    CHECK_EQ_INT(rule_store_load_with_calendars(store, 2, 1, &problems, &ruleset), 0);
    CHECK_EQ_INT(ruleset->calendar_count, 2); /* what the other has not, stays */
    ruleset_destroy(&ruleset);
    CHECK_EQ_INT(rule_store_load_with_calendars(store, 1, 9, &problems, &ruleset),
                 RULE_STORE_E_UNKNOWN);
    CHECK_EQ_INT(rule_store_load_with_calendars(store, 9, 1, &problems, &ruleset),
                 RULE_STORE_E_UNKNOWN);
    problem_list_clear(&problems);
    end();
}

/* An earlier program took them in, and cases are bound to them: they are loaded as they were, and
 * warned of. Taken in anew they are refused. */
static void what_is_refused_today_is_loaded_where_it_is_in_force(void)
{
    static const char orgs[] = "org_code,org_name,supervisor\nA,甲,B\n";
    static const struct {
        const char *text;
        const char *en;
    } rows[] = {
        {"rule: fees\ncalendar: test\nclock: {start: accept, stop: finish, limits: {promised: 5 "
         "workday}}\ncards:\n  - warn: 120% of promised\n",
         "a warning at 120.0% comes when its limit is over: 100% at most"},
        {"rule: fees\ncalendar: test\nfact: {on: fee, is: kind = accept}\ncard: red\n",
         "this is never so: kind is that of an event of on:, which has no such kind"},
        {"rule: fees\ncalendar: test\nfact: {on: rating, is: rating < 2 and rating > 3}\ncard: "
         "red\n",
         "this can never hold: its parts contradict each other"},
        {"rule: fees\ncalendar: test\nclock: {start: accept, stop: finish, limits: {promised: 5 "
         "workday}}\ncards:\n  - red: {when: after promised, if: since(accept) in day > 2}\n",
         "if: of a card is looked at without an event: since(…) belongs in is:, or in when: of "
         "start, stop or applies"},
        {"rule: fees\ncalendar: test\nclock: {start: accept, stop: finish, limits: {promised: 5 "
         "workday}}\ncards:\n  - red: {when: after promised, if: rating < 3}\n",
         "if: of a card is looked at without an event: rating belongs in is:, or in when: of "
         "start, stop or applies"},
        {"rule: fees\ncalendar: test\nfact: {on: [fee, fee], is: has org}\ncard: red\n",
         "\"fee\" stands here twice"},
        {"rule: fees\ncalendar: test\nkinds: [joint, joint]\nfact: {on: fee, is: has org}\n"
         "card: red\n",
         "\"joint\" stands here twice"},
        {"rule: fees\ncalendar: test\nfact: {on: fee, is: fee_due / 0 > 1}\ncard: red\n",
         "nothing is divided by zero"},
        {"rule: fees\ncalendar: test\nlevels: [red, a b]\nfact: {on: fee, is: has org}\n"
         "card: red\n",
         "\"a b\" is no name of a level: one word, such as blue"},
        {rule, "supervisor \"B\" is no org of this table: give it a row of its own"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct document documents[] = {
            first[0],
            first[1],
            {.kind = DOCUMENT_ORGS, .name = "orgs", .file = "orgs.csv", .text = SLICE(orgs)}};
        uint32_t count = rows[i].text == rule ? 3 : 2;
        uint32_t number = 0;
        struct ruleset *ruleset = NULL;
        struct problem_list problems;
        documents[1].text = slice_of(rows[i].text);
        begin();
        problem_list_init(&problems);
        CHECK_EQ_INT(ruleset_compile(documents, count, 1, &problems, &ruleset), RULESET_E_BAD);
        CHECK_EQ_STR(problems.at[0].en, rows[i].en);
        problem_list_clear(&problems);
        CHECK_EQ_INT(rule_store_import(store, &words, documents, count, &number), 0);
        CHECK_EQ_INT(rule_store_load(store, number, &problems, &ruleset), 0);
        CHECK_EQ_INT(ruleset->rule_count, 1);
        CHECK_EQ_INT(ruleset->org_count, count - 2);
        CHECK_EQ_INT(problems.error_count, 0);
        CHECK_EQ_INT(problems.forgiven_count, 1);
        CHECK(problems.at[0].is_warning);
        CHECK_EQ_STR(problems.at[0].en, rows[i].en);
        ruleset_destroy(&ruleset);
        problem_list_clear(&problems);
        end();
    }
}

static const struct edition_words other_words = {
    .made_at = {.ms = INT64_C(1737400000000)}, .author = "李", .note = "第二次"};
static const struct decision_words by_author = {
    .made_at = {.ms = INT64_C(1737500000000)}, .by = "王", .note = ""};
static const struct decision_words by_other = {
    .made_at = {.ms = INT64_C(1737500000000)}, .by = "李", .note = "同意"};

/* A store of one edition in which a change takes two people. */
static void begin_two(void)
{
    uint32_t number = 0;
    begin();
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    CHECK_EQ_INT(rule_store_set_approval(store, &words, 2, &number), 0);
}

static void a_draft_becomes_an_edition_by_another_person(void)
{
    struct document changed = first[1];
    struct document *documents = NULL;
    struct rule_draft draft;
    struct rule_edition edition;
    uint32_t count = 0;
    uint32_t number = 0;
    begin_two();
    changed.text =
        SLICE("rule: fees\ncalendar: test\nfact: {on: fee, is: fee_due > 0}\ncard: red\n");
    CHECK_EQ_INT(rule_store_import(store, &words, &changed, 1, &number), RULE_STORE_E_DRAFT);
    CHECK_EQ_INT(number, 1);
    CHECK_EQ_INT(rule_store_latest(store, &number), 0);
    CHECK_EQ_INT(number, 1); /* still the edition of before */
    CHECK_EQ_INT(rule_store_draft(store, 1, arena, &draft), 0);
    CHECK_EQ_INT(draft.state, DRAFT_WAITING);
    CHECK_EQ_INT(draft.base, 1);
    CHECK_EQ_STR(draft.edition.author, "王");
    CHECK_EQ_INT(rule_store_draft_documents(store, 1, arena, &documents, &count), 0);
    CHECK_EQ_INT(count, 2); /* the whole of the edition that it would become */
    CHECK(slice_is_equal(documents[1].text, changed.text));
    CHECK_EQ_INT(rule_store_approve(store, 1, &by_author, &number), RULE_STORE_E_AUTHOR);
    CHECK_EQ_INT(rule_store_approve(store, 1, &by_other, &number), 0);
    CHECK_EQ_INT(number, 2);
    CHECK_EQ_INT(rule_store_edition(store, 2, arena, &edition), 0);
    CHECK_EQ_STR(edition.author, "王");
    CHECK_EQ_STR(edition.approver, "李");
    CHECK_EQ_INT(edition.made_at.ms, by_other.made_at.ms); /* when it came into force */
    CHECK_EQ_INT(rule_store_draft(store, 1, arena, &draft), 0);
    CHECK_EQ_INT(draft.state, DRAFT_APPROVED);
    CHECK_EQ_INT(draft.edition.number, 2);
    CHECK_EQ_INT(rule_store_approve(store, 1, &by_other, &number), RULE_STORE_E_DECIDED);
    CHECK_EQ_INT(rule_store_reject(store, 1, &by_other), RULE_STORE_E_DECIDED);
    CHECK_EQ_INT(rule_store_draft(store, 2, arena, &draft), RULE_STORE_E_UNKNOWN);
    CHECK_EQ_INT(rule_store_approve(store, 0, &by_other, &number), RULE_STORE_E_UNKNOWN);
    end();
}

/* Whoever writes his name otherwise is no other person. */
static void a_name_written_otherwise_is_the_same_person(void)
{
    static const struct {
        const char *author;
        const char *by;
        int status;
    } rows[] = {
        {"Li", "li", RULE_STORE_E_AUTHOR},
        {"li", " LI\t", RULE_STORE_E_AUTHOR},
        {"王", "王 ", RULE_STORE_E_AUTHOR},
        {"wang Li", "Wang lI", RULE_STORE_E_AUTHOR},
        {"李", "王", 0},
        {"É", "é", 0}, /* beyond A to Z a name is its bytes */
        {"li", "li2", 0},
        {"wang li", "wangli", 0},
        {"[", "{", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct edition_words authors = words;
        struct decision_words deciders = by_other;
        uint32_t number = 0;
        authors.author = rows[i].author;
        deciders.by = rows[i].by;
        begin_two();
        CHECK_EQ_INT(rule_store_remove(store, &authors, DOCUMENT_RULES, "fees", &number),
                     RULE_STORE_E_DRAFT);
        CHECK_EQ_INT(rule_store_approve(store, 1, &deciders, &number), rows[i].status);
        end();
    }
}

static void of_two_drafts_on_one_edition_one_comes_into_force(void)
{
    struct rule_draft draft;
    uint32_t number = 0;
    begin_two();
    CHECK_EQ_INT(rule_store_remove(store, &words, DOCUMENT_ITEMS, "fees", &number),
                 RULE_STORE_E_UNKNOWN);
    CHECK_EQ_INT(rule_store_remove(store, &words, DOCUMENT_RULES, "fees", &number),
                 RULE_STORE_E_DRAFT);
    CHECK_EQ_INT(rule_store_remove(store, &other_words, DOCUMENT_CALENDAR, "test", &number),
                 RULE_STORE_E_DRAFT);
    CHECK_EQ_INT(number, 2);
    CHECK_EQ_INT(rule_store_approve(store, 1, &by_other, &number), 0);
    CHECK_EQ_INT(rule_store_approve(store, 2, &by_author, &number), RULE_STORE_E_OVERTAKEN);
    CHECK_EQ_INT(rule_store_draft(store, 2, arena, &draft), 0);
    CHECK_EQ_INT(draft.state, DRAFT_OVERTAKEN);
    CHECK_EQ_INT(rule_store_reject(store, 2, &by_author), 0);
    CHECK_EQ_INT(rule_store_draft(store, 2, arena, &draft), 0);
    CHECK_EQ_INT(draft.state, DRAFT_REJECTED);
    CHECK_EQ_STR(draft.decided_by, "王");
    end();
}

static void two_people_are_needed_to_need_only_one(void)
{
    struct rule_approval approval;
    uint32_t number = 0;
    begin_two();
    CHECK_EQ_INT(rule_store_set_approval(store, &words, 2, &number), RULE_STORE_E_SAME);
    CHECK_EQ_INT(rule_store_set_approval(store, &words, 1, &number), RULE_STORE_E_DRAFT);
    CHECK_EQ_INT(rule_store_approve(store, 1, &by_author, &number), RULE_STORE_E_AUTHOR);
    CHECK_EQ_INT(rule_store_approval(store, arena, &approval), 0);
    CHECK_EQ_INT(approval.people, 2);
    CHECK_EQ_INT(rule_store_approve(store, 1, &by_other, &number), 0);
    CHECK_EQ_INT(number, 0); /* no edition */
    CHECK_EQ_INT(rule_store_approval(store, arena, &approval), 0);
    CHECK_EQ_INT(approval.people, 1);
    CHECK_EQ_STR(approval.approver, "李");
    CHECK_EQ_INT(rule_store_rollback(store, &words, 1, &number), RULE_STORE_E_SAME);
    CHECK_EQ_INT(rule_store_remove(store, &words, DOCUMENT_RULES, "fees", &number), 0);
    CHECK_EQ_INT(number, 2); /* and in force at once */
    end();
}

static void the_map_grows_with_what_is_put_in(void)
{
    enum { BYTES = 40 * 1024 * 1024 };
    uint32_t number = 0;
    begin();
    char *text = malloc(BYTES);
    CHECK(text != NULL);
    memset(text, 'x', BYTES);
    const struct document big = {.kind = DOCUMENT_ITEMS,
                                 .name = "big",
                                 .file = "big.csv",
                                 .text = {.start = text, .count = BYTES}};
    CHECK_EQ_INT(rule_store_import(store, &words, &big, 1, &number), 0);
    CHECK_EQ_INT(number, 1);
    struct document *documents = NULL;
    uint32_t count = 0;
    CHECK_EQ_INT(rule_store_documents(store, 1, arena, &documents, &count), 0);
    CHECK_EQ_INT(documents[0].text.count, BYTES);
    free(text);
    end();
}

static void a_reader_sees_what_a_writer_makes(void)
{
    uint32_t number = 0;
    struct rule_store *reader = NULL;
    begin();
    CHECK_EQ_INT(rule_store_import(store, &words, first, COUNT_OF(first), &number), 0);
    rule_store_close(&store);
    CHECK_EQ_INT(rule_store_open(folder, false, &reader), 0);
    CHECK_EQ_INT(rule_store_latest(reader, &number), 0);
    CHECK_EQ_INT(number, 1);
    rule_store_close(&reader);
    end();
}

CHECK_MAIN("unit/rule_store", TEST(there_is_no_store_where_none_was_made),
           TEST(an_import_makes_an_edition), TEST(the_same_bytes_make_no_edition),
           TEST(a_replaced_document_is_still_in_its_edition), TEST(a_record_of_old_moves_nothing),
           TEST(an_edition_says_what_moves_to_it),
           TEST(an_edition_is_counted_by_the_calendars_of_another),
           TEST(what_is_refused_today_is_loaded_where_it_is_in_force),
           TEST(a_draft_becomes_an_edition_by_another_person),
           TEST(a_name_written_otherwise_is_the_same_person),
           TEST(of_two_drafts_on_one_edition_one_comes_into_force),
           TEST(two_people_are_needed_to_need_only_one), TEST(the_map_grows_with_what_is_put_in),
           TEST(a_reader_sees_what_a_writer_makes))
