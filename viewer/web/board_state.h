/* board_state.h - the inside of a board: shared by board.c, which changes it, and board_text.c,
 * which writes it down. Nobody else includes this.
 */
#ifndef WEB_BOARD_STATE_H
#define WEB_BOARD_STATE_H

#include "viewer/web/bars.h"
#include "viewer/web/board.h"
#include "viewer/web/known.h"

enum {
    BOARD_NAME_BYTES = 97, /* of an organisation or a level, with its end mark */
    BOARD_ORG_PLACES = 8192,
};

static_assert((int)BOARD_LEVELS_MAX == (int)BARS_LEVELS_MAX, "one row of levels everywhere");
static_assert(BOARD_ORG_PLACES >= 2 * BOARD_ORGS_MAX, "probes stay short");

struct board_org {
    char name[BOARD_NAME_BYTES];
    int64_t standing[BOARD_LEVELS_MAX];
    int64_t raised;
};

struct board {
    struct board_options options;
    struct known *known;
    bool is_estimate; /* more cards than known may hold */

    uint8_t level_count;
    char levels[BOARD_LEVELS_MAX][BOARD_NAME_BYTES];
    int64_t standing[BOARD_LEVELS_MAX];
    int64_t raised[BOARD_LEVELS_MAX];
    int64_t withdrawn;

    uint16_t org_count; /* the last place stands for all that had none */
    struct board_org orgs[BOARD_ORGS_MAX];
    uint16_t org_places[BOARD_ORG_PLACES]; /* index + 1; 0: empty */

    struct bars hours;
    struct bars days;

    uint64_t place;
    char *ring[BOARD_RING_CARDS];

    json_t *pulse;    /* the last one; NULL: none yet */
    int32_t offset_s; /* of the engine's stamps from UTC */
    uint64_t have_seq;
    uint64_t missed; /* cards the engine no longer keeps */
    bool is_blind;
    struct instant blind_since;
};

/* board_card_text - what everybody may see of a card, as JSON. NULL if memory is short. */
MUST_USE char *board_card_text(const struct board *board, uint64_t seq, const json_t *card);

#endif
