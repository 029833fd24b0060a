/* confirm.h - cards that wait for a supervisor (issue: confirm). Inside engine/core.
 *
 * A release and a dismissal are events of the case; they name a card, and change nothing else. They
 * are folded with all others, and what they come to follows from the events alone: of those that
 * name a card and happened after its instant, the first decides. So a late or corrected event, and
 * a release that comes late itself, leave the same in the end.
 *
 * What does not follow from events is kept beside the case: since when a card has waited, until
 * when it may, and whether that time has passed. A card that waits counts for nothing that people
 * are told of: it takes no place, begins no clock, and stands in no group.
 */
#ifndef CORE_CONFIRM_H
#define CORE_CONFIRM_H

#include "engine/cases/state.h"

/* confirm_settle - the cards of the case as its decisions have them. Returns whether some is
 * released, or is so no more: then what follows it has to be looked at. Cost: a compare, where no
 * card of any case waits. */
bool confirm_settle(struct core *core, struct core_case *kase);

/* confirm_adopt - the case has come under another edition: what was public before a rule asked for
 * a release, stays so. */
void confirm_adopt(struct core *core, const struct core_case *kase);

/* confirm_next_ms - when the first card of the case will have waited too long; INT64_MAX: none.
 * confirm_due - that instant has passed; returns as confirm_settle. */
int64_t confirm_next_ms(const struct core *core, const struct core_case *kase);
bool confirm_due(struct core *core, struct core_case *kase, struct instant at);

#endif
