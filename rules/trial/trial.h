/* trial.h - runs the tests that rules carry: these events, then exactly these cards.
 *
 * Layer: rules/trial. Plays each test through the very core that judges live, on a clock that the
 * test sets. It reads no file, and says nothing: the caller is told what differed.
 */
#ifndef RULES_TRIAL_TRIAL_H
#define RULES_TRIAL_TRIAL_H

#include "engine/model/card.h"
#include "rules/model/rule_test.h"

enum trial_difference {
    TRIAL_MISSING, /* a card that should be is not */
    TRIAL_SURPLUS, /* a card is that should not be */
    TRIAL_REFUSED, /* the core took an event of the test not in */
    TRIAL_NO_RULE, /* the test's rule is not in the rule set */
};

/* One thing that differs. Borrows: for the call. */
struct trial_report {
    const struct rule_test *test;
    enum trial_difference difference;
    uint32_t line;         /* in the test's file */
    struct instant due_at; /* MISSING, SURPLUS */
    int32_t offset_s;      /* of the test's calendar then */
    struct slice level;
    struct slice rule;
    struct slice case_no;  /* empty: no card of the test states one */
    struct slice org;      /* the same */
    enum card_state state; /* ISSUED: it stands; WITHDRAWN, DISMISSED */
    bool is_pending;
    bool is_shadow;
};

struct trial_result {
    uint32_t test_count;
    uint32_t failed_count; /* tests with at least one difference */
};

/* trial_run_all - every test of the rule set. */
MUST_USE int trial_run_all(const struct ruleset *ruleset, void *ctx,
                           void (*report)(void *ctx, const struct trial_report *report),
                           struct trial_result *result_out);

#endif
