/* explain.h - what the judged state answers when it is asked: cases, clocks and how they were
 * counted, cards that wait, groups of cases; which of its conditions a clock began under, and why a
 * rule has none.
 *
 * Layer: explain. Pure. Above the core, which knows nothing of it: receipts, listings, previews and
 * `cardwatch explain` are made of these answers. No question changes the core that is asked; a view
 * borrows from it until it changes.
 */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include "engine/core/core.h"
#include "engine/model/idle.h"

extern const char *const clock_state_name[4];
extern const char *const case_state_name[3];

struct case_view {
    uint32_t index;
    struct slice case_no;
    enum case_state state;
    struct slice item;
    struct slice org;
    struct slice area;
    struct slice handler;
    uint32_t edition;
    uint32_t calendars_edition; /* the same as edition, unless a calendar was published since */
    uint32_t edition_index;     /* see core_edition */
    uint32_t source;
    struct event_ref newest;
    struct instant next_at; /* the next instant at which something may hold; INSTANT_NEVER */
};

struct limit_view {
    struct slice name;
    struct term term;      /* UNIT_NONE: the source gave an instant */
    struct instant due_at; /* INSTANT_NEVER: not while it is paused; INSTANT_NONE: no such limit */
    bool is_provisional;
    bool is_set_by_source;
    int64_t extended; /* what extensions added, on the limit's axis */
};

enum rung_state { RUNG_WAITING, RUNG_ISSUED, RUNG_DISMISSED, RUNG_SKIPPED, RUNG_NEVER };

struct rung_view {
    const struct rung *rung;
    enum rung_state state;
    struct instant due_at; /* INSTANT_NEVER or INSTANT_NONE: it has none */
    const char *why;       /* of SKIPPED and NEVER: static text; else "" */
};

/* One piece of time that a clock left out. */
struct pause_view {
    enum event_kind kind; /* EVENT_REOPEN: between the end of the case and its reopening */
    struct instant from;
    struct instant to;         /* INSTANT_NEVER: still open */
    struct instant counted_to; /* where the exclusion ends: its term, or `to`, or what a cap left */
    struct term term;
};

struct clock_view {
    const struct ruleset *ruleset;
    const struct rule *rule;
    const struct calendar *calendar;
    struct slice step;
    uint32_t cycle;
    enum clock_state state;
    bool is_paused;
    bool is_judgeable;
    struct instant start_at;
    struct instant counted_from;
    struct instant stop_at; /* INSTANT_NONE: running */
    enum event_kind stopped_by;
    struct instant due_given; /* the source's own limit; INSTANT_NONE: it gave none */
    uint32_t extension_count; /* extensions that counted */
    struct term used;         /* of the first limit, until now or its stop, whole units begun */
    uint32_t limit_count;
    struct limit_view limits[RULE_LIMITS_MAX];
    uint32_t rung_count;
    struct rung_view rungs[RULE_RUNGS_MAX];
};

/* explain_find - the case of this number. Returns false when there is none. */
bool explain_find(const struct core *core, struct slice case_no, struct case_view *case_out);

/* explain_case - the case of an index from 1 to core_counts.cases, in the order they came. */
void explain_case(const struct core *core, uint32_t case_index, struct case_view *case_out);

/* explain_parent - the number of the joint case that a case belongs to; empty: none. Borrows: until
 * the core changes. */
struct slice explain_parent(const struct core *core, uint32_t case_index);

/* explain_children - call visit with each child of a joint case, at most max. Returns how many
 * there are. Cost: O(children). */
uint32_t explain_children(const struct core *core, uint32_t case_index, uint32_t max,
                          void (*visit)(void *ctx, const struct case_view *child), void *ctx);

/* explain_due - the cases that have something falling due before an instant, soonest first, at most
 * max; visit returns false to stop. Cost: O(max × log max), whatever the number of cases. */
void explain_due(const struct core *core, struct instant before, uint32_t max,
                 bool (*visit)(void *ctx, const struct case_view *kase), void *ctx);

/* explain_clocks - call visit with every clock of a case, oldest first. The view borrows for the
 * call. Cost: O(clocks × rungs). */
void explain_clocks(const struct core *core, uint32_t case_index,
                    void (*visit)(void *ctx, const struct clock_view *clock), void *ctx);

/* explain_alone - a core that holds one case, its joint case's parts, and no other: folded from its
 * events up to `upto`, under an edition (its index) of `core`. No card is told; a rung whose
 * instant has passed counts as issued.
 *
 * Owns: the caller destroys it, before `core` changes. NULL: memory is short.
 * Cost: that of a late event of the case and of each of its parts. */
struct core *explain_alone(const struct core *core, uint32_t case_index, uint32_t edition,
                           struct event_ref upto, struct case_view *case_out);

/* A rule that does not judge a case, as the events tell it that came so far. */
struct idle_view {
    const struct rule *rule;
    enum idle_reason reason;
    enum event_kind kind; /* of the event it was last looked at with; EVENT_NONE: with none */
    struct instant at;
    const struct condition *condition; /* that did not hold; NULL: it was something else */
    uint32_t unmet;     /* of its condition_parts, a bit for each that did not hold */
    struct slice group; /* GROUP: where the case stands, or one of them; may be empty */
};

/* explain_idle - the rules of the case's edition that have no clock in it, in file order, from an
 * index on; visit returns false to stop. Cost: that of explain_alone, and O(rules). Returns 0,
 * -ENOMEM (-12). */
MUST_USE int explain_idle(const struct core *core, uint32_t case_index, uint32_t from,
                          bool (*visit)(void *ctx, const struct idle_view *idle), void *ctx);

/* Which of a rule's conditions: `applies`, that of its start, of a fact `is`, `if` of a card. */
enum asked_of { ASKED_APPLIES, ASKED_START, ASKED_FACT, ASKED_CARD };

/* One thing that a condition asked, and the answer. `has` asks for the field, seen for the count.
 */
struct asked_view {
    enum asked_of of;
    enum op op; /* FIELD, COUNT, COUNT_STEP, COUNT_WITHIN, SINCE, ATTR, RAISED, SAME_ARRIVAL */
    enum field field;
    enum event_kind kind;
    enum unit unit;              /* of SINCE */
    const struct window *window; /* of COUNT_WITHIN, and which of its condition it is */
    uint32_t window_index;
    struct slice name; /* of the attr; of the rule of RAISED */
    struct slice card;
    struct value value; /* borrows for the call */
};

struct asked_sink {
    void *ctx;
    /* In the order of the text, as often as it stands there. */
    void (*answer)(void *ctx, const struct asked_view *asked);
    /* After the answers of one condition. */
    void (*condition)(void *ctx, enum asked_of of, const struct condition *condition, bool holds);
};

/* explain_asked - what the conditions asked that a clock of a case began under, of the event that
 * it began with. upto: as for explain_alone. Returns: that event; place 0: the clock began with
 * none of those, or memory is short. Cost: that of explain_alone. */
struct event_ref explain_asked(const struct core *core, uint32_t case_index,
                               const struct clock_view *clock, struct event_ref upto,
                               const struct asked_sink *sink);

/* explain_asked_card - what the `if` of a clock's rung asks of a case as its events up to `upto`
 * tell it, looked at as of the card's instant. Returns whether there was such a card by then: the
 * clock is there, its rung lies at that instant, and it holds. Cost: that of explain_alone. */
bool explain_asked_card(const struct core *core, uint32_t case_index,
                        const struct clock_view *clock, const struct rung *rung,
                        struct event_ref upto, struct instant due, const struct asked_sink *sink);

/* explain_may_follow - would a card at this instant begin a clock of this rule in the case, as far
 * as item and validity go? */
bool explain_may_follow(const struct core *core, uint32_t case_index, const struct rule *rule,
                        struct instant at);

/* One limit of a running clock, and when it is over. */
struct limit_instant {
    const struct rule *rule;
    struct slice step;
    uint32_t cycle;
    struct slice limit;
    struct instant due_at; /* as in limit_view */
};

/* explain_limits - the limits of all running clocks of a case, at most max. Returns how many there
 * are. Cost: O(limits), each laid once. */
uint32_t explain_limits(const struct core *core, uint32_t case_index, struct limit_instant *limits,
                        uint32_t max);

/* What a supervisor has to decide on, or has decided. */
struct confirm_view {
    uint32_t case_index;
    struct slice rule;
    struct slice step;
    struct slice rung;
    uint32_t cycle;
    bool is_pending;
    bool is_overdue;
    bool is_released; /* else, where something decided: dismissed */
    struct instant since;
    struct instant until;   /* INSTANT_NEVER: there is no such time */
    struct event_ref by;    /* the event that decided; place 0: none has */
    struct instant free_at; /* public without an act: when its time was over; INSTANT_NEVER: not */
};

/* explain_confirm - of a card that is there; false: it is none that waits for a supervisor. */
bool explain_confirm(const struct core *core, uint32_t case_index, const struct clock_view *clock,
                     uint32_t rung, struct confirm_view *view_out);

/* explain_pending - call visit with every card that waits, in no order. Cost: O(cards that wait, or
 * have waited). */
void explain_pending(const struct core *core,
                     void (*visit)(void *ctx, const struct confirm_view *view), void *ctx);

/* explain_pauses - every pause of the case as one of its clocks counted it, on the line of a limit:
 * of one in whole days, what ends with a day ends one millisecond before midnight. */
void explain_pauses(const struct core *core, uint32_t case_index, const struct clock_view *clock,
                    enum axis axis, void (*visit)(void *ctx, const struct pause_view *pause),
                    void *ctx);

/* An event of a case that has no effect, or less than it was sent for. */
struct stray_view {
    struct event_ref ref;
    enum event_kind kind;
    struct instant at;
    enum stray_reason reason;
    const struct rule *rule; /* whose clock does not take it; NULL: none's in particular */
};

/* explain_strays - those of one case, as it stands now: an event that a late one has given its
 * effect back is none any more. Cost: O(strays), of which no more than 250 are kept of a case. */
void explain_strays(const struct core *core, uint32_t case_index,
                    void (*visit)(void *ctx, const struct stray_view *stray), void *ctx);

/* explain_stretches - what the pauses come to for one clock: merged, capped, in order, none
 * touching another, none before what the start counts from; their ends as for explain_pauses. to:
 * INSTANT_NEVER when it is open. At most max of them; returns how many. */
uint32_t explain_stretches(const struct core *core, uint32_t case_index,
                           const struct clock_view *clock, enum axis axis, struct instant *from,
                           struct instant *to, uint32_t max);

/* ---- questions across cases -------------------------------------------------------------------
 */

/* Cases looked at together by one rule, as they stand: those of a window, or a run of cases. */
struct group_view {
    uint32_t index;
    uint32_t first; /* place of its first case for explain_members: of a run, that in its group */
    const struct ruleset *ruleset;
    const struct rule *rule; /* as the edition in force has it, else the newest that has it */
    struct slice key;
    struct slice org; /* whose its card is; empty: nobody's */
    enum across_per per;
    enum across_window window;
    struct instant from;      /* of its window; of a run, of its first case */
    struct instant to;        /* INSTANT_NEVER: of a run that goes on */
    struct instant judged_at; /* of a share: after this; INSTANT_NONE: as its events come */
    struct instant due_at;    /* of the card that stands; INSTANT_NONE: none does */
    uint32_t count;           /* cases (or cards) in it */
    uint32_t so_count;        /* of these, how many are so */
    uint32_t place; /* of the case that made it hold, from 1; 0: no single one did, or none */
};

struct member_view {
    struct slice case_no;
    struct instant at;
    bool is_so;
    struct slice rule; /* of a card that is counted: whose it is; else empty */
};

/* explain_group - the group, or the run, of a rule whose card has this case number
 * ("org:370100/2025-01", "org:370100/2025-01-20T10:00:00+08:00"). Returns false when there is none.
 */
bool explain_group(const struct core *core, struct slice rule, struct slice case_no,
                   struct group_view *group_out);

/* explain_members - the cases of a group in the order of their instants, from a place on (the first
 * is 1), at most max. The view borrows for the call. Cost: O(max × log cases). */
void explain_members(const struct core *core, uint32_t group_index, uint32_t place, uint32_t max,
                     void (*visit)(void *ctx, const struct member_view *member), void *ctx);

#endif
