/* board.h - what a wall shows, kept from the feed from card 1: counts by level and organisation,
 * cards per hour and per day, the last cards, the sources and the engine's clock.
 *
 * Layer: viewer/web. It knows no socket and no clock. What it hands out is for everybody's eyes:
 * handlers and reasons never enter it, a case number is its last four characters, a pending card
 * (待发) does not exist. Memory is bounded; what does not fit is counted and told.
 */
#ifndef WEB_BOARD_H
#define WEB_BOARD_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"

#include <jansson.h>

enum {
    BOARD_LEVELS_MAX = 8,
    BOARD_ORGS_MAX = 4096,     /* further ones are counted together */
    BOARD_RING_CARDS = 256,    /* the last cards, kept as text */
    BOARD_SNAPSHOT_CARDS = 30, /* of them a snapshot shows */
    BOARD_RANKING_ORGS = 12,
    BOARD_SOURCES_MAX = 32,
    BOARD_HOURS = 24,
    BOARD_DAYS = 30,
};

struct board_options {
    const char *title;    /* "" for none */
    const char *build;    /* of the page: another one makes browsers load it anew */
    bool with_whole_case; /* case numbers in full */
    size_t card_max;      /* cards whose state is known; beyond it counts are estimates */
};

struct board;

/* board_create - options: text is borrowed for the board's life. NULL if memory is short. */
MUST_USE struct board *board_create(const struct board_options *options);
void board_destroy(struct board **board_p);

/* board_forget - another ledger: everything counted so far is forgotten. board_place goes on. */
void board_forget(struct board *board);

/* board_take_card - one record of the feed. Returns true if it is one that a wall shows (raised,
 * withdrawn); it then has the next place in the ring. */
bool board_take_card(struct board *board, uint64_t seq, const json_t *card);

/* board_take_pulse - have_seq: the last seq that was handed on (feed_head_seq). */
void board_take_pulse(struct board *board, const json_t *pulse, uint64_t have_seq);
void board_take_gap(struct board *board, uint64_t from, uint64_t to);
void board_take_sight(struct board *board, bool is_blind, struct instant since);

/* board_place - the number of cards that ever had a place in the ring. */
uint64_t board_place(const struct board *board);

/* board_is_behind - the engine has cards that have not come yet: a replay is under way. */
bool board_is_behind(const struct board *board);
bool board_is_blind(const struct board *board);

/* Messages for a browser, JSON, as text the caller frees; NULL if memory is short.
 *
 * board_snapshot: all that a page needs to begin.
 * board_pulse:    the numbers, without the cards.
 * board_cards:    the cards with places after … board_place; the caller makes sure that they are
 *                 still in the ring (asserted).
 * board_sight:    whether the engine is in sight, and since when not.
 */
MUST_USE char *board_snapshot(const struct board *board);
MUST_USE char *board_pulse(const struct board *board);
MUST_USE char *board_cards(const struct board *board, uint64_t after);
MUST_USE char *board_sight(const struct board *board);

#endif
