/* deadlines.h - which case has to be looked at next, and when: one entry a case.
 *
 * Layer: core. A four-way heap ordered by (instant, case). An entry may be too early: a clock that
 * stops leaves its entry where it is, the case is looked at once for nothing and armed anew. So
 * the common stop costs nothing, and a new deadline, mostly later than all others, a step or two.
 */
#ifndef CORE_DEADLINES_H
#define CORE_DEADLINES_H

#include "engine/base/instant.h"

struct deadline {
    int64_t at_ms;
    uint32_t case_row;
    uint32_t unused;
};

struct deadlines {
    struct deadline *heap; /* places 1 … count */
    uint32_t count;
    uint32_t room;
};

/* Where an entry stands is kept with its case: told through this. */
typedef void (*deadline_moved)(void *owner, uint32_t case_row, uint32_t place);

/* deadlines_set - arm a case, or move its entry. place: where it stands, 0: nowhere.
 * Returns: 0, -ENOMEM. Cost: O(log n), mostly O(1). */
MUST_USE int deadlines_set(struct deadlines *deadlines, uint32_t place, uint32_t case_row,
                           struct instant at, deadline_moved moved, void *owner);

/* deadlines_remove - take the entry at this place out. */
void deadlines_remove(struct deadlines *deadlines, uint32_t place, deadline_moved moved,
                      void *owner);

/* deadlines_first - the earliest; false: none. */
bool deadlines_first(const struct deadlines *deadlines, struct deadline *first_out);

void deadlines_clear(struct deadlines *deadlines);

#endif
