/* rule_test.h - a test that a rule file carries: some events, and exactly the cards they make.
 *
 * Layer: rules/model. Pure. rules/text reads it, rules/trial runs it through the engine's core.
 */
#ifndef RULES_MODEL_RULE_TEST_H
#define RULES_MODEL_RULE_TEST_H

#include "engine/model/card.h"
#include "rules/model/ruleset.h"

/* One event, and when the engine first sees it: usually when it happened. */
struct rule_test_event {
    struct instant seen_at;
    uint64_t seq; /* the source's number; 0: its place in the list. A correction repeats one */
    struct event event;
    uint32_t line;
};

/* One card that must be. */
struct rule_test_card {
    struct instant due_at; /* the instant after which its rung holds */
    uint8_t level;
    enum card_state state; /* ISSUED: it stands. It was raised, and is WITHDRAWN or DISMISSED */
    bool is_pending;       /* it waits for its release; false: nothing is said of it */
    bool is_shadow;        /* nobody is told of it; the same */
    struct slice rule;     /* empty: any */
    struct slice case_no;  /* empty: any */
    struct slice org;      /* whose card it is; empty: any */
    uint32_t line;
};

struct rule_test {
    struct slice it; /* what it shows, in words */
    struct slice file;
    uint32_t line;
    struct slice rule; /* only this rule looks on; empty: the whole set */
    struct slice set;
    bool has_item;
    struct item item; /* made up for the test; the only one in the catalogue */
    uint32_t org_count;
    const struct org *orgs; /* made up for the test, with their supervisors; sorted by code */
    uint32_t event_count;
    const struct rule_test_event *events; /* as written; rising by seen_at */
    uint32_t card_count;
    const struct rule_test_card *cards;
    struct instant until;            /* the last instant that is looked at */
    const struct calendar *calendar; /* whose zone the times are written in */
};

#endif
