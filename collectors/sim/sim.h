/* sim.h - a believable city hall as an input: hundreds of items, morning peaks, lunch, days off,
 * steps, pauses, corrections, extensions, withdrawals, some cases late. The same seed gives the
 * same events on every machine.
 *
 * Layer: collectors/sim. Called by collectors/main.c, by tests and by benches.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "collectors/push/input.h"

enum {
    SIM_CASES_PER_DAY = 3000,
    SIM_LATE_PER_MILLE = 50,
};

struct sim_options {
    uint64_t seed;
    struct instant from;     /* the first day; the hall has no cases before it */
    struct instant until;    /* the last instant; INSTANT_NEVER: it goes on and on */
    uint64_t event_max;      /* 0: no end */
    uint64_t cases_per_day;  /* applications on a workday; 0: SIM_CASES_PER_DAY */
    uint64_t rate;           /* events a second of simulated time: as many people come as it takes;
                                0: by cases_per_day */
    uint32_t late_per_mille; /* of the cases end after their promise */
    bool is_always;          /* open day and night, as many people at any hour */
    const char *calendar;    /* see hours.h; NULL: Monday to Friday */
};

enum { SIM_E_CALENDAR = 1 };

/* sim_open - returns 0, SIM_E_CALENDAR (the file), -ENOMEM. The caller ends it with its close. */
MUST_USE int sim_open(const struct sim_options *options, struct input *input_out);

#endif
