/* receipt_confirm.c - what a receipt says of a card that has to be released: since when it waits
 * and until when it may, and who decided on it, when, and why.
 */
#include "engine/query/receipt.h"

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static json_t *decision_json(const struct receipt_case *about, const struct clock_view *clock,
                             uint64_t place)
{
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *past = &about->events[i];
        if (past->ref.place != place)
            continue;
        json_t *json = json_pack(
            "{s:s, s:o, s:o, s:o, s:o}", "kind", event_kind_name[past->event.kind], "at",
            receipt_instant(clock, past->event.at), "handler", query_text(past->event.handler),
            "org", query_text(past->event.org), "ground", query_text(past->event.reason));
        receipt_put_origin(about, json, past);
        return json;
    }
    return json_null();
}

json_t *receipt_confirm(const struct receipt_case *about, const struct clock_view *clock,
                        uint32_t rung)
{
    const struct rung *is = clock->rungs[rung].rung;
    struct confirm_view view;
    if (is->issue != ISSUE_CONFIRM ||
        !explain_confirm(turn_core(about->world->turn), about->kase->index, clock, rung, &view))
        return json_null();
    bool is_decided = view.by.place != 0;
    const char *state = view.is_released ? "released" : is_decided ? "dismissed" : "pending";
    json_t *json = json_pack("{s:o, s:s, s:s, s:b}", "within", receipt_term(is->confirm_within),
                             "then", is->confirm_issues ? "issue" : "remind", "state", state,
                             "overdue", view.is_pending && view.is_overdue);
    put(json, "since", receipt_instant(clock, view.since));
    put(json, "until", receipt_instant(clock, view.until));
    put(json, "by_time", receipt_instant(clock, view.free_at));
    put(json, "by", decision_json(about, clock, view.by.place));
    return json;
}

json_t *receipt_released(const struct receipt_case *about, const struct clock_view *clock,
                         uint32_t rung)
{
    struct confirm_view view;
    struct instant at = INSTANT_NONE;
    if (clock->rungs[rung].rung->issue != ISSUE_CONFIRM ||
        !explain_confirm(turn_core(about->world->turn), about->kase->index, clock, rung, &view))
        return NULL;
    if (view.is_released)
        at = view.free_at.ms != INT64_MAX ? view.free_at : clock->rungs[rung].due_at;
    for (uint32_t i = 0; view.by.place != 0 && view.is_released && i < about->event_count; i++)
        if (about->events[i].ref.place == view.by.place)
            at = about->events[i].event.at;
    return receipt_instant(clock, at);
}
