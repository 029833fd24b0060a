/* clock.h - the only place where a clock is read.
 *
 * Layer: sys. Tests and the simulator do not come here: the core is told what time it is.
 */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include "engine/base/instant.h"

/* clock_now - the wall clock. */
struct instant clock_now(void);

/* clock_monotonic_ms - for measuring spans: never steps; its zero means nothing. */
int64_t clock_monotonic_ms(void);

#endif
