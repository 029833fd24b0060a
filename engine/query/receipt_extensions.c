/* receipt_extensions.c - which extensions made a clock's limits longer. The core keeps how many
 * did: the first so many of those that were asked for while it ran. One that came too late does not
 * count, and none behind it does.
 */
#include "engine/query/receipt.h"

/* An instant, and whether it lies where a clock stood still until its case was reopened. */
struct standing {
    struct instant at;
    bool is_still;
};

static void standing_look(void *ctx, const struct pause_view *pause)
{
    struct standing *standing = ctx;
    standing->is_still |= pause->kind == EVENT_REOPEN && pause->from.ms < standing->at.ms &&
                          standing->at.ms < pause->to.ms;
}

static bool is_standing_still(const struct receipt_case *about, const struct clock_view *clock,
                              struct instant at)
{
    struct standing standing = {.at = at};
    explain_pauses(about->core, about->kase->index, clock, AXIS_ELAPSED, standing_look, &standing);
    return standing.is_still;
}

/* Was this extension asked for while the clock ran? */
static bool is_asked(const struct receipt_case *about, const struct clock_view *clock,
                     uint32_t index)
{
    const struct event *event = &about->events[index].event;
    struct instant end = instant_is_set(clock->stop_at) ? clock->stop_at : INSTANT_NEVER;
    bool is_empty = term_is_set(event->term) && event->term.n == 0;
    return event->kind == EVENT_EXTEND && event->at.ms >= clock->start_at.ms &&
           event->at.ms <= end.ms && !is_empty && !receipt_is_replaced(about, index) &&
           !is_standing_still(about, clock, event->at);
}

bool receipt_is_extending(const struct receipt_case *about, const struct clock_view *clock,
                          uint32_t index)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < index; i++)
        before += is_asked(about, clock, i) ? 1 : 0;
    return before < clock->extension_count && is_asked(about, clock, index);
}

json_t *receipt_extensions(const struct receipt_case *about, const struct clock_view *clock)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *past = &about->events[i];
        if (past->event.kind != EVENT_EXTEND || !receipt_is_extending(about, clock, i))
            continue;
        json_t *json =
            json_pack("{s:o, s:o, s:o}", "at", receipt_instant(clock, past->event.at), "term",
                      receipt_term(past->event.term), "ground", query_text(past->event.reason));
        receipt_put_origin(about, json, past);
        json_array_append_new(list, json);
    }
    return list;
}
