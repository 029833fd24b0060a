/* kept.c - head counts batches ever begun, tail batches ever released: slot = number % slot_count.
 * Of all batches only the newest may be less than full.
 */
#include "collectors/push/kept.h"

#include <errno.h>
#include <stdlib.h>

struct batch {
    uint64_t first_seq;
    uint32_t count;
    bool has_place;
    struct place place; /* behind the last row that ends in this batch */
    struct bytes events;
    uint64_t *rows;
    uint32_t *ends; /* of each event in `events` */
};

struct kept {
    uint64_t head;
    uint64_t tail;
    uint64_t next_seq;
    uint32_t slot_count;
    uint32_t batch_events;
    size_t bytes;
    size_t bytes_max;
    uint64_t *rows;
    uint32_t *ends;
    struct batch slots[];
};

struct kept *kept_create(uint32_t batch_max, uint32_t batch_events, size_t bytes_max)
{
    assert(batch_max > 0);
    assert(batch_events > 0);
    struct kept *kept = calloc(1, sizeof *kept + batch_max * sizeof(struct batch));
    if (kept == NULL)
        return NULL;
    kept->slot_count = batch_max;
    kept->batch_events = batch_events;
    kept->bytes_max = bytes_max;
    kept->rows = calloc((size_t)batch_max * batch_events, sizeof *kept->rows);
    kept->ends = calloc((size_t)batch_max * batch_events, sizeof *kept->ends);
    if (kept->rows == NULL || kept->ends == NULL) {
        kept_destroy(&kept);
        return NULL;
    }
    for (uint32_t i = 0; i < batch_max; i++) {
        kept->slots[i].rows = kept->rows + (size_t)i * batch_events;
        kept->slots[i].ends = kept->ends + (size_t)i * batch_events;
    }
    kept_clear(kept, 1);
    return kept;
}

void kept_destroy(struct kept **kept_p)
{
    struct kept *kept = *kept_p;
    if (kept == NULL)
        return;
    for (uint32_t i = 0; i < kept->slot_count; i++)
        bytes_clear(&kept->slots[i].events);
    free(kept->rows);
    free(kept->ends);
    free(kept);
    *kept_p = NULL;
}

static struct batch *slot(struct kept *kept, uint64_t number)
{
    return &kept->slots[number % kept->slot_count];
}

static const struct batch *slot_of(const struct kept *kept, uint64_t number)
{
    return &kept->slots[number % kept->slot_count];
}

void kept_clear(struct kept *kept, uint64_t next_seq)
{
    for (; kept->tail < kept->head; kept->tail++)
        slot(kept, kept->tail)->events.count = 0;
    kept->bytes = 0;
    kept->next_seq = next_seq;
}

void kept_skip(struct kept *kept)
{
    assert(kept->head == kept->tail);
    kept->next_seq++;
}

uint64_t kept_next_seq(const struct kept *kept)
{
    return kept->next_seq;
}

uint64_t kept_first_seq(const struct kept *kept)
{
    return kept->head == kept->tail ? kept->next_seq : slot_of(kept, kept->tail)->first_seq;
}

uint64_t kept_full_seq(const struct kept *kept)
{
    if (kept->head == kept->tail)
        return 0;
    const struct batch *last = slot_of(kept, kept->head - 1);
    if (last->count == kept->batch_events)
        return last->first_seq + last->count - 1;
    return kept->head - kept->tail > 1 ? last->first_seq - 1 : 0;
}

/* The batch to add to; NULL: there is no room. */
static struct batch *open_batch(struct kept *kept)
{
    struct batch *batch = kept->head == kept->tail ? NULL : slot(kept, kept->head - 1);
    if (batch != NULL && batch->count < kept->batch_events &&
        batch->events.count < BATCH_BYTES_MAX / 2)
        return batch;
    if (kept->head - kept->tail == kept->slot_count || kept->bytes >= kept->bytes_max)
        return NULL;
    batch = slot(kept, kept->head++);
    batch->first_seq = kept->next_seq;
    batch->count = 0;
    batch->has_place = false;
    batch->events.count = 0;
    return batch;
}

int kept_add(struct kept *kept, const struct item *item)
{
    struct batch *batch = open_batch(kept);
    if (batch == NULL)
        return KEPT_E_FULL;
    size_t before = batch->events.count;
    int status = encode_event(&batch->events, &item->event);
    size_t bytes = batch->events.count - before;
    if (status == 0 && bytes > EVENT_BYTES_MAX)
        status = -EMSGSIZE;
    if (status != 0) {
        batch->events.count = before;
        if (batch->count == 0)
            kept->head--;
        return status;
    }
    kept->bytes += bytes;
    batch->rows[batch->count] = item->row;
    batch->ends[batch->count] = (uint32_t)batch->events.count;
    batch->count++;
    if (item->ends_row) {
        batch->has_place = true;
        batch->place = item->after;
        batch->place.seq = kept->next_seq;
    }
    kept->next_seq++;
    return 0;
}

/* The number of the batch that holds seq. All but the newest have the same count unless they were
 * closed for their bytes, so a guess from the front is nearly always right. */
static bool find_batch(const struct kept *kept, uint64_t seq, uint64_t *number_out)
{
    if (kept->head == kept->tail || seq < kept_first_seq(kept) || seq >= kept->next_seq)
        return false;
    uint64_t low = kept->tail;
    uint64_t high = kept->head - 1;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (slot_of(kept, middle)->first_seq <= seq)
            low = middle;
        else
            high = middle - 1;
    }
    *number_out = low;
    return true;
}

struct kept_run kept_run_from(const struct kept *kept, uint64_t seq, uint64_t count_max)
{
    uint64_t number;
    if (count_max == 0 || !find_batch(kept, seq, &number))
        return (struct kept_run){.first_seq = seq};
    const struct batch *batch = slot_of(kept, number);
    uint32_t first = (uint32_t)(seq - batch->first_seq);
    uint64_t count = batch->count - first;
    if (count > count_max)
        count = count_max;
    uint32_t begin = first == 0 ? 0 : batch->ends[first - 1];
    uint32_t end = batch->ends[first + (uint32_t)count - 1];
    return (struct kept_run){
        .first_seq = seq,
        .count = (uint32_t)count,
        .events = {.start = batch->events.start + begin, .count = end - begin},
    };
}

uint64_t kept_row(const struct kept *kept, uint64_t seq)
{
    uint64_t number;
    if (!find_batch(kept, seq, &number))
        return 0;
    const struct batch *batch = slot_of(kept, number);
    return batch->rows[seq - batch->first_seq];
}

void kept_release(struct kept *kept, uint64_t committed, struct place *place_io)
{
    while (kept->tail < kept->head) {
        struct batch *batch = slot(kept, kept->tail);
        if (batch->first_seq + batch->count - 1 > committed)
            return;
        if (batch->has_place)
            *place_io = batch->place;
        kept->bytes -= batch->events.count;
        kept->tail++;
    }
}
