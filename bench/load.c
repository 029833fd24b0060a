/* load.c - see load.h. */
#include "bench/load.h"
#include "bench/measure.h"

#include <stdlib.h>

static void message_add(struct load *load)
{
    uint64_t first = load->numbered + load->event_count - load->waiting + 1;
    struct slice events = {.start = load->events.start, .count = load->events.count};
    int error = encode_batch(&load->bytes, SLICE(LOAD_SOURCE), first, load->waiting, events);
    measure_must(error == 0, "memory is short");
    if ((load->message_count & (load->message_count - 1)) == 0) {
        size_t room = load->message_count == 0 ? 1 : 2 * (size_t)load->message_count;
        load->ends = realloc(load->ends, room * sizeof *load->ends);
        measure_must(load->ends != NULL, "memory is short");
    }
    load->ends[load->message_count++] = load->bytes.count;
    load->events.count = 0;
    load->waiting = 0;
}

void load_add(struct load *load, const struct event *event)
{
    measure_must(encode_event(&load->events, event) == 0, "memory is short");
    load->event_count++;
    if (++load->waiting == load->batch)
        message_add(load);
}

void load_finish(struct load *load)
{
    if (load->waiting > 0)
        message_add(load);
}

void load_make(struct load *load, struct town *town, uint32_t batch)
{
    struct event event;
    *load = (struct load){.batch = batch};
    while (town_next(town, &event))
        load_add(load, &event);
    load_finish(load);
}

void load_clear(struct load *load)
{
    bytes_clear(&load->bytes);
    bytes_clear(&load->events);
    free(load->ends);
    *load = (struct load){0};
}
