/* state.h - the rows of the core: what is kept of a case, a clock, a pause.
 *
 * Layer: cases. Inside the core, which is engine/cases, across, fold and core; engine/explain looks
 * on.
 *
 * Rows hold numbers and no pointers, so that the whole state can be written as bytes and read back
 * (core/image.c). Instants in rows are plain ms for the same reason. ("kase", because C keeps the
 * word case for itself.)
 *
 *     core_case ── first_clock ──▶ core_clock ── next ──▶ core_clock …   oldest first
 *         │                            └─ more ──▶ clock_more ── first_gap ──▶ core_pause …
 *         ├─ first_pause ──▶ core_pause …                                  by start
 *         ├─ first_stray ──▶ core_stray …                                  newest first
 *         └─ tally ──▶ case_tally            only where some rule counts events
 *                          ├─ first_step ──▶ step_tally …    or counts them by step
 *                          └─ first_recent ──▶ case_recent … or in a window; newest first
 *
 *     core_group ── root ──▶ core_mark, a tree     only where some rule looks across cases
 *         └─ first_run ──▶ core_run …              one without a window; newest first
 *     case_side ── first_mark ──▶ core_mark ── next ──▶ core_mark …    the marks of one case
 *         ├─ first_confirm ──▶ core_confirm …    cards that wait for a supervisor
 *         └─ first_decision ──▶ core_decision …  what supervisors said
 *     core_kin ── first_child ──▶ core_kin ── next ──▶ core_kin …      joint cases
 */
#ifndef CASES_STATE_H
#define CASES_STATE_H

#include "engine/cases/edition.h"
#include "engine/cases/heeds.h"
#include "engine/cases/ports.h"
#include "engine/memory/deadlines.h"
#include "engine/memory/names.h"
#include "engine/memory/pool.h"
#include "engine/memory/table.h"
#include "rules/model/ruleset.h"

/* next_ms of a clock that an event has touched, until judge_case has looked at it. */
#define CLOCK_TOUCHED INT64_MIN

enum {
    PAUSE_MAX = 250,   /* of one case; more are stray events */
    STRAY_MAX = 250,   /* notes about stray events of one case */
    REVERSED_MAX = 64, /* pauses and resumes of one case that are looked at for it */
    NO_MEMORY = -12,
};

enum {
    PLACE_BITS = 56, /* of a place in the journal: more than any disk can hold */
};

#define PLACE_MASK ((UINT64_C(1) << PLACE_BITS) - 1)

struct core_case {
    uint64_t newest : PLACE_BITS; /* place of its newest event in the journal */
    uint64_t pause_count : 8;
    uint64_t armed : DEADLINE_MARK_BITS; /* deadline_mark; 0: it waits for nothing */
    uint64_t heeds : HEEDS_GROUPS;       /* what its running clocks may heed: see heeds_fold */
    uint64_t
        ended_by : 5; /* the kind of event that finished or voided it; EVENT_NONE: it is open */
    uint64_t state : 2;
    uint64_t is_accepted : 1;
    uint64_t has_cards : 1; /* some clock has raised one, since it was folded from its beginning */
    uint64_t is_held : 1;   /* folded, and to be judged when the hold ends */
    uint64_t is_kin : 1;    /* it is a parent or a child: it has a row of kin */
    int64_t settled_ms;     /* an event before this is late: the case has to be folded again */
    uint32_t key;           /* its number, in keys */
    uint32_t first_clock;
    uint32_t first_pause;
    uint32_t first_stray;
    uint32_t tally;
    uint32_t item; /* numbers of names */
    uint32_t org;
    uint32_t area;
    uint32_t handler;
    uint16_t edition;
    uint16_t source;
};

static_assert((int)EVENT_KIND_COUNT <= 1 << 5, "a case remembers which kind ended it");
static_assert(PAUSE_MAX < 1 << 8, "a case counts its pauses");
static_assert(sizeof(struct core_case) == 64, "a case is one line of the cache");

enum { HEEDS_BITS = 28, HEEDS_MASK = (1 << HEEDS_BITS) - 1 };
static_assert((int)EVENT_OF_CASE_COUNT <= (int)HEEDS_BITS,
              "a clock has a bit for every kind of event that it may heed");

/* case_may_heed - may some running clock of the case heed events of this kind? */
static inline bool case_may_heed(const struct core_case *kase, enum event_kind kind)
{
    return (kase->heeds & heeds_of(kind)) != 0;
}

/* case_heeds_set - these are all the kinds that running clocks of the case heed. */
static inline void case_heeds_set(struct core_case *kase, event_kind_set kinds)
{
    kase->heeds = heeds_fold(kinds) & HEEDS_ALL;
}

/* case_heeds_any - a clock has begun to run: until the case is judged, each event walks them all.
 */
static inline void case_heeds_any(struct core_case *kase)
{
    kase->heeds = HEEDS_ALL;
}

struct core_clock {
    int64_t start_ms;
    int64_t stop_ms; /* of a running clock: INT64_MAX */
    int64_t next_ms; /* the next rung's instant; INT64_MAX: none; CLOCK_TOUCHED */
    uint32_t limits; /* row of limit_set */
    uint32_t next;
    uint32_t step;
    uint32_t more;
    uint32_t heeds : HEEDS_BITS; /* while it runs, these kinds alone do something to it (of pauses
                                    the kind that begins them) */
    uint32_t state : 2;
    bool is_ahead : 1;       /* it stopped at an instant still to come: it is judged again later */
    bool is_unjudgeable : 1; /* it runs, and is counted as such */
    uint16_t issued;         /* bit per rung */
    uint16_t dismissed;
    uint16_t skipped; /* found late, and not to be issued for now */
    uint16_t unmet;   /* its condition did not hold when its instant had come */
    uint16_t rule;    /* in the case's edition */
    uint8_t cycle;
    uint8_t stopped_by; /* the kind of event */
};

static_assert(sizeof(struct core_clock) == 56, "what a city's clocks weigh");

/* What few clocks have. */
struct clock_more {
    int64_t due_ms;                    /* the source's own limit; INT64_MIN: none */
    int64_t extended[RULE_LIMITS_MAX]; /* on each limit's axis */
    uint32_t first_gap;                /* between a stop and a reopening */
    uint32_t extension_count;
};

struct core_pause {
    int64_t from_ms;
    int64_t to_ms; /* INT64_MAX: open */
    struct term term;
    uint32_t next;
    uint16_t kind;  /* the event kind that began it; EVENT_NONE: a gap */
    uint16_t until; /* … and that which ends it: a pair of some rule */
    uint32_t step;
};

/* A note about an event without effect: see stray.h. */
struct core_stray {
    uint64_t place; /* in the journal */
    int64_t at_ms;
    uint32_t next;
    uint32_t rule; /* index plus one; 0: no rule's in particular */
    uint8_t kind;
    uint8_t reason;
};

struct case_tally {
    uint16_t count[EVENT_OF_CASE_COUNT];
    uint16_t last_step_place;
    uint16_t furthest_step_place;
    uint32_t last_result; /* of the last step finished; number of a name */
    uint32_t first_step;
    uint32_t
        happened; /* case_instants, only where some rule asks how long ago: of its last events */
    uint32_t arrived; /* … where some rule asks what arrived together: of their arrivals */
    uint32_t first_recent;
    uint32_t handled_step; /* of the last event that named its step and handler; names */
    uint32_t handled_by;
    uint32_t handled_before; /* who was named last by an event of another step */
};

/* One of the newest events of a case, kept where some rule counts them in a window. */
struct case_recent {
    int64_t at_ms;
    uint32_t next;
    uint32_t step; /* number of a name */
    uint32_t kind;
};

/* An instant for each kind of event; INT64_MIN: there is none. */
struct case_instants {
    int64_t at_ms[EVENT_OF_CASE_COUNT];
};

/* The events of one step of a case. */
struct step_tally {
    uint32_t next;
    uint32_t step;
    uint16_t count[EVENT_OF_CASE_COUNT];
};

/* Cases looked at together: of one rule, one key, one window. */
struct core_group {
    int64_t window_ms;     /* where its window begins */
    int64_t judged_ms;     /* after this it is judged; INT64_MIN: as its marks come; INT64_MAX: the
                              calendar does not reach */
    int64_t issued_ms;     /* the instant of the card that stands; INT64_MIN: none does */
    uint32_t rule_name;    /* numbers of names */
    uint32_t key;          /* the code of the org, handler, item or area */
    uint32_t root;         /* of its marks */
    uint32_t so_count;     /* of these, how many are so */
    uint64_t armed;        /* deadline_mark; 0: it waits for nothing */
    uint32_t next_touched; /* UINT32_MAX: the last */
    uint32_t first_run;    /* without a window: its cards; the newest run first */
    int64_t touched_from_ms; /* … and between which instants its marks have changed */
    int64_t touched_to_ms;
    uint16_t rule; /* where the rule was found: in that in force, else in the newest that
                      has it, … */
    uint16_t edition;
    uint16_t editions_seen; /* … when there were so many, and this was in force */
    uint16_t force_seen;
    uint8_t per;
    uint8_t window;
};

/* A run of a group without a window that has a card. */
struct core_run {
    int64_t begin_ms; /* of its first case: this is what it is known by */
    int64_t due_ms;   /* of the case that made it long enough */
    uint32_t next;    /* the run before it */
};

/* That a case, or a card of it, stands in a group. */
struct core_mark {
    int64_t at_ms;
    uint32_t group;
    uint32_t case_key; /* the case's number, in keys */
    uint32_t next;     /* of the same case */
    uint32_t left;     /* the tree: see marks.c */
    uint32_t right;
    uint32_t count;      /* of the marks below, this one included */
    uint32_t first;      /* how many at their beginning are so without a break … */
    uint32_t last;       /* … at their end … */
    uint32_t longest;    /* … and anywhere */
    uint32_t clock_rule; /* of a card: whose; 0: it is the case's own mark. Numbers of names */
    uint32_t step;
    uint8_t cycle;
    uint8_t rung;
    bool is_so;
};

/* What few cases have beside their row. */
struct case_side {
    uint32_t case_key;
    uint32_t first_mark;
    uint32_t first_decision; /* in the order in which they happened */
    uint32_t first_confirm;
};

/* A case that is a parent or a child of another. */
struct core_kin {
    uint32_t name;        /* its number, as a name: a parent may be named before it comes */
    uint32_t case_row;    /* 0: it has not come */
    uint32_t named;       /* the parent that its events name last, so far; rows of kin */
    uint32_t parent;      /* among whose children it stands */
    uint32_t next;        /* of the same parent */
    uint32_t first_child; /* the newest */
    uint32_t child_count; /* as far as the case's own fold has seen its children */
    uint32_t open_count;
    uint32_t finished_count;
    uint8_t state; /* as its parent's fold has seen it, if it … */
    bool is_seen;
};

/* The resolved lengths of one clock's limits; most cases share theirs with many others. */
struct limit_set {
    struct term terms[RULE_LIMITS_MAX];
};

/* What was found in a catalogue, kept because the same few are asked for again and again. Nothing
 * of it is state: it may be empty at any time. */
struct item_found {
    uint32_t name;
    uint32_t edition; /* index plus one; 0: empty */
    const struct item *item;
    const struct item_rules *rules;
};

enum { ITEMS_FOUND_BITS = 14 };

/* Of all clocks of a rule that begin on one day with the same limits, and that nothing has
 * disturbed, the first rung holds at the same instant. Nothing of it is state, either. */
struct first_found {
    const struct rule *rule;         /* the first of those alike; NULL: empty */
    const struct calendar *calendar; /* … that it is counted by */
    uint32_t limits;                 /* row of limit_set */
    int64_t from_ms;                 /* the day begins … */
    int64_t to_ms;                   /* … and ends */
    int64_t due_ms;                  /* INT64_MAX: none of its rungs has an instant */
};

enum { FIRSTS_FOUND_BITS = 11, LIMITS_FOUND_BITS = 8 };

/* What a clock was before its case was folded again. */
struct old_clock {
    struct core_clock clock;
    int64_t due_ms[RULE_RUNGS_MAX];
    bool is_matched;
};

struct core {
    struct core_ports ports;
    struct instant now;
    bool is_stepping;
    bool is_holding;
    uint32_t *held; /* cases to be judged when the hold ends */
    uint32_t held_count;
    uint32_t held_room;
    struct table case_table;
    struct text_heap keys;
    struct names names;
    struct pool cases;
    struct pool clocks;
    struct pool mores;
    struct pool pauses;
    struct pool strays;
    struct pool tallies;
    struct pool step_tallies;
    struct pool recents;
    struct pool limit_sets;
    struct pool instants;
    struct pool groups;
    struct pool marks;
    struct pool runs;
    struct pool sides;
    struct pool kins;
    struct pool decisions;
    struct pool confirms;
    struct table limit_table;
    struct table group_table;
    struct table side_table;
    struct table kin_table;
    uint32_t touched; /* the first of the groups to be judged; 0: none */
    uint32_t touched_last;
    struct deadlines deadlines;
    struct edition *editions;
    uint32_t edition_count;
    uint32_t in_force;    /* index of the edition for new cases */
    bool is_moving;       /* what is judged now is so because a case came under another edition */
    bool is_asking_attrs; /* some condition of some edition does */
    struct core_counts counts;
    uint64_t folding;               /* place of the event that is being folded */
    const struct fold_watch *watch; /* who looks on while a case is folded; NULL: nobody */
    struct past_event *past;        /* room for folding a case again */
    uint32_t past_room;
    struct old_clock *old;
    uint32_t old_room;
    struct item_found *items_found;   /* 1 << ITEMS_FOUND_BITS */
    struct first_found *firsts_found; /* 1 << FIRSTS_FOUND_BITS */
    uint32_t *limits_found;           /* 1 << LIMITS_FOUND_BITS rows of limit_sets; 0: none */
};

static inline struct core_case *case_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->cases, row);
}

static inline struct core_group *group_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->groups, row);
}

static inline struct core_clock *clock_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->clocks, row);
}

static inline struct core_pause *pause_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->pauses, row);
}

/* clock_more_find - NULL where the clock has none. */
static inline struct clock_more *clock_more_find(const struct core *core,
                                                 const struct core_clock *clock)
{
    return clock->more == 0 ? NULL : pool_row(&core->mores, clock->more);
}

static inline const struct edition *case_edition(const struct core *core,
                                                 const struct core_case *kase)
{
    assert(kase->edition < core->edition_count);
    return &core->editions[kase->edition];
}

static inline const struct rule *clock_rule(const struct core *core, const struct core_case *kase,
                                            const struct core_clock *clock)
{
    return &case_edition(core, kase)->ruleset->rules[clock->rule];
}

/* clock_rule_alike - the first rule that judges as the clock's own does. Its name is another. */
static inline const struct rule *clock_rule_alike(const struct core *core,
                                                  const struct core_case *kase,
                                                  const struct core_clock *clock)
{
    return ruleset_alike(case_edition(core, kase)->ruleset, clock->rule);
}

/* case_find - the case of this number; 0: none. */
uint32_t case_find(const struct core *core, struct slice case_no);

/* case_state_after - the state of a case after an event of this kind. */
enum case_state case_state_after(enum case_state before, enum event_kind kind);

static inline const struct item_found *case_item_found(const struct core *core,
                                                       const struct core_case *kase)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    uint32_t spread = (kase->item ^ kase->edition) * UINT32_C(2654435769);
    struct item_found *found = &core->items_found[spread >> (32 - ITEMS_FOUND_BITS)];
    if (found->name != kase->item || found->edition != kase->edition + 1u) {
        struct slice code = names_get(&core->names, kase->item);
        *found = (struct item_found){.name = kase->item,
                                     .edition = kase->edition + 1u,
                                     .item = ruleset_item(ruleset, code),
                                     .rules = ruleset_item_rules(ruleset, code)};
    }
    return found;
}

/* case_item - the case's row of its edition's catalogue; NULL: none. Cost: one look. */
static inline const struct item *case_item(const struct core *core, const struct core_case *kase)
{
    return case_item_found(core, kase)->item;
}

/* case_item_rules - the rules of its item alone; NULL: none. Cost: one look. */
static inline const struct item_rules *case_item_rules(const struct core *core,
                                                       const struct core_case *kase)
{
    return case_item_found(core, kase)->rules;
}

/* case_own_calendar - that of its item, or of its org; NULL: neither has one. */
const struct calendar *case_own_calendar(const struct core *core, const struct core_case *kase);

/* case_calendar - what its clocks of a rule are counted by: the item's calendar, the org's, or the
 * rule's. NULL: none. */
static inline const struct calendar *
case_calendar(const struct core *core, const struct core_case *kase, const struct rule *rule)
{
    const struct calendar *own =
        case_edition(core, kase)->has_calendars ? case_own_calendar(core, kase) : NULL;
    return own != NULL ? own : rule->calendar;
}

/* clock_judgeable_note - keep the count of clocks that run and cannot be judged. A clock that goes
 * is noted as judgeable. */
static inline void clock_judgeable_note(struct core *core, struct core_clock *clock,
                                        bool is_judgeable)
{
    bool is_counted = !is_judgeable && clock->state == CLOCK_RUNNING;
    if (is_counted && !clock->is_unjudgeable)
        core->counts.unjudgeable++;
    if (!is_counted && clock->is_unjudgeable)
        core->counts.unjudgeable--;
    clock->is_unjudgeable = is_counted;
}

/* case_settle_after - what lies at this instant or before has been judged. */
static inline void case_settle_after(struct core_case *kase, struct instant due)
{
    if (due.ms < INT64_MAX && kase->settled_ms < due.ms + 1)
        kase->settled_ms = due.ms + 1;
}

/* An entry of the deadlines is a case's, or, with this bit, a group's. */
#define DEADLINE_OF_GROUP (UINT32_C(1) << 31)

/* deadline_is_due - does its row still wait for this instant? */
static inline bool deadline_is_due(const struct core *core, const struct deadline *entry)
{
    uint64_t armed = (entry->row & DEADLINE_OF_GROUP) != 0
                         ? group_row(core, entry->row & ~DEADLINE_OF_GROUP)->armed
                         : case_row(core, entry->row)->armed;
    return armed == deadline_mark((struct instant){.ms = entry->at_ms});
}

/* rung_state - in which a card of this rung stands when nothing has taken its place. */
static inline enum card_state rung_state(const struct rung *rung)
{
    return rung->issue == ISSUE_CONFIRM ? CARD_PENDING : CARD_ISSUED;
}

static inline uint16_t rung_bit(uint32_t rung)
{
    return (uint16_t)(1u << rung);
}

#endif
