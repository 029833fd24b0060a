/* stretches.c - what a clock leaves out: its pauses, each as far as its term and its pair's cap let
 * it, and the gaps between a stop and a reopening; merged, so that what overlaps counts once.
 */
#include "engine/reckon/reckon.h"

static const struct rule_pause *rule_pause_find(const struct rule *rule, uint32_t kind)
{
    for (uint32_t i = 0; i < rule->pause_count; i++)
        if ((uint32_t)rule->pauses[i].from == kind)
            return &rule->pauses[i];
    return NULL;
}

/* Where so much of a unit after an instant ends. */
static struct stretch term_stretch(const struct reckoning *reckoning, int64_t from_ms,
                                   struct term term)
{
    struct counting plain = {.count = reckoning->rule->counting.count, .cutoff_ms = -1};
    enum axis axis = counting_axis(plain.count, term.unit);
    struct stretch stretch = {.from_ms = from_ms, .to_ms = INT64_MAX};
    int64_t position;
    struct instant end;
    if (axis_position(reckoning->calendar, axis, (struct instant){.ms = from_ms}, &position) != 0)
        return stretch;
    position += axis_length(reckoning->calendar, axis, position, term);
    if (axis_instant(reckoning->calendar, &plain, axis, position, &end, NULL) != 0)
        return stretch;
    stretch.to_ms = end.ms;
    stretch.is_day_end = is_day_axis(axis);
    return stretch;
}

struct stretch reckon_pause(const struct reckoning *reckoning, const struct core_pause *pause)
{
    struct stretch whole = {.from_ms = pause->from_ms, .to_ms = pause->to_ms};
    struct term term = pause->term;
    const struct rule_pause *pair = rule_pause_find(reckoning->rule, pause->kind);
    if (!term_is_set(term) && pair != NULL)
        term = pair->term;
    if (!term_is_set(term))
        return whole;
    struct stretch stretch = term_stretch(reckoning, pause->from_ms, term);
    return stretch.to_ms <= whole.to_ms ? stretch : whole;
}

/* Stretches in the order of their beginnings. */
struct stretch_list {
    struct stretch *at;
    uint32_t count;
    uint32_t room;
};

static void stretch_add(struct stretch_list *list, struct stretch stretch)
{
    if (stretch.to_ms <= stretch.from_ms)
        return;
    assert(list->count < list->room);
    uint32_t place = list->count++;
    for (; place > 0 && list->at[place - 1].from_ms > stretch.from_ms; place--)
        list->at[place] = list->at[place - 1];
    list->at[place] = stretch;
}

/* Does it end before that one, on some line? */
static bool is_shorter(const struct stretch *stretch, const struct stretch *other)
{
    return stretch->to_ms < other->to_ms ||
           (stretch->to_ms == other->to_ms && stretch->is_day_end && !other->is_day_end);
}

/* What overlaps counts once. */
static void stretches_merge(struct stretch_list *list)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        struct stretch *last = kept == 0 ? NULL : &list->at[kept - 1];
        if (last == NULL || list->at[i].from_ms > stretch_end(last, AXIS_CIVIL_DAY)) {
            list->at[kept++] = list->at[i];
        } else if (is_shorter(last, &list->at[i])) {
            last->to_ms = list->at[i].to_ms;
            last->is_day_end = list->at[i].is_day_end;
        }
    }
    list->count = kept;
}

/* A pair with a cap leaves out no more than that in all: the stretch that goes beyond is cut, those
 * behind it count. */
static void stretches_cap(const struct reckoning *reckoning, struct term cap,
                          struct stretch_list *list)
{
    const struct calendar *calendar = reckoning->calendar;
    struct counting plain = {.count = reckoning->rule->counting.count, .cutoff_ms = -1};
    enum axis axis = counting_axis(plain.count, cap.unit);
    int64_t used = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        struct stretch *stretch = &list->at[i];
        int64_t from;
        int64_t to = INT64_MAX;
        if (axis_position(calendar, axis, (struct instant){.ms = stretch->from_ms}, &from) != 0 ||
            (stretch->to_ms != INT64_MAX &&
             axis_position(calendar, axis, (struct instant){.ms = stretch_end(stretch, axis)},
                           &to) != 0))
            return;
        int64_t left = axis_length(calendar, axis, from, cap) - used;
        if (to != INT64_MAX && to - from <= left) {
            used += to - from;
            continue;
        }
        struct instant end;
        if (left > 0 && axis_instant(calendar, &plain, axis, from + left, &end, NULL) == 0) {
            stretch->to_ms = end.ms;
            stretch->is_day_end = is_day_axis(axis);
        }
        list->count = left > 0 ? i + 1 : i;
        return;
    }
}

static void stretches_of_pair(const struct reckoning *reckoning, const struct rule_pause *pair,
                              struct stretch_list *list)
{
    int64_t start_ms = reckoning->from.ms;
    for (uint32_t row = reckoning->kase->first_pause; row != 0;) {
        const struct core_pause *pause = pause_row(reckoning->core, row);
        row = pause->next;
        if (pause->kind != pair->from || pause->until != pair->to)
            continue;
        struct stretch stretch = reckon_pause(reckoning, pause);
        if (stretch.from_ms < start_ms)
            stretch.from_ms = start_ms;
        stretch_add(list, stretch);
    }
}

void reckon_stretches(struct reckoning *reckoning)
{
    const struct rule *rule = reckoning->rule;
    struct stretch_list all = {.at = reckoning->stretches, .room = COUNT_OF(reckoning->stretches)};
    for (uint32_t i = 0; i < rule->pause_count && reckoning->kase->first_pause != 0; i++) {
        struct stretch own[PAUSE_MAX];
        struct stretch_list list = {.at = own, .room = PAUSE_MAX};
        stretches_of_pair(reckoning, &rule->pauses[i], &list);
        if (term_is_set(rule->pauses[i].cap)) {
            stretches_merge(&list);
            stretches_cap(reckoning, rule->pauses[i].cap, &list);
        }
        for (uint32_t k = 0; k < list.count; k++)
            stretch_add(&all, own[k]);
    }
    for (uint32_t row = reckoning->more == NULL ? 0 : reckoning->more->first_gap; row != 0;) {
        const struct core_pause *gap = pause_row(reckoning->core, row);
        int64_t start_ms = reckoning->from.ms;
        stretch_add(&all,
                    (struct stretch){.from_ms = gap->from_ms < start_ms ? start_ms : gap->from_ms,
                                     .to_ms = gap->to_ms});
        row = gap->next;
    }
    stretches_merge(&all);
    reckoning->stretch_count = all.count;
}
