/* fields.c - one row per field; the type says how its text is read and written. */
#include "engine/wire/fields.h"

#include "engine/base/date.h"

#include <inttypes.h>
#include <stdio.h>

const char *const field_name[FIELD_COUNT] = {
    "case",    "kind",     "at",     "entered_at", "item",    "step",   "org",    "area",
    "handler", "result",   "reason", "term",       "limit",   "due_at", "parent", "card",
    "fee_due", "fee_paid", "rating", "attrs",      "version", "source", "seq",
};

const enum field_type field_type[FIELD_COUNT] = {
    [FIELD_AT] = FIELD_IS_TIME,         [FIELD_ENTERED_AT] = FIELD_IS_TIME,
    [FIELD_DUE_AT] = FIELD_IS_TIME,     [FIELD_TERM] = FIELD_IS_TERM,
    [FIELD_LIMIT] = FIELD_IS_TERM,      [FIELD_FEE_DUE] = FIELD_IS_NUMBER,
    [FIELD_FEE_PAID] = FIELD_IS_NUMBER, [FIELD_RATING] = FIELD_IS_NUMBER,
    [FIELD_VERSION] = FIELD_IS_NUMBER,  [FIELD_SEQ] = FIELD_IS_NUMBER,
    [FIELD_ATTRS] = FIELD_IS_MAP,
};

struct event event_none(void)
{
    return (struct event){.at = INSTANT_NONE,
                          .entered_at = INSTANT_NONE,
                          .due_at = INSTANT_NONE,
                          .fee_due = EVENT_FEE_NONE,
                          .fee_paid = EVENT_FEE_NONE};
}

enum field field_find(struct slice name)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (name.count > 0 && field_name[i][0] == name.start[0] &&
            slice_is_equal(name, slice_of(field_name[i])))
            return (enum field)i;
    }
    return FIELD_COUNT;
}

bool whole_number(struct slice text, int64_t *number_out)
{
    bool is_negative = text.count > 0 && text.start[0] == '-';
    size_t first = is_negative ? 1 : 0;
    if (text.count == first || text.count - first > 19)
        return false;
    uint64_t number = 0; /* nineteen digits always fit */
    for (size_t i = first; i < text.count; i++) {
        if (text.start[i] < '0' || text.start[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.start[i] - '0');
    }
    if (number > INT64_MAX)
        return false;
    *number_out = is_negative ? -(int64_t)number : (int64_t)number;
    return true;
}

/* A bare local time is placed by the mapping's zone, never by the machine's. */
static enum refusal take_time(struct slice text, const struct local_zone *zone, struct instant *at)
{
    struct instant parsed = INSTANT_NONE;
    switch (instant_parse(text, &parsed)) {
    case 0:
        break;
    case DATE_E_NO_OFFSET:
        if (zone == NULL)
            return REFUSAL_NO_ZONE;
        parsed.ms -= (int64_t)zone->offset_s(zone->ctx, parsed) * 1000;
        break;
    case DATE_E_DATE_ONLY:
        return REFUSAL_DATE_ONLY;
    case DATE_E_RANGE:
        return REFUSAL_OUT_OF_RANGE;
    default:
        return REFUSAL_BAD_TIME;
    }
    *at = parsed;
    return REFUSAL_NONE;
}

static struct slice *text_place(enum field field, struct event *event)
{
    struct slice *const places[FIELD_COUNT] = {
        [FIELD_CASE] = &event->case_no,  [FIELD_ITEM] = &event->item,
        [FIELD_STEP] = &event->step,     [FIELD_ORG] = &event->org,
        [FIELD_AREA] = &event->area,     [FIELD_HANDLER] = &event->handler,
        [FIELD_RESULT] = &event->result, [FIELD_REASON] = &event->reason,
        [FIELD_PARENT] = &event->parent, [FIELD_CARD] = &event->card,
        [FIELD_ATTRS] = &event->attrs,
    };
    return places[field];
}

static struct instant *time_place(enum field field, struct event *event)
{
    if (field == FIELD_AT)
        return &event->at;
    return field == FIELD_ENTERED_AT ? &event->entered_at : &event->due_at;
}

static struct term *term_place(enum field field, struct event *event)
{
    return field == FIELD_TERM ? &event->term : &event->limit;
}

/* The numbers that mean "not given" inside must not come in as if they had been given. */
static enum refusal take_number(enum field field, struct slice text, struct event *event)
{
    int64_t number = 0;
    if (!whole_number(text, &number))
        return REFUSAL_BAD_NUMBER;
    if (number < 0)
        return REFUSAL_OUT_OF_RANGE;
    if (field == FIELD_FEE_DUE) {
        event->fee_due = number;
    } else if (field == FIELD_FEE_PAID) {
        event->fee_paid = number;
    } else if (field == FIELD_VERSION) {
        if (number > UINT32_MAX)
            return REFUSAL_OUT_OF_RANGE;
        event->version = (uint32_t)number;
    } else {
        if (number < 1 || number > 5)
            return REFUSAL_OUT_OF_RANGE;
        event->rating = (int32_t)number;
    }
    return REFUSAL_NONE;
}

enum refusal field_take(enum field field, struct slice text, const struct local_zone *zone,
                        struct event *event)
{
    assert(field < FIELD_ATTRS || field == FIELD_VERSION);
    if (slice_is_empty(text))
        return REFUSAL_NONE;
    if (field == FIELD_KIND) {
        event->kind = event_kind_find(text);
        return event->kind == EVENT_NONE ? REFUSAL_UNKNOWN_KIND : REFUSAL_NONE;
    }
    switch (field_type[field]) {
    case FIELD_IS_TEXT:
        *text_place(field, event) = text;
        return REFUSAL_NONE;
    case FIELD_IS_TIME:
        return take_time(text, zone, time_place(field, event));
    case FIELD_IS_TERM:
        return term_parse(text, term_place(field, event)) == 0 ? REFUSAL_NONE : REFUSAL_BAD_TERM;
    case FIELD_IS_NUMBER:
        return take_number(field, text, event);
    case FIELD_IS_MAP:
        break;
    }
    return REFUSAL_UNKNOWN_FIELD;
}

static struct slice number_format(int64_t number, bool is_given, char room[FIELD_TEXT_BYTES])
{
    if (!is_given)
        return (struct slice){.count = 0};
    int count = snprintf(room, FIELD_TEXT_BYTES, "%" PRId64, number);
    return (struct slice){.start = room, .count = (size_t)count};
}

static struct slice own_number_format(enum field field, const struct event *event,
                                      char room[FIELD_TEXT_BYTES])
{
    if (field == FIELD_FEE_DUE)
        return number_format(event->fee_due, event->fee_due != EVENT_FEE_NONE, room);
    if (field == FIELD_FEE_PAID)
        return number_format(event->fee_paid, event->fee_paid != EVENT_FEE_NONE, room);
    if (field == FIELD_VERSION)
        return number_format(event->version, event->version != 0, room);
    return number_format(event->rating, event->rating != 0, room);
}

struct slice field_format(enum field field, const struct event *event, char room[FIELD_TEXT_BYTES])
{
    static_assert((int)FIELD_TEXT_BYTES >= (int)INSTANT_TEXT_BYTES, "an instant fits");
    static_assert((int)FIELD_TEXT_BYTES >= (int)TERM_TEXT_BYTES, "a term fits");
    assert(field < FIELD_SOURCE);
    struct event copy = *event; /* the places below are found in one that may be written to */
    struct instant at;
    if (field == FIELD_KIND)
        return slice_of(event_kind_name[event->kind]);
    switch (field_type[field]) {
    case FIELD_IS_TEXT:
    case FIELD_IS_MAP:
        return *text_place(field, &copy);
    case FIELD_IS_TIME:
        at = *time_place(field, &copy);
        return instant_is_set(at) ? slice_of(instant_format(at, 0, room))
                                  : (struct slice){.count = 0};
    case FIELD_IS_TERM:
        return slice_of(term_format(*term_place(field, &copy), room));
    case FIELD_IS_NUMBER:
        return own_number_format(field, event, room);
    }
    return (struct slice){.count = 0};
}
