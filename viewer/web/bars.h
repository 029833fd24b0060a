/* bars.h - cards raised per hour (or per day) over the last so many of them, by level.
 *
 * Layer: viewer/web. A ring of buckets in the local time of the engine's stamps. Called by board.c.
 */
#ifndef WEB_BARS_H
#define WEB_BARS_H

#include "engine/base/base.h"

#include <jansson.h>

enum { BARS_BUCKETS_MAX = 32, BARS_LEVELS_MAX = 8 };

struct bars {
    int64_t bucket_ms;
    int64_t count;  /* of buckets shown */
    int64_t newest; /* bucket number since 1970, local */
    bool has_any;
    uint32_t raised[BARS_BUCKETS_MAX][BARS_LEVELS_MAX];
};

/* bars_init - count: at most BARS_BUCKETS_MAX. */
void bars_init(struct bars *bars, int64_t bucket_ms, int64_t count);

/* bars_reach - time has come this far (local ms since 1970): older buckets fall out. */
void bars_reach(struct bars *bars, int64_t local_ms);

/* bars_add - one card of this level. One older than the oldest bucket is left out. */
void bars_add(struct bars *bars, int64_t local_ms, uint8_t level);

/* bars_to_json - {"newest_ms": start of the newest bucket (local), "step_ms", "by": [[n per level]
 * oldest first]}; by is empty while there is no time at all. NULL if memory is short. */
MUST_USE json_t *bars_to_json(const struct bars *bars, uint8_t level_count);

#endif
