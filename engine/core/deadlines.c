/* deadlines.c - four children to a node: half the levels of a binary heap, one cache line a level.
 */
#include "engine/core/deadlines.h"

#include <stdlib.h>

enum { NO_MEMORY = -12, FIRST_ROOM = 1024 };

static bool is_before(struct deadline a, struct deadline b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.case_row < b.case_row;
}

static uint32_t parent_of(uint32_t place)
{
    return (place + 2) / 4;
}

static uint32_t first_child_of(uint32_t place)
{
    return place * 4 - 2;
}

static void put(struct deadlines *deadlines, uint32_t place, struct deadline entry,
                deadline_moved moved, void *owner)
{
    deadlines->heap[place] = entry;
    moved(owner, entry.case_row, place);
}

static uint32_t rise(struct deadlines *deadlines, uint32_t place, struct deadline entry,
                     deadline_moved moved, void *owner)
{
    while (place > 1 && is_before(entry, deadlines->heap[parent_of(place)])) {
        put(deadlines, place, deadlines->heap[parent_of(place)], moved, owner);
        place = parent_of(place);
    }
    return place;
}

static uint32_t sink(struct deadlines *deadlines, uint32_t place, struct deadline entry,
                     deadline_moved moved, void *owner)
{
    for (;;) {
        uint32_t first = first_child_of(place);
        if (first > deadlines->count)
            return place;
        uint32_t last = first + 3 <= deadlines->count ? first + 3 : deadlines->count;
        uint32_t best = first;
        for (uint32_t child = first + 1; child <= last; child++)
            if (is_before(deadlines->heap[child], deadlines->heap[best]))
                best = child;
        if (!is_before(deadlines->heap[best], entry))
            return place;
        put(deadlines, place, deadlines->heap[best], moved, owner);
        place = best;
    }
}

static void settle(struct deadlines *deadlines, uint32_t place, struct deadline entry,
                   deadline_moved moved, void *owner)
{
    uint32_t up = rise(deadlines, place, entry, moved, owner);
    uint32_t final = up != place ? up : sink(deadlines, place, entry, moved, owner);
    put(deadlines, final, entry, moved, owner);
}

int deadlines_set(struct deadlines *deadlines, uint32_t place, uint32_t case_row, struct instant at,
                  deadline_moved moved, void *owner)
{
    struct deadline entry = {.at_ms = at.ms, .case_row = case_row};
    if (place == 0) {
        if (deadlines->count + 1 >= deadlines->room) {
            uint32_t room = deadlines->room == 0 ? FIRST_ROOM : deadlines->room * 2;
            struct deadline *heap = realloc(deadlines->heap, room * sizeof *heap);
            if (heap == NULL)
                return NO_MEMORY;
            deadlines->heap = heap;
            deadlines->room = room;
        }
        place = ++deadlines->count;
    }
    settle(deadlines, place, entry, moved, owner);
    return 0;
}

void deadlines_remove(struct deadlines *deadlines, uint32_t place, deadline_moved moved,
                      void *owner)
{
    assert(place >= 1);
    assert(place <= deadlines->count);
    moved(owner, deadlines->heap[place].case_row, 0);
    struct deadline last = deadlines->heap[deadlines->count--];
    if (place <= deadlines->count)
        settle(deadlines, place, last, moved, owner);
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
