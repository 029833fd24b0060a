/* stretches.c - what a clock leaves out: its pauses, each as far as its term and its pair's cap let
 * it, and the gaps between a stop and a reopening; merged, so that what overlaps counts once.
 */
#include "engine/cases/reckon.h"

static const struct rule_pause *rule_pause_find(const struct rule *rule, uint32_t kind)
{
    for (uint32_t i = 0; i < rule->pause_count; i++)
        if ((uint32_t)rule->pauses[i].from == kind)
            return &rule->pauses[i];
    return NULL;
}

/* Where `length` of a unit after an instant ends. The end of a counted day is the next midnight,
 * which already belongs to the next day: one millisecond before it still lies on the day. */
static int64_t term_end_ms(const struct reckoning *reckoning, int64_t from_ms, struct term term)
{
    const struct counting *counting = &reckoning->rule->counting;
    enum axis axis = counting_axis(counting->count, term.unit);
    int64_t position;
    struct instant end;
    if (axis_position(reckoning->calendar, axis, (struct instant){.ms = from_ms}, &position) != 0)
        return INT64_MAX;
    position += axis_length(reckoning->calendar, axis, position, term);
    struct counting plain = {.count = counting->count, .cutoff_ms = -1};
    if (axis_instant(reckoning->calendar, &plain, axis, position, &end, NULL) != 0)
        return INT64_MAX;
    return is_day_axis(axis) ? end.ms - 1 : end.ms;
}

int64_t reckon_pause_end(const struct reckoning *reckoning, const struct core_pause *pause)
{
    struct term term = pause->term;
    const struct rule_pause *pair = rule_pause_find(reckoning->rule, pause->kind);
    if (!term_is_set(term) && pair != NULL)
        term = pair->term;
    if (!term_is_set(term))
        return pause->to_ms;
    int64_t end = term_end_ms(reckoning, pause->from_ms, term);
    return end < pause->to_ms ? end : pause->to_ms;
}

/* Stretches in the order of their beginnings. */
struct stretch_list {
    struct stretch *at;
    uint32_t count;
    uint32_t room;
};

static void stretch_add(struct stretch_list *list, int64_t from_ms, int64_t to_ms)
{
    if (to_ms <= from_ms)
        return;
    assert(list->count < list->room);
    uint32_t place = list->count++;
    for (; place > 0 && list->at[place - 1].from_ms > from_ms; place--)
        list->at[place] = list->at[place - 1];
    list->at[place] = (struct stretch){.from_ms = from_ms, .to_ms = to_ms};
}

/* What overlaps counts once. */
static void stretches_merge(struct stretch_list *list)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (kept > 0 && list->at[i].from_ms <= list->at[kept - 1].to_ms) {
            if (list->at[i].to_ms > list->at[kept - 1].to_ms)
                list->at[kept - 1].to_ms = list->at[i].to_ms;
        } else {
            list->at[kept++] = list->at[i];
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
             axis_position(calendar, axis, (struct instant){.ms = stretch->to_ms}, &to) != 0))
            return;
        int64_t left = axis_length(calendar, axis, from, cap) - used;
        if (to != INT64_MAX && to - from <= left) {
            used += to - from;
            continue;
        }
        struct instant end;
        if (left > 0 && axis_instant(calendar, &plain, axis, from + left, &end, NULL) == 0)
            stretch->to_ms = is_day_axis(axis) ? end.ms - 1 : end.ms;
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
        stretch_add(list, pause->from_ms < start_ms ? start_ms : pause->from_ms,
                    reckon_pause_end(reckoning, pause));
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
            stretch_add(&all, own[k].from_ms, own[k].to_ms);
    }
    for (uint32_t row = reckoning->more == NULL ? 0 : reckoning->more->first_gap; row != 0;) {
        const struct core_pause *gap = pause_row(reckoning->core, row);
        int64_t start_ms = reckoning->from.ms;
        stretch_add(&all, gap->from_ms < start_ms ? start_ms : gap->from_ms, gap->to_ms);
        row = gap->next;
    }
    stretches_merge(&all);
    reckoning->stretch_count = all.count;
}
