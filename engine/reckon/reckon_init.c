/* reckon_init.c - a look at one clock as it stands: what its limits are counted on, and from when.
 */
#include "engine/reckon/reckon.h"

/* Does the calendar reach back to the start, on the lines that its limits lie on? */
static bool is_start_known(const struct reckoning *reckoning)
{
    for (uint32_t i = 0; i < reckoning->rule->limit_count; i++) {
        struct term term = reckoning->limits->terms[i];
        int64_t position;
        if (term_is_set(term) &&
            axis_position(reckoning->calendar,
                          counting_axis(reckoning->rule->counting.count, term.unit),
                          reckoning->from, &position) != 0)
            return false;
    }
    return true;
}

void reckon_init_alike(struct reckoning *reckoning, const struct core *core,
                       const struct core_case *kase, const struct core_clock *clock)
{
    reckoning->core = core;
    reckoning->kase = kase;
    reckoning->clock = clock;
    reckoning->rule = clock_rule_alike(core, kase, clock);
    reckoning->calendar = case_calendar(core, kase, reckoning->rule);
    reckoning->limits = pool_row(&core->limit_sets, clock->limits);
    reckoning->more = clock_more_find(core, clock);
    reckoning->from = (struct instant){.ms = clock->start_ms};
    reckoning->is_provisional = false;
    reckoning->is_told_by_events = false;
    reckoning->stretch_count = 0;
    reckoning->is_judgeable = reckoning->calendar != NULL &&
                              counting_start(reckoning->calendar, &reckoning->rule->counting,
                                             reckoning->from, &reckoning->from) == 0 &&
                              is_start_known(reckoning);
    if (reckoning->is_judgeable &&
        (kase->first_pause != 0 || (reckoning->more != NULL && reckoning->more->first_gap != 0)))
        reckon_stretches(reckoning);
}

void reckon_init(struct reckoning *reckoning, const struct core *core, const struct core_case *kase,
                 const struct core_clock *clock)
{
    reckon_init_alike(reckoning, core, kase, clock);
    reckoning->rule = clock_rule(core, kase, clock);
}
