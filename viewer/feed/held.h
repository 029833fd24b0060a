/* held.h - cards that came on the feed while earlier ones are still missing: one run without gaps,
 * kept until the missing ones are here. Layer: viewer/feed, private to feed.c.
 */
#ifndef FEED_HELD_H
#define FEED_HELD_H

#include "engine/base/slice.h"

#include <jansson.h>

/* What does not fit is asked for by number once more: nothing is lost by the bound. */
enum { HELD_CARDS_MAX = 4096 };

struct held_card {
    uint64_t seq;
    bool is_shadow;
    char *line;
    size_t line_bytes;
    json_t *card;
};

/* Begin with {0}. */
struct held {
    uint32_t first; /* index of the oldest */
    uint32_t count;
    struct held_card cards[HELD_CARDS_MAX];
};

/* held_append - keep a copy of line and a reference to card. A seq that does not follow the last
 * one kept begins a new run, and the old one is dropped; so does one for which there is no room.
 * Returns: 0, -ENOMEM. */
MUST_USE int held_append(struct held *held, uint64_t seq, bool is_shadow, struct slice line,
                         json_t *card);

/* held_take - the card with this seq, if it is the oldest; those below it are dropped. The caller
 * ends it with held_card_clear. */
MUST_USE bool held_take(struct held *held, uint64_t seq, struct held_card *card_out);

void held_card_clear(struct held_card *card);
void held_clear(struct held *held);

#endif
