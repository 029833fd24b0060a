/* options.h - the command line of cardwatch collect, read and checked.
 *
 * Layer: collectors. Called by main.c.
 */
#ifndef COLLECTORS_OPTIONS_H
#define COLLECTORS_OPTIONS_H

#include "collectors/run.h"
#include "collectors/sim/sim.h"

enum collect_kind { COLLECT_CSV, COLLECT_JSONL, COLLECT_XES, COLLECT_SIM };

struct collect {
    enum collect_kind kind;
    char *const *paths;
    size_t path_count;
    const char *map;
    const char *encoding;
    const char *report_path;
    const char *out; /* "jsonl", "csv": write the events to standard output; NULL: send them */
    const char *catalogue;
    const char *calendar_name;
    bool is_more_than_catalogue;
    bool follow;
    struct run_options run;
    struct sim_options sim;
};

/* collect_options - read the command line. Returns 0 or an exit code; what is wrong was said. */
MUST_USE int collect_options(struct collect *collect, int argc, char **argv);

/* collect_position - with --follow there must be a position file: choose one if none was given.
 * Asked once the source is known. Returns 0 or an exit code. */
MUST_USE int collect_position(struct collect *collect);

#endif
