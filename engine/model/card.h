/* card.h - one card: that at an instant a case passed a rung of a rule.
 *
 * Pure. The names are the contract of the feed, of the ledger and of every page (one line of
 * JSON each, engine/wire/card_json.h). All slices borrow.
 */
#ifndef MODEL_CARD_H
#define MODEL_CARD_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"
#include "engine/model/term.h"

enum card_state {
    CARD_PENDING,    /* 待发: waits for a supervisor to release it */
    CARD_ISSUED,     /* 已发 */
    CARD_SUPERSEDED, /* a higher card of the same clock took its place */
    CARD_APPEALED,
    CARD_WITHDRAWN, /* 撤销: late truth showed that it should not have been */
    CARD_DISMISSED, /* 摘牌 */
    CARD_CLOSED,    /* 销号 */
    CARD_STATE_COUNT,
    CARD_NONE = CARD_STATE_COUNT /* before the first: there was no card */
};

extern const char *const card_state_name[CARD_STATE_COUNT];
extern const char *const card_state_zh[CARD_STATE_COUNT];

enum { CARD_ID_BYTES = 33 }; /* 32 hexadecimal digits and the end mark */

/* One record of the feed: the card as it stands after this change. */
struct card {
    char id[CARD_ID_BYTES]; /* the same on every recomputation: see card_id in card_json.h */
    struct slice case_no;
    struct slice item;
    struct slice org;
    struct slice area;
    struct slice step;
    struct slice handler;   /* of its org; empty: of a card of another org than the case's */
    struct slice about_org; /* the case's org, where the card is another's; empty: it is its own */
    struct slice level;     /* "warn", "yellow", "red", or what the rule set names */
    struct slice rule;
    uint32_t rule_version;
    struct slice clock; /* the rule's name, with "/step" where it has a clock per step */
    uint32_t cycle;     /* 0: the first run of the clock */
    struct slice rung;
    struct instant due_at;    /* the instant after which the rung holds */
    struct instant issued_at; /* the engine's now when it was judged */
    int64_t late_ms;          /* issued_at - due_at */
    struct instant until;     /* of a pending one: when it should be decided on; INSTANT_NEVER */
    enum card_state before;   /* in which it was; CARD_NONE: this is its first record */
    enum card_state state;
    struct slice limit;  /* as written: "7 workday"; across cases "> 1%", "20" */
    struct slice used;   /* of the limit when the rung began to hold: "7 workday"; "7/350", "23" */
    struct slice over;   /* past the limit at due_at: "0 workday"; empty before the limit */
    uint64_t seq;        /* place in the feed, from 1, no gaps */
    struct slice reason; /* why it was issued late, changed or withdrawn; empty: in its time */
    bool is_shadow;      /* recorded, never public */
    bool is_unreleased;  /* it waits for a supervisor, or was taken back before he released it: the
                            public was not told of it, and is not told of this */
    bool is_provisional; /* computed beyond the calendar's horizon */
    int32_t offset_s;    /* of local time at due_at, by the calendar that counted: for display */
    uint32_t edition;    /* of the rule store */
};

#endif
