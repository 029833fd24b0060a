/* family.h - what joint cases (联办件) see of their children.
 *
 * Layer: fold. Inside the core. What happens to a child is folded onto the child; the parent is
 * shown that the child is there, that it ends, and that it goes on, in the order of these instants
 * among its own events. Whichever of the two comes first, whatever comes late or is corrected: then
 * the parent is folded again, with what its children's events tell.
 */
#ifndef FOLD_FAMILY_H
#define FOLD_FAMILY_H

#include "engine/cases/state.h"

/* What the parents of a case have to be told of: their cases; 0: none. */
struct family_news {
    uint32_t again[2]; /* to be folded again, in this order */
    uint32_t shown;    /* to be shown the event of their child */
};

/* family_settle - an event was folded onto a case that is a parent or child: keep who belongs to
 * whom. is_again: the case was folded again as a whole. Returns: who is to be told. */
struct family_news family_settle(struct core *core, uint32_t case_index, const struct event *event,
                                 bool is_again);

/* family_show - fold what a child's event tells onto its parent. Returns whether some clock was
 * touched. */
bool family_show(struct core *core, struct core_case *kase, const struct event *event);

/* family_start - after an event of its own: a clock that begins when all children have ended. */
bool family_start(struct core *core, struct core_case *kase, const struct event *event);

#endif
