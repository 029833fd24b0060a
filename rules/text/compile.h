/* compile.h - what the files that make a rule set out of texts share; nobody else's.
 *
 * Layer: rules/text. Every function that reads says what is wrong by itself (to the problems) and
 * goes on where it can, so that one run shows all mistakes. It returns false when what it should
 * have made is not there. Memory that runs short is remembered in is_short, and the whole ends
 * with -ENOMEM.
 */
#ifndef TEXT_COMPILE_H
#define TEXT_COMPILE_H

#include "rules/model/rule_test.h"
#include "rules/model/ruleset.h"
#include "rules/read/words.h"
#include "rules/read/yaml.h"
#include "rules/text/ruleset_text.h"

enum { LIMIT_NAMES_MAX = 64 };

/* One rule as it stands in its file. */
struct rule_source {
    const struct yaml_node *set;  /* the top of the file; its settings hold for all its rules */
    const struct yaml_node *node; /* the rule; the same as set in a file of a single rule */
    struct slice set_name;
    struct rule *rule;
};

struct compile {
    struct arena *arena;   /* lives as long as the rule set */
    struct arena *scratch; /* ends with the compilation: trees, tables */
    struct problem_list *problems;
    struct ruleset *ruleset;
    bool is_short;
    uint32_t source_count;
    struct rule_source *sources;
    struct rule *rules;   /* one for each source, in the same order */
    uint32_t *rule_slots; /* index plus one, by a hash of the rule's name; 0: empty */
    uint32_t rule_slot_count;
    uint32_t set_count;
    const struct yaml_node **sets; /* the tops of all rule files */
    uint32_t limit_name_count;
    const char *limit_names[LIMIT_NAMES_MAX];
    uint32_t calendar_count;
    const char **calendar_names;
    struct calendar **calendars;  /* NULL: it has mistakes, which were told */
    const struct yaml_node *told; /* a calendar's name that was told to be unknown */
    struct item *items;           /* the rule set's, while they can still be changed */
    bool has_all_items;           /* every row's code was read: what is not among them, is none */
    uint32_t test_count;
    struct rule_test *tests;
};

/* compile_take, compile_copy - from the rule set's arena; NULL or empty, and is_short is set, when
 * memory is short. */
void *compile_take(struct compile *compile, size_t count, size_t bytes);
struct slice compile_copy(struct compile *compile, struct slice text);

/* compile_limit_name - the index of a limit's name; -1: there is none, and it was not to be added
 * (or there is no room). */
int compile_limit_name(struct compile *compile, struct slice name, bool is_new);

/* compile_calendar - by name, told when there is none. node: where the name stands. */
bool compile_calendar(struct compile *compile, const struct yaml_node *node,
                      const struct calendar **calendar_out);

/* compile_calendar_named - the same for a name that stands elsewhere. Returns its index, or -1. */
int compile_calendar_named(const struct compile *compile, struct slice name);

/* setting - the rule's own, else its set's. */
const struct yaml_node *setting(const struct rule_source *source, const char *key);

/* is_no_such_day - it is written as a date, of a day that does not exist: 2025-02-30. */
bool is_no_such_day(struct slice text);

/* title_check - a text, or {zh: …, en: …}; NULL is good. */
bool title_check(const struct yaml_node *title, struct problem_list *problems);

/* local_time - "2025-01-20", "2025-01-20 10:00", "2025-01-20 10:00:01" in the calendar's zone, or
 * any instant with an offset. Tells nothing. */
MUST_USE bool local_time(struct slice text, const struct calendar *calendar,
                         struct instant *at_out);

/* event_kind_at - one event kind in a scalar node, told when it is none. */
bool event_kind_at(struct compile *compile, const struct yaml_node *node,
                   enum event_kind *kind_out);

/* event_kinds_at - one kind, or a list of them that is not empty. */
bool event_kinds_at(struct compile *compile, const struct yaml_node *node,
                    event_kind_set *kinds_out);

/* condition_when_due_at - one that is looked at when a card falls due: then there is no event that
 * a window could end with, and none whose fields, attrs or arrival could be asked for. */
bool condition_when_due_at(struct compile *compile, const struct yaml_node *node,
                           const struct condition **condition_out);

/* level_at - the index of a level of card; -1: told. line, column: where its name stands. */
int level_at(struct compile *compile, const struct yaml_node *node, struct slice name,
             uint32_t line, uint32_t column);

/* term_at - a term in a scalar node, told when it is none, or zero. */
bool term_at(struct compile *compile, const struct yaml_node *node, struct term *term_out);

/* limit_at - the length of a limit in a scalar node: a term, or same day. */
bool limit_at(struct compile *compile, const struct yaml_node *node, struct term *term_out);

/* condition_at - a condition in a scalar node. */
bool condition_at(struct compile *compile, const struct yaml_node *node,
                  const struct condition **condition_out);

/* calendars_read - all calendar documents, and those they inherit from. */
bool calendars_read(struct compile *compile, const struct document *documents, uint32_t count);

/* levels_read - the levels of all sets, merged in order, into the rule set. */
bool levels_read(struct compile *compile);

/* rule_read - one rule without its clock and cards, then with them. */
bool rule_read(struct compile *compile, const struct rule_source *source);

/* rule_items_read - the list under applies: items:. NULL: there is none.
 * rule_items_find - without it, the items that the rule's condition asks for before all else.
 * rule_items_check - those of the list against the catalogue. */
bool rule_items_read(struct compile *compile, const struct yaml_node *node, struct rule *rule);
void rule_items_find(struct compile *compile, struct rule *rule);
void rule_items_check(struct compile *compile, const struct rule_source *source);

/* condition_needs - the value that the program has made up to `at` decides the whole: all that is
 * done with it later is `and`. */
bool condition_needs(const struct condition *condition, uint32_t at);

/* clock_read - the map under clock:. */
bool clock_read(struct compile *compile, const struct rule_source *source,
                const struct yaml_node *clock);

/* across_read - the map under across:. */
bool across_read(struct compile *compile, const struct rule_source *source,
                 const struct yaml_node *across);

/* limits_read - the map under limits:. */
bool limits_read(struct compile *compile, const struct rule_source *source,
                 const struct yaml_node *limits);

/* issue_read - issue: of a card (own; NULL: it has none), else of its rule or set. */
bool issue_read(struct compile *compile, const struct rule_source *source,
                const struct yaml_node *own, struct rung *rung);

/* issue_across_refuse - a card across cases cannot wait for a supervisor: told. */
void issue_across_refuse(struct compile *compile, const char *file, uint32_t line, uint32_t column);

/* rung_when_read - when a card of a clock holds. rule: with its limits, and the cards above this
 * one.
 */
bool rung_when_read(struct compile *compile, const struct rule *rule, const struct yaml_node *node,
                    struct rung *rung);

/* cards_read - the list under cards: of a clock, or what stands under card: of a fact or of a rule
 * across cases. */
bool cards_read(struct compile *compile, const struct rule_source *source);

/* rule_check - what can be told of a rule that was read whole, before any case comes. */
void rule_check(struct compile *compile, const struct rule_source *source);

/* rule_links_check - what a rule says of the other rules of its set, when all have been read: the
 * cards that its conditions ask about, and those that its cards dismiss. */
void rule_links_check(struct compile *compile);

/* link_place - where the rule names that other one, or that card of it (empty: the rule itself);
 * the rule's own place where it does not. */
struct yaml_node link_place(const struct rule_source *source, struct slice rule, struct slice card);

/* rule_check_tables - each rule against the limits of the catalogue, and the orgs. */
void rule_check_tables(struct compile *compile);

/* tests_read - the tests of a rule, or of a whole set (then source->rule is NULL), into room that
 * tests_count asked for. */
uint32_t tests_count(const struct rule_source *source);
void tests_read(struct compile *compile, const struct rule_source *source);

/* test_item_read - the map under item: of a test. */
bool test_item_read(struct compile *compile, const struct yaml_node *node, struct item *item_out);

/* test_supervisors_read - the map under supervisors: of a test; node NULL: there is none. */
bool test_supervisors_read(struct compile *compile, const struct yaml_node *node,
                           struct rule_test *test);

/* test_attr_put - one attr more to those of a test's event, as the JSON text that events carry. */
void test_attr_put(struct compile *compile, struct slice *attrs_io, struct slice name,
                   struct slice value);

/* org_order - for qsort: orgs by their codes. */
int org_order(const void *a, const void *b);

/* items_read, steps_read, orgs_read - the tables among the documents. A row that was told does not
 * keep the others from being looked at, and held against each other. steps_read comes after
 * items_read. */
bool items_read(struct compile *compile, const struct document *documents, uint32_t count);
bool steps_read(struct compile *compile, const struct document *documents, uint32_t count);
bool orgs_read(struct compile *compile, const struct document *documents, uint32_t count);

/* promotions_read - which rules are no longer shadow, and apply it to them: after the rules. */
bool promotions_read(struct compile *compile, const struct document *documents, uint32_t count);

#endif
