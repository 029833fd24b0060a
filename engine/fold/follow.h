/* follow.h - clocks that begin with a card.
 *
 * Layer: fold. Inside the core.
 */
#ifndef FOLD_FOLLOW_H
#define FOLD_FOLLOW_H

#include "engine/cases/state.h"

/* follow - begin the clocks that cards begin, for every card whose instant lies before `end`; take
 * away those whose card is not one any more. Before and after each event, and when time passes.
 *
 * Returns: true when some clock has changed. Cost: a compare, where no rule of the edition follows
 * another. */
bool follow_cards(struct core *core, struct core_case *kase, struct instant end);
static inline bool follow(struct core *core, struct core_case *kase, struct instant end)
{
    return case_edition(core, kase)->ruleset->follower_count > 0 && follow_cards(core, kase, end);
}

/* follow_suits - would a card at this instant begin a clock of this rule in the case, as far as
 * item and validity go? */
bool follow_suits(const struct core *core, const struct core_case *kase, const struct rule *rule,
                  struct instant at);

/* follow_is_moved - may this event move the instant of a card that lies before it already, and so a
 * clock that began with it? Then the case has to be folded again. */
bool follow_is_moved(const struct core *core, const struct core_case *kase,
                     const struct event *event);

#endif
