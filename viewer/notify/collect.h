/* collect.h - cards that came since the last digest, sorted by whom they concern.
 *
 * Layer: viewer/notify. In memory only: what is lost with it comes again on the feed, because the
 * position moves with the digest, not with the card. Called by main.c.
 */
#ifndef NOTIFY_COLLECT_H
#define NOTIFY_COLLECT_H

#include "viewer/notify/outbox.h"
#include "viewer/notify/recipients.h"

struct collect_counts {
    uint64_t cards;        /* that are worth a notice: raised, withdrawn, undecided */
    uint64_t no_recipient; /* of them: nobody is named for their organisation, nor for all */
    uint64_t notices;
};

struct collect;

/* collect_create - recipients: borrowed. is_zh: the language of who did not choose one. NULL if
 * memory is short. */
MUST_USE struct collect *collect_create(const struct recipients *recipients, bool is_zh);
void collect_destroy(struct collect **collect_p);

/* collect_take - one card of the feed. now_ms: monotonic. */
void collect_take(struct collect *collect, int64_t now_ms, uint64_t seq, const json_t *card);

/* collect_pass - nothing of the cards up to seq is to be told (a gap). */
void collect_pass(struct collect *collect, int64_t now_ms, uint64_t seq);

/* collect_forget - as if nothing had come. */
void collect_forget(struct collect *collect);

/* collect_is_due - the window since the first of them is over, or there are card_max. */
bool collect_is_due(const struct collect *collect, int64_t now_ms, int64_t window_ms,
                    size_t card_max);

/* collect_hand_over - all of it to the outbox, one notice a destination; then it is empty.
 * created_ms: the wall clock. Returns: 0 or a negative errno: nothing was handed over. */
MUST_USE int collect_hand_over(struct collect *collect, struct outbox *outbox, int64_t created_ms);

struct collect_counts collect_counts(const struct collect *collect);

#endif
