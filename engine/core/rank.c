/* rank.c - which card takes the place of which: a higher one of its clock, one of another rule. */
#include "engine/core/rank.h"
#include "engine/core/tell.h"
#include "engine/reckon/decisions.h"

static const char reason_dismissed[] = "dismissed: a higher card took its place";
static const char reason_restored[] = "restored: the higher card was withdrawn";

/* Were people told of it? What is shadow, or waits for a supervisor, takes the place of nothing
 * that they were told of. */
static bool is_public(const struct core *core, const struct core_case *kase,
                      const struct core_clock *clock, uint32_t rung)
{
    enum rung_issue issue = clock_rule(core, kase, clock)->rungs[rung].issue;
    return (issue == ISSUE_AUTO && !confirm_is_refused(core, kase, clock, rung)) ||
           (issue == ISSUE_CONFIRM && confirm_is_released(core, kase, clock, rung));
}

static bool rung_dismisses(const struct rung *rung, const struct rule *rule)
{
    for (uint32_t i = 0; i < rung->dismiss_count; i++)
        if (slice_is_equal(rung->dismisses[i], rule->name))
            return true;
    return false;
}

/* Does a card of another clock of the case, of the same step where both have one, dismiss those of
 * this one? */
static bool is_dismissed_by_others(const struct core *core, const struct core_case *kase,
                                   const struct core_clock *clock, const struct rule *rule)
{
    for (uint32_t row = rule->is_dismissible ? kase->first_clock : 0; row != 0;) {
        const struct core_clock *other = clock_row(core, row);
        const struct rule *by = clock_rule(core, kase, other);
        row = other->next;
        if (other->step != clock->step && other->step != 0 && clock->step != 0)
            continue;
        for (uint32_t i = 0; other->issued != 0 && i < by->rung_count; i++)
            if ((other->issued & rung_bit(i)) != 0 && rung_dismisses(&by->rungs[i], rule) &&
                is_public(core, kase, other, i))
                return true;
    }
    return false;
}

static bool outranks(const struct core *core, const struct core_case *kase,
                     const struct core_clock *clock, uint32_t rung, uint32_t other)
{
    const struct rung *rungs = clock_rule(core, kase, clock)->rungs;
    bool is_of_one_kind = rungs[rung].issue == ISSUE_SHADOW && rungs[other].issue == ISSUE_SHADOW;
    return rungs[rung].level > rungs[other].level &&
           (is_of_one_kind || is_public(core, kase, clock, rung));
}

bool rank_is_below(const struct core *core, const struct core_case *kase,
                   const struct core_clock *clock, uint16_t rungs, uint32_t rung)
{
    for (uint32_t i = 0; i < clock_rule(core, kase, clock)->rung_count; i++)
        if ((rungs & rung_bit(i)) != 0 && outranks(core, kase, clock, i, rung))
            return true;
    return false;
}

/* A higher card of the same clock takes the place of the lower ones, where the rule says so: of
 * those that there are, the highest stand. A card of another rule takes the place of all. */
void rank_settle(struct core *core, const struct core_case *kase, struct core_clock *clock,
                 struct reckoning *reckoning)
{
    const struct rule *rule = reckoning->rule;
    if (rule->supersede != SUPERSEDE_DISMISS && !rule->is_dismissible)
        return;
    bool is_by_others = is_dismissed_by_others(core, kase, clock, clock_rule(core, kase, clock));
    uint16_t above = rule->supersede == SUPERSEDE_DISMISS ? clock->issued : 0;
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        bool is_lower = is_by_others || rank_is_below(core, kase, clock, above, i);
        if ((clock->issued & rung_bit(i)) == 0 ||
            is_lower == ((clock->dismissed & rung_bit(i)) != 0))
            continue;
        struct card_change change = {.before = confirm_card_state(core, kase, clock, i),
                                     .reason = is_lower ? reason_dismissed : reason_restored};
        clock->dismissed ^= rung_bit(i);
        change.state = confirm_card_state(core, kase, clock, i);
        if (change.state != change.before) /* one that a supervisor has dismissed, stays so */
            judge_tell(core, kase, clock, i, reckon_rung(reckoning, i), &change);
    }
}

/* The cards of other rules that some card dismisses, or does no more. */
void rank_settle_others(struct core *core, const struct core_case *kase)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        row = clock->next;
        if (clock->issued == 0 || !clock_rule(core, kase, clock)->is_dismissible)
            continue;
        struct reckoning reckoning;
        reckon_init(&reckoning, core, kase, clock);
        rank_settle(core, kase, clock, &reckoning);
    }
}
