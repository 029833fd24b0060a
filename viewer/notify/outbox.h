/* outbox.h - what is to be sent, on disk before it is sent; and how far the feed has been read.
 *
 * Layer: viewer/notify. An append-only file of lines, "<checksum> <JSON>"; each checksum covers the
 * line before it too, so that a hole is seen. One record both moves the position and intends the
 * notices that came of it: a kill in between is not possible. A notice that is intended and
 * neither sent nor given up is sent again after a restart, under the same id: the receiver tells a
 * second copy by that id. The file is written anew when it has grown and at every start.
 */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H

#include "viewer/notify/recipients.h"

#include <jansson.h>

enum { NOTICE_ID_BYTES = 33 };

enum {
    OUTBOX_E_DAMAGED = 1, /* not at its end, where a kill leaves half a line: somebody's hand */
    OUTBOX_E_IN_USE,      /* another cardwatch view notify holds it */
};

/* One message to one destination, as it was intended. */
struct notice {
    struct notice *next;
    struct notice *previous;
    char id[NOTICE_ID_BYTES]; /* the same for the same cards to the same destination */
    enum channel channel;
    bool is_zh;
    const char *to;
    const char *name;
    int64_t created_ms;
    const json_t *cards; /* array, in the order of the feed */
    json_t *record;      /* what all of the above borrow from */

    /* for who sends it */
    bool is_under_way;
    uint32_t tries;
    int64_t next_try_ms; /* monotonic */
    void *route;
};

struct outbox;

/* outbox_open - take the file (it need not exist) and read what is in it.
 *
 * Returns: 0, OUTBOX_E_DAMAGED, OUTBOX_E_IN_USE, or a negative errno; all logged.
 */
MUST_USE int outbox_open(const char *path, struct outbox **outbox_out);
void outbox_close(struct outbox **outbox_p);

/* outbox_position - all cards up to this seq have been dealt with. has_position: there is one. */
uint64_t outbox_position(const struct outbox *outbox);
bool outbox_has_position(const struct outbox *outbox);

/* outbox_ledger - the ledger that the position counts in, as feed_ledger names it; empty: it is not
 * known. outbox_set_ledger: on disk with the next position. */
const char *outbox_ledger(const struct outbox *outbox);
void outbox_set_ledger(struct outbox *outbox, const char *ledger);

/* notice_json - one notice for outbox_intend: {"id", "channel", "to", "name", "lang", "cards"},
 * where cards are the seqs of the cards that it tells of. NULL if memory is short. */
MUST_USE json_t *notice_json(const struct destination *destination, bool is_zh,
                             const json_t *cards);

/* outbox_intend - on disk when this returns: position, and the notices that came of the cards up
 * to it. cards: array of the cards; notices: array of notice_json. Both are stolen; both may be
 * empty. Returns: 0 or a negative errno, logged: nothing was changed then. */
MUST_USE int outbox_intend(struct outbox *outbox, uint64_t position, int64_t created_ms,
                           json_t *cards, json_t *notices);

/* outbox_first - the oldest notice that is neither sent nor given up; go on with ->next. */
struct notice *outbox_first(struct outbox *outbox);
size_t outbox_count(const struct outbox *outbox);

/* outbox_settle - on disk when this returns: it is sent (or, for good, not). The notice is gone.
 * text: what the other side said. Returns: 0 or a negative errno, logged. */
MUST_USE int outbox_settle(struct outbox *outbox, struct notice *notice, bool is_sent, long code,
                           const char *text);

#endif
