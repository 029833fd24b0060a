/* judge.h - from the clocks of a case to its cards. Inside engine/core. */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include "engine/core/state.h"

/* judge_case - an event has touched the case: what should have a card gets it, what should not
 * have one loses it. Rungs found past their instant are found late. Only clocks that were touched
 * are looked at: those with next_ms CLOCK_TOUCHED. */
void judge_case(struct core *core, struct core_case *kase);

/* judge_due - time alone has passed: issue what fell due at or before `at`, in order. */
void judge_due(struct core *core, struct core_case *kase, struct instant at);

/* judge_old_keep - before a case is folded again: remember its clocks, what they had issued and
 * for which instants. Returns how many; the copies are in core->old. */
uint32_t judge_old_keep(struct core *core, const struct core_case *kase);

/* judge_old_settle - after it: give the cards back to the clocks that are still there, tell of
 * those that moved, withdraw those whose clock is gone. */
void judge_old_settle(struct core *core, struct core_case *kase, uint32_t old_count);

/* judge_arm - the case's entry among the deadlines, from its clocks. */
void judge_arm(struct core *core, struct core_case *kase, uint32_t case_index);

#endif
