/* starts.c - which clocks an event begins, and which facts it states: the rules of the case, asked
 * one after the other.
 */
#include "engine/fold/starts.h"
#include "engine/across/across.h"
#include "engine/cases/limits.h"
#include "engine/cases/stray.h"
#include "engine/fold/fold.h"
#include "engine/reckon/asking.h"

static bool is_ended(const struct core_case *kase, const struct rule *rule)
{
    return kase->ended_by != EVENT_NONE &&
           ((rule->stop | rule->cancel) & EVENT_KIND_BIT(kase->ended_by)) != 0;
}

/* Data have cases that end before they begin. A clock that would have been stopped by that end is
 * begun, so that it can be explained, and stands still. */
void fold_end_at_once(struct core *core, struct core_case *kase, struct core_clock *clock,
                      const struct rule *rule, const struct event *event)
{
    if (!is_ended(kase, rule))
        return;
    if (event != NULL)
        stray_note(core, kase, event, STRAY_START_AFTER_END, clock_rule(core, kase, clock));
    bool is_cancelled = (rule->cancel & EVENT_KIND_BIT(kase->ended_by)) != 0;
    clock->state = is_cancelled ? CLOCK_CANCELLED : CLOCK_STOPPED;
    clock->stop_ms = clock->start_ms;
    clock->stopped_by = kase->ended_by;
    core->counts.clocks_running--;
}

/* The clocks of a case, while an event begins others: each looked at once, and again only for a
 * rule that may have one already. */
struct chain {
    uint32_t last;  /* row of the last one looked at; 0: none yet */
    uint64_t rules; /* bit (rule & 63) of those that have one */
};

static uint64_t chain_bit(uint32_t rule)
{
    return UINT64_C(1) << (rule & 63);
}

static void chain_look(const struct core *core, const struct core_case *kase, struct chain *chain)
{
    uint32_t row = chain->last == 0 ? kase->first_clock : clock_row(core, chain->last)->next;
    while (row != 0) {
        const struct core_clock *clock = clock_row(core, row);
        chain->rules |= chain_bit(clock->rule);
        chain->last = row;
        row = clock->next;
    }
}

static struct core_clock *clock_last(const struct core *core, const struct core_case *kase,
                                     struct chain *chain, uint32_t rule, uint32_t step,
                                     uint32_t *cycles_out)
{
    struct core_clock *last = NULL;
    *cycles_out = 0;
    chain_look(core, kase, chain);
    bool may_have = (chain->rules & chain_bit(rule)) != 0;
    for (uint32_t row = may_have ? kase->first_clock : 0; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        if (clock->rule == rule && clock->step == step) {
            last = clock;
            (*cycles_out)++;
        }
        row = clock->next;
    }
    return last;
}

struct core_clock *fold_begin(struct core *core, struct core_case *kase, uint32_t after,
                              uint32_t rule_index, const struct event *event, uint32_t step,
                              uint32_t cycle)
{
    uint32_t row = pool_add(&core->clocks);
    if (row == 0)
        return NULL;
    struct core_clock *clock = clock_row(core, row);
    *clock = (struct core_clock){
        .start_ms = event->at.ms,
        .stop_ms = INT64_MAX,
        .next_ms = CLOCK_TOUCHED,
        .rule = (uint16_t)rule_index,
        .step = step,
        .cycle = (uint8_t)(cycle < UINT8_MAX ? cycle : UINT8_MAX),
    };
    const struct rule *rule = clock_rule_alike(core, kase, clock);
    event_kind_set heeds = rule->stop | rule->cancel;
    if (rule->extension.times_max > 0)
        heeds |= EVENT_KIND_BIT(EVENT_EXTEND);
    for (uint32_t i = 0; i < rule->pause_count; i++)
        heeds |= EVENT_KIND_BIT(rule->pauses[i].from);
    clock->heeds = heeds & HEEDS_MASK;
    case_heeds_any(kase);
    limits_take(core, kase, rule, event, clock);
    uint32_t last = after != 0 ? after : kase->first_clock;
    while (last != 0 && clock_row(core, last)->next != 0)
        last = clock_row(core, last)->next;
    *(last == 0 ? &kase->first_clock : &clock_row(core, last)->next) = row;
    return clock;
}

/* The time between its stop and now was nobody's: a stretch that this clock alone leaves out. */
void fold_continue(struct core *core, struct core_case *kase, struct core_clock *clock,
                   const struct event *event)
{
    struct clock_more *more = clock_more_make(core, clock);
    uint32_t row = pool_add(&core->pauses);
    if (more == NULL || row == 0)
        return;
    struct core_pause *gap = pause_row(core, row);
    gap->from_ms = clock->stop_ms;
    gap->to_ms = event->at.ms;
    uint32_t *link = &more->first_gap;
    uint32_t count = 1;
    while (*link != 0) {
        link = &pause_row(core, *link)->next;
        count++;
    }
    if (count > PAUSE_MAX) {
        pool_free(&core->pauses, row);
        stray_note(core, kase, event, STRAY_PAUSES_FULL, clock_rule(core, kase, clock));
        return;
    }
    *link = row;
    case_heeds_any(kase);
    clock->state = CLOCK_RUNNING;
    clock->stop_ms = INT64_MAX;
    clock->next_ms = CLOCK_TOUCHED;
    core->counts.clocks_running++;
}

enum idle_reason fold_refusal(struct core *core, const struct asking *asking,
                              const struct rule *rule, const struct event *event)
{
    if (instant_is_before(event->at, rule->valid_from))
        return IDLE_BEFORE;
    if (!instant_is_before(event->at, rule->valid_to))
        return IDLE_AFTER;
    enum item_kind kind;
    if (rule->item_kinds != 0) {
        if (!ruleset_item_kind(case_edition(core, asking->kase)->ruleset,
                               case_item(core, asking->kase), &kind)) {
            core->counts.kindless++;
            return IDLE_KINDLESS;
        }
        if ((rule->item_kinds & (UINT32_C(1) << kind)) == 0)
            return IDLE_KIND;
    }
    return asking_holds(asking, rule->applies) ? IDLE_NOT : IDLE_APPLIES;
}

static bool fact_note(struct core *core, struct core_case *kase, struct chain *chain,
                      uint32_t rule_index, const struct asking *asking, const struct event *event)
{
    if (!asking_holds(asking, asking->rule->fact))
        return false;
    uint32_t step = asking->rule->per_step ? names_add(&core->names, event->step) : 0;
    uint32_t cycles;
    (void)clock_last(core, kase, chain, rule_index, step, &cycles);
    fold_watch_begin(core, asking, rule_index, step, cycles);
    struct core_clock *clock = fold_begin(core, kase, chain->last, rule_index, event, step, cycles);
    if (clock == NULL)
        return false;
    clock->state = CLOCK_FACT;
    clock->stop_ms = event->at.ms;
    return true;
}

/* Nothing of it holds before the event, and it has been judged till now: when it stops, there is
 * nothing to judge, and its rule is not asked for instants that will not come. */
static bool is_quiet_until(const struct core *core, const struct core_clock *clock,
                           const struct event *event)
{
    return clock->next_ms != CLOCK_TOUCHED && clock->next_ms >= event->at.ms &&
           event->at.ms <= core->now.ms && clock->skipped == 0 && !clock->is_unjudgeable;
}

void fold_stop(struct core *core, struct core_clock *clock, enum clock_state state,
               const struct event *event)
{
    bool is_quiet = is_quiet_until(core, clock, event);
    clock->state = (uint32_t)state & 3;
    clock->stop_ms = event->at.ms;
    clock->stopped_by = (uint8_t)event->kind;
    clock->next_ms = is_quiet ? INT64_MAX : CLOCK_TOUCHED;
    core->counts.clocks_running--;
}

static bool clock_start(struct core *core, struct core_case *kase, struct chain *chain,
                        uint32_t rule_index, const struct asking *asking, const struct event *event)
{
    const struct rule *rule = asking->rule;
    if (!asking_holds(asking, rule->start_when))
        return false;
    uint32_t step = rule->per_step ? names_add(&core->names, event->step) : 0;
    uint32_t cycles;
    struct core_clock *clock = clock_last(core, kase, chain, rule_index, step, &cycles);
    if (clock != NULL && clock->state == CLOCK_RUNNING && !rule->restarts_running)
        return false;
    if (clock != NULL && clock->state == CLOCK_RUNNING)
        fold_stop(core, clock, CLOCK_STOPPED, event);
    if (clock != NULL && !rule->restart) {
        if (!rule->continues || clock->state == CLOCK_CANCELLED || is_ended(kase, rule))
            return false;
        fold_continue(core, kase, clock, event);
        return true;
    }
    fold_watch_begin(core, asking, rule_index, step, cycles);
    clock = fold_begin(core, kase, chain->last, rule_index, event, step, cycles);
    if (clock == NULL)
        return false;
    core->counts.clocks_running++;
    fold_end_at_once(core, kase, clock, rule, event);
    return true;
}

/* alike: ruleset_alike of the rule. */
static bool rule_meet(struct core *core, struct core_case *kase, struct chain *chain,
                      struct asking *asking, const struct event *event, uint16_t rule_index,
                      uint16_t alike)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    const struct rule *rule = &ruleset->rules[alike];
    asking->rule = rule;
    if (fold_refusal(core, asking, rule, event) != IDLE_NOT)
        return false;
    if (rule->form == RULE_ACROSS) {
        across_event(core, kase, &ruleset->rules[rule_index], asking);
        return false;
    }
    if (rule->form == RULE_FACT)
        return fact_note(core, kase, chain, rule_index, asking, event);
    return clock_start(core, kase, chain, rule_index, asking, event);
}

bool fold_start(struct core *core, struct core_case *kase, struct asking *asking,
                const struct event *event)
{
    uint32_t count;
    uint32_t own_count;
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    const uint16_t *on = ruleset_on(ruleset, event->kind, &count);
    const struct item_rule *own =
        item_rules_on(case_item_rules(core, kase), event->kind, &own_count);
    struct chain chain = {0};
    bool is_touched = false;
    for (uint32_t i = 0, k = 0; i < count || k < own_count;) {
        bool is_own = k < own_count && (i == count || own[k].rule < on[i]);
        uint16_t rule = is_own ? own[k].rule : on[i];
        uint16_t alike = is_own ? own[k].alike : ruleset->alike[rule];
        is_touched |= rule_meet(core, kase, &chain, asking, event, rule, alike);
        k += is_own;
        i += !is_own;
    }
    return is_touched;
}
