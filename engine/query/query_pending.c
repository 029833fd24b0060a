/* query_pending.c - the cards that wait for a supervisor, the most urgent first. */
#include "engine/query/query.h"
#include "engine/wire/text.h"

#include <stdio.h>

enum { PENDING_MAX = 500, CLOCK_BYTES = 512 };

struct pending_walk {
    const struct core *core;
    const char *org; /* NULL: of all */
    uint32_t max;
    uint32_t count;
    uint64_t total;
    struct confirm_view rows[PENDING_MAX];
};

/* Soonest to be decided on; of equals, and of those without such a time, the one that waits
 * longest.
 */
static bool is_before(const struct confirm_view *a, const struct confirm_view *b)
{
    return a->until.ms != b->until.ms   ? a->until.ms < b->until.ms
           : a->since.ms != b->since.ms ? a->since.ms < b->since.ms
                                        : a->case_index < b->case_index;
}

static void pending_note(void *ctx, const struct confirm_view *view)
{
    struct pending_walk *walk = ctx;
    struct case_view kase;
    explain_case(walk->core, view->case_index, &kase);
    if (walk->org != NULL && !slice_is_equal(slice_of(walk->org), kase.org))
        return;
    walk->total++;
    uint32_t at = walk->count < walk->max ? walk->count++ : walk->max;
    for (; at > 0 && is_before(view, &walk->rows[at - 1]); at--)
        if (at < walk->max)
            walk->rows[at] = walk->rows[at - 1];
    if (at < walk->max)
        walk->rows[at] = *view;
}

static json_t *row_json(const struct query_world *world, const struct confirm_view *view)
{
    struct case_view kase;
    char clock[CLOCK_BYTES];
    char id[CARD_ID_BYTES];
    explain_case(turn_core(world->turn), view->case_index, &kase);
    (void)snprintf(clock, sizeof clock, "%.*s%s%.*s", (int)view->rule.count, view->rule.start,
                   view->step.count > 0 ? "/" : "", (int)view->step.count,
                   view->step.count > 0 ? view->step.start : "");
    card_id(kase.case_no, slice_of(clock), view->cycle, view->rung, id);
    return query_card_newest(world, id);
}

void query_pending(const struct query_world *world, const json_t *request, json_t *answer)
{
    static struct pending_walk walk; /* large; questions are asked one after the other */
    walk.core = turn_core(world->turn);
    walk.org = json_string_value(json_object_get(request, "org"));
    walk.max = (uint32_t)query_number(request, "max", 100, 1, PENDING_MAX);
    walk.count = 0;
    walk.total = 0;
    explain_pending(walk.core, pending_note, &walk);
    json_t *list = json_array();
    for (uint32_t i = 0; i < walk.count; i++) {
        json_t *row = row_json(world, &walk.rows[i]);
        if (row == NULL)
            continue;
        json_object_set_new(row, "since", query_instant(walk.rows[i].since, 0));
        json_object_set_new(row, "until", query_instant(walk.rows[i].until, 0));
        json_object_set_new(row, "overdue", json_boolean(walk.rows[i].is_overdue));
        json_array_append_new(list, row);
    }
    json_object_set_new(answer, "pending", list);
    json_object_set_new(answer, "total", json_integer((json_int_t)walk.total));
}
