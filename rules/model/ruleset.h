/* ruleset.h - rules, items and calendars as the engine uses them: one edition, compiled.
 *
 * Layer: rules/model. Pure. rules/text builds it from files, rules/store keeps the files by
 * edition, engine/core reads it. Everything in a ruleset is immutable after compilation and lives
 * until ruleset_destroy; every slice and pointer in it borrows from its arena.
 *
 * What one rule file looks like is told in rules/README.md; each struct below is one paragraph of
 * it. A rule either runs a CLOCK (it starts at one event, stops at others, and its rungs hold at
 * instants on the way), or states a FACT (a condition looked at whenever an event arrives), or
 * looks ACROSS cases (how many of one org in one month).
 */
#ifndef RULES_MODEL_RULESET_H
#define RULES_MODEL_RULESET_H

#include "engine/base/arena.h"
#include "engine/model/event.h"
#include "rules/calendar/calendar.h"
#include "rules/model/condition.h"

enum {
    RULESET_LEVELS_MAX = 8,
    RULE_LIMITS_MAX = 4, /* promised, statutory, … */
    RULE_PAUSES_MAX = 4, /* pairs of events that pause one clock */
    RULE_RUNGS_MAX = 16, /* bits of a mask in the core's clock */
    ITEM_LIMITS_MAX = 8,
    ITEM_KINDS_MAX = 8,
};

/* A set of event kinds: bit (1 << kind). */
typedef uint32_t event_kind_set;

#define EVENT_KIND_BIT(kind) (UINT32_C(1) << (kind))

/* What kind of case an item makes: a set is a mask of (1 << kind). */
enum item_kind {
    ITEM_IMMEDIATE, /* 即办件 */
    ITEM_PROMISED,  /* 承诺件 */
    ITEM_JOINT,     /* 联办件 */
    ITEM_FORWARDED, /* 上报件 */
    ITEM_KIND_COUNT
};

extern const char *const item_kind_name[ITEM_KIND_COUNT];
extern const char *const item_kind_zh[ITEM_KIND_COUNT];

struct item_limit {
    uint16_t name; /* index in ruleset.limit_names */
    struct term term;
};

struct item_step {
    struct slice step_code;
    struct slice name;
    struct term limit;
    uint16_t place; /* from 1, in the order a case goes through them; 0: no order stated */
    uint16_t result_count;
    const struct slice *results; /* the results that it may have; none are stated: any */
};

/* One row of the catalogue (事项). */
struct item {
    struct slice code;
    struct slice name;
    struct slice org;
    enum item_kind kind;
    const struct calendar *calendar; /* NULL: the rule's */
    uint32_t limit_count;
    struct item_limit limits[ITEM_LIMITS_MAX];
    uint32_t step_count;
    const struct item_step *steps;
};

/* An org with settings of its own. */
struct org {
    struct slice code;
    struct slice name;
    struct slice area;               /* may be empty */
    struct slice supervisor;         /* code of the org that supervises it; empty: none is named */
    const struct calendar *calendar; /* NULL: the rule's */
    uint32_t limit_count;
    struct item_limit limits[ITEM_LIMITS_MAX];
};

enum limit_source {
    LIMIT_FROM_EVENT,
    LIMIT_FROM_ITEM,
    LIMIT_FROM_KIND,
    LIMIT_FROM_ORG,
    LIMIT_FROM_STEP,
    LIMIT_SOURCE_COUNT
};

/* A named limit of a clock, and where its length comes from: the first source that has one, in
 * the order given; then `otherwise`; then there is none and rungs on it never hold. */
struct rule_limit {
    uint16_t name;     /* index in ruleset.limit_names: "promised" */
    struct slice text; /* as written: "from event, item, otherwise 20 workday" */
    uint8_t source_count;
    uint8_t sources[LIMIT_SOURCE_COUNT];
    struct term by_kind[ITEM_KIND_COUNT];
    struct term otherwise;
};

/* correct_ask … correct_done. cap: longest exclusion in all that this pair may cause; not set:
 * no cap. A pause whose event carries no term gets `term` when that is set. */
struct rule_pause {
    enum event_kind from;
    enum event_kind to;
    struct term term;
    struct term cap;
};

struct rule_extension {
    uint8_t times_max;      /* 0: an extension changes nothing */
    struct term by;         /* when the event carries no term of its own; and the most it may add */
    bool after_due_allowed; /* asked for after the due instant it counts all the same */
};

enum rung_form {
    RUNG_BEFORE, /* offset before the limit */
    RUNG_AT,     /* at the limit: the same as after, with offset 0 */
    RUNG_AFTER,  /* offset after the limit; offset not set: when the limit is over */
    RUNG_SHARE,  /* share_permille of the limit */
    RUNG_OVER,   /* over(limit) > or >= n whole units: `over promised >= -2` (count: ceil) */
    RUNG_CUTOFF, /* offset before a wall-clock time on the day the limit ends */
    RUNG_CHAIN,  /* offset after another rung of this rule was issued, unless the clock stopped */
};

enum rung_issue { ISSUE_AUTO, ISSUE_CONFIRM, ISSUE_SHADOW };

/* One rung of a ladder: when it holds, a card of its level is raised. */
struct rung {
    struct slice name; /* unique in the rule; the level's name where the file gives none */
    struct slice text; /* as written: "2 workday before promised" */
    uint8_t level;     /* index in ruleset.levels */
    enum rung_form form;
    uint8_t limit; /* index in rule.limits */
    struct term offset;
    int32_t share_permille;
    int32_t over_at_least; /* RUNG_OVER: holds when over(limit) >= this */
    int32_t cutoff_ms;     /* RUNG_CUTOFF: ms of the local day */
    uint8_t chain_rung;    /* RUNG_CHAIN: index of the rung it follows */
    bool after_finish;     /* found after the clock has stopped, it is still issued */
    bool after_limit;      /* found only when its limit is over already, it is still issued; false:
                              a warning that comes after what it warns of, is not */
    enum rung_issue issue;
    struct term
        confirm_within;  /* ISSUE_CONFIRM: it should be decided on in this time; not set: any */
    bool confirm_issues; /* when it is over, the card is issued; false: that is told */
    const struct condition *when; /* NULL: always */
    bool to_supervisor;           /* its card is the supervising org's, */
    struct slice to_org;          /* or this org's; empty: the case's own */
    uint32_t dismiss_count;       /* while its card stands, those of these rules are dismissed: */
    const struct slice *dismisses;
};

/* Whose cases are looked at together. */
enum across_per { PER_ORG, PER_HANDLER, PER_ITEM, PER_AREA, ACROSS_PER_COUNT };

/* What time they share, by the calendar's wall clock. NONE: a run of any length, which goes on
 * until a case that is not so breaks it. */
enum across_window {
    WINDOW_YEAR,
    WINDOW_QUARTER,
    WINDOW_MONTH,
    WINDOW_DAY,
    WINDOW_SECOND,
    WINDOW_NONE, /* of ACROSS_IN_A_ROW alone */
    ACROSS_WINDOW_COUNT
};

enum across_form {
    ACROSS_SHARE,    /* too large a share of the cases is so, looked at once the window is over */
    ACROSS_COUNT,    /* so many cases (or cards) in one window */
    ACROSS_IN_A_ROW, /* so many cases running that are so */
};

extern const char *const across_per_name[ACROSS_PER_COUNT];
extern const char *const across_window_name[ACROSS_WINDOW_COUNT];
extern const char *const across_form_name[3];

/* One group of cases for each key and window; a case stands in a group once, at its first event
 * there, and is so where the condition holds at any of them. A group has one card; one without a
 * window has one for each run that is long enough. */
struct rule_across {
    enum across_per per;
    enum across_window window;
    enum across_form form;
    const struct condition *is_so; /* NULL: every case is */
    int32_t permille;              /* SHARE: the threshold */
    bool is_reached;               /* SHARE: it holds at the threshold; false: only above it */
    uint32_t at_least;  /* SHARE: with fewer cases nothing is said; else: how many it takes */
    struct term judged; /* SHARE: so long after the window's end; not set: at its end */
    bool is_of_cards;   /* cards are counted and not cases: those of … */
    uint8_t level;
    struct slice of_rule; /* … and of this rule of the set alone; empty: of any */
};

enum rule_form { RULE_CLOCK, RULE_FACT, RULE_ACROSS };
enum late_discovery { DISCOVER_ALL, DISCOVER_HIGHEST };
enum supersede { SUPERSEDE_KEEP, SUPERSEDE_DISMISS };

/* What an event looks at comes first, what people read comes last: of forty thousand rules few are
 * near when they are asked for. */
struct rule {
    enum rule_form form;
    struct instant valid_from;       /* a clock that starts before is not this rule's; inclusive */
    struct instant valid_to;         /* exclusive; INSTANT_NEVER: open */
    uint32_t item_kinds;             /* mask; 0: all */
    uint32_t item_count;             /* 0: whatever the item */
    const struct slice *items;       /* else of these codes alone; sorted, none twice */
    const struct condition *applies; /* looked at when the clock would start; NULL: always */

    const struct calendar *calendar; /* NULL only where the item or org must have one */
    struct counting counting;
    event_kind_set start;      /* empty where the clock begins with a card: */
    struct slice follows_rule; /* of this rule of its set; empty: it begins with an event */
    struct slice follows_card; /* … this one, by its name */
    event_kind_set stop;
    event_kind_set cancel; /* withdraw, void: it stops, and rungs not yet issued never are */
    const struct condition *start_when;
    const struct condition *stop_when;
    bool per_step; /* one clock per step code; stops only at an event of the same step; of a fact:
                      its card is the step's; of a clock that begins with a card: as that card's */
    bool is_dismissible;       /* a card of another rule of its set names it in `dismisses` */
    bool stops_with_children;  /* of a joint case: it ends with the last of its children */
    bool restart;              /* a second start begins a new cycle at zero */
    bool continues;            /* a second start lets it go on; of a clock of a step always */
    bool restarts_running;     /* also while the clock runs: then it stops, and begins anew */
    bool open_pause_at_finish; /* of a clock that a pause starts: a finish does not stop it (and is
                                  not in `stop`) */
    uint32_t limit_count;
    uint32_t pause_count;
    struct rule_extension extension;
    enum late_discovery late_discovery;
    enum supersede supersede;

    event_kind_set on;                /* RULE_FACT, RULE_ACROSS: looked at on these events */
    const struct condition *fact;     /* RULE_FACT: it is so */
    const struct rule_across *across; /* RULE_ACROSS; else NULL */

    bool is_promoted; /* cards of it were shadow as written, and a promotion has made them public */
    uint32_t rung_count; /* RULE_FACT, RULE_ACROSS: exactly 1 */
    const struct rung *rungs;
    const struct rule_limit *limits;
    const struct rule_pause *pauses;

    struct slice name; /* never changes, never used again */
    uint32_t revision;
    struct slice title_zh; /* may be empty */
    struct slice title_en;
    struct slice ground; /* the regulation it comes from */
    struct slice set;    /* the rule set it stands in; its document's name where that has none */
    struct slice file;   /* where it was read, for messages */
    uint32_t line;
};

/* A rule among those of one item. */
struct item_rule {
    uint16_t rule;
    uint16_t alike; /* ruleset_alike of it */
};

/* The rules that are of one item, or of some items, alone. */
struct item_rules {
    struct slice code;
    uint32_t count;                /* of rules, each once */
    uint32_t on_count;             /* … and once for each kind of event that it looks at */
    const uint32_t *from;          /* of each kind, and of the end: the first of its rules in … */
    const struct item_rule *rules; /* … these, by kind, then in file order */
};

/* item_rules_on - those that may start, or are looked at, on a kind of event. own: NULL: none.
 * Cost: O(1). */
static inline const struct item_rule *item_rules_on(const struct item_rules *own,
                                                    enum event_kind kind, uint32_t *count_out)
{
    *count_out = own == NULL ? 0 : own->from[kind + 1] - own->from[kind];
    return own == NULL ? NULL : own->rules + own->from[kind];
}

/* A rule whose clocks begin with a card of another: one for each such card. */
struct follower {
    uint16_t rule; /* indexes into ruleset.rules */
    uint16_t source;
    uint8_t rung; /* of the source */
};

struct rule_test;

/* A rule that is no longer shadow (issue: shadow), at exactly this revision. */
struct promotion {
    struct slice rule;
    uint32_t revision;
    enum rung_issue issue; /* auto or confirm */
    struct slice note;     /* may be empty */
};

/* What an edition asked for when it was imported: which open cases move to it. By default a case
 * keeps what it was accepted under. */
enum edition_move {
    MOVE_NONE,      /* it is for new cases */
    MOVE_CALENDARS, /* open cases keep their rules, items and limits, and take its calendars */
    MOVE_ALL,       /* open cases are judged by it altogether */
};

extern const char *const edition_move_name[3]; /* "none", "calendars", "all" */

struct ruleset {
    uint32_t edition;           /* of the rule store; 0: none (files given by hand) */
    uint32_t calendars_edition; /* that its calendars are of: `edition`, or a later one */
    enum edition_move move;     /* of `edition` */
    uint32_t level_count;
    struct slice levels[RULESET_LEVELS_MAX]; /* lowest first: warn, yellow, red */
    struct slice level_titles_zh[RULESET_LEVELS_MAX];
    struct slice author;   /* of `edition`: who imported it */
    struct slice approver; /* empty: there was none */
    uint32_t limit_name_count;
    const struct slice *limit_names;
    uint32_t calendar_count;
    struct calendar *const *calendars;
    uint32_t rule_count;
    const struct rule *rules;
    uint32_t item_count;      /* 0: no catalogue, every item is taken as it comes */
    const struct item *items; /* sorted by code */
    uint32_t org_count;
    const struct org *orgs; /* sorted by code */
    uint32_t promotion_count;
    uint32_t test_count; /* see rules/model/rule_test.h; the engine does not look at them */
    const struct promotion *promotions; /* in effect already; some may be of rules not there */
    const struct rule_test *tests;
    uint32_t on_count[EVENT_KIND_COUNT]; /* for ruleset_on */
    const uint16_t *on[EVENT_KIND_COUNT];
    const uint16_t *alike; /* of each rule, the first that judges as it does: see ruleset_alike */
    uint32_t unlike_count; /* how many there are of which none is like another */
    uint32_t follower_count;
    uint32_t item_rules_count;
    const struct follower *followers;
    const struct item_rules *item_rules; /* sorted by code */
    struct arena *arena;                 /* owns all of the above, but the calendars' insides */
};

/* ruleset_destroy - free *ruleset_p with all its calendars and set it to NULL. */
void ruleset_destroy(struct ruleset **ruleset_p);

/* ruleset_item - the row of this code; NULL: none. Cost: O(log items). */
const struct item *ruleset_item(const struct ruleset *ruleset, struct slice code);

/* item_step_find - the item's row for a step; NULL: none. item may be NULL. Cost: O(its steps). */
const struct item_step *item_step_find(const struct item *item, struct slice step_code);

/* ruleset_item_kind - the kind of a case. item: its row, or NULL. Without any catalogue every case
 * is a promised one. Returns false when there is a catalogue, and the case has no row in it. */
bool ruleset_item_kind(const struct ruleset *ruleset, const struct item *item,
                       enum item_kind *kind_out);

/* ruleset_org - NULL: none with settings of its own. */
const struct org *ruleset_org(const struct ruleset *ruleset, struct slice code);

/* ruleset_on - the rules whatever the item whose clocks may start, or which are looked at,
 * on a kind of event: indexes into rules, in file order. Cost: O(1). */
const uint16_t *ruleset_on(const struct ruleset *ruleset, enum event_kind kind,
                           uint32_t *count_out);

/* ruleset_item_rules - the rules of one item alone; NULL: there are none. Cost: O(log items). */
const struct item_rules *ruleset_item_rules(const struct ruleset *ruleset, struct slice code);

/* ruleset_alike - the first of the rules that judge exactly as this one does: that differ at most
 * in name, revision, titles, ground, set, place in the files and items. Rules that look across
 * cases are each their own. Cost: O(1), and what it returns is near if any of its kind was asked
 * for. */
static inline const struct rule *ruleset_alike(const struct ruleset *ruleset, uint32_t rule)
{
    return &ruleset->rules[ruleset->alike[rule]];
}

/* ruleset_find_alike - fill alike, into arena. Part of ruleset_index. Cost: O(rules). Returns: 0,
 * -ENOMEM (-12). */
MUST_USE int ruleset_find_alike(struct ruleset *ruleset, struct arena *arena);

/* ruleset_index - fill on, item_rules, followers and alike from the rules, into arena. Done once by
 * who makes a rule set: rules/text, and rules/trial for the part of one that a test looks at.
 * Returns: 0, -ENOMEM
 * (-12). */
MUST_USE int ruleset_index(struct ruleset *ruleset, struct arena *arena);

/* ruleset_rule - NULL: no rule of this name. */
const struct rule *ruleset_rule(const struct ruleset *ruleset, struct slice name);

/* rule_is_of_item - is the rule whatever the item, or one of this item? Cost: O(its items). */
bool rule_is_of_item(const struct rule *rule, struct slice code);

/* ruleset_level - index of a level's name; -1: none. */
int ruleset_level(const struct ruleset *ruleset, struct slice name);

/* rule_limit_term - the length of one limit for one case, by the order of its sources.
 *
 * item, org, step: NULL where there is none. event: the start event.
 * source_out: where it came from (LIMIT_SOURCE_COUNT: `otherwise`).
 * Returns: the term; UNIT_NONE when there is none (or the event gave an instant: due_at).
 */
struct term rule_limit_term(const struct ruleset *ruleset, const struct rule_limit *limit,
                            const struct event *event, const struct item *item,
                            const struct org *org, const struct item_step *step,
                            enum limit_source *source_out);

#endif
