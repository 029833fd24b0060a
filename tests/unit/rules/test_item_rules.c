/* test_item_rules.c - a rule of some items alone is met by their cases, and by no others; and what
 * is found by the item is the same as what a look at every rule would find.
 */
#include "engine/core/offline.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static const char calendar_text[] = "calendar: test\n"
                                    "zone: Asia/Shanghai\n"
                                    "known: {from: 2024-01-01, to: 2026-12-31}\n"
                                    "week: {mon-fri: \"09:00-17:00\", sat-sun: off}\n";

static const char items_text[] = "item_code,kind,promised\n"
                                 "A,promised,7 workday\n"
                                 "B,promised,7 workday\n"
                                 "C,promised,7 workday\n";

/* %s: to what each of five rules applies. Rules of items stand among rules for all. */
static const char rules_form[] =
    "set: test\n"
    "calendar: test\n"
    "rules:\n"
    "  - rule: r0\n"
    "    applies: {%s}\n"
    "    clock: {start: accept, stop: finish, limits: {promised: 3 workday}}\n"
    "    cards: [yellow: after promised]\n"
    "  - rule: r1\n"
    "    clock: {start: [apply, accept], stop: finish, limits: {promised: 3 workday}}\n"
    "    cards: [yellow: after promised]\n"
    "  - rule: r2\n"
    "    applies: {%s}\n"
    "    fact: {on: [accept, fee], is: count(fee) < 3}\n"
    "    card: warn\n"
    "  - rule: r3\n"
    "    applies: {%s}\n"
    "    fact: {on: accept, is: has item}\n"
    "    card: red\n"
    "  - rule: r4\n"
    "    applies: {%s}\n"
    "    clock: {start: fee, stop: finish, limits: {promised: 3 workday}}\n"
    "    cards: [yellow: after promised]\n";

enum { RULES_BYTES = 2048, SAID_BYTES = 1 << 16 };

static struct problem_list problems;

static int compile(const char *rules, bool has_items, struct ruleset **ruleset_out)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "t", .text = SLICE(calendar_text), .file = "t.yaml"},
        {.kind = DOCUMENT_RULES, .name = "r", .text = slice_of(rules), .file = "r.yaml"},
        {.kind = DOCUMENT_ITEMS, .name = "i", .text = SLICE(items_text), .file = "i.csv"}};
    problem_list_clear(&problems);
    problem_list_init(&problems);
    return ruleset_compile(documents, has_items ? 3 : 2, 1, &problems, ruleset_out);
}

static struct ruleset *compile_applies(const char *const applies[4])
{
    char rules[RULES_BYTES];
    struct ruleset *ruleset = NULL;
    (void)snprintf(rules, sizeof rules, rules_form, applies[0], applies[1], applies[2], applies[3]);
    int status = compile(rules, true, &ruleset);
    for (uint32_t i = 0; i < problems.error_count; i++)
        printf("%u: %s\n", problems.at[i].line, problems.at[i].en);
    CHECK_EQ_INT(status, 0);
    return ruleset;
}

static uint32_t general_count(const struct ruleset *ruleset, enum event_kind kind)
{
    uint32_t count = 0;
    (void)ruleset_on(ruleset, kind, &count);
    return count;
}

static void what_a_condition_asks_first_is_its_item(void)
{
    static const struct {
        const char *applies;
        uint32_t items; /* 0: the rule is a general one */
    } cases[] = {
        {"items: [A, B]", 2},
        {"items: [A], when: has org", 1},
        {"when: item = 'A'", 1},
        {"when: \"item in ['A', 'B', 'A']\"", 2},
        {"when: item = 'A' and has org", 1},
        {"when: item = 'A' and has org and fee_due > 3", 1},
        {"when: item = 'A' and (has org or has area)", 1},
        {"when: has org and item = 'A'", 0},
        {"when: item = 'A' or has org", 0},
        {"when: item = 'A' and has org or has area", 0},
        {"when: not (item = 'A')", 0},
        {"when: not (item = 'A' and has org)", 0},
        {"when: item != 'A'", 0},
        {"kinds: [promised]", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const applies[4] = {cases[i].applies, "kinds: [promised]", "kinds: [promised]",
                                        "kinds: [promised]"};
        struct ruleset *ruleset = compile_applies(applies);
        CHECK_EQ_INT(ruleset->rules[0].item_count, cases[i].items);
        CHECK_EQ_INT(general_count(ruleset, EVENT_ACCEPT), cases[i].items == 0 ? 4 : 3);
        CHECK_EQ_INT(ruleset->item_rules_count, cases[i].items);
        CHECK((ruleset_item_rules(ruleset, SLICE("A")) != NULL) == (cases[i].items > 0));
        CHECK((ruleset_item_rules(ruleset, SLICE("B")) != NULL) == (cases[i].items > 1));
        CHECK(ruleset_item_rules(ruleset, SLICE("")) == NULL);
        ruleset_destroy(&ruleset);
    }
    problem_list_clear(&problems);
}

static void a_wrong_list_is_told(void)
{
    static const struct {
        const char *applies;
        const char *en;
        const char *zh;
    } cases[] = {
        {"items: []", "items: is empty: no case would be judged", "items: 为空：不会监察任何办件"},
        {"items: [A, B, A]", "items: \"A\" stands here twice", "items：“A”写了两次"},
        {"items: [A, Z]", "item \"Z\" is not in the catalogue", "事项目录中没有“Z”"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char rules[RULES_BYTES];
        struct ruleset *ruleset = NULL;
        (void)snprintf(rules, sizeof rules, rules_form, cases[i].applies, "kinds: [promised]",
                       "kinds: [promised]", "kinds: [promised]");
        CHECK(compile(rules, true, &ruleset) != 0);
        CHECK_EQ_INT(problems.error_count, 1);
        CHECK_EQ_INT(problems.at[0].line, 5);
        CHECK_EQ_STR(problems.at[0].en, cases[i].en);
        CHECK_EQ_STR(problems.at[0].zh, cases[i].zh);
    }
    problem_list_clear(&problems);
}

static void without_a_catalogue_any_code_may_be_named(void)
{
    char rules[RULES_BYTES];
    struct ruleset *ruleset = NULL;
    (void)snprintf(rules, sizeof rules, rules_form, "items: [Z]", "items: [Z]", "items: [Z]",
                   "items: [Z]");
    CHECK_EQ_INT(compile(rules, false, &ruleset), 0);
    CHECK_EQ_INT(ruleset_item_rules(ruleset, SLICE("Z"))->count, 4);
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
}

/* ---- the same cards, found by the item or by looking at every rule -----------------------------
 */

struct said {
    char text[SAID_BYTES];
    size_t count;
};

static void on_card(void *ctx, const struct card *card)
{
    struct said *said = ctx;
    int put = snprintf(said->text + said->count, sizeof said->text - said->count,
                       "%.*s %.*s#%u %lld %d\n", SLICE_ARG(card->case_no), SLICE_ARG(card->clock),
                       card->cycle, (long long)card->due_at.ms, (int)card->state);
    said->count += (size_t)put;
    CHECK(said->count < sizeof said->text);
}

static uint32_t dice(uint32_t *state, uint32_t end)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % end;
}

/* Cases of all items and of none, some of which change it; one event in six comes late. */
static void play(const struct ruleset *ruleset, uint32_t seed, struct said *said)
{
    static const char *const codes[] = {"A", "B", "C", "", ""};
    static const char *const names[] = {"1", "2", "3", "4"};
    static const enum event_kind kinds[] = {EVENT_APPLY, EVENT_ACCEPT, EVENT_FEE, EVENT_FEE,
                                            EVENT_FINISH};
    enum { EVENTS = 40, HOUR_MS = 3600000 };
    int64_t now_ms = INT64_C(1740931200000); /* 2025-03-03 00:00 in Shanghai */
    struct offline *offline = offline_create(ruleset, NULL, said, on_card);
    CHECK(offline != NULL);
    said->count = 0;
    for (uint32_t i = 0; i < EVENTS; i++) {
        now_ms += (int64_t)dice(&seed, 30) * HOUR_MS;
        struct event event = {
            .case_no = slice_of(names[dice(&seed, COUNT_OF(names))]),
            .kind = kinds[dice(&seed, COUNT_OF(kinds))],
            .at = {.ms = now_ms - (dice(&seed, 6) == 0 ? (int64_t)90 * HOUR_MS : 0)},
            .entered_at = INSTANT_NONE,
            .item = slice_of(codes[dice(&seed, COUNT_OF(codes))]),
            .org = SLICE("O"),
            .due_at = INSTANT_NONE,
            .fee_due = EVENT_FEE_NONE,
            .fee_paid = EVENT_FEE_NONE};
        CHECK_EQ_INT(offline_apply(offline, (struct instant){.ms = now_ms}, 1, i + 1, &event), 0);
    }
    offline_advance(offline, (struct instant){.ms = now_ms + (int64_t)2000 * HOUR_MS});
    offline_destroy(&offline);
}

static void found_by_the_item_is_what_a_look_at_every_rule_finds(void)
{
    static const char *const listed[4] = {"items: [A]", "items: [A, B]",
                                          "when: \"item in ['B', 'C'] and has org\"",
                                          "when: item = 'C'"};
    static const char *const looked[4] = {
        "when: has org and item = 'A'", "when: \"has org and item in ['A', 'B']\"",
        "when: \"has org and item in ['B', 'C']\"", "when: has org and item = 'C'"};
    static struct said said[2];
    uint32_t cards = 0;
    struct ruleset *by_item = compile_applies(listed);
    struct ruleset *by_look = compile_applies(looked);
    CHECK_EQ_INT(general_count(by_item, EVENT_ACCEPT), 1);
    CHECK_EQ_INT(general_count(by_look, EVENT_ACCEPT), 4);
    for (uint32_t seed = 1; seed <= 300; seed++) {
        play(by_item, seed, &said[0]);
        play(by_look, seed, &said[1]);
        CHECK_EQ_STR(said[0].text, said[1].text);
        cards += said[0].count > 0;
    }
    CHECK(cards > 250);
    ruleset_destroy(&by_item);
    ruleset_destroy(&by_look);
    problem_list_clear(&problems);
}

CHECK_MAIN("unit/item_rules", TEST(what_a_condition_asks_first_is_its_item),
           TEST(a_wrong_list_is_told), TEST(without_a_catalogue_any_code_may_be_named),
           TEST(found_by_the_item_is_what_a_look_at_every_rule_finds))
