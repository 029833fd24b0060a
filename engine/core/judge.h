/* judge.h - from the clocks of a case to its cards. Inside engine/core. */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include "engine/cases/state.h"
#include "engine/core/core.h"

/* judge_case - an event has touched clocks of the case: what should have a card there gets it, and
 * its entry among the deadlines is made. Rungs found past their instant are found late. After
 * judge_old_settle, which takes cards away. */
void judge_case(struct core *core, struct core_case *kase, uint32_t case_index);

/* judge_due - time alone has passed: issue what fell due at or before `at`, in order. */
void judge_due(struct core *core, struct core_case *kase, struct instant at);

/* judge_old_keep - before an event changes a case that has cards, or it is folded again: remember
 * its clocks, what they had issued and for which instants. Returns how many; the copies are in
 * core->old. */
uint32_t judge_old_keep(struct core *core, const struct core_case *kase);

/* judge_withdraw - the record that this card, which was due then, should not be. */
void judge_withdraw(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                    uint32_t rung, struct instant due);

/* judge_old_settle - after it: the clocks that are still there have their cards; those that moved
 * are told of, those that should not have been and those whose clock is gone are withdrawn. */
void judge_old_settle(struct core *core, struct core_case *kase, uint32_t old_count);

/* judge_arm - the case's entry among the deadlines, from its clocks. */
void judge_arm(struct core *core, struct core_case *kase, uint32_t case_index);

#endif
