/* pace.c - one multiplication; see the header.
 */
#include "collectors/pace.h"

#include "engine/sys/clock.h"

void pace_base(struct pace *pace, struct instant at)
{
    if (pace->has_base)
        return;
    pace->has_base = true;
    pace->base_at = at;
    pace->base_ms = clock_monotonic_ms();
}

struct instant pace_now(const struct pace *pace)
{
    if (pace->is_live)
        return clock_now();
    if (pace->speed == 0 || !pace->has_base)
        return INSTANT_NEVER;
    int64_t spent_ms = clock_monotonic_ms() - pace->base_ms;
    return (struct instant){.ms = pace->base_at.ms + spent_ms * pace->speed};
}

int64_t pace_wait_ms(const struct pace *pace, struct instant at)
{
    struct instant now = pace_now(pace);
    if (!instant_is_before(now, at))
        return 0;
    return pace->is_live ? at.ms - now.ms : (at.ms - now.ms) / pace->speed + 1;
}
