/* push.h - the client of the engine's intake: numbers events, keeps them until they are on the
 * engine's disk, sends them again when that is needed, never loses one and never reorders.
 *
 * Layer: collectors/push. The caller pulls events out of an input (input.h), adds them, and lets
 * push_work move bytes. Nothing here blocks longer than the wait_ms it is given. The words of the
 * wire are told in engine/wire/README.md.
 *
 *     push_open → push_begin until 0 → seek the input → push_start → push_add, push_work, … →
 * push_close ↑____________ PUSH_E_BEHIND: the engine went back ____________|
 */
#ifndef PUSH_PUSH_H
#define PUSH_PUSH_H

#include "collectors/push/input.h"

enum {
    PUSH_BATCH_EVENTS = 256,
    PUSH_KEPT_EVENTS = 262144,
    PUSH_KEPT_BYTES_MAX = 128 * 1024 * 1024,
    PUSH_ANSWER_WAIT_MS = 3000,
    PUSH_ERRORS_MAX = 5, /* errors in a row, without any progress, after which it gives up */
};

enum {
    PUSH_E_FULL = 1, /* as many events are kept as may be: call push_work */
    PUSH_E_WAIT,     /* no answer from the engine yet */
    PUSH_E_BEHIND, /* the engine has less than was given up here: begin again, seek further back */
    PUSH_E_CONFLICT, /* the engine has another event under the number of ours: not the same input */
    PUSH_E_REJECTED, /* the engine refuses to speak to us, see push_error */
};

/* An event that the engine took in and refused. Borrows until the callback returns. */
struct push_refused {
    uint64_t seq;
    uint64_t row;
    struct slice code;
    struct slice field;
    struct slice text;
};

struct push_options {
    const char *endpoint;
    const char *source;
    uint32_t batch_events;  /* 0: PUSH_BATCH_EVENTS; at most BATCH_EVENTS_MAX */
    uint32_t kept_events;   /* 0: PUSH_KEPT_EVENTS */
    int64_t answer_wait_ms; /* 0: PUSH_ANSWER_WAIT_MS */
    void *ctx;
    void (*refused)(void *ctx, const struct push_refused *refused); /* NULL: only counted */
};

struct push_counts {
    uint64_t added;     /* events given to push_add since push_open */
    uint64_t known;     /* of these, committed before they were added: not sent */
    uint64_t sent;      /* events sent, those sent again included */
    uint64_t refused;   /* by the engine */
    uint64_t greetings; /* hellos that were answered: 1 + reconnects */
};

struct push;

/* push_open - returns 0, -ENOMEM, -EINVAL. Nothing is sent yet. Texts of options are copied. */
MUST_USE int push_open(const struct push_options *options, struct push **push_out);
void push_close(struct push **push_p);

/* push_begin - say hello and wait up to wait_ms for the answer. Call it until it returns 0.
 *
 * Forgets all events that are kept.
 * committed_out: the engine has all events of this source up to here.
 * Returns:       0, PUSH_E_WAIT, PUSH_E_REJECTED, or a negative errno.
 */
MUST_USE int push_begin(struct push *push, int wait_ms, uint64_t *committed_out);

/* push_start - the next event added follows this place; it gets the number place->seq + 1.
 *
 * is_checked: send the last event that the engine has already once more, so that the engine can
 *             tell whether this is the same input (PUSH_E_CONFLICT when it is not).
 */
void push_start(struct push *push, const struct place *place, bool is_checked);

/* push_add - number an event and keep it. One that is committed already is only counted.
 *
 * Returns: 0; PUSH_E_FULL: not taken, add it again later; -ENOMEM; -EMSGSIZE: an event above
 *          EVENT_BYTES_MAX, which the caller should have refused.
 * Cost:    one encoding, no allocation once it has warmed up.
 */
MUST_USE int push_add(struct push *push, const struct item *item);

/* push_work - send what may be sent, take answers in, reconnect.
 *
 * flush:   also send a batch that is not full.
 * wait_ms: wait so long for something to happen.
 * Returns: 0, PUSH_E_BEHIND, PUSH_E_CONFLICT, PUSH_E_REJECTED, or a negative errno.
 */
MUST_USE int push_work(struct push *push, bool flush, int wait_ms);

/* push_tick - nothing happened up to this instant. Returns whether it was sent: not before
 * every event is committed (a lost one would come back late), or without a connection. */
bool push_tick(struct push *push, struct instant at);

/* push_sync - ask for an answer to everything said so far; push_is_synced tells when it is there.
 */
void push_sync(struct push *push);
bool push_is_synced(const struct push *push);

/* push_has_batch - is there a full batch that waits to be sent? */
bool push_has_batch(const struct push *push);

uint64_t push_committed(const struct push *push); /* as the engine said last */
uint64_t push_last_seq(const struct push *push);  /* number of the last event added */
bool push_is_connected(const struct push *push);
struct place push_safe(const struct push *push); /* everything before this place is committed */
struct push_counts push_counts(const struct push *push);
const char *push_error(const struct push *push); /* what the engine said; "" if nothing */

#endif
