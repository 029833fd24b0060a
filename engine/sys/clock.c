/* clock.c - two readings of the system's clocks, and nothing kept between them. */
#include "engine/sys/clock.h"

#include <time.h>

/* Neither call can fail for these two clocks on a system that has them at all. */
static int64_t read_ms(clockid_t clock)
{
    struct timespec time;
    int result = clock_gettime(clock, &time);
    assert(result == 0);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct instant clock_now(void)
{
    return (struct instant){.ms = read_ms(CLOCK_REALTIME)};
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}
