/* pace.h - when is an event of the simulated time due in real time?
 *
 * Layer: collectors.
 */
#ifndef COLLECTORS_PACE_H
#define COLLECTORS_PACE_H

#include "engine/base/instant.h"

struct pace {
    int64_t speed; /* simulated ms in a real one; 0: everything is due at once */
    bool is_live;  /* simulated time is the wall clock */
    bool has_base;
    struct instant base_at; /* this instant … */
    int64_t base_ms;        /* … was due then (monotonic) */
};

/* pace_base - simulated time begins here, now; unless it has begun already. */
void pace_base(struct pace *pace, struct instant at);

/* pace_now - the simulated time. INSTANT_NEVER when nothing is held back. */
struct instant pace_now(const struct pace *pace);

/* pace_wait_ms - how long until `at` is due; 0: it is. */
int64_t pace_wait_ms(const struct pace *pace, struct instant at);

#endif
