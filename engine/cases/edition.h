/* edition.h - what an edition of the rules needs to have kept of its cases. Inside the core.
 *
 * Layer: cases. Looked up once, when the edition is added, so that a case whose rules ask for
 * nothing has nothing kept.
 */
#ifndef CASES_EDITION_H
#define CASES_EDITION_H

#include "rules/model/ruleset.h"

enum { EDITION_MAX = 4096 };

struct edition {
    const struct ruleset *ruleset;
    event_kind_set pause_from;
    event_kind_set pause_to;
    event_kind_set pause_ends[EVENT_KIND_COUNT]; /* what ends a pause that began with this kind */
    event_kind_set starting;                     /* some clock may begin with these */
    event_kind_set moving;  /* a clock that goes on with these has its day of a cut-off moved */
    bool has_calendars;     /* some item or org has one of its own */
    bool is_watching_items; /* some rule wants to see cases of items not in the catalogue */
    event_kind_set counted; /* some condition asks for their counts, or the last of them */
    event_kind_set counted_steps;          /* … by step */
    event_kind_set recent_steps;           /* … in a window, by step */
    uint8_t recent_most[EVENT_KIND_COUNT]; /* … so many of them at most; 0: in none */
    bool is_placing;         /* … where the steps have got to, or the last one's result */
    bool is_handling;        /* … who handled the step before */
    bool is_asking_attrs;    /* some condition looks at the attrs of events */
    bool is_dismissing;      /* some card dismisses those of other rules */
    bool is_joint;           /* some rule looks at the children of a case */
    bool is_counting_cards;  /* some rule counts cards across cases */
    event_kind_set dated;    /* … how long ago the last of them was */
    bool is_confirming;      /* some card waits for a supervisor */
    bool is_noting_arrivals; /* some condition asks what arrived together */
};

/* edition_make - look through the rules, the catalogue and the orgs of an edition. ruleset:
 * borrowed, and outlives what is returned. Cost: O(rules + items + orgs). */
struct edition edition_make(const struct ruleset *ruleset);

#endif
