/* past.c - a case folded anew, from all its events as they come back from the history port: what
 * was corrected left out, in the order of their instants.
 */
#include "engine/cases/kin.h"
#include "engine/cases/stray.h"
#include "engine/fold/family.h"
#include "engine/fold/fold.h"
#include "engine/fold/follow.h"

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
        bool is_told = kin_is_told(past.event.kind);
        past.is_of_child = true;
        past.event.kind = is_told ? past.event.kind : EVENT_NONE;
        if (i == 0 || is_told)
            core->past[at + kept++] = past;
    }
    return at + kept;
}

/* Into core->past: the events of the case that were taken in up to `upto`, without what was
 * corrected since, and what its children's events tell it, in the order in which they happened.
 * Returns: how many. Cost: one look into the history for the case and each of its children. */
static uint32_t past_fetch(struct core *core, const struct core_case *kase, struct event_ref upto)
{
    uint32_t count = 0;
    for (uint32_t child = kin_child(core, kase, 0); child != 0;
         child = kin_child(core, kase, child))
        count = past_of_child(core, count, kin_case(core, child), upto.place);
    /* its own come last: of the history given last alone the attrs are there */
    uint32_t own_count = fetch(core, count, kase->newest, upto.place);
    qsort(core->past + count, own_count, sizeof *core->past, past_order);
    past_of_one_item(core->past + count, own_count);
    if (count > 0)
        qsort(core->past, count + own_count, sizeof *core->past, past_order);
    return count + own_count;
}

void fold_history(struct core *core, struct core_case *kase, struct event_ref newest)
{
    uint32_t count = past_fetch(core, kase, newest);
    fold_reset(core, kase);
    uint32_t folded = stray_reversed_last(case_edition(core, kase), core->past, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct past_event *past = &core->past[i];
        core->folding = past->ref.place;
        if (past->is_of_child)
            (void)family_show(core, kase, &past->event);
        else if (i < folded)
            (void)fold_event(core, kase, past->arrived_at, &past->event);
        else
            stray_note(core, kase, &past->event, STRAY_REVERSED, NULL);
        if (kase->settled_ms < past->event.at.ms)
            kase->settled_ms = past->event.at.ms;
    }
    (void)follow(core, kase, core->now);
}
