/* event.h - one step of one case, as its source saw it.
 *
 * Pure. Every decoder (engine/wire) makes this struct, the core consumes it. All slices borrow
 * from whatever was decoded.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"
#include "engine/model/term.h"

enum event_kind {
    EVENT_NONE, /* no kind: never valid */
#define KIND(name, NAME, en, zh) EVENT_##NAME,
#include "engine/model/kinds.def"
#undef KIND
    EVENT_KIND_COUNT
};

/* The kinds before this one act on the case: its clocks, its pauses, what is counted of it. Those
 * from it on act on the card that they name, and on nothing else. */
enum { EVENT_OF_CASE_COUNT = EVENT_RELEASE };

static inline bool event_is_of_card(enum event_kind kind)
{
    return (int)kind >= (int)EVENT_OF_CASE_COUNT;
}

/* "accept" and so on, in the order of enum event_kind; "" for EVENT_NONE. */
extern const char *const event_kind_name[EVENT_KIND_COUNT];
extern const char *const event_kind_zh[EVENT_KIND_COUNT];

/* event_kind_find - EVENT_NONE when there is no such kind. Cost: a few compares, no loop over all.
 */
enum event_kind event_kind_find(struct slice name);

/* Most bytes of each text field; a longer one is refused, never cut. */
enum {
    EVENT_CASE_BYTES_MAX = 64,
    EVENT_CODE_BYTES_MAX = 64, /* item, step, org, area, handler, result */
    EVENT_SOURCE_BYTES_MAX = 64,
    EVENT_CARD_BYTES_MAX = 160,
    EVENT_REASON_BYTES_MAX = 1024,
    EVENT_ATTRS_BYTES_MAX = 2048, /* as JSON text */
};

/* No amount of money: fee_due, fee_paid not given. */
#define EVENT_FEE_NONE INT64_MIN

struct event {
    struct slice case_no;
    enum event_kind kind;
    struct instant at;         /* when it happened */
    struct instant entered_at; /* when it was typed in; INSTANT_NONE: not given */
    struct slice item;
    struct slice step;
    struct slice org;
    struct slice area;
    struct slice handler;
    struct slice result;
    struct slice reason;
    struct term term;      /* of a pause, an extension, a supervision order */
    struct term limit;     /* a limit the source itself sets for this case */
    struct instant due_at; /* … or its instant; INSTANT_NONE: not given */
    struct slice parent;   /* the joint case this one belongs to */
    struct slice card;     /* the card it acts on: its id, or "red of my-rule" */
    int64_t fee_due;       /* in hundredths (分); EVENT_FEE_NONE: not given */
    int64_t fee_paid;
    int32_t rating;     /* 1 to 5; 0: not given */
    struct slice attrs; /* a JSON object as text, canonical (keys sorted); empty: none */
    uint32_t version;   /* 0: the first; a re-sent, corrected event carries a higher one */
};

/* event_attr - the value of one of the event's attrs.
 *
 * room_io, room_bytes_io: where a value with escapes is written without them; moved on behind it.
 * value_out: borrows from the event's attrs, or from the room.
 * Returns: false when it has no such attr, or the room is too small.
 */
bool event_attr(const struct event *event, struct slice name, char **room_io, size_t *room_bytes_io,
                struct slice *value_out);

/* Why an event is refused; a word of the contract, see refusals.def. */
enum refusal {
    REFUSAL_NONE,
#define REFUSAL(name, NAME, en, zh) REFUSAL_##NAME,
#include "engine/model/refusals.def"
#undef REFUSAL
    REFUSAL_COUNT
};

extern const char *const refusal_name[REFUSAL_COUNT];
extern const char *const refusal_en[REFUSAL_COUNT];
extern const char *const refusal_zh[REFUSAL_COUNT];

/* event_check - the rules that hold for every event of every source, before any rule is asked.
 *
 * now:       the engine's now; an event more than a day ahead of it is refused.
 *            INSTANT_NONE: the future is not looked at (offline, before a clock is known).
 * field_out: the name of the offending field, static text; touched only when refused.
 * Returns:   REFUSAL_NONE or the first reason found.
 */
enum refusal event_check(const struct event *event, struct instant now, const char **field_out);

#endif
