/* core.h - the heart: cases, their clocks, the deadlines of these, and the cards that follow.
 *
 * Layer: core. Pure: time is an argument, history and cards pass through two ports, memory comes
 * in segments up to the declared limits. The turn (engine/turn) calls it live; offline.h calls it
 * for replays, tests of rules and back-tests. Same core, same answers.
 *
 * The law of the house: the state after any sequence of events depends only on that sequence and
 * on the `now` of each call. An event in order is folded onto the case as it stands; a late or
 * corrected one makes the case be folded again from all its own events, and what cards there are
 * is then compared with what cards there should be.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "engine/cases/ports.h"
#include "rules/model/ruleset.h"

struct core_limits {
    uint32_t case_max;  /* 0: 16 million */
    uint32_t clock_max; /* 0: eight a case */
    bool is_stepping;   /* time between two calls passes step by step, as it does when events are
                           played back: a card is issued the millisecond after its instant */
    bool is_few;        /* no more memory is taken than both maxima need */
};

enum {
    CORE_E_FULL = 1,     /* case_max, clock_max or the room for names is reached */
    CORE_E_UNKNOWN_ITEM, /* the edition in force has a catalogue, and the item is not in it */
    CORE_E_UNKNOWN_CASE, /* what acts on a card, of a case of which no event has come */
    CORE_E_IMAGE,        /* the image is not of this build's form, or is damaged */
};

struct core;

/* core_create - an empty core without rules. Returns NULL if memory is short. */
MUST_USE struct core *core_create(const struct core_limits *limits, const struct core_ports *ports);
void core_destroy(struct core **core_p);

/* core_set_rules - from now on new cases are judged by this edition; those that are there keep
 * theirs. An edition is given once; the same number again, with the calendars of the same edition,
 * replaces nothing.
 *
 * Borrows: the ruleset, until core_destroy.
 * Returns: 0, -ENOMEM (-12).
 */
MUST_USE int core_set_rules(struct core *core, const struct ruleset *ruleset);

/* core_add_rules - an edition under which cases may come by core_move alone. The same otherwise. */
MUST_USE int core_add_rules(struct core *core, const struct ruleset *ruleset);

/* core_rules - the edition in force; NULL before the first. */
const struct ruleset *core_rules(const struct core *core);

/* core_edition - the editions there are, in the order in which they were given: index from 0. NULL:
 * no more. */
const struct ruleset *core_edition(const struct core *core, uint32_t index);

/* core_asks_attrs - does some edition look at the attrs of events? Then core_apply and the history
 * port have to bring them; else they may be left out. */
bool core_asks_attrs(const struct core *core);

/* core_advance - let time pass: every rung whose due instant lies before `now` is issued, in the
 * order of (instant, age of the case).
 *
 * now: not before that of any earlier call (asserted).
 */
void core_advance(struct core *core, struct instant now);

/* core_admit - find the event's case, or make it, and hook the event onto its chain.
 *
 * The first half of applying, apart from it because the journal has to know the previous event of
 * the case before the event is on disk. Must be followed by core_apply of the same event, in the
 * same order as the admits.
 * ref:          of this event.
 * source:       number of its source.
 * case_out:     handle for core_apply.
 * previous_out: the case's event before this one in the journal; place 0: it is the first.
 * Returns:      0; CORE_E_FULL, CORE_E_UNKNOWN_ITEM, CORE_E_UNKNOWN_CASE, and nothing has changed.
 */
MUST_USE int core_admit(struct core *core, const struct event *event, struct event_ref ref,
                        uint32_t source, uint32_t *case_out, struct event_ref *previous_out);

/* core_warm - events that will be admitted soon: their cases are brought near. No effect but time.
 * Worth it from a dozen events on. */
void core_warm(const struct core *core, const struct event *events, uint32_t count);

/* core_apply - judge the case with this event.
 *
 * is_correction: it replaces an earlier event of the same source and number.
 * now: as for core_advance, which need not have been called with it before.
 */
void core_apply(struct core *core, struct instant now, uint32_t case_index,
                const struct event *event, struct event_ref ref, bool is_correction);

/* core_hold, core_release - between the two, events are folded onto their cases but not judged: a
 * case of which accept and finish arrive together has no card in between. Release judges, in the
 * order in which the cases were first touched. Time must not pass in between.
 */
void core_hold(struct core *core);
void core_release(struct core *core);

/* core_has_held - is there something that a release would judge? */
bool core_has_held(const struct core *core);

/* core_move - cases come under another edition: they are folded again under it, and what cards
 * there are is compared with what cards there should be; the reasons say so. Only a case that is
 * open, or has a clock that runs, moves: what is closed is never touched.
 *
 * case_index:  from 1 to core_counts.cases.
 * edition:     the index of the edition it comes under, see core_edition.
 * Returns:     true when it has moved; false: it is closed, or under that edition already.
 * Must not be called between core_hold and core_release while anything is held.
 * Cost:        that of a late event of the case.
 */
bool core_move(struct core *core, struct instant now, uint32_t case_index, uint32_t edition);

/* core_bound - how many cases that could move are under each edition: counts[index], for the
 * editions there are. Cost: one pass over the cases. */
void core_bound(const struct core *core, uint32_t *counts);

/* core_next_deadline - no rung falls due before this instant; INSTANT_NEVER: none at all. It may
 * be too early (a clock that has stopped since), never too late. Cost: O(1). */
struct instant core_next_deadline(const struct core *core);

struct instant core_now(const struct core *core);
void core_count(const struct core *core, struct core_counts *counts_out);

/* core_digest - one number over the whole state but `now`: equal states, equal numbers. Cost: one
 * pass. */
uint64_t core_digest(const struct core *core);

/* ---- the image: the state as bytes, so that a restart need not replay history ------------------
 */

/* Writes bytes out; returns 0 or a negative errno, which ends the saving. */
typedef int (*core_write)(void *ctx, const void *bytes, size_t count);
/* Reads exactly count bytes; returns 0 or a negative errno. */
typedef int (*core_read)(void *ctx, void *bytes, size_t count);

/* core_save - the whole state. Cost: one pass, no allocation. Returns what write returned. */
MUST_USE int core_save(const struct core *core, core_write write, void *ctx);

/* core_load - into an empty core which has been given the same editions in the same order.
 * Returns: 0, CORE_E_IMAGE, a negative errno. After a failure only core_destroy may follow. */
MUST_USE int core_load(struct core *core, core_read read, void *ctx);

#endif
