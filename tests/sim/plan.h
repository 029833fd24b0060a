/* plan.h - from one seed, what the sources of a made-up city send: turn by turn, as messages.
 *
 * Layer: tests. The same seed, the same bytes. Cases have pauses, extensions, steps; some events
 * come late, some twice, some corrected.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include "engine/wire/intake.h"

enum { PLAN_STEPS_MAX = 400, PLAN_MESSAGES_MAX = 4, PLAN_EVENTS_MAX = 1000, PLAN_SOURCES = 2 };

extern const char *const plan_source_name[PLAN_SOURCES];

/* What one turn takes. */
struct plan_step {
    uint32_t edition; /* not 0: rules that come into force */
    uint32_t message_count;
    struct bytes messages[PLAN_MESSAGES_MAX];
};

struct plan {
    uint32_t event_count;
    uint32_t step_count;
    struct plan_step steps[PLAN_STEPS_MAX];
};

/* A small generator of numbers: seed it with anything but 0. */
uint64_t plan_random(uint64_t *state);

/* plan_below - 0 … limit - 1. */
uint32_t plan_below(uint64_t *state, uint32_t limit);

/* plan_make - owned by the caller, ended with plan_clear; ends the program if memory is short. */
struct plan *plan_make(uint64_t seed);
void plan_clear(struct plan **plan_p);

#endif
