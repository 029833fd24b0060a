/* state.c - see state.h. */
#include "engine/cases/state.h"

static const event_kind_set kinds_finishing =
    EVENT_KIND_BIT(EVENT_FINISH) | EVENT_KIND_BIT(EVENT_REJECT) | EVENT_KIND_BIT(EVENT_FORWARD);
static const event_kind_set kinds_voiding =
    EVENT_KIND_BIT(EVENT_WITHDRAW) | EVENT_KIND_BIT(EVENT_VOID);

static bool is_case(const void *owner, uint32_t row, struct slice key)
{
    const struct core *core = owner;
    return slice_is_equal(text_heap_get(&core->keys, case_row(core, row)->key), key);
}

uint32_t case_find(const struct core *core, struct slice case_no)
{
    return table_find(&core->case_table, table_hash(case_no), case_no, is_case, core);
}

enum case_state case_state_after(enum case_state before, enum event_kind kind)
{
    event_kind_set bit = EVENT_KIND_BIT(kind);
    return (bit & kinds_finishing) != 0 ? CASE_FINISHED
           : (bit & kinds_voiding) != 0 ? CASE_VOID
           : kind == EVENT_REOPEN       ? CASE_OPEN
                                        : before;
}

const struct calendar *case_own_calendar(const struct core *core, const struct core_case *kase)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    const struct item *item = kase->item == 0 ? NULL : case_item(core, kase);
    if (item != NULL && item->calendar != NULL)
        return item->calendar;
    const struct org *org =
        kase->org == 0 ? NULL : ruleset_org(ruleset, names_get(&core->names, kase->org));
    return org == NULL ? NULL : org->calendar;
}
