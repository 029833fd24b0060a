/* receipt_past.c - what the conditions that a clock began and stopped under have looked back at:
 * counts in a window, "returned twice within 5 workdays", and who handled the step before; found
 * again among the events of the case, newest first.
 */
#include "engine/query/receipt.h"

/* One window that ends with one event. */
struct count_walk {
    const struct receipt_case *about;
    const struct clock_view *clock;
    const struct window *window;
    uint32_t end;          /* index of that event */
    uint32_t next;         /* index behind the event to look at next */
    struct instant within; /* up to here that event's window reaches */
};

/* The next older event of the kind, and of the step. */
static const struct past_event *walk_on(struct count_walk *walk)
{
    const struct past_event *events = walk->about->events;
    while (walk->next > 0) {
        const struct past_event *past = &events[--walk->next];
        if (past->event.kind != walk->window->kind ||
            receipt_is_replaced(walk->about, walk->next) ||
            (walk->window->is_of_step &&
             !slice_is_equal(past->event.step, events[walk->end].event.step)))
            continue;
        if (counting_within(walk->clock->calendar, past->event.at, walk->window->within,
                            &walk->within) != 0)
            return NULL;
        return past;
    }
    return NULL;
}

static bool is_inside(const struct count_walk *walk)
{
    return walk->within.ms >= walk->about->events[walk->end].event.at.ms;
}

static json_t *event_json(const struct count_walk *walk, const struct past_event *past)
{
    json_t *json = json_pack("{s:o, s:o}", "at", receipt_instant(walk->clock, past->event.at),
                             "within", receipt_instant(walk->clock, walk->within));
    receipt_put_origin(walk->about, json, past);
    return json;
}

/* As many as make a difference; where there are fewer, the one before the window too. */
static json_t *count_json(struct count_walk *walk)
{
    struct slice step = walk->about->events[walk->end].event.step;
    json_t *inside = json_array();
    json_t *before = json_null();
    const struct past_event *past;
    walk->next = walk->end + 1;
    while (json_array_size(inside) < walk->window->most && (past = walk_on(walk)) != NULL) {
        if (!is_inside(walk)) {
            before = event_json(walk, past);
            break;
        }
        json_array_insert_new(inside, 0, event_json(walk, past));
    }
    return json_pack("{s:s, s:o, s:o, s:i, s:i, s:o, s:o}", "of",
                     event_kind_name[walk->window->kind], "step",
                     walk->window->is_of_step ? query_text(step) : json_null(), "term",
                     receipt_term(walk->window->within), "most", (int)walk->window->most, "count",
                     (int)json_array_size(inside), "events", inside, "before", before);
}

/* Returns true when some count is as high as the condition can tell. */
static bool counts_append(struct count_walk *walk, const struct condition *condition, json_t *list)
{
    bool is_reached = false;
    for (uint32_t i = 0; condition != NULL && i < condition->window_count; i++) {
        walk->window = &condition->windows[i];
        json_t *count = count_json(walk);
        is_reached |= json_array_size(json_object_get(count, "events")) == walk->window->most;
        json_array_append_new(list, count);
    }
    return is_reached;
}

static void put_counts(const struct receipt_case *about, const struct clock_view *clock,
                       const struct past_event *start, json_t *receipt)
{
    const struct rule *rule = clock->rule;
    json_t *list = json_array();
    struct count_walk walk = {
        .about = about, .clock = clock, .end = (uint32_t)(start - about->events)};
    (void)counts_append(&walk, rule->applies, list);
    (void)counts_append(&walk, rule->start_when, list);
    (void)counts_append(&walk, rule->fact, list);
    if (json_array_size(list) > 0)
        json_object_set_new(receipt, "counts", list);
    else
        json_decref(list);
}

/* May it be this event that has stopped the clock? */
static bool is_end(const struct receipt_case *about, const struct clock_view *clock, uint32_t index)
{
    const struct event *event = &about->events[index].event;
    return event->at.ms == clock->stop_at.ms && event->kind == clock->stopped_by &&
           (!clock->rule->per_step || slice_is_equal(event->step, clock->step)) &&
           !receipt_is_replaced(about, index);
}

/* What the condition of its stop has counted at that event. */
static void put_stop(const struct receipt_case *about, const struct clock_view *clock,
                     json_t *receipt)
{
    const struct condition *when = clock->rule->stop_when;
    struct count_walk walk = {.about = about, .clock = clock};
    json_t *list = json_array();
    bool is_found = clock->state != CLOCK_STOPPED || when == NULL || when->window_count == 0;
    for (uint32_t i = about->event_count; !is_found && i > 0; i--) {
        if (!is_end(about, clock, i - 1))
            continue;
        json_array_clear(list);
        walk.end = i - 1;
        is_found = counts_append(&walk, when, list);
    }
    if (when != NULL && json_array_size(list) > 0)
        json_object_set_new(
            receipt, "stop_when",
            json_pack("{s:o, s:O}", "text", query_text(when->text), "counts", list));
    json_decref(list);
}

/* ---- the step before ---------------------------------------------------------------------------
 */

static bool asks_handler(const struct condition *condition)
{
    bool is_asked = false;
    for (uint32_t i = 0; condition != NULL && i < condition->count; i++)
        is_asked =
            is_asked || ((condition->code[i].op == OP_FIELD || condition->code[i].op == OP_HAS) &&
                         condition->code[i].operand == FIELD_LAST_STEP_HANDLER);
    return is_asked;
}

static bool is_handled(const struct event *event)
{
    return event->step.count > 0 && event->handler.count > 0;
}

/* The last event of another step that named its handler; NULL: there is none. */
static const struct past_event *handled_before(const struct receipt_case *about, uint32_t index)
{
    const struct event *here = &about->events[index].event;
    while (is_handled(here) && index-- > 0) {
        const struct past_event *past = &about->events[index];
        if (is_handled(&past->event) && !slice_is_equal(past->event.step, here->step) &&
            !receipt_is_replaced(about, index))
            return past;
    }
    return NULL;
}

static json_t *handled_json(const struct clock_view *clock, const struct past_event *past)
{
    return json_pack("{s:o, s:o, s:o}", "step", query_text(past->event.step), "handler",
                     query_text(past->event.handler), "at", receipt_instant(clock, past->event.at));
}

static void put_handled(const struct receipt_case *about, const struct clock_view *clock,
                        const struct past_event *start, json_t *receipt)
{
    const struct past_event *before = handled_before(about, (uint32_t)(start - about->events));
    json_t *json = handled_json(clock, start);
    json_t *before_json = before == NULL ? json_null() : handled_json(clock, before);
    if (before != NULL)
        receipt_put_origin(about, before_json, before);
    json_object_set_new(json, "before", before_json);
    json_object_set_new(receipt, "handled", json);
}

void receipt_put_past(const struct receipt_case *about, const struct clock_view *clock,
                      const struct past_event *start, json_t *receipt)
{
    const struct rule *rule = clock->rule;
    if (clock->calendar != NULL && instant_is_set(clock->stop_at))
        put_stop(about, clock, receipt);
    if (start == NULL)
        return;
    if (clock->calendar != NULL)
        put_counts(about, clock, start, receipt);
    if (asks_handler(rule->applies) || asks_handler(rule->start_when) || asks_handler(rule->fact))
        put_handled(about, clock, start, receipt);
}
