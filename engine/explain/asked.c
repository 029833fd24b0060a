/* asked.c - what the conditions asked that a clock began under, and that of a card, and the
 * answers. The case is folded again by itself up to what there was then, so that nothing has to be
 * kept of what was asked; an asker between the condition and the case notes all that passes.
 */
#include "engine/explain/alone.h"
#include "engine/explain/explain.h"
#include "engine/reckon/reckon.h"

/* The clock that is looked for, and what is found. */
struct asked_look {
    const struct rule *rule;
    struct slice step;
    uint32_t cycle;
    int64_t start_ms;
    const struct asked_sink *sink;
    struct event_ref by; /* place 0: it has not begun yet */
};

struct noting {
    struct condition_asker real;
    const struct asked_sink *sink;
    const struct condition *condition;
    enum asked_of of;
};

static void note(const struct noting *noting, struct asked_view view)
{
    view.of = noting->of;
    noting->sink->answer(noting->sink->ctx, &view);
}

static struct value note_number(const struct noting *noting, struct asked_view view,
                                uint32_t number)
{
    view.value = (struct value){.type = VALUE_NUMBER, .number = number};
    note(noting, view);
    return view.value;
}

static void note_truth(const struct noting *noting, struct asked_view view, bool is_so)
{
    view.value = (struct value){.type = VALUE_BOOL, .truth = is_so};
    note(noting, view);
}

static struct value note_field(void *ctx, enum field field)
{
    const struct noting *noting = ctx;
    struct value value = noting->real.field(noting->real.ctx, field);
    note(noting, (struct asked_view){.op = OP_FIELD, .field = field, .value = value});
    return value;
}

static uint32_t note_count(void *ctx, enum event_kind kind)
{
    const struct noting *noting = ctx;
    uint32_t count = noting->real.count(noting->real.ctx, kind);
    (void)note_number(noting, (struct asked_view){.op = OP_COUNT, .kind = kind}, count);
    return count;
}

static uint32_t note_count_step(void *ctx, enum event_kind kind)
{
    const struct noting *noting = ctx;
    uint32_t count = noting->real.count_step(noting->real.ctx, kind);
    (void)note_number(noting, (struct asked_view){.op = OP_COUNT_STEP, .kind = kind}, count);
    return count;
}

static struct value note_count_within(void *ctx, const struct window *window)
{
    const struct noting *noting = ctx;
    struct value value = noting->real.count_within(noting->real.ctx, window);
    note(noting,
         (struct asked_view){.op = OP_COUNT_WITHIN,
                             .kind = window->kind,
                             .window = window,
                             .window_index = (uint32_t)(window - noting->condition->windows),
                             .value = value});
    return value;
}

static struct value note_since(void *ctx, enum event_kind kind, enum unit unit)
{
    const struct noting *noting = ctx;
    struct value value = noting->real.since(noting->real.ctx, kind, unit);
    note(noting, (struct asked_view){.op = OP_SINCE, .kind = kind, .unit = unit, .value = value});
    return value;
}

static bool note_raised(void *ctx, struct slice rule, struct slice card)
{
    const struct noting *noting = ctx;
    bool is_raised = noting->real.raised(noting->real.ctx, rule, card);
    note_truth(noting, (struct asked_view){.op = OP_RAISED, .name = rule, .card = card}, is_raised);
    return is_raised;
}

static bool note_same_arrival(void *ctx, enum event_kind kind)
{
    const struct noting *noting = ctx;
    bool is_same = noting->real.same_arrival(noting->real.ctx, kind);
    note_truth(noting, (struct asked_view){.op = OP_SAME_ARRIVAL, .kind = kind}, is_same);
    return is_same;
}

static struct value note_attr(void *ctx, struct slice name)
{
    const struct noting *noting = ctx;
    struct value value = noting->real.attr(noting->real.ctx, name);
    note(noting, (struct asked_view){.op = OP_ATTR, .name = name, .value = value});
    return value;
}

static bool ask(const struct asking *asking, const struct asked_sink *sink, enum asked_of of,
                const struct condition *condition)
{
    if (condition == NULL)
        return true;
    char room[ASKING_ROOM_BYTES];
    struct asking copy = *asking;
    copy.room = room;
    copy.room_bytes = sizeof room;
    struct noting noting = {
        .real = asking_asker(&copy), .sink = sink, .condition = condition, .of = of};
    struct condition_asker asker = {.ctx = &noting,
                                    .field = note_field,
                                    .count = note_count,
                                    .since = note_since,
                                    .count_step = note_count_step,
                                    .count_within = note_count_within,
                                    .raised = note_raised,
                                    .same_arrival = note_same_arrival,
                                    .attr = note_attr};
    bool holds = condition_holds(condition, &asker);
    sink->condition(sink->ctx, of, condition, holds);
    return holds;
}

/* Before a clock of a rule begins: if it is the one that is looked for, its conditions are asked
 * once more, and each answer is told. */
static void begin_look(void *ctx, const struct asking *asking, uint32_t rule_index, uint32_t step,
                       uint32_t cycle)
{
    struct asked_look *look = ctx;
    const struct core *core = asking->core;
    const struct rule *rule = &case_edition(core, asking->kase)->ruleset->rules[rule_index];
    if (look->by.place != 0 || rule != look->rule || cycle != look->cycle ||
        asking->event->at.ms != look->start_ms ||
        !slice_is_equal(names_get(&core->names, step), look->step))
        return;
    look->by.place = core->folding;
    (void)ask(asking, look->sink, ASKED_APPLIES, rule->applies);
    (void)ask(asking, look->sink, ASKED_START, rule->start_when);
    (void)ask(asking, look->sink, ASKED_FACT, rule->fact);
}

struct event_ref explain_asked(const struct core *core, uint32_t case_index,
                               const struct clock_view *clock, struct event_ref upto,
                               const struct asked_sink *sink)
{
    struct asked_look look = {.rule = clock->rule,
                              .step = clock->step,
                              .cycle = clock->cycle,
                              .start_ms = clock->start_at.ms,
                              .sink = sink};
    const struct fold_watch watch = {.ctx = &look, .begin = begin_look};
    uint32_t row;
    struct core *alone =
        alone_make(core, case_index, case_row(core, case_index)->edition, upto, &watch, &row);
    core_destroy(&alone);
    return look.by;
}

/* Has the case, as it was then, this clock, with its rung at that instant? */
static bool is_due_at(const struct core *core, const struct core_case *kase,
                      const struct clock_view *view, const struct rung *rung, struct instant due)
{
    const struct core_clock *clock = clock_of_view(core, kase, view);
    struct reckoning reckoning;
    if (clock == NULL)
        return false;
    reckon_init(&reckoning, core, kase, clock);
    return reckon_rung(&reckoning, (uint32_t)(rung - view->rule->rungs)).ms == due.ms;
}

bool explain_asked_card(const struct core *core, uint32_t case_index,
                        const struct clock_view *clock, const struct rung *rung,
                        struct event_ref upto, struct instant due, const struct asked_sink *sink)
{
    uint32_t row;
    struct core *alone =
        alone_make(core, case_index, case_row(core, case_index)->edition, upto, NULL, &row);
    if (alone == NULL)
        return false;
    const struct core_case *kase = case_row(alone, row);
    const struct asking asking = {
        .core = alone, .kase = kase, .rule = clock->rule, .arrived = due, .at = due};
    bool is_raised = ask(&asking, sink, ASKED_CARD, rung->when);
    is_raised = is_raised && is_due_at(alone, kase, clock, rung, due);
    core_destroy(&alone);
    return is_raised;
}
