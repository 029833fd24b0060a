/* fuzz_items.c - can a table hurt us?
 *
 * The bytes are read as a catalogue, as steps, as orgs, and as promotions. What is taken is sorted,
 * without doubles, and found by its code; no limit of it is zero, no promotion makes a rule shadow.
 */
#include "rules/text/ruleset_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char items[] = "item_code,promised\nA,7 workday\nB,\n";

static void look_through(const struct ruleset *ruleset)
{
    for (uint32_t i = 0; i < ruleset->item_count; i++) {
        const struct item *item = &ruleset->items[i];
        assert(item->code.count > 0 && item->code.count <= EVENT_CODE_BYTES_MAX);
        assert(ruleset_item(ruleset, item->code) == item);
        assert(item->limit_count <= ITEM_LIMITS_MAX);
        for (uint32_t j = 0; j < item->limit_count; j++) {
            assert(item->limits[j].name < ruleset->limit_name_count);
            assert(item->limits[j].term.n > 0);
        }
    }
    for (uint32_t i = 0; i < ruleset->org_count; i++)
        assert(ruleset_org(ruleset, ruleset->orgs[i].code) == &ruleset->orgs[i]);
    for (uint32_t i = 0; i < ruleset->promotion_count; i++) {
        assert(ruleset->promotions[i].rule.count > 0);
        assert(ruleset->promotions[i].revision > 0);
        assert(ruleset->promotions[i].issue != ISSUE_SHADOW);
    }
}

static void compile_as(enum document_kind kind, struct slice text)
{
    const struct document documents[] = {
        {.kind = kind, .name = "fuzz", .text = text, .file = "fuzz.csv"},
        {.kind = DOCUMENT_ITEMS,
         .name = "items",
         .text = {.start = items, .count = sizeof items - 1},
         .file = "items.csv"},
    };
    struct problem_list problems;
    struct ruleset *ruleset = NULL;
    problem_list_init(&problems);
    int status = ruleset_compile(documents, kind == DOCUMENT_ITEMS ? 1 : 2, 1, &problems, &ruleset);
    assert((status == 0) == (ruleset != NULL));
    assert((status == RULESET_E_BAD) == (problems.error_count > 0));
    if (ruleset != NULL)
        look_through(ruleset);
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct slice text = {(const char *)bytes, count};
    compile_as(DOCUMENT_ITEMS, text);
    compile_as(DOCUMENT_STEPS, text);
    compile_as(DOCUMENT_ORGS, text);
    compile_as(DOCUMENT_PROMOTIONS, text);
    return 0;
}
