/* pending.c - questions about the cards that wait for a supervisor. */
#include "engine/explain/explain.h"
#include "engine/reckon/decisions.h"

static const struct core_confirm *confirm_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->confirms, row);
}

static struct confirm_view view_of(const struct core *core, const struct core_confirm *confirm)
{
    return (struct confirm_view){
        .case_index = confirm->case_row,
        .rule = names_get(&core->names, confirm->rule),
        .step = names_get(&core->names, confirm->step),
        .rung = names_get(&core->names, confirm->rung),
        .cycle = confirm->cycle,
        .is_pending = confirm->is_waiting,
        .is_overdue = confirm->is_overdue,
        .is_released = confirm->decided == CONFIRM_RELEASED,
        .since = {.ms = confirm->since_ms},
        .until = {.ms = confirm->until_ms},
        .by = {.place = confirm->by},
        .free_at = {.ms = confirm->free_ms == INT64_MIN ? INT64_MAX : confirm->free_ms},
    };
}

bool explain_confirm(const struct core *core, uint32_t case_index, const struct clock_view *clock,
                     uint32_t rung, struct confirm_view *view_out)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct case_side *side = core->confirms.count == 1 ? NULL : case_side_find(core, kase);
    for (uint32_t row = side == NULL ? 0 : side->first_confirm; row != 0;) {
        *view_out = view_of(core, confirm_row(core, row));
        if (view_out->cycle == clock->cycle && slice_is_equal(view_out->step, clock->step) &&
            slice_is_equal(view_out->rule, clock->rule->name) &&
            slice_is_equal(view_out->rung, clock->rungs[rung].rung->name))
            return true;
        row = confirm_row(core, row)->next;
    }
    return false;
}

void explain_pending(const struct core *core,
                     void (*visit)(void *ctx, const struct confirm_view *view), void *ctx)
{
    for (uint32_t row = 1; row < core->confirms.count; row++) {
        if (!confirm_row(core, row)->is_waiting) /* of a row that is not in use, too */
            continue;
        struct confirm_view view = view_of(core, confirm_row(core, row));
        visit(ctx, &view);
    }
}
