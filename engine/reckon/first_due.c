/* first_due.c - see first_due.h. */
#include "engine/reckon/first_due.h"

static struct first_found *place_of(const struct core *core, const struct rule *rule,
                                    uint32_t limits, int64_t start_ms)
{
    const int64_t day_ms = 86400000; /* of no zone: a day of the calendar may have two places */
    uint64_t spread = (uint64_t)(start_ms / day_ms) * UINT64_C(0x9e3779b97f4a7c15);
    spread = (spread ^ (uint64_t)(uintptr_t)rule) * UINT64_C(0xd6e8feb86659fd93);
    spread = (spread ^ limits) * UINT64_C(0x9e3779b97f4a7c15);
    return &core->firsts_found[spread >> (64 - FIRSTS_FOUND_BITS)];
}

static bool is_undisturbed(const struct core_case *kase, const struct core_clock *clock)
{
    return clock->state == CLOCK_RUNNING && clock->more == 0 && kase->first_pause == 0 &&
           (clock->issued | clock->skipped | clock->unmet) == 0;
}

bool first_due_find(const struct core *core, const struct core_case *kase,
                    const struct core_clock *clock, struct instant *due_out)
{
    if (!is_undisturbed(kase, clock))
        return false;
    const struct rule *rule = clock_rule_alike(core, kase, clock);
    const struct first_found *found = place_of(core, rule, clock->limits, clock->start_ms);
    if (found->rule != rule || found->limits != clock->limits || clock->start_ms < found->from_ms ||
        clock->start_ms >= found->to_ms || found->calendar != case_calendar(core, kase, rule))
        return false;
    due_out->ms = found->due_ms;
    return true;
}

/* Do the limits lie on lines of whole days, from the day of the start on? */
static bool is_by_day(const struct reckoning *reckoning)
{
    const struct rule *rule = reckoning->rule;
    if (rule->counting.start_moment || rule->counting.day_off_same_time ||
        rule->counting.cutoff_ms >= 0)
        return false;
    for (uint32_t i = 0; i < rule->limit_count; i++) {
        struct term term = reckoning->limits->terms[i];
        if (term_is_set(term) && (term_is_same_day(term) ||
                                  !is_day_axis(counting_axis(rule->counting.count, term.unit))))
            return false;
    }
    return true;
}

static bool day_bounds(const struct calendar *calendar, struct instant at, struct instant *from_out,
                       struct instant *to_out)
{
    static const struct counting whole = {.count = COUNT_DAY, .cutoff_ms = -1};
    int64_t day;
    return axis_position(calendar, AXIS_CIVIL_DAY, at, &day) == 0 &&
           axis_instant(calendar, &whole, AXIS_CIVIL_DAY, day - 1, from_out, NULL) == 0 &&
           axis_instant(calendar, &whole, AXIS_CIVIL_DAY, day, to_out, NULL) == 0;
}

/* What holds on the day of the start itself may hang on its hour: nothing of a clock comes before
 * its start. */
void first_due_keep(const struct reckoning *reckoning, struct instant due)
{
    const struct core_clock *clock = reckoning->clock;
    struct instant from;
    struct instant to;
    if (!is_undisturbed(reckoning->kase, clock) || !reckoning->is_judgeable ||
        !is_by_day(reckoning) || !day_bounds(reckoning->calendar, reckoning->from, &from, &to) ||
        instant_is_before(due, to))
        return;
    *place_of(reckoning->core, reckoning->rule, clock->limits, clock->start_ms) =
        (struct first_found){.rule = reckoning->rule,
                             .calendar = reckoning->calendar,
                             .limits = clock->limits,
                             .from_ms = from.ms,
                             .to_ms = to.ms,
                             .due_ms = due.ms};
}
