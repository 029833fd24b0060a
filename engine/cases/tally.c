/* tally.c - what is counted of a case, where some rule of its edition asks for it. */
#include "engine/cases/tally.h"
#include "engine/cases/recent.h"

static struct step_tally *step_find(const struct core *core, const struct case_tally *tally,
                                    uint32_t step)
{
    for (uint32_t row = tally->first_step; row != 0;) {
        struct step_tally *found = pool_row(&core->step_tallies, row);
        if (found->step == step)
            return found;
        row = found->next;
    }
    return NULL;
}

static void step_count(struct core *core, struct case_tally *tally, const struct event *event)
{
    uint32_t step = names_add(&core->names, event->step);
    struct step_tally *found = step_find(core, tally, step);
    if (found == NULL) {
        uint32_t row = pool_add(&core->step_tallies);
        if (row == 0)
            return;
        found = pool_row(&core->step_tallies, row);
        found->step = step;
        found->next = tally->first_step;
        tally->first_step = row;
    }
    if (found->count[event->kind] < UINT16_MAX)
        found->count[event->kind]++;
}

void tally_before(struct core *core, struct core_case *kase, const struct event *event,
                  bool is_by_step)
{
    if (kase->tally == 0)
        kase->tally = pool_add(&core->tallies);
    if (kase->tally == 0)
        return;
    struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    if (tally->count[event->kind] < UINT16_MAX)
        tally->count[event->kind]++;
    if (is_by_step)
        step_count(core, tally, event);
    if (case_edition(core, kase)->recent_most[event->kind] > 0)
        recent_note(core, kase, tally, event);
}

static void handler_note(struct core *core, struct case_tally *tally, const struct event *event)
{
    uint32_t step = names_add(&core->names, event->step);
    if (step != tally->handled_step)
        tally->handled_before = tally->handled_by;
    tally->handled_step = step;
    tally->handled_by = names_add(&core->names, event->handler);
}

uint32_t tally_handler(const struct core *core, const struct core_case *kase,
                       const struct event *event)
{
    if (kase->tally == 0 || event->step.count == 0 || event->handler.count == 0)
        return 0;
    const struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    bool is_same = slice_is_equal(names_get(&core->names, tally->handled_step), event->step);
    return is_same ? tally->handled_before : tally->handled_by;
}

static void instant_note(struct core *core, uint32_t *row, enum event_kind kind, struct instant at)
{
    if (*row == 0) {
        *row = pool_add(&core->instants);
        if (*row == 0)
            return;
        struct case_instants *fresh = pool_row(&core->instants, *row);
        for (uint32_t i = 0; i < EVENT_OF_CASE_COUNT; i++)
            fresh->at_ms[i] = INSTANT_NONE.ms;
    }
    struct case_instants *instants = pool_row(&core->instants, *row);
    instants->at_ms[kind] = at.ms;
}

static struct instant instant_noted(const struct core *core, uint32_t row, enum event_kind kind)
{
    const struct case_instants *instants = row == 0 ? NULL : pool_row(&core->instants, row);
    return instants == NULL ? INSTANT_NONE : (struct instant){.ms = instants->at_ms[kind]};
}

void tally_after(struct core *core, struct core_case *kase, const struct event *event)
{
    if (kase->tally == 0)
        return;
    struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    const struct edition *edition = case_edition(core, kase);
    if ((edition->dated & EVENT_KIND_BIT(event->kind)) != 0)
        instant_note(core, &tally->happened, event->kind, event->at);
    if (edition->is_handling && event->step.count > 0 && event->handler.count > 0)
        handler_note(core, tally, event);
    if (!edition->is_placing)
        return;
    if (event->kind == EVENT_STEP_END)
        tally->last_result = names_add(&core->names, event->result);
    const struct item_step *step = item_step_find(case_item(core, kase), event->step);
    if (step == NULL || step->place == 0)
        return;
    tally->last_step_place = step->place;
    if (tally->furthest_step_place < step->place)
        tally->furthest_step_place = step->place;
}

void tally_release(struct core *core, struct core_case *kase)
{
    if (kase->tally == 0)
        return;
    const struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    for (uint32_t row = tally->first_step; row != 0;) {
        uint32_t next = ((const struct step_tally *)pool_row(&core->step_tallies, row))->next;
        pool_free(&core->step_tallies, row);
        row = next;
    }
    recent_release(core, tally);
    if (tally->happened != 0)
        pool_free(&core->instants, tally->happened);
    if (tally->arrived != 0)
        pool_free(&core->instants, tally->arrived);
    pool_free(&core->tallies, kase->tally);
    kase->tally = 0;
}

void tally_arrival(struct core *core, struct core_case *kase, enum event_kind kind,
                   struct instant arrived)
{
    if (kase->tally == 0)
        return;
    struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    instant_note(core, &tally->arrived, kind, arrived);
}

struct instant tally_arrived(const struct core *core, const struct core_case *kase,
                             enum event_kind kind)
{
    const struct case_tally *tally =
        kase->tally == 0 ? NULL : pool_row(&core->tallies, kase->tally);
    return tally == NULL ? INSTANT_NONE : instant_noted(core, tally->arrived, kind);
}

struct instant tally_happened(const struct core *core, const struct core_case *kase,
                              enum event_kind kind)
{
    const struct case_tally *tally =
        kase->tally == 0 ? NULL : pool_row(&core->tallies, kase->tally);
    return tally == NULL ? INSTANT_NONE : instant_noted(core, tally->happened, kind);
}

uint32_t tally_count(const struct core *core, const struct core_case *kase, enum event_kind kind)
{
    const struct case_tally *tally =
        kase->tally == 0 ? NULL : pool_row(&core->tallies, kase->tally);
    return tally == NULL ? 0 : tally->count[kind];
}

uint32_t tally_count_step(const struct core *core, const struct core_case *kase,
                          enum event_kind kind, struct slice step)
{
    if (kase->tally == 0)
        return 0;
    const struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    for (uint32_t row = tally->first_step; row != 0;) {
        const struct step_tally *found = pool_row(&core->step_tallies, row);
        if (slice_is_equal(names_get(&core->names, found->step), step))
            return found->count[kind];
        row = found->next;
    }
    return 0;
}
