/* pauses.c - the pauses of a case: begun, ended, and those without effect told. What one of them
 * comes to for a clock is reckoned in stretches.c.
 *
 * One event may begin pauses that different rules end with different events, and one event may end
 * what different ones began. So each pair of events that some rule names is kept for itself, and
 * every clock sees its own pairs.
 */
#include "engine/cases/pauses.h"
#include "engine/cases/stray.h"

/* The same pause, sent a second time under another number. */
static bool is_pause_open(const struct core *core, const struct core_case *kase,
                          const struct event *event, enum event_kind until)
{
    for (uint32_t row = kase->first_pause; row != 0;) {
        const struct core_pause *pause = pause_row(core, row);
        if (pause->kind == event->kind && pause->until == until && pause->from_ms == event->at.ms &&
            pause->to_ms == INT64_MAX && pause->term.n == event->term.n &&
            pause->term.unit == event->term.unit &&
            slice_is_equal(names_get(&core->names, pause->step), event->step))
            return true;
        row = pause->next;
    }
    return false;
}

static bool pause_begin(struct core *core, struct core_case *kase, const struct event *event,
                        enum event_kind until)
{
    if (is_pause_open(core, kase, event, until)) {
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
    if (term_is_empty(event->term))
        stray_note(core, kase, event, STRAY_NO_LENGTH, NULL);
    struct core_pause *pause = pause_row(core, row);
    pause->from_ms = event->at.ms;
    pause->to_ms = INT64_MAX;
    pause->term = event->term;
    pause->kind = (uint16_t)event->kind;
    pause->until = (uint16_t)until;
    pause->step = names_add(&core->names, event->step);
    uint32_t *link = &kase->first_pause;
    while (*link != 0)
        link = &pause_row(core, *link)->next;
    *link = row;
    kase->pause_count++;
    return true;
}

/* The oldest open pause of its pair, of the same step where it names one. */
static bool pause_end(struct core *core, struct core_case *kase, enum event_kind kind,
                      const struct event *event)
{
    struct core_pause *found = NULL;
    for (uint32_t row = kase->first_pause; row != 0;) {
        struct core_pause *pause = pause_row(core, row);
        row = pause->next;
        if (pause->kind != kind || pause->until != event->kind || pause->to_ms != INT64_MAX)
            continue;
        if (slice_is_equal(names_get(&core->names, pause->step), event->step)) {
            found = pause;
            break;
        }
        if (found == NULL)
            found = pause;
    }
    if (found != NULL)
        found->to_ms = event->at.ms;
    return found != NULL;
}

event_kind_set pauses_take(struct core *core, struct core_case *kase, const struct event *event)
{
    const struct edition *edition = case_edition(core, kase);
    event_kind_set bit = EVENT_KIND_BIT(event->kind);
    event_kind_set begun = edition->pause_ends[event->kind];
    bool is_ending = (edition->pause_to & bit) != 0;
    event_kind_set taken = 0;
    for (int kind = 0; is_ending && kind < EVENT_KIND_COUNT; kind++)
        if ((edition->pause_ends[kind] & bit) != 0 &&
            pause_end(core, kase, (enum event_kind)kind, event))
            taken |= EVENT_KIND_BIT(kind);
    if (is_ending && taken == 0)
        stray_note(core, kase, event, STRAY_NO_PAUSE, NULL);
    for (int kind = 0; begun != 0 && kind < EVENT_KIND_COUNT; kind++)
        if ((begun & EVENT_KIND_BIT(kind)) != 0 &&
            pause_begin(core, kase, event, (enum event_kind)kind))
            taken |= bit;
    return taken;
}
