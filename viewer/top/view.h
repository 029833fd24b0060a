/* view.h - where the reader is: which pane has the keys, what is chosen, what lies on top.
 *
 * Layer: viewer/top. Changed by keys (keys.c), read by the drawing (panes.c), which writes back
 * only what it alone can know: how many rows there are and how many fit.
 */
#ifndef TOP_VIEW_H
#define TOP_VIEW_H

#include "viewer/top/hall.h"
#include "viewer/top/screen.h"

enum pane { PANE_CARDS, PANE_ORGS, PANE_DUE, PANE_SOURCES, PANE_COUNT };

/* The rows of one pane: which is chosen, which is the first that is seen. */
struct rows {
    int chosen;
    int top;
    int count;
    int page; /* how many fit */
};

enum overlay { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_ANSWER };

enum { FILTER_BYTES = 128, ASKED_BYTES = 128 };

struct view {
    enum pane focus;
    struct rows rows[PANE_COUNT];
    uint64_t chosen_seq; /* of the card the keys are on; 0: whichever is the newest */
    char filter[FILTER_BYTES];
    bool is_typing; /* the filter has the keys */

    enum overlay overlay;
    struct rows overlay_rows;
    char *answer; /* text of OVERLAY_ANSWER, owned; NULL: still asked for */
    bool is_case; /* what was asked about: a case, or a card */
    char asked[ASKED_BYTES];

    bool is_ended;
};

void view_clear(struct view *view);

/* view_answer - what came. answer: borrowed; NULL: nothing came in time. */
void view_answer(struct view *view, const json_t *answer);

/* view_key - what a key does. Returns a request to be sent (owned by the caller), or NULL. */
json_t *view_key(struct view *view, const struct hall *hall, enum key key, const char *typed);

/* view_cards - which cards pass the filter: backs_out[i] is how far behind the newest the i-th is.
 * Puts the choice where the chosen card now is. Returns how many. */
int view_cards(struct view *view, const struct hall *hall, uint32_t backs_out[HALL_CARDS_MAX]);

/* rows_fit - bring chosen and top within count and page. */
void rows_fit(struct rows *rows, int count, int page);

#endif
