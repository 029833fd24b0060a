/* bar.h - what a person who watches a collector sees: how far, how fast, how long still.
 *
 * Layer: collectors. Writes one line again and again, and only when standard error is a terminal.
 */
#ifndef COLLECTORS_BAR_H
#define COLLECTORS_BAR_H

#include "collectors/push/input.h"

struct bar {
    bool is_on;
    int64_t began_ms;
    int64_t shown_ms;
    uint64_t shown_events;
    int64_t rate; /* events/s, smoothed */
    uint64_t done_at_start;
};

struct bar_facts {
    uint64_t events; /* committed in this run */
    uint64_t refused;
    struct progress progress;
    const char *note; /* instead of the time left: "waiting for the engine"; NULL: none */
};

void bar_init(struct bar *bar, struct progress progress);

/* bar_show - at most ten times a second; `always`: now. */
void bar_show(struct bar *bar, const struct bar_facts *facts, bool always);

/* bar_clear - take the line away, so that something else can be written. */
void bar_clear(struct bar *bar);

#endif
