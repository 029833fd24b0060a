/* deadlines.c - four children to a node: half the levels of a binary heap, one cache line a level.
 */
#include "engine/memory/deadlines.h"

#include <stdlib.h>

enum { NO_MEMORY = -12, FIRST_ROOM = 1024 };

static bool is_before(struct deadline a, struct deadline b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.row < b.row;
}

static uint32_t parent_of(uint32_t place)
{
    return (place + 2) / 4;
}

static void put(struct deadlines *deadlines, uint32_t place, struct deadline entry)
{
    uint64_t at = (uint64_t)entry.at_ms;
    deadlines->heap[place] = (struct deadline_kept){
        .at_high = (uint32_t)(at >> 32), .at_low = (uint32_t)at, .row = entry.row};
}

/* A quarter more: rows are many, and room that is not used yet is memory all the same. */
static int grow(struct deadlines *deadlines)
{
    uint32_t room = deadlines->room < FIRST_ROOM ? FIRST_ROOM : deadlines->room;
    room += deadlines->room == 0 ? 0 : room / 4;
    struct deadline_kept *heap = realloc(deadlines->heap, room * sizeof *heap);
    if (heap == NULL)
        return NO_MEMORY;
    deadlines->heap = heap;
    deadlines->room = room;
    return 0;
}

int deadlines_add(struct deadlines *deadlines, uint32_t row, struct instant at)
{
    struct deadline entry = {.at_ms = at.ms, .row = row};
    if (deadlines->count + 1 >= deadlines->room && grow(deadlines) != 0)
        return NO_MEMORY;
    uint32_t place = ++deadlines->count;
    for (; place > 1 && is_before(entry, deadlines_at(deadlines, parent_of(place)));
         place = parent_of(place))
        deadlines->heap[place] = deadlines->heap[parent_of(place)];
    put(deadlines, place, entry);
    return 0;
}

void deadlines_drop_first(struct deadlines *deadlines)
{
    assert(deadlines->count > 0);
    struct deadline last = deadlines_at(deadlines, deadlines->count--);
    uint32_t place = 1;
    for (uint32_t first = deadlines_child(place); first <= deadlines->count;
         first = deadlines_child(place)) {
        uint32_t end = first + DEADLINE_CHILDREN;
        uint32_t best = first;
        for (uint32_t child = first + 1; child < end && child <= deadlines->count; child++)
            if (is_before(deadlines_at(deadlines, child), deadlines_at(deadlines, best)))
                best = child;
        if (!is_before(deadlines_at(deadlines, best), last))
            break;
        deadlines->heap[place] = deadlines->heap[best];
        place = best;
    }
    put(deadlines, place, last);
}

uint64_t deadlines_bytes(const struct deadlines *deadlines)
{
    return (uint64_t)deadlines->room * sizeof *deadlines->heap;
}

bool deadlines_first(const struct deadlines *deadlines, struct deadline *first_out)
{
    if (deadlines->count == 0)
        return false;
    *first_out = deadlines_at(deadlines, 1);
    return true;
}

void deadlines_clear(struct deadlines *deadlines)
{
    free(deadlines->heap);
    *deadlines = (struct deadlines){0};
}
