/* idle.c - why a rule has no clock in a case. The case is folded again by itself, and each rule
 * that looks at one of its events says what keeps it from beginning there; the last word counts.
 */
#include "engine/across/groups.h"
#include "engine/explain/alone.h"
#include "engine/explain/explain.h"
#include "engine/fold/starts.h"
#include "engine/reckon/decisions.h"

#include <stdlib.h>

/* What came of the last event of a case that one rule looks at. */
struct idle_found {
    int64_t at_ms;
    uint32_t unmet;
    uint8_t kind; /* of the event; EVENT_NONE: there was none */
    uint8_t reason;
};

static uint32_t unmet_parts(const struct asking *asking, const struct condition *condition)
{
    struct condition parts[CONDITION_PARTS_MAX];
    uint32_t count = condition_parts(condition, parts);
    uint32_t unmet = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!asking_holds(asking, &parts[i]))
            unmet |= UINT32_C(1) << i;
    return unmet;
}

static const struct condition *condition_of(const struct rule *rule, enum idle_reason reason)
{
    return reason == IDLE_APPLIES ? rule->applies
           : reason == IDLE_START ? rule->start_when
           : reason == IDLE_FACT  ? rule->fact
                                  : NULL;
}

static void meet(struct idle_found *found, struct core *core, const struct asking *of,
                 uint16_t rule_index)
{
    struct asking asking = *of;
    const struct rule *rule = &case_edition(core, asking.kase)->ruleset->rules[rule_index];
    asking.rule = rule;
    enum idle_reason reason = fold_refusal(core, &asking, rule, asking.event);
    if (reason == IDLE_NOT && rule->form == RULE_CLOCK && !asking_holds(&asking, rule->start_when))
        reason = IDLE_START;
    else if (reason == IDLE_NOT && rule->form == RULE_FACT && !asking_holds(&asking, rule->fact))
        reason = IDLE_FACT;
    const struct condition *condition = condition_of(rule, reason);
    found[rule_index] = (struct idle_found){
        .at_ms = asking.event->at.ms,
        .unmet = condition == NULL ? 0 : unmet_parts(&asking, condition),
        .kind = (uint8_t)asking.event->kind,
        .reason = (uint8_t)reason,
    };
}

/* Before the rules of a case look at an event: what will keep each of them from it. found: by the
 * rule's index. */
static void event_look(void *ctx, struct core *core, const struct asking *asking)
{
    struct idle_found *found = ctx;
    uint32_t count;
    enum event_kind kind = asking->event->kind;
    const uint16_t *on = ruleset_on(case_edition(core, asking->kase)->ruleset, kind, &count);
    uint32_t own_count;
    const struct item_rule *own =
        item_rules_on(case_item_rules(core, asking->kase), kind, &own_count);
    for (uint32_t i = 0; i < count; i++)
        meet(found, core, asking, on[i]);
    for (uint32_t i = 0; i < own_count; i++)
        meet(found, core, asking, own[i].rule);
}

/* ---- the question ------------------------------------------------------------------------------
 */

/* Of a rule that no event has come for: what of the case itself keeps it away, else that it waits.
 */
static enum idle_reason reason_without(const struct core *core, const struct core_case *kase,
                                       const struct rule *rule)
{
    enum item_kind kind;
    if (!rule_is_of_item(rule, names_get(&core->names, kase->item)))
        return IDLE_ITEM;
    if (rule->item_kinds != 0) {
        if (!ruleset_item_kind(case_edition(core, kase)->ruleset, case_item(core, kase), &kind))
            return IDLE_KINDLESS;
        if ((rule->item_kinds & (UINT32_C(1) << kind)) == 0)
            return IDLE_KIND;
    }
    if (rule->valid_to.ms <= core->now.ms)
        return IDLE_AFTER;
    if (rule->across != NULL && rule->across->is_of_cards)
        return IDLE_GROUP;
    return rule->follows_rule.count > 0 ? IDLE_CARD : IDLE_WAITS;
}

/* Where the run that was under way at an instant begins, if it has a card; else the instant. */
static int64_t run_begin(const struct core *core, const struct core_group *group, int64_t at_ms)
{
    for (uint32_t row = group->first_run; row != 0;) {
        const struct core_run *run = pool_row(&core->runs, row);
        if (run->begin_ms <= at_ms)
            return run->begin_ms;
        row = run->next;
    }
    return at_ms;
}

/* The group of a rule that the case, or a card of it, stands in: the newest. */
static struct slice group_of(const struct core *core, const struct core_case *kase,
                             const struct rule *rule, char text[GROUP_NAME_BYTES])
{
    const struct core_mark *mark;
    const struct case_side *side = core->sides.count == 1 ? NULL : case_side_find(core, kase);
    for (uint32_t row = side == NULL ? 0 : side->first_mark; row != 0; row = mark->next) {
        mark = pool_row(&core->marks, row);
        const struct core_group *group = group_row(core, mark->group);
        if (slice_is_equal(names_get(&core->names, group->rule_name), rule->name))
            return group_name(core, group, run_begin(core, group, mark->at_ms), text);
    }
    return (struct slice){0};
}

static bool rule_tell(const struct core *core, const struct core_case *kase,
                      const struct rule *rule, const struct idle_found *found,
                      bool (*visit)(void *ctx, const struct idle_view *idle), void *ctx)
{
    char group[GROUP_NAME_BYTES];
    bool is_met = found->kind != EVENT_NONE;
    struct idle_view view = {
        .rule = rule,
        .reason = is_met ? (enum idle_reason)found->reason : reason_without(core, kase, rule),
        .kind = (enum event_kind)found->kind,
        .at = {.ms = is_met ? found->at_ms : INSTANT_NONE.ms},
        .unmet = found->unmet,
    };
    if (view.reason == IDLE_NOT)
        view.reason = rule->form == RULE_ACROSS ? IDLE_GROUP : IDLE_FULL;
    view.condition = condition_of(rule, view.reason);
    if (view.reason == IDLE_GROUP)
        view.group = group_of(core, kase, rule, group);
    return visit(ctx, &view);
}

int explain_idle(const struct core *core, uint32_t case_index, uint32_t from,
                 bool (*visit)(void *ctx, const struct idle_view *idle), void *ctx)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    bool *has_clock = calloc((size_t)ruleset->rule_count + 1, sizeof *has_clock);
    struct idle_found *found = calloc((size_t)ruleset->rule_count + 1, sizeof *found);
    const struct fold_watch watch = {.ctx = found, .event = event_look};
    uint32_t row;
    struct core *alone = NULL;
    if (has_clock != NULL && found != NULL)
        alone = alone_make(core, case_index, kase->edition, (struct event_ref){.place = UINT64_MAX},
                           &watch, &row);
    int error = alone == NULL ? NO_MEMORY : 0;
    core_destroy(&alone);
    for (row = kase->first_clock; error == 0 && row != 0; row = clock_row(core, row)->next)
        has_clock[clock_row(core, row)->rule] = true;
    for (uint32_t i = from; error == 0 && i < ruleset->rule_count; i++)
        if (!has_clock[i] && !rule_tell(core, kase, &ruleset->rules[i], &found[i], visit, ctx))
            break;
    free(has_clock);
    free(found);
    return error;
}
