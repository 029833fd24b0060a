/* deadlines.c - four children to a node: half the levels of a binary heap, one cache line a level.
 */
#include "engine/cases/deadlines.h"

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

static uint32_t first_child_of(uint32_t place)
{
    return place * 4 - 2;
}

int deadlines_add(struct deadlines *deadlines, uint32_t row, struct instant at)
{
    struct deadline entry = {.at_ms = at.ms, .row = row};
    if (deadlines->count + 1 >= deadlines->room) {
        uint32_t room = deadlines->room == 0 ? FIRST_ROOM : deadlines->room * 2;
        struct deadline *heap = realloc(deadlines->heap, room * sizeof *heap);
        if (heap == NULL)
            return NO_MEMORY;
        deadlines->heap = heap;
        deadlines->room = room;
    }
    uint32_t place = ++deadlines->count;
    for (; place > 1 && is_before(entry, deadlines->heap[parent_of(place)]);
         place = parent_of(place))
        deadlines->heap[place] = deadlines->heap[parent_of(place)];
    deadlines->heap[place] = entry;
    return 0;
}

void deadlines_drop_first(struct deadlines *deadlines)
{
    assert(deadlines->count > 0);
    struct deadline last = deadlines->heap[deadlines->count--];
    uint32_t place = 1;
    for (uint32_t first = first_child_of(place); first <= deadlines->count;
         first = first_child_of(place)) {
        uint32_t end = first + 3 <= deadlines->count ? first + 3 : deadlines->count;
        uint32_t best = first;
        for (uint32_t child = first + 1; child <= end; child++)
            if (is_before(deadlines->heap[child], deadlines->heap[best]))
                best = child;
        if (!is_before(deadlines->heap[best], last))
            break;
        deadlines->heap[place] = deadlines->heap[best];
        place = best;
    }
    deadlines->heap[place] = last;
}

bool deadlines_first(const struct deadlines *deadlines, struct deadline *first_out)
{
    if (deadlines->count == 0)
        return false;
    *first_out = deadlines->heap[1];
    return true;
}

void deadlines_clear(struct deadlines *deadlines)
{
    free(deadlines->heap);
    *deadlines = (struct deadlines){0};
}
