/* deadlines.h - which case has to be looked at next, and when.
 *
 * Layer: memory. A four-way heap ordered by (instant, row). Entries go in and come out at the
 * front, and are never moved or taken back: who is armed for another instant, or for none,
 * remembers that (deadline_mark), and an entry that does not fit what its case remembers is passed
 * over when its instant comes. So the common stop costs nothing, a new deadline, mostly later than
 * all others, a step or two, and nothing of a case is touched because another moves in the heap.
 */
#ifndef MEMORY_DEADLINES_H
#define MEMORY_DEADLINES_H

#include "engine/base/instant.h"

struct deadline {
    int64_t at_ms;
    uint32_t row;
};

/* As it is kept: of millions, each byte counts. */
struct deadline_kept {
    uint32_t at_high;
    uint32_t at_low;
    uint32_t row;
};

struct deadlines {
    struct deadline_kept *heap; /* places 1 … count */
    uint32_t count;
    uint32_t room;
};

enum { DEADLINE_MARK_BITS = 44 };

#define DEADLINE_MARK_MASK ((UINT64_C(1) << DEADLINE_MARK_BITS) - 1)

/* deadline_mark - what a row remembers of the instant it is armed for: never 0, rising with the
 * instant, and another for every instant from 1900 to 2400. */
static inline uint64_t deadline_mark(struct instant at)
{
    const int64_t from_ms = -INT64_C(2208988800000); /* 1900-01-01 */
    const int64_t last = (INT64_C(1) << DEADLINE_MARK_BITS) - 1;
    if (at.ms <= from_ms)
        return 1;
    return at.ms - from_ms > last ? (uint64_t)last : (uint64_t)(at.ms - from_ms);
}

/* deadlines_add - a row is to be looked at once this instant is over. Returns: 0, -ENOMEM. Cost:
 * O(log n), mostly O(1). */
MUST_USE int deadlines_add(struct deadlines *deadlines, uint32_t row, struct instant at);

/* deadlines_at - the entry at a place, 1 … count. */
static inline struct deadline deadlines_at(const struct deadlines *deadlines, uint32_t place)
{
    const struct deadline_kept *kept = &deadlines->heap[place];
    uint64_t at = (uint64_t)kept->at_high << 32 | kept->at_low;
    return (struct deadline){.at_ms = (int64_t)at, .row = kept->row};
}

enum { DEADLINE_CHILDREN = 4 };

/* deadlines_child - the place of the first of its DEADLINE_CHILDREN children: none is earlier. */
static inline uint32_t deadlines_child(uint32_t place)
{
    return (place - 1) * DEADLINE_CHILDREN + 2;
}

/* deadlines_bytes - memory it holds. */
uint64_t deadlines_bytes(const struct deadlines *deadlines);

/* deadlines_first - the earliest; false: none. */
bool deadlines_first(const struct deadlines *deadlines, struct deadline *first_out);

/* deadlines_drop_first - there must be one. Cost: O(log n). */
void deadlines_drop_first(struct deadlines *deadlines);

void deadlines_clear(struct deadlines *deadlines);

#endif
