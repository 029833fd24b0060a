/* offline.c - every event is kept, packed, in blocks that never move; each points to the one before
 * it of the same case.
 */
#include "engine/core/offline.h"
#include "engine/cases/state.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20 };

/* An event as it is kept: this, then its texts one after the other. */
struct kept {
    struct kept *previous;
    uint64_t place;
    uint64_t seq;
    int64_t arrived_ms;
    struct event event; /* its slices point behind this struct */
    uint32_t source;
};

struct block {
    struct block *before;
    size_t used;
    char bytes[];
};

struct offline {
    struct core *core;
    void *ctx;
    void (*card)(void *ctx, const struct card *card);
    struct block *block;
    struct kept **places; /* place - 1 → event */
    uint64_t count;
    uint64_t room;
    uint64_t *seq_max; /* by source: no event with a higher number was seen */
    uint32_t source_room;
};

static uint32_t history(void *ctx, struct event_ref newest, struct past_event *past, uint32_t room)
{
    struct offline *offline = ctx;
    uint32_t count = 0;
    for (const struct kept *kept = offline->places[newest.place - 1]; kept != NULL;
         kept = kept->previous, count++) {
        if (count < room)
            past[count] = (struct past_event){.event = kept->event,
                                              .ref = {.place = kept->place},
                                              .source = kept->source,
                                              .seq = kept->seq,
                                              .arrived_at = {.ms = kept->arrived_ms}};
    }
    return count;
}

static void card_on(void *ctx, const struct card *card)
{
    struct offline *offline = ctx;
    offline->card(offline->ctx, card);
}

struct offline *offline_create(const struct ruleset *ruleset, offline_card_id card_id, void *ctx,
                               void (*card)(void *ctx, const struct card *card))
{
    struct offline *offline = calloc(1, sizeof *offline);
    if (offline == NULL)
        return NULL;
    offline->ctx = ctx;
    offline->card = card;
    struct core_ports ports = {
        .ctx = offline, .card = card_on, .history = history, .card_id = card_id};
    offline->core = core_create(&(struct core_limits){.is_stepping = true}, &ports);
    if (offline->core == NULL || core_set_rules(offline->core, ruleset) != 0)
        offline_destroy(&offline);
    return offline;
}

void offline_destroy(struct offline **offline_p)
{
    struct offline *offline = *offline_p;
    *offline_p = NULL;
    if (offline == NULL)
        return;
    core_destroy(&offline->core);
    for (struct block *block = offline->block; block != NULL;) {
        struct block *before = block->before;
        free(block);
        block = before;
    }
    free(offline->places);
    free(offline->seq_max);
    free(offline);
}

static void *block_take(struct offline *offline, size_t bytes)
{
    bytes = (bytes + 7) & ~(size_t)7;
    if (offline->block == NULL || offline->block->used + bytes > BLOCK_BYTES) {
        size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        struct block *block = malloc(sizeof *block + room);
        if (block == NULL)
            return NULL;
        block->before = offline->block;
        block->used = 0;
        offline->block = block;
    }
    void *taken = offline->block->bytes + offline->block->used;
    offline->block->used += bytes;
    return taken;
}

static struct kept *event_keep(struct offline *offline, const struct event *event)
{
    struct event copy = *event;
    struct slice *texts[] = {&copy.case_no, &copy.item,    &copy.step,   &copy.org,
                             &copy.area,    &copy.handler, &copy.result, &copy.reason,
                             &copy.parent,  &copy.card,    &copy.attrs};
    size_t bytes = sizeof(struct kept);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        bytes += texts[i]->count;
    struct kept *kept = block_take(offline, bytes);
    if (kept == NULL)
        return NULL;
    char *place = (char *)(kept + 1);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i]->count > 0)
            memcpy(place, texts[i]->start, texts[i]->count);
        texts[i]->start = place;
        place += texts[i]->count;
    }
    *kept = (struct kept){.event = copy};
    return kept;
}

static int places_grow(struct offline *offline)
{
    if (offline->count < offline->room)
        return 0;
    uint64_t room = offline->room == 0 ? 4096 : offline->room * 2;
    struct kept **places = realloc(offline->places, room * sizeof(struct kept *));
    if (places == NULL)
        return NO_MEMORY;
    offline->places = places;
    offline->room = room;
    return 0;
}

/* Was this number seen before? Returns the newest version there is of it in its case. */
static const struct kept *kept_find(const struct offline *offline, uint32_t source, uint64_t seq,
                                    struct slice case_no)
{
    const struct kept *found = NULL;
    if (seq == 0 || source >= offline->source_room || seq > offline->seq_max[source])
        return NULL;
    uint32_t row = case_find(offline->core, case_no);
    uint64_t newest = row == 0 ? 0 : case_row(offline->core, row)->newest;
    for (const struct kept *past = newest == 0 ? NULL : offline->places[newest - 1]; past != NULL;
         past = past->previous)
        if (past->source == source && past->seq == seq &&
            (found == NULL || past->event.version > found->event.version))
            found = past;
    return found;
}

static int seq_note(struct offline *offline, uint32_t source, uint64_t seq)
{
    if (source >= offline->source_room) {
        uint32_t room = source + 64;
        uint64_t *seq_max = realloc(offline->seq_max, room * sizeof *seq_max);
        if (seq_max == NULL)
            return NO_MEMORY;
        for (uint32_t i = offline->source_room; i < room; i++)
            seq_max[i] = 0;
        offline->seq_max = seq_max;
        offline->source_room = room;
    }
    if (offline->seq_max[source] < seq)
        offline->seq_max[source] = seq;
    return 0;
}

int offline_apply(struct offline *offline, struct instant now, uint32_t source, uint64_t seq,
                  const struct event *event)
{
    const struct kept *before = kept_find(offline, source, seq, event->case_no);
    if (before != NULL && event->version <= before->event.version) { /* sent again */
        core_advance(offline->core, now);
        return 0;
    }
    int error = places_grow(offline);
    if (error == 0)
        error = seq_note(offline, source, seq);
    if (error != 0)
        return error;
    struct event_ref ref = {.place = offline->count + 1};
    struct event_ref previous;
    uint32_t case_index;
    struct kept *kept = event_keep(offline, event);
    if (kept == NULL)
        return NO_MEMORY;
    error = core_admit(offline->core, event, ref, source, &case_index, &previous);
    if (error != 0)
        return error;
    kept->previous = previous.place == 0 ? NULL : offline->places[previous.place - 1];
    kept->place = ref.place;
    kept->seq = seq;
    kept->source = source;
    kept->arrived_ms = now.ms;
    offline->places[offline->count++] = kept;
    core_apply(offline->core, now, case_index, &kept->event, ref, before != NULL);
    return 0;
}

void offline_advance(struct offline *offline, struct instant now)
{
    core_advance(offline->core, now);
}

void offline_hold(struct offline *offline, struct instant now)
{
    core_advance(offline->core, now);
    core_hold(offline->core);
}

void offline_release(struct offline *offline)
{
    core_release(offline->core);
}

const struct core *offline_core(const struct offline *offline)
{
    return offline->core;
}
