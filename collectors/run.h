/* run.h - from an input to the engine, or to standard output: what every kind of collector does.
 *
 * Layer: collectors. Called by main.c once the input stands.
 */
#ifndef COLLECTORS_RUN_H
#define COLLECTORS_RUN_H

#include "collectors/push/input.h"
#include "collectors/push/report.h"

enum {
    RUN_TICK_MS = 200,       /* paced: how often the simulated time is told */
    RUN_POSITION_MS = 200,   /* the position file is at most so old */
    RUN_STOP_WAIT_MS = 2000, /* told to end: how long to wait for what is under way */
};

struct run_options {
    const char *source;
    const char *endpoint;
    const char *position;      /* NULL: none */
    const char *map_print;     /* "": no mapping */
    int64_t speed;             /* simulated seconds in a real one; 0: as fast as it goes */
    struct instant paced_from; /* events before it are sent at once; INSTANT_NONE: none */
    bool is_live;              /* paced by the wall clock itself: an event goes out at its `at` */
    int64_t alive_ms;      /* nothing to send for so long: say that the source is alive; 0: never */
    bool has_end_tick;     /* at the end of the input tell the engine that time goes on to … */
    struct instant end_at; /* … here; INSTANT_NONE: the instant of the last event */
    bool is_dry;           /* print canonical JSON Lines instead of sending */
    bool is_strict;        /* refused rows make the exit code 65 */
    int64_t batch_events;
    struct report *report;
};

/* run_input - runs to the end of the input, or until SIGTERM or SIGINT.
 *
 * Returns: the exit code of the program (sysexits).
 */
int run_input(const struct input *input, const struct run_options *options);

/* run_dry - print the events. Returns: the exit code. */
int run_dry(const struct input *input, const struct run_options *options);

/* out_input - write the events to standard output in a canonical form: "jsonl" or "csv". */
int out_input(const struct input *input, const char *form);

/* stop_watch - from now on SIGTERM and SIGINT are only noted. stop_is_asked - has one come? */
void stop_watch(void);
bool stop_is_asked(void);

#endif
