/* kin.h - joint cases (联办件): who is whose parent, and what is kept of it.
 *
 * Layer: cases. Inside the core. A case is the child of the parent that its events name last, and
 * is so from its own first event on. A row of kin is known by the case's number: a parent may be
 * named before it comes. What happens to a child is shown to its parent by engine/fold/family.h.
 */
#ifndef CASES_KIN_H
#define CASES_KIN_H

#include "engine/cases/state.h"

static inline struct core_kin *kin_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->kins, row);
}

/* kin_named - the row of a number; kin_of - of a case. 0: there is none. kin_find - the same, as
 * what it points to; NULL: none. */
uint32_t kin_named(const struct core *core, struct slice case_no);
uint32_t kin_of(const struct core *core, const struct core_case *kase);
const struct core_kin *kin_find(const struct core *core, const struct core_case *kase);

/* kin_parent - the number of the joint case it belongs to; empty: none. */
struct slice kin_parent(const struct core *core, const struct core_case *kase);

/* kin_child - the first child that the case looks at (after: 0), or the one behind `after`; 0: no
 * more. kin_case - the child's case; never 0. */
uint32_t kin_child(const struct core *core, const struct core_case *kase, uint32_t after);
uint32_t kin_case(const struct core *core, uint32_t child);

/* kin_name - an event of the case names its parent. */
void kin_name(struct core *core, struct core_case *kase, struct slice parent);

/* kin_arrive - a case was made: is it the parent that others have named? case_index may be 0. */
void kin_arrive(struct core *core, uint32_t case_index);

/* kin_awaits - this is the first event of a case, and children of it came before. */
bool kin_awaits(const struct core *core, const struct core_case *kase);

/* kin_join - a row stands among the children of a parent, and nowhere else. parent 0: nowhere. */
void kin_join(struct core *core, uint32_t row, uint32_t parent);

/* kin_is_told - a parent is told of events of this kind. kin_is_shown - the parent (0: none) looks
 * at its children now. One that was admitted, and has had no event yet, will look at all of them
 * with its first. */
bool kin_is_told(enum event_kind kind);
bool kin_is_shown(const struct core *core, uint32_t parent);

/* kin_reset - the case is as before its first event, and has seen no child. */
void kin_reset(struct core *core, struct core_case *kase);

/* kin_reindex - after an image was loaded. Returns 0, -ENOMEM (-12). */
MUST_USE int kin_reindex(struct core *core);

uint64_t kin_bytes(const struct core *core);

#endif
