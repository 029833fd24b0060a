/* decision.h - what supervisors said of the cards of a case, folded with its other events.
 *
 * Layer: fold. Inside the core. What it comes to is told by reckon/decisions.h.
 */
#ifndef FOLD_DECISION_H
#define FOLD_DECISION_H

#include "engine/reckon/decisions.h"

/* decision_take - fold a release or a dismissal of a card. Returns whether the case has to be
 * judged. */
bool decision_take(struct core *core, struct core_case *kase, const struct event *event);

/* decision_forget - the case is folded again: nothing was decided yet. */
void decision_forget(struct core *core, const struct core_case *kase);

/* decision_strays - note those that decide nothing, and why. */
void decision_strays(struct core *core, struct core_case *kase, const struct case_side *side);

#endif
