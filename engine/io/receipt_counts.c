/* receipt_counts.c - what a condition has counted in a window: "returned twice within 5 workdays",
 * counted again from the events of the case, newest first.
 */
#include "engine/io/receipt.h"

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

static bool counts_at(const struct receipt_case *about, const struct clock_view *clock,
                      uint32_t end, json_t *list)
{
    const struct rule *rule = clock->rule;
    struct count_walk walk = {.about = about, .clock = clock, .end = end};
    json_array_clear(list);
    bool is_reached = counts_append(&walk, rule->applies, list);
    is_reached |= counts_append(&walk, rule->start_when, list);
    return counts_append(&walk, rule->fact, list) || is_reached;
}

void receipt_put_counts(const struct receipt_case *about, const struct clock_view *clock,
                        const struct past_event *start, json_t *receipt)
{
    const struct rule *rule = clock->rule;
    event_kind_set kinds = rule->form == RULE_FACT ? rule->on : rule->start;
    json_t *list = json_array();
    bool is_known = start != NULL && clock->calendar != NULL;
    bool is_found = !is_known;
    /* of several at one instant, the one that made it so */
    for (uint32_t i = 0; !is_found && i < about->event_count; i++) {
        const struct event *event = &about->events[i].event;
        if (event->at.ms == clock->start_at.ms && (kinds & EVENT_KIND_BIT(event->kind)) != 0 &&
            (!rule->per_step || slice_is_equal(event->step, clock->step)) &&
            !receipt_is_replaced(about, i))
            is_found = counts_at(about, clock, i, list);
    }
    if (is_known && !is_found)
        (void)counts_at(about, clock, (uint32_t)(start - about->events), list);
    if (json_array_size(list) > 0)
        json_object_set_new(receipt, "counts", list);
    else
        json_decref(list);
}
