/* sim.c - open cases wait in a ring of lists, one list for each ten seconds of the coming months; a
 * list is sorted when its time has come. Cases and lists are indices into two arrays, so that an
 * event costs a few reads and no allocation.
 */
#include "collectors/sim/sim.h"

#include "collectors/sim/life.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SLOT_MS = 10000,
    SLOT_COUNT = 1 << 22, /* 485 days: no case waits longer for its next event */
    NONE = 0,             /* index of no case: cases begin at 1 */
    PRINT_BYTES = 120,
};

struct due {
    int64_t due_ms;
    uint64_t serial;
    uint32_t index;
};

struct sim {
    struct sim_options options;
    struct hours *hours;
    struct life_world world;
    struct life *lives; /* of open cases; [0] is not used */
    uint32_t life_room;
    uint32_t life_count;
    uint32_t free_first;
    uint32_t *slots;  /* first case of each list */
    int64_t slot_ms;  /* beginning of the slot that is being given out */
    struct due *dues; /* of that slot, sorted */
    size_t due_room;
    size_t due_count;
    size_t due_index;
    uint64_t serial;
    uint64_t seq;
    struct life_texts texts;
    char print[PRINT_BYTES];
};

static void sim_close(void *ctx)
{
    struct sim *sim = ctx;
    hours_destroy(&sim->hours);
    free(sim->lives);
    free(sim->slots);
    free(sim->dues);
    free(sim);
}

static uint32_t *slot_of(struct sim *sim, int64_t at_ms)
{
    return &sim->slots[(uint64_t)(at_ms / SLOT_MS) % SLOT_COUNT];
}

static void wait_for(struct sim *sim, uint32_t index)
{
    struct life *life = &sim->lives[index];
    int64_t end_ms = sim->slot_ms + SLOT_MS;
    if (life->due_ms < end_ms)
        life->due_ms = end_ms; /* of the slot that is already sorted */
    if (life->due_ms >= sim->slot_ms + (int64_t)SLOT_MS * (SLOT_COUNT - 1))
        life->due_ms = sim->slot_ms + (int64_t)SLOT_MS * (SLOT_COUNT - 1);
    uint32_t *slot = slot_of(sim, life->due_ms);
    life->next = *slot;
    *slot = index;
}

static bool life_new(struct sim *sim, uint32_t *index_out)
{
    if (sim->free_first != NONE) {
        *index_out = sim->free_first;
        sim->free_first = sim->lives[sim->free_first].next;
        return true;
    }
    if (sim->life_count + 1 >= sim->life_room) {
        assert(sim->life_room > 0);
        size_t room = (size_t)sim->life_room * 2;
        struct life *lives = realloc(sim->lives, room * sizeof *lives);
        if (lives == NULL)
            return false;
        sim->lives = lives;
        sim->life_room = (uint32_t)room;
    }
    *index_out = ++sim->life_count;
    return true;
}

static int by_time(const void *a_p, const void *b_p)
{
    const struct due *a = a_p;
    const struct due *b = b_p;
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms ? -1 : 1;
    return a->serial < b->serial ? -1 : a->serial > b->serial;
}

static bool due_add(struct sim *sim, uint32_t index)
{
    if (sim->due_count == sim->due_room) {
        assert(sim->due_room > 0);
        size_t room = sim->due_room * 2;
        struct due *dues = realloc(sim->dues, room * sizeof *dues);
        if (dues == NULL)
            return false;
        sim->dues = dues;
        sim->due_room = room;
    }
    const struct life *life = &sim->lives[index];
    sim->dues[sim->due_count++] =
        (struct due){.due_ms = life->due_ms, .serial = life->serial, .index = index};
    return true;
}

static uint64_t mix(uint64_t number, uint64_t seed)
{
    number = (number ^ seed) * UINT64_C(0x9E3779B97F4A7C15);
    number = (number ^ (number >> 29)) * UINT64_C(0xBF58476D1CE4E5B9);
    return number ^ (number >> 32);
}

/* How many apply in the slot: the whole part is sure, one more comes by chance. */
static uint64_t people_count(const struct sim *sim)
{
    if (sim->options.rate > 0) { /* those who are known already count: the rest are newcomers */
        uint64_t wanted = sim->options.rate * (SLOT_MS / 1000);
        return wanted > sim->due_count ? wanted - sim->due_count : 0;
    }
    struct instant at = {.ms = sim->slot_ms};
    uint64_t parts = (uint64_t)hours_crowd(sim->hours, at) * sim->options.cases_per_day;
    uint64_t chance = mix((uint64_t)sim->slot_ms, sim->options.seed + 1) % HOURS_CROWD_ONE;
    return parts / HOURS_CROWD_ONE + (chance < parts % HOURS_CROWD_ONE);
}

static bool people_come(struct sim *sim)
{
    for (uint64_t left = people_count(sim); left > 0; left--) {
        uint32_t index;
        if (!life_new(sim, &index))
            return false;
        uint64_t serial = ++sim->serial;
        struct instant come = {.ms = sim->slot_ms +
                                     (int64_t)(mix(serial, sim->options.seed) % SLOT_MS)};
        life_begin(&sim->lives[index], &sim->world, serial, come);
        if (!due_add(sim, index))
            return false;
    }
    return true;
}

static bool open_slot(struct sim *sim)
{
    sim->due_count = sim->due_index = 0;
    uint32_t *slot = slot_of(sim, sim->slot_ms);
    uint32_t index = *slot;
    *slot = NONE;
    while (index != NONE) {
        uint32_t next = sim->lives[index].next;
        if (!due_add(sim, index))
            return false;
        index = next;
    }
    if (!people_come(sim))
        return false;
    if (sim->due_count > 1)
        qsort(sim->dues, sim->due_count, sizeof *sim->dues, by_time);
    return true;
}

static void begin_anew(struct sim *sim)
{
    memset(sim->slots, 0, SLOT_COUNT * sizeof *sim->slots);
    sim->life_count = 0;
    sim->free_first = NONE;
    sim->serial = 0;
    sim->seq = 0;
    sim->due_count = sim->due_index = 0;
    sim->slot_ms = sim->options.from.ms / SLOT_MS * SLOT_MS - SLOT_MS;
}

/* Returns 0 and the index of the case whose event is next, INPUT_E_END, -ENOMEM. */
static int next_due(struct sim *sim, uint32_t *index_out)
{
    if (sim->options.event_max != 0 && sim->seq == sim->options.event_max)
        return INPUT_E_END;
    while (sim->due_index == sim->due_count) {
        sim->slot_ms += SLOT_MS;
        if (sim->slot_ms > sim->options.until.ms)
            return INPUT_E_END;
        if (!open_slot(sim))
            return -ENOMEM;
    }
    *index_out = sim->dues[sim->due_index++].index;
    return 0;
}

static void advance(struct sim *sim, uint32_t index)
{
    struct life *life = &sim->lives[index];
    sim->seq++;
    if (life_advance(life, &sim->world)) {
        wait_for(sim, index);
        return;
    }
    life->next = sim->free_first;
    sim->free_first = index;
}

static int sim_next(void *ctx, struct item *item_out)
{
    struct sim *sim = ctx;
    uint32_t index;
    int status = next_due(sim, &index);
    if (status != 0)
        return status;
    life_event(&sim->lives[index], &sim->world, &sim->texts, &item_out->event);
    advance(sim, index);
    item_out->row = sim->seq;
    item_out->ends_row = true;
    item_out->after = (struct place){.seq = sim->seq, .offset = sim->seq, .row = sim->seq};
    return 0;
}

static int sim_seek(void *ctx, const struct place *place)
{
    struct sim *sim = ctx;
    if (place->seq < sim->seq || sim->seq == 0)
        begin_anew(sim);
    while (sim->seq < place->seq) {
        uint32_t index;
        int status = next_due(sim, &index);
        if (status == INPUT_E_END)
            return 0; /* it ends earlier than it did: the next pull will say so */
        if (status != 0)
            return status;
        advance(sim, index);
    }
    return 0;
}

static struct progress sim_progress(void *ctx)
{
    const struct sim *sim = ctx;
    if (sim->options.event_max != 0)
        return (struct progress){.done = sim->seq, .total = sim->options.event_max};
    if (sim->options.until.ms == INSTANT_NEVER.ms)
        return (struct progress){0};
    int64_t done_ms = sim->slot_ms - sim->options.from.ms;
    int64_t total_ms = sim->options.until.ms - sim->options.from.ms;
    return (struct progress){
        .done = done_ms < 0 ? 0 : (uint64_t)done_ms,
        .total = total_ms < 0 ? 0 : (uint64_t)total_ms,
    };
}

static const char *sim_print(void *ctx, const struct place *place)
{
    const struct sim *sim = ctx;
    (void)place;
    return sim->print;
}

static bool sim_find(void *ctx, const char *print, struct place *place_io)
{
    const struct sim *sim = ctx;
    (void)place_io;
    return strcmp(sim->print, print) == 0;
}

static const char *sim_path(void *ctx, const struct place *place)
{
    (void)ctx;
    (void)place;
    return "sim";
}

static int prepare(struct sim *sim)
{
    const struct sim_options *options = &sim->options;
    const struct hours_options hours = {
        .from = options->from,
        .is_always = options->is_always,
        .calendar = options->calendar,
    };
    int status = hours_create(&hours, &sim->hours);
    if (status != 0)
        return status == HOURS_E_CALENDAR ? SIM_E_CALENDAR : status;
    sim->life_room = 1 << 12;
    sim->due_room = 1 << 10;
    sim->lives = calloc(sim->life_room, sizeof *sim->lives);
    sim->dues = calloc(sim->due_room, sizeof *sim->dues);
    sim->slots = calloc(SLOT_COUNT, sizeof *sim->slots);
    if (sim->lives == NULL || sim->dues == NULL || sim->slots == NULL)
        return -ENOMEM;
    sim->world = (struct life_world){
        .city = city_get(),
        .hours = sim->hours,
        .seed = options->seed * UINT64_C(0x9E3779B97F4A7C15),
        .late_per_mille = options->late_per_mille,
    };
    /* `until` and `event_max` only say where it ends: a longer run begins with the shorter one. */
    (void)snprintf(sim->print, sizeof sim->print,
                   "sim:%" PRIu64 ":%" PRId64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu32 ":%d",
                   options->seed, options->from.ms, options->cases_per_day, options->rate,
                   options->late_per_mille, options->is_always);
    return 0;
}

int sim_open(const struct sim_options *options, struct input *input_out)
{
    struct sim *sim = calloc(1, sizeof *sim);
    if (sim == NULL)
        return -ENOMEM;
    sim->options = *options;
    if (sim->options.cases_per_day == 0)
        sim->options.cases_per_day = SIM_CASES_PER_DAY;
    int status = prepare(sim);
    if (status != 0) {
        sim_close(sim);
        return status;
    }
    begin_anew(sim);
    *input_out = (struct input){
        .ctx = sim,
        .name = "sim",
        .seek = sim_seek,
        .next = sim_next,
        .progress = sim_progress,
        .print = sim_print,
        .find = sim_find,
        .path = sim_path,
        .close = sim_close,
    };
    return 0;
}
