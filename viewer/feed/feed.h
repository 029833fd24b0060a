/* feed.h - the card feed as a viewer wants it: every card once, in order, and silence noticed.
 *
 * Layer: viewer/feed. Subscribes to the engine's XPUB, asks the query endpoint for what it missed
 * (at the start, after a cut, after a gap), and hands cards on strictly by seq. It owns no
 * thread and no loop: the caller polls feed_fds, or calls feed_wait.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"

#include <jansson.h>

struct feed_options {
    const char *feed_endpoint;
    const char *query_endpoint;
    uint64_t from_seq;   /* first card wanted; 0: only those to come */
    uint64_t last_count; /* with from_seq 0: so many of the newest that are there already, too */
    const char *ledger;  /* the one that from_seq counts in, see feed_ledger; NULL: whichever */
    bool with_shadow;    /* cards of shadow rules too */
    int64_t blind_ms;    /* no pulse for so long: blind. 0: 5000 */
};

/* The ledger is not the one whose cards were handed on. */
struct feed_change {
    enum feed_change_kind {
        FEED_OTHER_LEDGER,   /* of another name */
        FEED_LEDGER_SHORTER, /* an older copy of it: it ends below what was seen */
        FEED_LEDGER_FORKED,  /* an older copy that went on: a number has another card now */
    } kind;
    const char *name; /* of the ledger that is there now, as feed_ledger; empty: not told */
    uint64_t seen;    /* the last seq of the one before */
    uint64_t head;    /* the last seq of the one that is there now */
    uint64_t forked;  /* FEED_LEDGER_FORKED: a seq that has another card */
};

enum { FEED_CHANGE_BYTES = 192 };

/* feed_change_text - as a person is told of it. Returns text. */
const char *feed_change_text(const struct feed_change *change, char text[FEED_CHANGE_BYTES]);

/* What a viewer does with what comes. Any of them may be NULL. Text and json are borrowed for the
 * call (json_incref to keep). */
struct feed_events {
    void *ctx;
    /* a card, each seq once, rising by one; line: its JSON text as it came */
    void (*card)(void *ctx, uint64_t seq, struct slice line, const json_t *card);
    /* a pulse (README of engine/wire) */
    void (*pulse)(void *ctx, const json_t *pulse);
    /* seqs from … to are no longer kept by the engine: told, not hidden */
    void (*gap)(void *ctx, uint64_t from, uint64_t to);
    /* sight lost (no pulse for blind_ms, or cards known to exist cannot be got for as long) or
     * back. The first call, within blind_ms of feed_open, says how it begins. since: when the last
     * pulse came (wall clock); before the first one, when the feed was opened. */
    void (*sight)(void *ctx, bool is_blind, struct instant since);
    /* another ledger, or an older copy, has taken the place of the one that was seen: its cards
     * are handed on from the first (with last_count: from the newest so many); know a card by its
     * id. An engine that only started again is none of that. */
    void (*changed)(void *ctx, const struct feed_change *change);
};

struct feed;

MUST_USE int feed_open(const struct feed_options *options, const struct feed_events *events,
                       struct feed **feed_out);
void feed_close(struct feed **feed_p);

/* feed_fds - the file descriptors to watch for readability (call feed_turn after every wake and at
 * least every 200 ms). They stay the same until feed_close. Returns how many were written (at
 * most 2). */
int feed_fds(const struct feed *feed, int fds[2]);

/* feed_turn - take in all that is there and call the events. Never blocks.
 * Returns 0 or a negative errno. */
MUST_USE int feed_turn(struct feed *feed);

/* feed_wait - feed_turn after waiting at most wait_ms for something to come. */
MUST_USE int feed_wait(struct feed *feed, int wait_ms);

/* feed_head_seq - everything up to this seq was handed on, or was not asked for (shadow cards,
 * cards before the feed was opened with from_seq 0), or was told as a gap; 0: not known yet. What a
 * viewer stores as its position; it goes on with from_seq = this + 1. */
uint64_t feed_head_seq(const struct feed *feed);

/* feed_ledger - the name of the ledger that feed_head_seq counts in; empty: not known yet. What a
 * viewer stores beside its position. Lives as long as the feed. */
const char *feed_ledger(const struct feed *feed);

/* ask - one query and its answer (engine/wire/README.md), blocking up to wait_ms.
 *
 * request:  stolen (json_decref'd).
 * Returns:  0 and *answer_out, owned by the caller; -ETIMEDOUT; another negative errno. An answer
 *           with "ok": false is an answer: the caller looks at it.
 */
MUST_USE int ask(const char *query_endpoint, json_t *request, int wait_ms, json_t **answer_out);

#endif
