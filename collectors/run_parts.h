/* run_parts.h - what run.c and run_begin.c share: one run of a collector.
 *
 * Layer: collectors. Nobody else comes here.
 */
#ifndef COLLECTORS_RUN_PARTS_H
#define COLLECTORS_RUN_PARTS_H

#include "collectors/bar.h"
#include "collectors/pace.h"
#include "collectors/push/position.h"
#include "collectors/push/push.h"
#include "collectors/run.h"

struct run {
    const struct input *input;
    const struct run_options *options;
    struct push *push;
    struct pace pace;
    struct bar bar;
    struct item item;
    bool has_item;
    bool is_ended;
    struct instant last_at; /* of the latest event sent */
    struct position position;
    bool has_position; /* one was read */
    bool is_checked;   /* the engine was asked whether this is the same input */
    uint64_t committed_at_start;
    int64_t position_ms;
    int64_t tick_ms;
    uint64_t active_seq; /* the last event sent when it was looked at … */
    int64_t active_ms;   /* … and since when it is the last */
    uint32_t since_work;
    int64_t began_ms;
};

/* run_tell - a line for the person, with the bar out of the way. */
PRINTF_LIKE(2, 3) void run_tell(struct run *run, const char *format, ...);

/* run_cannot - tell a failure of the machine. Returns the exit code for it. */
MUST_USE int run_cannot(struct run *run, const char *what, int status);

/* run_refused - tell that the engine takes nothing of this source. Returns the exit code for it. */
MUST_USE int run_refused(struct run *run);

void run_show(struct run *run, const char *note, bool always);

/* run_prepare - read the position file and find its place. Returns 0 or an exit code. */
MUST_USE int run_prepare(struct run *run);

/* run_begin - greet the engine and seek the input. Returns 0, -1 when told to stop, an exit code.
 */
MUST_USE int run_begin(struct run *run);

#endif
