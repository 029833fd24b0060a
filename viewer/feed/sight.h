/* sight.h - does a viewer see? Layer: viewer/feed, private to feed.c.
 *
 * Not without a pulse for so long, and not when what is known to be there (cards, or which ledger
 * it is) cannot be got for as long.
 */
#ifndef FEED_SIGHT_H
#define FEED_SIGHT_H

#include "engine/base/instant.h"

struct sight {
    int64_t blind_ms;
    bool is_blind; /* also before the first pulse */
    bool has_pulsed;
    bool is_told;
    int64_t pulse_ms;         /* monotonic, of the last pulse; at first, of sight_begin */
    struct instant pulse_at;  /* the same on the wall clock */
    int64_t missing_since_ms; /* monotonic; 0: nothing is missing */
};

void sight_begin(struct sight *sight, int64_t blind_ms, int64_t now_ms, struct instant wall);
void sight_pulse(struct sight *sight, int64_t now_ms, struct instant wall);

/* sight_missing - is something missing at this moment? */
void sight_missing(struct sight *sight, bool is_missing, int64_t now_ms);

/* sight_progress - something that was missing has come: the time begins again. */
void sight_progress(struct sight *sight);

/* sight_look - returns true when it is to be told: at first, and whenever is_blind has changed. */
bool sight_look(struct sight *sight, int64_t now_ms);

#endif
