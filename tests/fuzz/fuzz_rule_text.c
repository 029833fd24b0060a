/* fuzz_rule_text.c - can a rule file hurt us?
 *
 * Whatever the bytes are: they are taken, or at least one mistake is told in both languages; what
 * is taken holds together (every index within its table), and can be asked.
 */
#include "rules/text/ruleset_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char calendar[] = "calendar: cn\nzone: Asia/Shanghai\n"
                               "known: {from: 2024-01-01, to: 2026-12-31}\n"
                               "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";

static void look_through(const struct ruleset *ruleset)
{
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        assert(rule->name.count > 0);
        assert(rule->rung_count >= 1 && rule->rung_count <= RULE_RUNGS_MAX);
        assert(rule->limit_count <= RULE_LIMITS_MAX);
        assert(rule->form != RULE_FACT || rule->on != 0);
        assert(rule->form != RULE_CLOCK || rule->start != 0 || rule->follows_rule.count > 0);
        assert((rule->form == RULE_ACROSS) == (rule->across != NULL));
        for (uint32_t j = 0; j < rule->rung_count; j++) {
            const struct rung *rung = &rule->rungs[j];
            assert(rung->level < ruleset->level_count);
            assert(rule->form != RULE_CLOCK || rung->limit < rule->limit_count);
            assert(rung->form != RUNG_CHAIN || rung->chain_rung < j);
        }
        for (uint32_t j = 0; j < rule->limit_count; j++)
            assert(rule->limits[j].name < ruleset->limit_name_count);
    }
    for (uint32_t i = 0; i < ruleset->test_count; i++) {
        const struct rule_test *test = &ruleset->tests[i];
        assert(test->event_count > 0);
        for (uint32_t j = 0; j < test->card_count; j++)
            assert(test->cards[j].level < ruleset->level_count);
    }
}

/* Returns how many mistakes were told. */
static uint32_t compile(const struct document *documents, uint32_t count)
{
    struct problem_list problems;
    struct ruleset *ruleset = NULL;
    problem_list_init(&problems);
    int status = ruleset_compile(documents, count, 1, &problems, &ruleset);
    uint32_t error_count = problems.error_count;
    assert((status == 0) == (ruleset != NULL));
    assert((status == RULESET_E_BAD) == (error_count > 0));
    for (uint32_t i = 0; i < problems.count; i++) {
        assert(problems.at[i].en[0] != '\0');
        assert(problems.at[i].zh[0] != '\0');
    }
    if (ruleset != NULL)
        look_through(ruleset);
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
    return error_count;
}

/* Building a calendar takes most of the time, so it is given only to rules that lack nothing but
 * that. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char name[DOCUMENT_NAME_BYTES] = "fuzz";
    struct problem_list problems;
    struct slice text = {(const char *)bytes, count};
    problem_list_init(&problems);
    enum document_kind kind = document_identify(text, "fuzz", name, &problems);
    assert((kind == DOCUMENT_UNKNOWN) == (problems.error_count > 0));
    problem_list_clear(&problems);
    if (kind == DOCUMENT_CALENDAR)
        return 0; /* fuzz_calendar's business */
    const struct document documents[] = {
        {.kind = kind == DOCUMENT_UNKNOWN ? DOCUMENT_RULES : kind,
         .name = name,
         .text = text,
         .file = "fuzz"},
        {.kind = DOCUMENT_CALENDAR,
         .name = "cn",
         .text = {.start = calendar, .count = sizeof calendar - 1},
         .file = "cn.yaml"},
    };
    if (compile(documents, 1) <= 1)
        (void)compile(documents, COUNT_OF(documents));
    return 0;
}
