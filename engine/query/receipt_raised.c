/* receipt_raised.c - what the `if` of a card asked when the card was raised. What the engine knew
 * by then was what had come: the case is folded again up to there, and asked once more.
 *
 * A card that time alone raised knew of nothing that came at its own instant: a turn begins with
 * what has fallen due. One that an event raised knew of that event, and by the wall clock of all
 * that came in the same turn; by the clock of the events, of those before it in the journal.
 */
#include "engine/query/receipt.h"

enum { TIES_MAX = 16 }; /* for each the case is folded again */

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

static bool is_withdrawn(const json_t *record)
{
    return strcmp(text_in(record, "state"), card_state_name[CARD_WITHDRAWN]) == 0;
}

/* The record by which the card came to be, the last time that it did. */
static const json_t *record_raised(const json_t *records)
{
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *record = json_array_get(records, i);
        bool was_there = i > 0 && !is_withdrawn(json_array_get(records, i - 1));
        if (!was_there && !is_withdrawn(record))
            found = record;
    }
    return found;
}

static struct instant instant_in(const json_t *record, const char *name)
{
    struct instant at;
    return instant_parse(slice_of(text_in(record, name)), &at) == 0 ? at : INSTANT_NONE;
}

/* The next event of the case behind a place, or NULL: it came after it. */
static const struct past_event *next_event(const struct receipt_case *about, uint64_t place)
{
    const struct past_event *next = NULL;
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *past = &about->events[i];
        if (past->ref.place > place && (next == NULL || past->ref.place < next->ref.place))
            next = past;
    }
    return next;
}

/* What had come by an instant: all of it before, and at it the events up to a place. */
static struct event_ref come_by(const struct receipt_case *about, struct instant at, uint64_t place)
{
    struct event_ref upto = turn_came_before(about->world->turn, at);
    if (upto.place < place)
        upto.place = place;
    return upto.place < about->upto.place ? upto : about->upto;
}

/* The case's own events at the very instant of the record: the first of them in the journal, or by
 * the wall clock, where all of a turn are known when it is judged, the last. */
static uint32_t ties_of(const struct receipt_case *about, struct instant raised,
                        uint64_t places[TIES_MAX])
{
    bool is_wall = about->world->is_wall_clock;
    uint32_t count = 0;
    const struct past_event *next =
        next_event(about, turn_came_before(about->world->turn, raised).place);
    while (next != NULL && next->arrived_at.ms == raised.ms && (is_wall || count < TIES_MAX)) {
        if (count == TIES_MAX)
            memmove(places, places + 1, (size_t)--count * sizeof *places);
        places[count++] = next->ref.place;
        next = next_event(about, next->ref.place);
    }
    return count;
}

/* It was raised with the first of them with which it is there, or by the wall clock with the last.
 * NULL: no event of the case came then. */
static json_t *asked_by_event(const struct receipt_case *about, const struct clock_view *clock,
                              const struct rung *rung, struct instant raised, struct instant due)
{
    uint64_t places[TIES_MAX];
    uint32_t count = ties_of(about, raised, places);
    json_t *asked = NULL;
    bool is_raised = false;
    for (uint32_t i = 0; i < count && !is_raised; i++) {
        uint64_t place = places[about->world->is_wall_clock ? count - 1 - i : i];
        json_t *again =
            receipt_asked_card(about, clock, rung, come_by(about, raised, place), due, &is_raised);
        bool is_kept = is_raised || asked == NULL;
        json_decref(is_kept ? asked : again);
        asked = is_kept ? again : asked;
    }
    return asked;
}

void receipt_put_asked_card(const struct receipt_case *about, const struct clock_view *clock,
                            const struct rung *rung, json_t *receipt)
{
    const json_t *record = record_raised(about->records);
    if (rung->when == NULL)
        return;
    struct instant raised = instant_in(record, "issued_at");
    struct instant due = instant_in(record, "due_at");
    bool is_by_time = clock->state != CLOCK_FACT && text_in(record, "reason")[0] == '\0';
    json_t *asked = is_by_time ? NULL : asked_by_event(about, clock, rung, raised, due);
    if (asked == NULL) { /* by time, by the event of another case, or by a move */
        bool is_raised;
        struct instant end = {.ms = raised.ms + (is_by_time ? 0 : 1)};
        asked = receipt_asked_card(about, clock, rung, come_by(about, end, 0), due, &is_raised);
    }
    json_object_set_new(asked, "asked_at", receipt_instant(clock, raised));
    json_object_set_new(receipt, "card_when", asked);
}
