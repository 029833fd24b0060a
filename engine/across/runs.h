/* runs.h - rules across cases that have no window: runs of cases that are so.
 *
 * Layer: across. Inside the core.
 */
#ifndef ACROSS_RUNS_H
#define ACROSS_RUNS_H

#include "engine/cases/state.h"

/* runs_judge - the cards of a group without a window: those runs that may have changed. is_whole:
 * all of them. Cost: O(log marks) for each of these, and each mark between that is not so. */
void runs_judge(struct core *core, struct core_group *group, bool is_whole);

/* A run as it stands: places of its marks. */
struct run {
    uint32_t first; /* 0: there is none */
    uint32_t length;
    int64_t due_ms; /* of its card; INT64_MIN: it has none */
};

/* run_find - the run of a group without a window that begins at an instant. */
struct run run_find(const struct core *core, const struct core_group *group, int64_t begin_ms);

#endif
