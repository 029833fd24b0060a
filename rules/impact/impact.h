/* impact.h - what a change of rules comes to, told by org: limits that move, cards that appear,
 * vanish, or move.
 *
 * Layer: rules/impact. What `cardwatch rules preview` and `backtest` print. For people a table and
 * the first of each list; for programs one line of JSON for each change.
 */
#ifndef RULES_IMPACT_H
#define RULES_IMPACT_H

#include "engine/model/card.h"
#include "rules/model/ruleset.h"

#include <stdio.h>

struct impact;

/* impact_create - list_max: how many changes of each kind are listed for people. is_json: every
 * change is printed at once as it is added. Ends with impact_destroy. NULL: memory is short. */
MUST_USE struct impact *impact_create(uint64_t list_max, bool is_json);
void impact_destroy(struct impact **impact_p);

/* A limit of a clock that ends at another instant. Borrows: for the call. */
struct impact_limit {
    struct slice case_no;
    struct slice org;
    struct slice rule;
    struct slice step; /* may be empty */
    struct slice limit;
    struct instant from; /* INSTANT_NONE: there was none; INSTANT_NEVER: held by an open pause */
    struct instant to;   /* the same */
    const struct calendar *calendar; /* for local time; NULL: UTC */
};

/* What becomes of a card. */
enum impact_change { IMPACT_APPEARS, IMPACT_VANISHES, IMPACT_MOVES, IMPACT_CHANGE_COUNT };

/* impact_case - one more case of this org was looked at; has_moved: some limit of it has. */
void impact_case(struct impact *impact, struct slice org, bool has_moved);
void impact_limit_add(struct impact *impact, const struct impact_limit *change);

/* impact_card_add - a card's record. was: when it was due before (IMPACT_MOVES). */
void impact_card_add(struct impact *impact, const struct card *card, enum impact_change change,
                     struct instant was);

struct impact_totals {
    uint64_t cases;
    uint64_t cases_moved;
    uint64_t cards[IMPACT_CHANGE_COUNT];
    uint64_t shadow_cards; /* of these, those that no public feed shows */
};

const struct impact_totals *impact_totals(const struct impact *impact);

/* impact_print - the table of orgs, and the lists. is_backtest: no case moves, cards are added,
 * removed and changed. Returns: 0, -ENOMEM (something was not counted), -EIO. */
MUST_USE int impact_print(struct impact *impact, FILE *to, bool is_backtest);

/* The verbs of `cardwatch rules` that stand on it; otherwise as those of rules/verbs/verbs.h. */
int verb_preview(int argc, char **argv);
int verb_backtest(int argc, char **argv);

#endif
