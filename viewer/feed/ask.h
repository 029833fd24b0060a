/* ask.h - one query at a time to the engine's query endpoint, without waiting for the answer.
 *
 * Layer: viewer/feed. For programs that must go on drawing or serving meanwhile; a program that
 * has nothing else to do calls ask (feed.h). The forms of queries and answers are in
 * engine/wire/README.md.
 */
#ifndef FEED_ASK_H
#define FEED_ASK_H

#include "engine/base/base.h"

#include <jansson.h>

enum {
    ASK_E_AGAIN = 1, /* ask_poll: no answer yet */
    ASK_E_IDLE,      /* ask_poll: nothing was asked */
    ASK_E_BUSY,      /* ask_start: the last query is still under way */
    ASK_E_TIMEOUT,   /* ask_poll: its time is over; the query is given up */
};

struct asker;

/* ask_open - connects (or begins to); an engine that is not there shows as ASK_E_TIMEOUT.
 *
 * wait_ms: how long a query may take; each that is given up doubles it for the next, up to eight
 *          times, until an answer has come: a busy engine is not asked in vain for ever.
 *
 * Owns:    the caller ends it with ask_close.
 */
MUST_USE int ask_open(const char *query_endpoint, int wait_ms, struct asker **asker_out);
void ask_close(struct asker **asker_p);

/* ask_start - send one query. request: stolen, also when nothing is sent.
 * Returns: 0, ASK_E_BUSY, or a negative errno. */
MUST_USE int ask_start(struct asker *asker, json_t *request);

/* ask_poll - is the answer there? Never blocks.
 * Returns: 0 and *answer_out, owned by the caller; ASK_E_AGAIN, ASK_E_IDLE, ASK_E_TIMEOUT; or a
 *          negative errno (-EBADMSG: an answer that is no JSON object). After all but ASK_E_AGAIN
 *          a new query may be started. */
MUST_USE int ask_poll(struct asker *asker, json_t **answer_out);

bool ask_is_busy(const struct asker *asker);

/* ask_fd - to watch for readability (edge-triggered: ask_poll after every wake and at least every
 * 200 ms). It changes after a query that was given up: ask for it before each sleep. */
int ask_fd(const struct asker *asker);

#endif
