/* sources.c - who sends, how far each of them is committed, and when it was last heard. */
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdlib.h>

enum { SOURCE_MAX = 60000 };

static int source_add(struct turn *turn, struct slice name, const struct source_row *row)
{
    if (turn->source_count == turn->source_room) {
        uint32_t room = turn->source_room == 0 ? 16 : turn->source_room * 2;
        struct source *sources = realloc(turn->sources, room * sizeof *sources);
        if (sources == NULL)
            return -ENOMEM;
        turn->sources = sources;
        turn->source_room = room;
    }
    char *text = malloc(name.count);
    if (text == NULL)
        return -ENOMEM;
    memcpy(text, name.start, name.count);
    turn->sources[turn->source_count++] = (struct source){
        .name = {.start = text, .count = name.count},
        .row = *row,
    };
    return 0;
}

/* A few dozen sources at most speak to one engine: looking through them is quick. */
int turn_source_find(struct turn *turn, struct slice name, uint32_t *index_out)
{
    for (uint32_t i = 0; i < turn->source_count; i++) {
        if (slice_is_equal(turn->sources[i].name, name)) {
            *index_out = i;
            return 0;
        }
    }
    if (turn->source_count == SOURCE_MAX)
        return -ENOMEM;
    struct source_row row = {.number = turn->source_count + 1, .last_at_ms = INT64_MIN};
    int error = source_add(turn, name, &row);
    if (error != 0)
        return error;
    *index_out = turn->source_count - 1;
    turn->sources[*index_out].is_dirty = true;
    return 0;
}

struct loading {
    struct turn *turn;
    int error;
};

static bool source_load(void *ctx, struct slice name, const struct source_row *row)
{
    struct loading *loading = ctx;
    loading->error = source_add(loading->turn, name, row);
    return loading->error == 0;
}

static int by_number(const void *a, const void *b)
{
    const struct source *x = a;
    const struct source *y = b;
    return x->row.number < y->row.number ? -1 : x->row.number > y->row.number;
}

int turn_sources_load(struct turn *turn)
{
    struct loading loading = {.turn = turn};
    int error = store_sources(turn->store, source_load, &loading);
    if (error == 0)
        error = loading.error;
    if (turn->source_count > 0)
        qsort(turn->sources, turn->source_count, sizeof *turn->sources, by_number);
    return error;
}

int turn_sources_store(struct turn *turn)
{
    for (uint32_t i = 0; i < turn->source_count; i++) {
        struct source *source = &turn->sources[i];
        if (!source->is_dirty)
            continue;
        int error = store_source_set(turn->store, source->name, &source->row);
        if (error != 0)
            return error;
        source->is_dirty = false;
    }
    return 0;
}

uint32_t turn_source_count(const struct turn *turn)
{
    return turn->source_count;
}

const struct source *turn_source(const struct turn *turn, uint32_t index)
{
    assert(index < turn->source_count);
    return &turn->sources[index];
}
