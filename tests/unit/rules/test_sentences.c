/* test_sentences.c - a rule is read aloud to whoever gives a stream, and to nobody else; a
 * condition of it by itself is said in the same words.
 */
#include "rules/sentences/sentences.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static const char calendar_text[] = "calendar: test\n"
                                    "zone: Asia/Shanghai\n"
                                    "known: {from: 2024-01-01, to: 2026-12-31}\n"
                                    "week: {mon-fri: \"09:00-17:00\", sat-sun: off}\n";

static const char rules_text[] =
    "rule: reasons\n"
    "revision: 2\n"
    "calendar: test\n"
    "fact: {on: [reject, return], is: 'length(reason) < 10 and not seen(correct_ask)'}\n"
    "card: {level: red, if: not is_finished}\n";

static struct ruleset *compile(void)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "t", .text = SLICE(calendar_text), .file = "t.yaml"},
        {.kind = DOCUMENT_RULES, .name = "reasons", .text = SLICE(rules_text), .file = "r.yaml"}};
    struct problem_list problems;
    struct ruleset *ruleset = NULL;
    problem_list_init(&problems);
    CHECK_EQ_INT(ruleset_compile(documents, COUNT_OF(documents), 1, &problems, &ruleset), 0);
    problem_list_clear(&problems);
    return ruleset;
}

/* condition NULL: the whole rule. */
static void check_said(const struct ruleset *ruleset, const struct condition *condition, bool is_zh,
                       const char *expected)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    CHECK(out != NULL);
    if (condition == NULL)
        rule_say(out, ruleset, &ruleset->rules[0], is_zh);
    else
        condition_say(out, ruleset, &ruleset->rules[0], condition, is_zh);
    CHECK_EQ_INT(fclose(out), 0);
    CHECK_EQ_STR(text, expected);
    free(text);
}

static void a_rule_is_said_to_a_stream(void)
{
    struct ruleset *ruleset = compile();
    check_said(ruleset, NULL, false,
               "Rule reasons, revision 2, of the set reasons\n"
               "  Applies to: all cases\n"
               "  Looked at on: not accepted (reject), returned (return)\n"
               "  A card when: the number of characters of the reason is less than 10 and "
               "there has been no \"correction asked for\"\n"
               "  Card:\n"
               "    red: at the instant of the event; if the case is not finished\n");
    check_said(ruleset, NULL, true,
               "规则 reasons（第 2 次修订，属 reasons）\n"
               "  适用：全部办件\n"
               "  查看时机：不予受理 (reject)、退回 (return)\n"
               "  发牌条件：理由的字数低于 10，且没有“补正告知”\n"
               "  发牌：\n"
               "    红牌：于该事件发生之时；条件：办件未办结\n");
    ruleset_destroy(&ruleset);
}

static void a_condition_is_said_by_itself(void)
{
    struct ruleset *ruleset = compile();
    const struct rule *rule = &ruleset->rules[0];
    check_said(ruleset, rule->fact, false,
               "the number of characters of the reason is less than 10 and there has been no "
               "\"correction asked for\"");
    check_said(ruleset, rule->fact, true, "理由的字数低于 10，且没有“补正告知”");
    check_said(ruleset, rule->rungs[0].when, true, "办件未办结");
    ruleset_destroy(&ruleset);
}

CHECK_MAIN("unit/sentences", TEST(a_rule_is_said_to_a_stream), TEST(a_condition_is_said_by_itself))
