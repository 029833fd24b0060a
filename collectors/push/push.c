/* push.c - three states: away (no connection), greeting (hello said, nothing heard), open.
 *
 * Whenever an answer is overdue the socket is thrown away with everything that still lies in it,
 * and a new one says hello: so nothing stale can reach an engine that has begun anew, and the
 * engine's answer alone says where to go on. `sent_seq` is only a mark in the ring of kept events:
 * to send again is to move the mark back.
 */
#include "collectors/push/push.h"

#include "collectors/push/kept.h"
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "engine/sys/socket.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum state { AWAY, GREETING, OPEN };

enum { TEXT_BYTES = 256, RETRY_MS = 250, RETRY_MS_MAX = 5000 };

struct push {
    struct push_options options;
    char endpoint[TEXT_BYTES];
    char source[EVENT_SOURCE_BYTES_MAX + 1];
    char error[TEXT_BYTES];
    struct socket *socket;
    enum state state;
    int64_t
        heard_at_ms; /* last answer; or when the hello, or the first unanswered batch, was sent */
    int64_t retry_at_ms;
    int64_t retry_ms;
    uint64_t committed;
    uint64_t credit;
    uint64_t sent_seq;
    uint64_t check_seq;       /* resent to see whether it is the same event; 0: not checking */
    uint64_t refused_seq_max; /* refusals up to here were told */
    uint32_t errors;          /* in a row */
    bool is_restart;          /* the answer to this hello begins a new session of the caller */
    bool is_behind;
    bool is_conflict;
    struct place safe;
    struct kept *kept;
    struct bytes message;
    struct push_counts counts;
};

static uint32_t or_default(uint32_t given, uint32_t preset)
{
    return given == 0 ? preset : given;
}

int push_open(const struct push_options *options, struct push **push_out)
{
    if (options->batch_events > BATCH_EVENTS_MAX || strlen(options->endpoint) >= TEXT_BYTES ||
        strlen(options->source) > EVENT_SOURCE_BYTES_MAX || options->source[0] == '\0')
        return -EINVAL;
    struct push *push = calloc(1, sizeof *push);
    if (push == NULL)
        return -ENOMEM;
    push->options = *options;
    push->options.batch_events = or_default(options->batch_events, PUSH_BATCH_EVENTS);
    push->options.kept_events = or_default(options->kept_events, PUSH_KEPT_EVENTS);
    if (push->options.answer_wait_ms == 0)
        push->options.answer_wait_ms = PUSH_ANSWER_WAIT_MS;
    (void)snprintf(push->endpoint, sizeof push->endpoint, "%s", options->endpoint);
    (void)snprintf(push->source, sizeof push->source, "%s", options->source);
    uint32_t batches = push->options.kept_events / push->options.batch_events + 2;
    push->kept = kept_create(batches, push->options.batch_events, PUSH_KEPT_BYTES_MAX);
    if (push->kept == NULL) {
        push_close(&push);
        return -ENOMEM;
    }
    *push_out = push;
    return 0;
}

void push_close(struct push **push_p)
{
    struct push *push = *push_p;
    if (push == NULL)
        return;
    socket_close(&push->socket);
    kept_destroy(&push->kept);
    bytes_clear(&push->message);
    free(push);
    *push_p = NULL;
}

/* ---- sending --------------------------------------------------------------------------------- */

static int open_socket(struct push *push)
{
    const struct socket_options options = {
        .send_max = 1000, /* further ones stay in the ring of kept events */
        .receive_max = 1000,
        .message_bytes_max = BATCH_BYTES_MAX,
        .linger_ms = 0, /* what is lost with it is kept and sent again */
    };
    return socket_open(SOCKET_DEALER, false, push->endpoint, &options, &push->socket);
}

/* Returns 0, SOCKET_E_AGAIN, -errno; push->message is spent. */
static int send_message(struct push *push)
{
    struct slice frame = {.start = push->message.start, .count = push->message.count};
    int status = socket_send(push->socket, &frame, 1);
    return status == SOCKET_E_NO_PEER ? SOCKET_E_AGAIN : status;
}

static int say_hello(struct push *push)
{
    push->message.count = 0;
    int status = encode_hello(&push->message, slice_of(push->source));
    if (status == 0)
        status = send_message(push);
    push->state = GREETING;
    push->heard_at_ms = clock_monotonic_ms();
    return status == SOCKET_E_AGAIN ? 0 : status; /* not sent: the wait for the answer runs out */
}

static void go_away(struct push *push, int64_t pause_ms)
{
    socket_close(&push->socket);
    push->state = AWAY;
    push->retry_at_ms = clock_monotonic_ms() + pause_ms;
}

/* Returns 0, SOCKET_E_AGAIN, -errno. */
static int send_run(struct push *push, const struct kept_run *run)
{
    push->message.count = 0;
    int status = encode_batch(&push->message, slice_of(push->source), run->first_seq, run->count,
                              run->events);
    if (status == 0)
        status = send_message(push);
    if (status != 0)
        return status;
    if (push->sent_seq <= push->committed)
        push->heard_at_ms = clock_monotonic_ms(); /* from now on an answer is owed */
    push->sent_seq = run->first_seq + run->count - 1;
    push->counts.sent += run->count;
    return 0;
}

static int send_runs(struct push *push, bool flush)
{
    uint64_t last = flush ? kept_next_seq(push->kept) - 1 : kept_full_seq(push->kept);
    if (push->check_seq != 0)
        last = push->check_seq; /* nothing else before this is answered */
    while (push->sent_seq < last) {
        uint64_t window = push->committed + push->credit;
        if (push->check_seq == 0 && push->sent_seq >= window)
            return 0;
        uint64_t room = push->check_seq != 0 ? 1 : window - push->sent_seq;
        uint64_t count_max = last - push->sent_seq < room ? last - push->sent_seq : room;
        struct kept_run run = kept_run_from(push->kept, push->sent_seq + 1, count_max);
        if (run.count == 0)
            return 0;
        int status = send_run(push, &run);
        if (status != 0)
            return status == SOCKET_E_AGAIN ? 0 : status;
    }
    return 0;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void take_refused(struct push *push, struct slice refused_bytes)
{
    struct refused_text refused;
    while (refused_next(&refused_bytes, &refused)) {
        if (refused.seq == push->check_seq) {
            push->is_conflict = slice_is_equal(refused.code, SLICE("conflict"));
            continue;
        }
        if (refused.seq <= push->refused_seq_max)
            continue; /* told when it was answered first */
        push->refused_seq_max = refused.seq;
        push->counts.refused++;
        const struct push_refused told = {
            .seq = refused.seq,
            .row = kept_row(push->kept, refused.seq),
            .code = refused.code,
            .field = refused.field,
            .text = refused.text,
        };
        if (push->options.refused != NULL)
            push->options.refused(push->options.ctx, &told);
    }
}

/* How much a refusal of a whole message weighs: some will never pass, however often it is tried;
 * others pass by themselves (rules are not imported yet, the disk is full). */
static uint32_t weigh(struct slice code)
{
    if (slice_is_equal(code, SLICE("foreign_source")))
        return PUSH_ERRORS_MAX;
    return slice_is_equal(code, SLICE("malformed")) || slice_is_equal(code, SLICE("too_long"));
}

static void take_error(struct push *push, const struct refused_text *error)
{
    char said[TEXT_BYTES];
    (void)snprintf(said, sizeof said, "%.*s: %.*s", (int)error->code.count,
                   error->code.count == 0 ? "" : error->code.start, (int)error->text.count,
                   error->text.count == 0 ? "" : error->text.start);
    if (strcmp(said, push->error) != 0)
        log_warn("push the engine takes nothing of this source, trying on: source=%s said=\"%s\"",
                 push->source, said);
    memcpy(push->error, said, sizeof said);
    push->errors += weigh(error->code);
    push->retry_ms = push->retry_ms * 2 < RETRY_MS_MAX ? push->retry_ms * 2 : RETRY_MS_MAX;
    go_away(push, push->retry_ms);
}

static void take_committed(struct push *push, uint64_t committed)
{
    if (committed > push->committed) { /* it goes on: whatever was wrong has passed */
        push->errors = 0;
        push->error[0] = '\0';
        push->retry_ms = RETRY_MS;
    }
    push->committed = committed;
    if (push->sent_seq < committed)
        push->sent_seq = committed;
    kept_release(push->kept, committed, &push->safe);
}

/* The answer to a hello says where to go on. */
static void take_greeting(struct push *push, uint64_t committed)
{
    push->state = OPEN;
    push->counts.greetings++;
    if (push->is_restart) {
        push->committed = committed;
        return;
    }
    if (committed + 1 < kept_first_seq(push->kept)) {
        push->is_behind = true;
        return;
    }
    push->sent_seq = committed;
    push->check_seq = 0;
    take_committed(push, committed);
}

static void take_answer(struct push *push, const struct answer *answer, struct slice refused)
{
    if (!slice_is_equal(answer->source, slice_of(push->source)))
        return; /* of an earlier life of this address */
    push->heard_at_ms = clock_monotonic_ms();
    push->credit = answer->credit;
    if (push->state == GREETING) {
        take_greeting(push, answer->committed);
        return;
    }
    if (answer->committed < push->committed) {
        go_away(push, 0); /* it has begun anew with less: ask where to go on */
        return;
    }
    take_refused(push, refused);
    push->check_seq = 0;
    take_committed(push, answer->committed);
}

static void take_frame(struct push *push, struct slice frame)
{
    struct answer answer;
    struct slice refused;
    struct refused_text error;
    if (answer_decode(frame, &answer, &refused, &error) != REFUSAL_NONE) {
        log_warn("push dropped an answer that cannot be decoded, going on: source=%s bytes=%zu",
                 push->source, frame.count);
        return;
    }
    if (answer.is_error)
        take_error(push, &error);
    else
        take_answer(push, &answer, refused);
}

static int receive_all(struct push *push, int wait_ms)
{
    while (push->socket != NULL) {
        struct received received = {0};
        int status = socket_receive_wait(push->socket, wait_ms, &received);
        if (status == SOCKET_E_AGAIN)
            return 0;
        if (status == SOCKET_E_TOO_MANY)
            continue;
        if (status != 0)
            return status;
        if (received.count > 0)
            take_frame(push, received.frames[received.count - 1]);
        received_clear(&received);
        wait_ms = 0;
    }
    return 0;
}

/* ---- the loop's one step --------------------------------------------------------------------- */

static int connect_again(struct push *push, int wait_ms)
{
    int64_t left_ms = push->retry_at_ms - clock_monotonic_ms();
    if (left_ms > 0) {
        (void)poll(NULL, 0, left_ms < wait_ms ? (int)left_ms : wait_ms); /* only to wait */
        return 0;
    }
    int status = open_socket(push);
    return status != 0 ? status : say_hello(push);
}

static bool is_overdue(const struct push *push)
{
    bool is_checking = push->check_seq != 0 && push->sent_seq >= push->check_seq;
    bool is_owed = push->state == GREETING || is_checking || push->sent_seq > push->committed;
    return is_owed && clock_monotonic_ms() - push->heard_at_ms > push->options.answer_wait_ms;
}

static int outcome(struct push *push)
{
    if (push->is_conflict)
        return PUSH_E_CONFLICT;
    if (push->errors >= PUSH_ERRORS_MAX)
        return PUSH_E_REJECTED;
    return push->is_behind ? PUSH_E_BEHIND : 0;
}

int push_work(struct push *push, bool flush, int wait_ms)
{
    int status = 0;
    if (push->state == AWAY)
        status = connect_again(push, wait_ms);
    if (status == 0 && push->state == OPEN)
        status = send_runs(push, flush);
    if (status == 0 && push->state != AWAY)
        status = receive_all(push, wait_ms);
    if (status == 0 && push->state == OPEN && !push->is_conflict)
        status = send_runs(push, flush);
    if (status != 0)
        return status;
    if (push->state != AWAY && is_overdue(push)) {
        push->check_seq = 0; /* an engine that says nothing to it will not say more the next time */
        go_away(push, push->state == GREETING ? push->retry_ms : 0);
        push->retry_ms = push->retry_ms * 2 < RETRY_MS_MAX ? push->retry_ms * 2 : RETRY_MS_MAX;
    }
    return outcome(push);
}

int push_begin(struct push *push, int wait_ms, uint64_t *committed_out)
{
    if (!push->is_restart) {
        push->is_restart = true;
        push->is_behind = false;
        push->check_seq = 0;
        push->sent_seq = push->committed; /* nothing is owed */
        push->retry_ms = RETRY_MS;
        kept_clear(push->kept, 1);
        go_away(push, 0);
    }
    int status = push_work(push, false, wait_ms);
    if (status == 0 && push->state != OPEN)
        return PUSH_E_WAIT;
    if (status != 0)
        return status;
    push->is_restart = false;
    *committed_out = push->committed;
    return 0;
}

void push_start(struct push *push, const struct place *place, bool is_checked)
{
    kept_clear(push->kept, place->seq + 1);
    push->safe = *place;
    push->sent_seq = push->committed;
    push->check_seq = is_checked && place->seq < push->committed ? push->committed : 0;
    if (push->check_seq != 0)
        push->sent_seq = push->check_seq - 1;
}

int push_add(struct push *push, const struct item *item)
{
    uint64_t seq = kept_next_seq(push->kept);
    bool is_known = seq <= push->committed && seq != push->check_seq;
    if (is_known && kept_first_seq(push->kept) == seq) {
        kept_skip(push->kept);
        push->counts.known++;
        push->counts.added++;
        if (item->ends_row) {
            push->safe = item->after;
            push->safe.seq = seq;
        }
        return 0;
    }
    int status = kept_add(push->kept, item);
    if (status == KEPT_E_FULL)
        return PUSH_E_FULL;
    if (status == 0)
        push->counts.added++;
    if (status == 0 && seq <= push->committed)
        push->counts.known++;
    return status;
}

bool push_tick(struct push *push, struct instant at)
{
    if (push->state != OPEN || push->committed + 1 < kept_next_seq(push->kept))
        return false;
    push->message.count = 0;
    return encode_tick(&push->message, slice_of(push->source), at) == 0 && send_message(push) == 0;
}

void push_sync(struct push *push)
{
    if (push->state == OPEN && say_hello(push) != 0)
        go_away(push, 0);
}

bool push_is_synced(const struct push *push)
{
    return push->state == OPEN;
}

bool push_has_batch(const struct push *push)
{
    return push->state == OPEN && push->check_seq == 0 &&
           push->sent_seq < kept_full_seq(push->kept) &&
           push->sent_seq < push->committed + push->credit;
}

uint64_t push_committed(const struct push *push)
{
    return push->committed;
}

uint64_t push_last_seq(const struct push *push)
{
    return kept_next_seq(push->kept) - 1;
}

bool push_is_connected(const struct push *push)
{
    return push->state == OPEN;
}

struct place push_safe(const struct push *push)
{
    return push->safe;
}

struct push_counts push_counts(const struct push *push)
{
    return push->counts;
}

const char *push_error(const struct push *push)
{
    return push->error;
}
