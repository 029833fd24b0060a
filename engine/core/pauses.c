/* pauses.c - the pauses of a case: begun, ended, and those without effect told. What one of them
 * comes to for a clock is reckoned in stretches.c.
 */
#include "engine/core/fold.h"
#include "engine/core/stray.h"

/* The same pause, sent a second time under another number. */
static bool is_pause_open(const struct core *core, const struct core_case *kase,
                          const struct event *event)
{
    for (uint32_t row = kase->first_pause; row != 0;) {
        const struct core_pause *pause = pause_row(core, row);
        if (pause->kind == (uint32_t)event->kind && pause->from_ms == event->at.ms &&
            pause->to_ms == INT64_MAX && pause->term.n == event->term.n &&
            pause->term.unit == event->term.unit &&
            slice_is_equal(names_get(&core->names, pause->step), event->step))
            return true;
        row = pause->next;
    }
    return false;
}

bool fold_pause_begin(struct core *core, struct core_case *kase, const struct event *event)
{
    if (is_pause_open(core, kase, event)) {
        stray_note(core, kase, event, STRAY_SAME_PAUSE, NULL);
        return false;
    }
    uint32_t row = kase->pause_count < PAUSE_MAX ? pool_add(&core->pauses) : 0;
    if (row == 0) {
        stray_note(core, kase, event, STRAY_PAUSES_FULL, NULL);
        return false;
    }
    if (kase->ended_by != EVENT_NONE)
        stray_note(core, kase, event, STRAY_PAUSE_AFTER_END, NULL);
    else if (kase->settled_ms == INT64_MIN)
        stray_note(core, kase, event, STRAY_PAUSE_BEFORE_CASE, NULL);
    if (fold_is_empty_term(event->term))
        stray_note(core, kase, event, STRAY_NO_LENGTH, NULL);
    struct core_pause *pause = pause_row(core, row);
    pause->from_ms = event->at.ms;
    pause->to_ms = INT64_MAX;
    pause->term = event->term;
    pause->kind = (uint32_t)event->kind;
    pause->step = names_add(&core->names, event->step);
    uint32_t *link = &kase->first_pause;
    while (*link != 0)
        link = &pause_row(core, *link)->next;
    *link = row;
    kase->pause_count++;
    return true;
}

/* A resume ends the oldest open pause of its pair, of the same step where it names one. */
bool fold_pause_end(struct core *core, struct core_case *kase, const struct event *event)
{
    uint8_t kind = case_edition(core, kase)->pause_of[event->kind];
    struct core_pause *found = NULL;
    for (uint32_t row = kase->first_pause; row != 0;) {
        struct core_pause *pause = pause_row(core, row);
        row = pause->next;
        if (pause->kind != kind || pause->to_ms != INT64_MAX)
            continue;
        if (slice_is_equal(names_get(&core->names, pause->step), event->step)) {
            found = pause;
            break;
        }
        if (found == NULL)
            found = pause;
    }
    if (found == NULL) {
        stray_note(core, kase, event, STRAY_NO_PAUSE, NULL);
        return false;
    }
    found->to_ms = event->at.ms;
    return true;
}
