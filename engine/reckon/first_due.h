/* first_due.h - the first instant of a clock that nothing has disturbed.
 *
 * Layer: reckon. Inside the core. Where limits are counted in whole days, all clocks of a rule that
 * begin on one day with the same limits have the same instants, as long as no pause, no extension
 * and no card of theirs came between. So the first of them is reckoned once, and found for the
 * others. What is found is what would be reckoned: leaving it out changes nothing but the time.
 */
#ifndef RECKON_FIRST_DUE_H
#define RECKON_FIRST_DUE_H

#include "engine/reckon/reckon.h"

/* first_due_find - the instant after which the first of its rungs holds; INSTANT_NEVER: none has an
 * instant. Returns false when it is not known and has to be reckoned. Cost: O(1). */
bool first_due_find(const struct core *core, const struct core_case *kase,
                    const struct core_clock *clock, struct instant *due_out);

/* first_due_keep - remember it, if it is the same for the whole day. due: the earliest of what the
 * rungs of the reckoning's clock wait for; INSTANT_NEVER: they wait for nothing. */
void first_due_keep(const struct reckoning *reckoning, struct instant due);

#endif
