/* idle.h - why a rule has no clock in a case. Inside engine/core. */
#ifndef CORE_IDLE_H
#define CORE_IDLE_H

#include "engine/core/fold.h"

/* What came of the last event of a case that one rule looks at. */
struct idle_found {
    int64_t at_ms;
    uint32_t unmet;
    uint8_t kind; /* of the event; EVENT_NONE: there was none */
    uint8_t reason;
};

struct idle_look {
    struct idle_found *found; /* by the rule's index */
};

/* idle_look - before the rules of a case look at an event: what will keep each of them from it. */
void idle_look(struct core *core, const struct asking *asking);

/* What is noted while a case is folded by itself: NULL: nothing. */
struct alone_looks {
    struct idle_look *idle;
    struct asked_look *asked;
};

/* alone_make - see core_alone. looks: told while the case itself is folded. */
struct core *alone_make(const struct core *core, uint32_t case_index, uint32_t edition,
                        struct event_ref upto, struct alone_looks looks, uint32_t *case_out);

#endif
