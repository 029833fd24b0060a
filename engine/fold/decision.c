/* decision.c - see decision.h. */
#include "engine/fold/decision.h"
#include "engine/cases/stray.h"
#include "engine/fold/follow.h"
#include "engine/reckon/reckon.h"

static const struct core_decision *decision_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->decisions, row);
}

bool decision_take(struct core *core, struct core_case *kase, const struct event *event)
{
    (void)follow(core, kase, event->at);
    struct case_side *side = case_side_make(core, kase);
    uint32_t card = names_add(&core->names, event->card);
    uint32_t step = names_add(&core->names, event->step);
    bool has_room = side != NULL && card != UINT32_MAX && step != UINT32_MAX;
    uint32_t row = has_room ? pool_add(&core->decisions) : 0;
    if (row == 0) {
        core->counts.unjudgeable++;
        return false;
    }
    struct core_decision *decision = pool_row(&core->decisions, row);
    *decision = (struct core_decision){.at_ms = event->at.ms,
                                       .place = core->folding,
                                       .card = card,
                                       .step = step,
                                       .kind = (uint8_t)event->kind};
    uint32_t *link = &side->first_decision;
    while (*link != 0)
        link = &((struct core_decision *)pool_row(&core->decisions, *link))->next;
    *link = row;
    (void)follow(core, kase, event->at);
    return true;
}

void decision_forget(struct core *core, const struct core_case *kase)
{
    struct case_side *side = core->decisions.count == 1 ? NULL : case_side_find(core, kase);
    for (uint32_t row = side == NULL ? 0 : side->first_decision; row != 0;) {
        uint32_t next = decision_row(core, row)->next;
        pool_free(&core->decisions, row);
        row = next;
    }
    if (side != NULL)
        side->first_decision = 0;
}

/* ---- what decides nothing ---------------------------------------------------------------------
 */

static bool is_by(const struct core_confirm *confirm, uint64_t place)
{
    return confirm->by == place && !confirm->is_moot;
}

/* Why an event that names no card which it decides on, has no effect. */
static enum stray_reason stray_of(const struct core *core, const struct core_case *kase,
                                  const struct core_decision *decision)
{
    uint32_t standing = 0;
    for (uint32_t row = kase->first_clock; row != 0;) {
        const struct core_clock *clock = clock_row(core, row);
        const struct rule *rule = clock_rule(core, kase, clock);
        struct reckoning reckoning;
        row = clock->next;
        for (uint32_t i = 0; clock->issued != 0 && i < rule->rung_count; i++) {
            if ((clock->issued & rung_bit(i)) == 0 ||
                !decision_names(core, kase, decision, clock, i))
                continue;
            reckon_init(&reckoning, core, kase, clock);
            standing += decision_is_behind(clock, decision, reckon_rung(&reckoning, i)) ? 1 : 0;
        }
    }
    return standing == 0 ? STRAY_NO_CARD : standing == 1 ? STRAY_NOT_PENDING : STRAY_CARDS_ALIKE;
}

static bool is_deciding(const struct core *core, const struct case_side *side, uint64_t place)
{
    for (uint32_t row = side->first_confirm; row != 0;
         row = ((const struct core_confirm *)pool_row(&core->confirms, row))->next)
        if (is_by(pool_row(&core->confirms, row), place))
            return true;
    return false;
}

void decision_strays(struct core *core, struct core_case *kase, const struct case_side *side)
{
    uint64_t folding = core->folding;
    stray_forget(core, kase, EVENT_KIND_BIT(EVENT_RELEASE) | EVENT_KIND_BIT(EVENT_DISMISS));
    for (uint32_t row = side->first_decision; row != 0;) {
        const struct core_decision *decision = decision_row(core, row);
        const struct event event = {.kind = (enum event_kind)decision->kind,
                                    .at = {.ms = decision->at_ms}};
        row = decision->next;
        core->folding = decision->place;
        if (!is_deciding(core, side, decision->place))
            stray_note(core, kase, &event, stray_of(core, kase, decision), NULL);
    }
    core->folding = folding;
}
