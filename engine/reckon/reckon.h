/* reckon.h - when does a rung of a clock hold? All arithmetic of limits, pauses, extensions.
 *
 * Layer: reckon. Inside the core. A reckoning is made for one clock as it stands, asked, and
 * forgotten.
 *
 * On its axis a limit is a length laid from the start. A pause is a piece of the axis left out:
 * the target moves on by that piece if the pause began before the target was reached. A pause that
 * is open and has no term holds everything behind it: those rungs have no instant for now.
 */
#ifndef RECKON_RECKON_H
#define RECKON_RECKON_H

#include "engine/cases/state.h"

/* A stretch that is not counted. */
struct stretch {
    int64_t from_ms;
    int64_t to_ms;   /* INT64_MAX: open */
    bool is_day_end; /* it ends with a counted day: to_ms is the next midnight */
};

struct reckoning {
    const struct core *core;
    const struct core_case *kase;
    const struct core_clock *clock;
    const struct rule *rule;
    const struct calendar *calendar;
    const struct limit_set *limits;
    const struct clock_more *more; /* NULL: none */
    struct instant from;           /* what the start counts from */
    bool is_judgeable;             /* false: the calendar does not reach */
    bool is_provisional;           /* something asked lay beyond the horizon */
    bool is_told_by_events;        /* a card that follows another does not ask whether that was
                                      issued; false unless the caller says so */
    uint32_t stretch_count;
    struct stretch stretches[2 * PAUSE_MAX];
};

/* A limit on such a line ends with a whole day. */
static inline bool is_day_axis(enum axis axis)
{
    return axis == AXIS_CIVIL_DAY || axis == AXIS_WORKDAY_RANK;
}

/* stretch_end - where it ends, for a line: the midnight that a counted day ends at already lies on
 * the next day, one millisecond before it still on the day. Only a line of whole days can tell. */
static inline int64_t stretch_end(const struct stretch *stretch, enum axis axis)
{
    return stretch->to_ms - (stretch->is_day_end && is_day_axis(axis) ? 1 : 0);
}

/* reckon_stretches - fill in what the clock leaves out. Part of reckon_init. */
void reckon_stretches(struct reckoning *reckoning);

/* reckon_init - look at a clock. Borrows: everything, until the core changes. */
void reckon_init(struct reckoning *reckoning, const struct core *core, const struct core_case *kase,
                 const struct core_clock *clock);

/* reckon_init_alike - the same, with `rule` the first of those alike: for who does not ask for its
 * name. */
void reckon_init_alike(struct reckoning *reckoning, const struct core *core,
                       const struct core_case *kase, const struct core_clock *clock);

/* reckon_limit - the instant after which a limit is over. INSTANT_NONE: there is no such limit (or
 * it is not judgeable); INSTANT_NEVER: held by an open pause. */
struct instant reckon_limit(struct reckoning *reckoning, uint32_t limit);

/* reckon_rung - the instant after which a rung holds; as above. */
struct instant reckon_rung(struct reckoning *reckoning, uint32_t rung);

/* reckon_used - how much of a limit's line is used at an instant, in tenths of its unit, and of
 * what unit; added: what extensions made the limit longer by. Returns false when there is no such
 * line. */
bool reckon_used(struct reckoning *reckoning, uint32_t limit, struct instant at,
                 int64_t *tenths_out, int64_t *added_out, enum unit *unit_out);

/* reckon_extension - how far an extension by `term` moves a limit, on the limit's axis; 0: none. */
int64_t reckon_extension(struct reckoning *reckoning, uint32_t limit, struct term term);

/* reckon_pause - what one pause leaves out of this clock, as far as its term goes and it lasted. */
struct stretch reckon_pause(const struct reckoning *reckoning, const struct core_pause *pause);

#endif
