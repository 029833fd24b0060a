/* waiting.c - see waiting.h. */
#include "engine/core/waiting.h"

struct core_confirm *waiting_make(struct core *core, const struct core_case *kase,
                                  const struct core_clock *clock, uint32_t rung_index)
{
    const struct rule *rule = clock_rule(core, kase, clock);
    struct case_side *side = case_side_make(core, kase);
    uint32_t rule_name = names_add(&core->names, rule->name);
    uint32_t rung_name = names_add(&core->names, rule->rungs[rung_index].name);
    bool has_room = side != NULL && rule_name != UINT32_MAX && rung_name != UINT32_MAX;
    uint32_t row = has_room ? pool_add(&core->confirms) : 0;
    if (row == 0) {
        core->counts.unjudgeable++; /* it can be released, but nobody is told when it is time */
        return NULL;
    }
    struct core_confirm *confirm = waiting_row(core, row);
    *confirm =
        (struct core_confirm){.until_ms = INT64_MAX,
                              .free_ms = INT64_MAX,
                              .case_row = case_find(core, text_heap_get(&core->keys, kase->key)),
                              .rule = rule_name,
                              .rung = rung_name,
                              .step = clock->step,
                              .next = side->first_confirm,
                              .cycle = clock->cycle};
    side->first_confirm = row;
    return confirm;
}

void waiting_set(struct core *core, struct core_confirm *confirm, bool is_waiting, bool is_overdue)
{
    core->counts.pending += (uint64_t)is_waiting - (uint64_t)confirm->is_waiting;
    core->counts.overdue += (uint64_t)is_overdue - (uint64_t)confirm->is_overdue;
    confirm->is_waiting = is_waiting;
    confirm->is_overdue = is_overdue;
}

void waiting_end(struct core *core, uint32_t *link)
{
    uint32_t row = *link;
    waiting_set(core, waiting_row(core, row), false, false);
    *link = waiting_row(core, row)->next;
    pool_free(&core->confirms, row);
}

/* The supervisor's own time, by the days of the law whatever the rule itself counts by. One that
 * cannot be counted has passed: it is told at once, and not never. */
static int64_t until_of(const struct core *core, const struct core_case *kase,
                        const struct core_clock *clock, const struct rung *rung)
{
    const struct counting counting = {.count = COUNT_DAY, .roll = true, .cutoff_ms = -1};
    const struct calendar *calendar = case_calendar(core, kase, clock_rule(core, kase, clock));
    struct instant until = core->now;
    bool is_provisional;
    if (!term_is_set(rung->confirm_within))
        return INT64_MAX;
    if (calendar != NULL && counting_due(calendar, &counting, core->now, rung->confirm_within,
                                         &until, &is_provisional) != 0)
        until = core->now;
    return until.ms;
}

void waiting_told(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                  uint32_t rung_index, const struct card_change *change)
{
    const struct rung *rung = &clock_rule(core, kase, clock)->rungs[rung_index];
    bool may_have_waited = core->confirms.count > 1 && /* under other rules */
                           (core->is_moving || change->state == CARD_WITHDRAWN);
    if (rung->issue != ISSUE_CONFIRM && !may_have_waited)
        return;
    uint32_t *link = confirm_link(core, kase, clock, rung_index);
    if (change->state == CARD_WITHDRAWN && link != NULL)
        waiting_end(core, link);
    if (change->state == CARD_WITHDRAWN || rung->issue != ISSUE_CONFIRM)
        return;
    struct core_confirm *confirm =
        link != NULL ? waiting_row(core, *link) : waiting_make(core, kase, clock, rung_index);
    if (confirm == NULL)
        return;
    bool is_waiting = change->state == CARD_PENDING;
    bool is_again = is_waiting && change->before == CARD_PENDING;
    waiting_set(core, confirm, is_waiting, is_again && confirm->is_overdue);
    if (!is_waiting || is_again)
        return;
    confirm->since_ms = core->now.ms;
    confirm->until_ms = until_of(core, kase, clock, rung);
}

struct instant waiting_until(const struct core *core, const struct core_case *kase,
                             const struct core_clock *clock, uint32_t rung)
{
    const struct core_confirm *confirm = confirm_find(core, kase, clock, rung);
    return confirm == NULL || !confirm->is_waiting ? INSTANT_NEVER
                                                   : (struct instant){.ms = confirm->until_ms};
}
