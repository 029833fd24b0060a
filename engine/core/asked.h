/* asked.h - what the conditions asked that one clock began under. Inside engine/core. */
#ifndef CORE_ASKED_H
#define CORE_ASKED_H

#include "engine/core/asking.h"

/* The clock that is looked for, and what is found. */
struct asked_look {
    const struct rule *rule;
    struct slice step;
    uint32_t cycle;
    int64_t start_ms;
    const struct asked_sink *sink;
    struct event_ref by; /* place 0: it has not begun yet */
};

/* asked_look - before a clock of a rule begins: if it is the one that is looked for, its conditions
 * are asked once more, and each answer is told. */
void asked_look(const struct core *core, const struct asking *asking, uint32_t rule_index,
                uint32_t step, uint32_t cycle);

#endif
