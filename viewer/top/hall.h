/* hall.h - what the screen knows: the newest cards, the last pulse, the answers to its queries.
 *
 * Layer: viewer/top. Knows nothing of terminals. Everything is taken in as it comes and shown as
 * it is: only "today" is counted here, by the engine's own day.
 */
#ifndef TOP_HALL_H
#define TOP_HALL_H

#include "viewer/feed/card_view.h"

enum { HALL_CARDS_MAX = 5000, HALL_ORGS_MAX = 2000, HALL_NOTICE_BYTES = 192 };

struct org_row {
    const char *name; /* borrows from counts */
    int64_t open;     /* -1: not told */
    int64_t cards[LEVEL_COUNT];
};

struct hall {
    json_t *cards[HALL_CARDS_MAX]; /* a ring */
    uint32_t first;
    uint32_t count;

    int32_t today; /* the engine's day */
    int64_t today_cards[LEVEL_COUNT];
    bool has_all_of_today; /* false: it began before the oldest card we were given */

    json_t *pulse; /* NULL: none yet */
    double events_per_s;
    int64_t pulse_events;
    int64_t pulse_ms; /* monotonic */

    bool is_blind;
    bool has_sight; /* it was told either way */
    struct instant blind_since;

    json_t *counts;
    struct org_row orgs[HALL_ORGS_MAX];
    uint32_t org_count;
    bool has_new_cards;   /* since the orgs were ranked */
    bool is_counted_here; /* the engine told no cards by org: they are counted from those we have */
    json_t *due;          /* array */

    char notice[HALL_NOTICE_BYTES]; /* a gap, another ledger */
};

void hall_clear(struct hall *hall);

/* hall_forget_cards - those that come now are another ledger's. */
void hall_forget_cards(struct hall *hall);

void hall_card(struct hall *hall, uint64_t seq, const json_t *card);
void hall_pulse(struct hall *hall, const json_t *pulse, int64_t now_ms);
/* hall_counts, hall_due - an answer to `counts` by org, to `due`. Borrowed. */
void hall_counts(struct hall *hall, const json_t *answer);
void hall_due(struct hall *hall, const json_t *answer);

/* hall_rank - the orgs in order, with all cards that have come. Before each drawing. */
void hall_rank(struct hall *hall);

/* hall_newest - the card that is `back` before the newest. back: below count. */
const json_t *hall_newest(const struct hall *hall, uint32_t back);

/* hall_now - the engine's clock at its last pulse. */
struct moment hall_now(const struct hall *hall);

/* hall_is_match - does the card's case or org have the words? "" matches all. */
bool hall_is_match(const json_t *card, const char *words);

#endif
