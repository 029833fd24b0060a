/* kept.h - the events that wait for their acknowledgement, encoded, in order, in a ring of batches.
 *
 * Layer: collectors/push; only push.c uses it. Slots and their buffers are used again and again, so
 * that nothing is allocated per event.
 */
#ifndef PUSH_KEPT_H
#define PUSH_KEPT_H

#include "collectors/push/input.h"
#include "engine/wire/intake.h"

struct kept;

enum { KEPT_E_FULL = 1 };

/* kept_create - room for batch_max batches of batch_events events. NULL if memory is short. */
MUST_USE struct kept *kept_create(uint32_t batch_max, uint32_t batch_events, size_t bytes_max);
void kept_destroy(struct kept **kept_p);

/* kept_clear - forget everything; the next event has this number. */
void kept_clear(struct kept *kept, uint64_t next_seq);

/* kept_add - returns 0, KEPT_E_FULL, -ENOMEM, -EMSGSIZE. */
MUST_USE int kept_add(struct kept *kept, const struct item *item);

/* kept_skip - the next number belongs to an event that is not kept. Only while nothing is kept. */
void kept_skip(struct kept *kept);

uint64_t kept_first_seq(const struct kept *kept); /* of the oldest kept; kept_next_seq if none */
uint64_t kept_next_seq(const struct kept *kept);  /* of the next one to be added */

/* kept_full_seq - the last number in a full batch; 0: there is none. */
uint64_t kept_full_seq(const struct kept *kept);

/* A run of kept events, one after the other, all in one batch. Borrows until the next kept_add. */
struct kept_run {
    uint64_t first_seq;
    uint32_t count;
    struct slice events;
};

/* kept_run_from - the events from `seq` on, no more than `count_max`, of one batch. count 0: none.
 */
struct kept_run kept_run_from(const struct kept *kept, uint64_t seq, uint64_t count_max);

/* kept_row - the row that gave the event; 0: not kept. */
uint64_t kept_row(const struct kept *kept, uint64_t seq);

/* kept_release - batches up to `committed` go. *place_io becomes the last place they passed. */
void kept_release(struct kept *kept, uint64_t committed, struct place *place_io);

#endif
