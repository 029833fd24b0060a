/* ledger.h - is it still the ledger whose cards were handed on? Layer: viewer/feed, private to
 * feed.c.
 *
 * A number alone does not tell: an answer may be older than the cards that overtook it, and an
 * older copy that was put in the ledger's place may have grown beyond what was seen. What tells is
 * an answer to a question that was asked after the cards had come: by the ledger's name, by where
 * it ends, and by a card that was handed on and must still stand there. Until a doubt is settled
 * so, no card is handed on.
 */
#ifndef FEED_LEDGER_H
#define FEED_LEDGER_H

#include "viewer/feed/feed.h"

enum { LEDGER_NAME_BYTES = 128 };

/* Begin with {0}. */
struct ledger {
    char name[LEDGER_NAME_BYTES];  /* the pulse's `instance`; empty: not known */
    char began[LEDGER_NAME_BYTES]; /* when the engine was started, as its pulse tells it */
    uint32_t doubts;               /* raised so far */
    uint32_t settled;              /* the last of them that an answer has settled */
    json_t *last;                  /* the newest card handed on; NULL: none */
    json_t *proof;                 /* the newest at the last pulse: no later engine has issued it */
};

/* What was known when a question was asked. */
struct ledger_asked {
    uint64_t next; /* the first card not handed on yet */
    uint32_t doubts;
};

void ledger_clear(struct ledger *ledger);

/* ledger_card - this card was handed on; NULL: its number was passed over. */
void ledger_card(struct ledger *ledger, json_t *card);

/* ledger_pulse - raises a doubt when the pulse tells of another ledger, of an engine that was
 * started since, or ends below next. */
void ledger_pulse(struct ledger *ledger, const json_t *pulse, uint64_t next);

void ledger_doubt(struct ledger *ledger);
bool ledger_is_doubted(const struct ledger *ledger);

/* ledger_from - the card from which on to ask, so that the answer settles the doubt. */
uint64_t ledger_from(const struct ledger *ledger, uint64_t next);

/* ledger_judge - an answer to a question for cards, or for the status.
 *
 * Returns: true: it is another ledger, *change_out says how (its text borrows from the answer).
 */
bool ledger_judge(struct ledger *ledger, const struct ledger_asked *asked, const json_t *answer,
                  struct feed_change *change_out);

/* ledger_begin - from now on it is this one. name: empty: not told, the one before stays. */
void ledger_begin(struct ledger *ledger, const char *name);

#endif
