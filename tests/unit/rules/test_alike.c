/* test_alike.c - rules that differ in what people read alone are judged by the first of them; any
 * difference in how they judge keeps them apart.
 */
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

static const char calendars_text[] = "calendar: test\n"
                                     "zone: Asia/Shanghai\n"
                                     "known: {from: 2024-01-01, to: 2026-12-31}\n"
                                     "week: {mon-fri: \"09:00-17:00\", sat-sun: off}\n";

static const char other_text[] = "calendar: other\n"
                                 "zone: Asia/Shanghai\n"
                                 "known: {from: 2024-01-01, to: 2026-12-31}\n"
                                 "week: {mon-sat: \"09:00-17:00\", sun: off}\n";

#define CLOCK_BEGIN    "clock: {start: accept, stop: finish, "
#define CLOCK_LIMITS   "limits: {promised: 3 workday, statutory: from item}"
#define CARDS          "cards: [{warn: 1 workday before promised}, {red: after statutory}]"
#define CLOCK          CLOCK_BEGIN CLOCK_LIMITS "}"
#define PAIR(one, two) "  - rule: a\n    " one "\n  - rule: b\n    " two "\n"
#define BREAK          "\n    "

enum { RULES_BYTES = 2048 };

static struct problem_list problems;

static struct ruleset *compile(const char *pair)
{
    char rules[RULES_BYTES];
    struct ruleset *ruleset = NULL;
    (void)snprintf(rules, sizeof rules, "set: test\ncalendar: test\nrules:\n%s", pair);
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "t", .text = SLICE(calendars_text), .file = "t.yaml"},
        {.kind = DOCUMENT_CALENDAR, .name = "o", .text = SLICE(other_text), .file = "o.yaml"},
        {.kind = DOCUMENT_RULES, .name = "r", .text = slice_of(rules), .file = "r.yaml"}};
    problem_list_init(&problems);
    int status = ruleset_compile(documents, COUNT_OF(documents), 1, &problems, &ruleset);
    for (uint32_t i = 0; i < problems.error_count; i++)
        printf("%s%u: %s\n", pair, problems.at[i].line, problems.at[i].en);
    CHECK_EQ_INT(status, 0);
    problem_list_clear(&problems);
    return ruleset;
}

static void check(const char *pair, bool is_alike)
{
    struct ruleset *ruleset = compile(pair);
    if (ruleset == NULL)
        return;
    if ((ruleset->alike[1] == 0) != is_alike)
        printf("%s", pair);
    CHECK((ruleset->alike[1] == 0) == is_alike);
    CHECK_EQ_INT(ruleset->unlike_count, is_alike ? 1 : 2);
    CHECK(ruleset_alike(ruleset, 1) == &ruleset->rules[is_alike ? 0 : 1]);
    ruleset_destroy(&ruleset);
}

static void what_people_read_makes_no_difference(void)
{
    check(PAIR(CLOCK BREAK CARDS, CLOCK BREAK CARDS), true);
    check(PAIR("revision: 1" BREAK CLOCK BREAK CARDS, "revision: 7" BREAK CLOCK BREAK CARDS), true);
    check(PAIR("ground: x" BREAK CLOCK BREAK CARDS, "title: {en: y}" BREAK CLOCK BREAK CARDS),
          true);
    check(PAIR("applies: {items: [A]}" BREAK CLOCK BREAK CARDS,
               "applies: {items: [B, C]}" BREAK CLOCK BREAK CARDS),
          true);
    check(PAIR("fact: {on: rating, is: rating <= 2}" BREAK "card: warn",
               "fact: {on: rating, is: rating <= 2}" BREAK "card: warn"),
          true);
}

static void any_difference_in_the_clock_keeps_apart(void)
{
    static const char *const others[] = {
        "clock: {start: apply, stop: finish, " CLOCK_LIMITS "}",
        "clock: {start: accept, stop: decide, " CLOCK_LIMITS "}",
        CLOCK_BEGIN "cancel: withdraw, " CLOCK_LIMITS "}",
        CLOCK_BEGIN "again: restart, " CLOCK_LIMITS "}",
        CLOCK_BEGIN "count: instant, " CLOCK_LIMITS "}",
        CLOCK_BEGIN "end: close, " CLOCK_LIMITS "}",
        CLOCK_BEGIN "pauses: [pause … resume], " CLOCK_LIMITS "}",
        CLOCK_BEGIN "extension: {times: 1, by: 10 workday}, " CLOCK_LIMITS "}",
        CLOCK_BEGIN "limits: {promised: 4 workday, statutory: from item}}",
        CLOCK_BEGIN "limits: {promised: 3 day, statutory: from item}}",
        CLOCK_BEGIN "limits: {promised: 3 workday, statutory: \"from event, item\"}}",
        CLOCK_BEGIN "limits: {promised: 3 workday, statutory: \"from item, otherwise 20 "
                    "workday\"}}",
        "clock: {start: {on: accept, when: has org}, stop: finish, " CLOCK_LIMITS "}",
    };
    char pair[RULES_BYTES];
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        (void)snprintf(pair, sizeof pair, PAIR(CLOCK BREAK CARDS, "%s" BREAK CARDS), others[i]);
        check(pair, false);
    }
}

static void any_difference_in_the_rule_keeps_apart(void)
{
    static const char *const others[] = {
        "applies: {kinds: [joint]}" BREAK CLOCK BREAK CARDS,
        "applies: {when: has org}" BREAK CLOCK BREAK CARDS,
        "valid_from: 2025-01-01" BREAK CLOCK BREAK CARDS,
        "valid_to: 2025-01-01" BREAK CLOCK BREAK CARDS,
        "calendar: other" BREAK CLOCK BREAK CARDS,
        "issue: confirm" BREAK CLOCK BREAK CARDS,
        "issue: shadow" BREAK CLOCK BREAK CARDS,
        "late_discovery: highest" BREAK CLOCK BREAK CARDS,
        "supersede: dismiss" BREAK CLOCK BREAK CARDS,
        CLOCK BREAK "cards: [{warn: 2 workday before promised}, {red: after statutory}]",
        CLOCK BREAK "cards: [{warn: 50% of promised}, {red: after statutory}]",
        CLOCK BREAK "cards: [{yellow: 1 workday before promised}, {red: after statutory}]",
        CLOCK BREAK "cards: [{warn: {when: 1 workday before promised, if: has org}}, {red: after "
                    "statutory}]",
        CLOCK BREAK
        "cards: [{warn: {when: 1 workday before promised, after_finish: issue}}, {red: after "
        "statutory}]",
        CLOCK BREAK "cards: [{warn: {when: 1 workday before promised, to: {org: X}}}, {red: after "
                    "statutory}]",
        "fact: {on: rating, is: rating <= 2}" BREAK "card: warn",
    };
    char pair[RULES_BYTES];
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        (void)snprintf(pair, sizeof pair, PAIR(CLOCK BREAK CARDS, "%s"), others[i]);
        check(pair, false);
    }
    check(PAIR("fact: {on: rating, is: rating <= 2}" BREAK "card: warn",
               "fact: {on: rating, is: rating <= 3}" BREAK "card: warn"),
          false);
    check(PAIR("fact: {on: rating, is: \"count(rating, within 5 day) >= 2\"}" BREAK "card: warn",
               "fact: {on: rating, is: \"count(rating, within 6 day) >= 2\"}" BREAK "card: warn"),
          false);
    check(PAIR("fact: {on: rating, is: rating <= 2}" BREAK "card: warn",
               "fact: {on: [rating, finish], is: rating <= 2}" BREAK "card: warn"),
          false);
}

CHECK_MAIN("unit/alike", TEST(what_people_read_makes_no_difference),
           TEST(any_difference_in_the_clock_keeps_apart),
           TEST(any_difference_in_the_rule_keeps_apart))
