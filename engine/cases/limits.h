/* limits.h - how long a clock's limits are.
 *
 * Layer: cases. Inside the core. Resolved once, when a clock begins; clocks with the same lengths
 * share a row.
 */
#ifndef CASES_LIMITS_H
#define CASES_LIMITS_H

#include "engine/cases/state.h"

/* limits_take - resolve a new clock's limits from its start event, item, org and rule. Where there
 * is no room for its lengths, or for the source's own instant, the clock is without. */
void limits_take(struct core *core, const struct core_case *kase, const struct rule *rule,
                 const struct event *event, struct core_clock *clock);

/* clock_more_make - the clock's row of rare things, made when it has none; NULL: no room. */
struct clock_more *clock_more_make(struct core *core, struct core_clock *clock);

/* clock_more_release - hand it back, with its gaps. The clock may be a copy. */
void clock_more_release(struct core *core, struct core_clock *clock);

#endif
