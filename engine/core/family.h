/* family.h - joint cases (联办件): a parent and its children. For engine/core and engine/explain.
 *
 * A case is the child of the parent that its events name last, and is so from its own first event
 * on. What happens to a child is folded onto the child; the parent is shown that the child is
 * there, that it ends, and that it goes on, in the order of these instants among its own events.
 * Whichever of the two comes first, whatever comes late or is corrected: then the parent is folded
 * again, with what its children's events tell.
 */
#ifndef CORE_FAMILY_H
#define CORE_FAMILY_H

#include "engine/cases/state.h"
#include "engine/core/core.h"

/* family_name - an event of the case names its parent. */
void family_name(struct core *core, struct core_case *kase, struct slice parent);

/* family_arrive - a case was made: is it the parent that others have named? case_index may be 0. */
void family_arrive(struct core *core, uint32_t case_index);

/* family_awaits - this is the first event of a case, and children of it came before. */
bool family_awaits(const struct core *core, const struct core_case *kase);

/* family_settle - an event was folded onto a case that is a parent or child: keep who belongs to
 * whom, and show the parent. is_again: the case was folded again as a whole. */
void family_settle(struct core *core, uint32_t case_index, const struct event *event,
                   struct event_ref ref, bool is_again);

/* family_show - fold what a child's event tells onto its parent. Returns whether some clock was
 * touched. */
bool family_show(struct core *core, struct core_case *kase, const struct event *event);

/* family_start - after an event of its own: a clock that begins when all children have ended. */
bool family_start(struct core *core, struct core_case *kase, const struct event *event);

/* family_reset - the case is as before its first event, and has seen no child. */
void family_reset(struct core *core, struct core_case *kase);

/* family_is_told - a parent is told of events of this kind. */
bool family_is_told(enum event_kind kind);

/* family_child - the first child that the case looks at (after: 0), or the one behind `after`; 0:
 * no more. family_case - the child's case; never 0. */
uint32_t family_child(const struct core *core, const struct core_case *kase, uint32_t after);
uint32_t family_case(const struct core *core, uint32_t child);

/* family_find - the case's row of kin; NULL: it has none. */
const struct core_kin *family_find(const struct core *core, const struct core_case *kase);

/* family_parent - the number of the joint case it belongs to; empty: none. */
struct slice family_parent(const struct core *core, const struct core_case *kase);

/* family_reindex - after an image was loaded. Returns 0, -ENOMEM (-12). */
MUST_USE int family_reindex(struct core *core);

uint64_t family_bytes(const struct core *core);

#endif
