/* load.h - a stream of events as the bytes of the wire, made before the watch starts.
 *
 * Layer: bench.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "bench/town.h"
#include "engine/wire/intake.h"

struct load {
    struct bytes bytes;
    size_t *ends; /* of message i in bytes */
    uint32_t message_count;
    uint32_t batch; /* events in a message; the last one may have fewer */
    uint64_t event_count;
    uint64_t numbered; /* the source has given so many numbers before */
    struct bytes events;
    uint32_t waiting; /* events in `events` */
};

#define LOAD_SOURCE "hall"

/* load_make - all events of a town, `batch` in each message. load_clear ends it. */
void load_make(struct load *load, struct town *town, uint32_t batch);

/* load_add - one event behind the others; load_finish after the last one. Begin with
 * {.batch = N}. */
void load_add(struct load *load, const struct event *event);
void load_finish(struct load *load);
void load_clear(struct load *load);

static inline struct slice load_message(const struct load *load, uint32_t index)
{
    size_t from = index == 0 ? 0 : load->ends[index - 1];
    return (struct slice){.start = load->bytes.start + from, .count = load->ends[index] - from};
}

/* load_events_until - the number of the last event of message `index`. */
static inline uint64_t load_events_until(const struct load *load, uint32_t index)
{
    uint64_t events = ((uint64_t)index + 1) * load->batch;
    return events < load->event_count ? events : load->event_count;
}

#endif
