/* move.c - a case comes under another edition, by an open act: its events are the same, its rules,
 * limits or calendar are others.
 */
#include "engine/across/across.h"
#include "engine/cases/limits.h"
#include "engine/core/confirm.h"
#include "engine/core/judge.h"
#include "engine/fold/fold.h"

static bool can_move(const struct core *core, const struct core_case *kase)
{
    bool is_open = kase->state == CASE_OPEN;
    for (uint32_t row = kase->first_clock; row != 0 && !is_open;) {
        const struct core_clock *clock = clock_row(core, row);
        is_open = clock->state == CLOCK_RUNNING;
        row = clock->next;
    }
    return is_open;
}

/* The same rung in another edition; RULE_RUNGS_MAX: none that a card could stand for. */
static uint32_t rung_in(const struct ruleset *ruleset, const struct rule *rule,
                        const struct ruleset *other, const struct rule *other_rule, uint32_t rung)
{
    const struct rung *is = &rule->rungs[rung];
    for (uint32_t i = 0; i < other_rule->rung_count; i++) {
        const struct rung *was = &other_rule->rungs[i];
        if (slice_is_equal(is->name, was->name) &&
            slice_is_equal(ruleset->levels[is->level], other->levels[was->level]) &&
            (is->issue == ISSUE_SHADOW) == (was->issue == ISSUE_SHADOW))
            return i;
    }
    return RULE_RUNGS_MAX;
}

/* What was kept of the clocks, told in the rules of the other edition: clocks by the name of their
 * rule, cards by their name, level and feed. Those that it does not have are withdrawn. */
static void old_translate(struct core *core, const struct core_case *kase, uint32_t old_count,
                          const struct ruleset *to)
{
    const struct ruleset *from = case_edition(core, kase)->ruleset;
    for (uint32_t i = 0; i < old_count; i++) {
        struct old_clock *old = &core->old[i];
        struct old_clock kept = *old;
        const struct rule *rule = clock_rule(core, kase, &old->clock);
        const struct rule *other = ruleset_rule(to, rule->name);
        bool is_other = other == NULL || other->form != rule->form;
        old->is_matched = is_other;
        old->clock.issued = old->clock.dismissed = 0;
        for (uint32_t k = 0; k < rule->rung_count; k++) {
            uint32_t rung = is_other ? RULE_RUNGS_MAX : rung_in(from, rule, to, other, k);
            if ((kept.clock.issued & rung_bit(k)) == 0)
                continue;
            if (rung == RULE_RUNGS_MAX) {
                judge_withdraw(core, kase, &kept.clock, k, (struct instant){.ms = kept.due_ms[k]});
                continue;
            }
            old->clock.issued |= rung_bit(rung);
            if ((kept.clock.dismissed & rung_bit(k)) != 0)
                old->clock.dismissed |= rung_bit(rung);
            old->due_ms[rung] = kept.due_ms[k];
        }
        if (!is_other)
            old->clock.rule = (uint16_t)(other - to->rules);
    }
}

bool core_move(struct core *core, struct instant now, uint32_t case_index, uint32_t edition)
{
    assert(edition < core->edition_count && case_index < core->cases.count);
    core_advance(core, now);
    struct core_case *kase = case_row(core, case_index);
    assert(!kase->is_held);
    if (kase->edition == edition || !can_move(core, kase))
        return false;
    core->counts.moved_cases++;
    core->is_moving = true;
    uint32_t old_count = judge_old_keep(core, kase);
    old_translate(core, kase, old_count, core->editions[edition].ruleset);
    across_cards_forget(core, kase);
    kase->edition = (uint16_t)edition;
    fold_history(core, kase, (struct event_ref){.place = UINT64_MAX});
    judge_old_settle(core, kase, old_count);
    confirm_adopt(core, kase);
    for (uint32_t i = 0; i < old_count; i++)
        clock_more_release(core, &core->old[i].clock);
    judge_case(core, kase, case_index);
    across_cards_again(core, kase);
    across_judge(core);
    core->is_moving = false;
    return true;
}

void core_bound(const struct core *core, uint32_t *counts)
{
    memset(counts, 0, core->edition_count * sizeof *counts);
    for (uint32_t row = 1; row < core->cases.count; row++)
        if (can_move(core, case_row(core, row)))
            counts[case_row(core, row)->edition]++;
}
