/* past.c - the past of a case, as its events come back from the history port: what was corrected
 * left out, in the order of their instants.
 */
#include "engine/core/past.h"

#include <stdlib.h>

static int past_order(const void *a, const void *b)
{
    const struct past_event *x = a;
    const struct past_event *y = b;
    if (x->event.at.ms != y->event.at.ms)
        return x->event.at.ms < y->event.at.ms ? -1 : 1;
    return x->ref.place < y->ref.place ? -1 : x->ref.place > y->ref.place;
}

/* Of the same source and number the highest version counts; of equals the first that came. */
static uint32_t past_without_corrected(struct past_event *past, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool is_corrected = false;
        for (uint32_t k = 0; k < count && !is_corrected; k++)
            is_corrected = k != i && past[k].seq != 0 && past[k].source == past[i].source &&
                           past[k].seq == past[i].seq &&
                           (past[k].event.version > past[i].event.version ||
                            (past[k].event.version == past[i].event.version &&
                             past[k].ref.place < past[i].ref.place));
        past[i].event.kind = is_corrected ? EVENT_NONE : past[i].event.kind;
    }
    for (uint32_t i = 0; i < count; i++)
        if (past[i].event.kind != EVENT_NONE)
            past[kept++] = past[i];
    return kept;
}

/* A case that changes its item is a case of the new one from its first item on: an immediate case
 * that becomes a promised one has its clocks, with the time used and the new limits. */
static void past_of_one_item(struct past_event *past, uint32_t count)
{
    struct slice last = {0};
    for (uint32_t i = 0; i < count; i++)
        if (past[i].event.item.count > 0 && !event_is_of_card(past[i].event.kind))
            last = past[i].event.item;
    for (uint32_t i = 0; i < count; i++)
        if (past[i].event.item.count > 0)
            past[i].event.item = last;
}

/* The events of one case that were taken in up to `upto`, behind the `at` that are there. */
static uint32_t fetch(struct core *core, uint32_t at, uint64_t newest, uint64_t upto)
{
    struct event_ref from = {.place = newest};
    uint32_t room = core->past_room - at;
    uint32_t count = core->ports.history(core->ports.ctx, from, core->past + at, room);
    if (count > room) {
        struct past_event *past = realloc(core->past, ((size_t)at + count) * 2 * sizeof *past);
        assert(past != NULL); /* a case cannot be judged by half */
        core->past = past;
        core->past_room = (at + count) * 2;
        count = core->ports.history(core->ports.ctx, from, core->past + at, core->past_room - at);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (core->past[at + i].ref.place <= upto)
            core->past[at + kept++] = core->past[at + i];
    return past_without_corrected(core->past + at, kept);
}

/* Of a child, what its parent sees: that it is there, that it ends, that it goes on. */
static uint32_t past_of_child(struct core *core, uint32_t at, uint32_t child, uint64_t upto)
{
    uint32_t count = fetch(core, at, case_row(core, child)->newest, upto);
    uint32_t kept = 0;
    qsort(core->past + at, count, sizeof *core->past, past_order);
    for (uint32_t i = 0; i < count; i++) {
        struct past_event past = core->past[at + i];
        bool is_told = family_is_told(past.event.kind);
        past.is_of_child = true;
        past.event.kind = is_told ? past.event.kind : EVENT_NONE;
        if (i == 0 || is_told)
            core->past[at + kept++] = past;
    }
    return at + kept;
}

uint32_t past_fetch(struct core *core, const struct core_case *kase, struct event_ref upto)
{
    uint32_t count = 0;
    for (uint32_t child = family_child(core, kase, 0); child != 0;
         child = family_child(core, kase, child))
        count = past_of_child(core, count, family_case(core, child), upto.place);
    /* its own come last: of the history given last alone the attrs are there */
    uint32_t own_count = fetch(core, count, kase->newest, upto.place);
    qsort(core->past + count, own_count, sizeof *core->past, past_order);
    past_of_one_item(core->past + count, own_count);
    if (count > 0)
        qsort(core->past, count + own_count, sizeof *core->past, past_order);
    return count + own_count;
}
