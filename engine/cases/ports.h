/* ports.h - what the core and those who call it both speak of: the past of a case, the two ports,
 * the counts, the states of cases and clocks.
 *
 * Layer: cases. Others include engine/core/core.h.
 */
#ifndef CASES_PORTS_H
#define CASES_PORTS_H

#include "engine/model/card.h"
#include "engine/model/event.h"
#include "engine/model/stray.h"

/* Where the event stands in the journal: a number that rises with every event taken in. */
struct event_ref {
    uint64_t place; /* 0: none */
};

/* One event of a case's history, as the history port gives it back. */
struct past_event {
    struct event event; /* borrows until the core call that asked for it returns; its attrs, until
                           the port is asked again */
    struct event_ref ref;
    uint32_t source; /* number of the source */
    uint64_t seq;    /* the source's own number: a correction carries that of its original */
    struct instant arrived_at; /* the `now` with which it was applied */
    bool is_of_child; /* the core's own: it happened to a child of the case. The port says false */
};

struct core_ports {
    void *ctx;

    /* A card begins, changes, or ends. card->id and card->seq are still empty; all slices borrow
     * for the call. Called in the order in which the changes count. */
    void (*card)(void *ctx, const struct card *card);

    /* The events of one case, newest first, from `newest` back to its first. Writes at most
     * `room` of them and returns how many there are. A failure of the store cannot be judged
     * over: the port does not return then. */
    uint32_t (*history)(void *ctx, struct event_ref newest, struct past_event *past, uint32_t room);

    /* The id of a card, by which an event may name it. NULL: by its rule alone. */
    void (*card_id)(struct slice case_no, struct slice clock, uint32_t cycle, struct slice rung,
                    char id_out[CARD_ID_BYTES]);
};

struct core_counts {
    uint64_t events;
    uint64_t late_events; /* made a case be folded again */
    uint64_t moved_cases; /* came under another edition, each time counted */
    uint64_t cases;
    uint64_t cases_open;
    uint64_t clocks_running;
    uint64_t unjudgeable; /* clocks (and groups of cases) whose calendar does not reach: no card
                             can be told */
    uint64_t kindless;    /* rules for certain kinds of case that passed over a case whose kind is
                             not known: the edition has a catalogue, and the case is not in it */
    uint64_t unaddressed; /* cards for the supervisor of an org that has none: they are its own */
    uint64_t pending;     /* cards that wait for a supervisor */
    uint64_t overdue;     /* … longer than they may */
    uint64_t stray[STRAY_REASON_COUNT]; /* events without the effect they were sent for, as the
                                           cases stand: recorded, and told by explain_strays */
    uint64_t memory_bytes;
};

enum clock_state { CLOCK_RUNNING, CLOCK_STOPPED, CLOCK_CANCELLED, CLOCK_FACT };
enum case_state { CASE_OPEN, CASE_FINISHED, CASE_VOID };

#endif
