/* clocks.c - how the clocks of a case stand, and how each was counted. */
#include "engine/explain/alone.h"
#include "engine/reckon/reckon.h"

static void limits_fill(struct reckoning *reckoning, struct clock_view *view)
{
    const struct ruleset *ruleset = case_edition(reckoning->core, reckoning->kase)->ruleset;
    view->limit_count = reckoning->rule->limit_count;
    for (uint32_t i = 0; i < view->limit_count; i++) {
        reckoning->is_provisional = false;
        struct instant due = reckon_limit(reckoning, i);
        view->limits[i] = (struct limit_view){
            .name = ruleset->limit_names[reckoning->rule->limits[i].name],
            .term = reckoning->limits->terms[i],
            .due_at = due,
            .is_provisional = reckoning->is_provisional,
            .is_set_by_source = !term_is_set(reckoning->limits->terms[i]) && instant_is_set(due),
            .extended = reckoning->more == NULL ? 0 : reckoning->more->extended[i],
        };
    }
}

/* Why a rung that was found late has no card. */
static const char *why_skipped(struct reckoning *reckoning, const struct rung *rung)
{
    const struct core_clock *clock = reckoning->clock;
    if (clock->state == CLOCK_CANCELLED)
        return "found only after the clock was cancelled";
    if (clock->state == CLOCK_STOPPED && !rung->after_finish)
        return "found only after the clock had stopped";
    int64_t end =
        clock->stop_ms < reckoning->core->now.ms ? clock->stop_ms : reckoning->core->now.ms;
    if (!rung->after_limit && reckon_limit(reckoning, rung->limit).ms < end)
        return "found only after its limit was over";
    return "a higher card was found at once";
}

/* Why a rung has no card and never will, as things stand; NULL: it waits. */
static const char *why_never(struct reckoning *reckoning, const struct rung_view *rung,
                             const struct rung_view *follows)
{
    const struct core_clock *clock = reckoning->clock;
    if (reckoning->calendar == NULL)
        return "cannot be judged: neither item, org nor rule has a calendar";
    if (!reckoning->is_judgeable)
        return "cannot be judged: the calendar does not cover it";
    if (follows == NULL && !instant_is_set(rung->due_at))
        return "the case has no such limit";
    if (follows != NULL && follows->state == RUNG_NEVER)
        return follows->why;
    if (follows != NULL && follows->state == RUNG_SKIPPED)
        return "the card it follows was not issued";
    if (clock->state == CLOCK_CANCELLED)
        return "the clock was cancelled";
    if (follows != NULL && follows->state != RUNG_WAITING && !instant_is_set(rung->due_at))
        return "cannot be judged: the calendar does not cover it";
    if (clock->state == CLOCK_STOPPED && rung->due_at.ms >= clock->stop_ms)
        return "the clock stopped in time";
    return NULL;
}

static const char *why_waiting(const struct reckoning *reckoning, const struct rung_view *rung,
                               const struct rung_view *follows)
{
    bool is_followed = follows != NULL && follows->state != RUNG_WAITING;
    bool is_held = reckoning->stretch_count > 0 &&
                   reckoning->stretches[reckoning->stretch_count - 1].to_ms == INT64_MAX;
    if (is_followed && !is_held && rung->due_at.ms == INT64_MAX && follows->due_at.ms != INT64_MAX)
        return "waits for the release of the card it follows";
    if (rung->due_at.ms == INT64_MAX)
        return "held by an open pause";
    return follows != NULL && follows->state == RUNG_WAITING ? "waits for the card it follows" : "";
}

/* Those before it are filled: a chain points to an earlier rung. */
static void rung_fill(struct reckoning *reckoning, uint32_t index, struct rung_view *rungs)
{
    const struct core_clock *clock = reckoning->clock;
    const struct rung *rung = &reckoning->rule->rungs[index];
    struct rung_view *view = &rungs[index];
    bool is_chain = clock->state != CLOCK_FACT && rung->form == RUNG_CHAIN;
    const struct rung_view *follows = is_chain ? &rungs[rung->chain_rung] : NULL;
    *view = (struct rung_view){.rung = rung, .why = ""};
    view->due_at = reckon_rung(reckoning, index);
    if ((clock->dismissed & rung_bit(index)) != 0) {
        view->state = RUNG_DISMISSED;
    } else if ((clock->issued & rung_bit(index)) != 0) {
        view->state = RUNG_ISSUED;
    } else if ((clock->unmet & rung_bit(index)) != 0) {
        view->state = RUNG_SKIPPED;
        view->why = "its condition did not hold";
    } else if ((clock->skipped & rung_bit(index)) != 0) {
        view->state = RUNG_SKIPPED;
        view->why = why_skipped(reckoning, rung);
    } else {
        const char *why = why_never(reckoning, view, follows);
        view->state = why == NULL ? RUNG_WAITING : RUNG_NEVER;
        view->why = why == NULL ? why_waiting(reckoning, view, follows) : why;
    }
}

static void used_fill(struct reckoning *reckoning, struct clock_view *view)
{
    int64_t tenths;
    int64_t added;
    enum unit unit;
    struct instant until = instant_is_set(view->stop_at) ? view->stop_at : reckoning->core->now;
    if (view->state != CLOCK_FACT && reckoning->rule->limit_count > 0 &&
        reckon_used(reckoning, 0, until, &tenths, &added, &unit))
        view->used = (struct term){.n = (int32_t)((tenths + 9) / 10), .unit = unit};
}

void explain_clocks(const struct core *core, uint32_t case_index,
                    void (*visit)(void *ctx, const struct clock_view *clock), void *ctx)
{
    const struct core_case *kase = case_row(core, case_index);
    for (uint32_t row = kase->first_clock; row != 0; row = clock_row(core, row)->next) {
        const struct core_clock *clock = clock_row(core, row);
        struct reckoning reckoning;
        reckon_init(&reckoning, core, kase, clock);
        struct clock_view view = {
            .ruleset = case_edition(core, kase)->ruleset,
            .rule = reckoning.rule,
            .calendar = reckoning.calendar,
            .step = names_get(&core->names, clock->step),
            .cycle = clock->cycle,
            .state = (enum clock_state)clock->state,
            .is_judgeable = reckoning.is_judgeable || clock->state == CLOCK_FACT,
            .start_at = {.ms = clock->start_ms},
            .counted_from = reckoning.from,
            .stop_at =
                clock->stop_ms == INT64_MAX ? INSTANT_NONE : (struct instant){.ms = clock->stop_ms},
            .stopped_by = (enum event_kind)clock->stopped_by,
            .due_given = INSTANT_NONE,
        };
        if (reckoning.more != NULL) {
            view.due_given.ms = reckoning.more->due_ms; /* none is INT64_MIN in both */
            view.extension_count = reckoning.more->extension_count;
        }
        uint32_t last = reckoning.stretch_count;
        view.is_paused = clock->state == CLOCK_RUNNING && last > 0 &&
                         reckoning.stretches[last - 1].to_ms > core->now.ms;
        limits_fill(&reckoning, &view);
        view.rung_count = reckoning.rule->rung_count;
        for (uint32_t i = 0; i < view.rung_count; i++)
            rung_fill(&reckoning, i, view.rungs);
        used_fill(&reckoning, &view);
        visit(ctx, &view);
    }
}

uint32_t explain_limits(const struct core *core, uint32_t case_index, struct limit_instant *limits,
                        uint32_t max)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    uint32_t count = 0;
    for (uint32_t row = kase->first_clock; row != 0; row = clock_row(core, row)->next) {
        const struct core_clock *clock = clock_row(core, row);
        struct reckoning reckoning;
        if (clock->state != CLOCK_RUNNING)
            continue;
        reckon_init(&reckoning, core, kase, clock);
        for (uint32_t i = 0; i < reckoning.rule->limit_count; i++, count++)
            if (count < max)
                limits[count] = (struct limit_instant){
                    .rule = reckoning.rule,
                    .step = names_get(&core->names, clock->step),
                    .cycle = clock->cycle,
                    .limit = ruleset->limit_names[reckoning.rule->limits[i].name],
                    .due_at = reckon_limit(&reckoning, i),
                };
    }
    return count;
}

const struct core_clock *clock_of_view(const struct core *core, const struct core_case *kase,
                                       const struct clock_view *view)
{
    for (uint32_t row = kase->first_clock; row != 0; row = clock_row(core, row)->next) {
        const struct core_clock *clock = clock_row(core, row);
        if (clock_rule(core, kase, clock) == view->rule && clock->cycle == view->cycle &&
            slice_is_equal(names_get(&core->names, clock->step), view->step))
            return clock;
    }
    return NULL;
}

void explain_pauses(const struct core *core, uint32_t case_index, const struct clock_view *clock,
                    enum axis axis, void (*visit)(void *ctx, const struct pause_view *pause),
                    void *ctx)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct core_clock *row = clock_of_view(core, kase, clock);
    assert(row != NULL);
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, row);
    for (uint32_t at = kase->first_pause; at != 0; at = pause_row(core, at)->next) {
        const struct core_pause *pause = pause_row(core, at);
        bool is_counted = false;
        for (uint32_t i = 0; i < reckoning.rule->pause_count; i++)
            is_counted |= reckoning.rule->pauses[i].from == pause->kind &&
                          reckoning.rule->pauses[i].to == pause->until;
        if (!is_counted || !reckoning.is_judgeable)
            continue;
        struct stretch left_out = reckon_pause(&reckoning, pause);
        struct pause_view view = {
            .kind = (enum event_kind)pause->kind,
            .from = {.ms = pause->from_ms},
            .to = {.ms = pause->to_ms},
            .counted_to = {.ms = stretch_end(&left_out, axis)},
            .term = pause->term,
        };
        visit(ctx, &view);
    }
    for (uint32_t at = reckoning.more == NULL ? 0 : reckoning.more->first_gap; at != 0;) {
        const struct core_pause *gap = pause_row(core, at);
        struct pause_view view = {.kind = EVENT_REOPEN,
                                  .from = {.ms = gap->from_ms},
                                  .to = {.ms = gap->to_ms},
                                  .counted_to = {.ms = gap->to_ms}};
        visit(ctx, &view);
        at = gap->next;
    }
}

uint32_t explain_stretches(const struct core *core, uint32_t case_index,
                           const struct clock_view *clock, enum axis axis, struct instant *from,
                           struct instant *to, uint32_t max)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct core_clock *row = clock_of_view(core, kase, clock);
    assert(row != NULL);
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, row);
    uint32_t count = reckoning.stretch_count < max ? reckoning.stretch_count : max;
    for (uint32_t i = 0; i < count; i++) {
        from[i].ms = reckoning.stretches[i].from_ms;
        to[i].ms = stretch_end(&reckoning.stretches[i], axis);
    }
    return count;
}
