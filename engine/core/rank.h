/* rank.h - which card takes the place of which. Inside engine/core. */
#ifndef CORE_RANK_H
#define CORE_RANK_H

#include "engine/reckon/reckon.h"

/* rank_is_below - would a card of one of these rungs of the clock take the place of this one's? */
bool rank_is_below(const struct core *core, const struct core_case *kase,
                   const struct core_clock *clock, uint16_t rungs, uint32_t rung);

/* rank_settle - of the cards of a clock those stand that no other takes the place of.
 * rank_settle_others - of all clocks of which a card of another rule may take the place. */
void rank_settle(struct core *core, const struct core_case *kase, struct core_clock *clock,
                 struct reckoning *reckoning);
void rank_settle_others(struct core *core, const struct core_case *kase);

#endif
