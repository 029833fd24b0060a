/* intake_event.c - one event out of a batch. The hot path of the engine: it writes straight into
 * the caller's event, and looks at the extent of a refused one only when there is one.
 */
#include "engine/base/date.h"
#include "engine/wire/attrs.h"
#include "engine/wire/cursor.h"
#include "engine/wire/intake.h"

enum { PLACE_ENTERED_AT = 10, PLACE_VERSION = 11, PLACE_MORE = 12, PLACES = 13 };

static enum refusal refuse(enum refusal refusal, const char *field, const char **field_out)
{
    *field_out = field;
    return refusal;
}

/* The text fields that stand between `at` and `entered_at`. */
enum { TEXT_FIRST = 3, TEXT_COUNT = 7 };
static const char *const text_name[TEXT_COUNT] = {"item",    "step",   "org",   "area",
                                                  "handler", "result", "reason"};

static inline bool take_text(struct cursor *cursor, struct slice *text_out)
{
    return cursor_take_nil(cursor) || cursor_take_text(cursor, text_out);
}

static enum refusal refusal_of_date(int outcome)
{
    switch (outcome) {
    case 0:
        return REFUSAL_NONE;
    case DATE_E_RANGE:
        return REFUSAL_OUT_OF_RANGE;
    case DATE_E_NO_OFFSET:
        return REFUSAL_NO_ZONE;
    case DATE_E_DATE_ONLY:
        return REFUSAL_DATE_ONLY;
    default:
        return REFUSAL_BAD_TIME;
    }
}

/* Milliseconds, or text. The range is looked at here: the numbers that mean "not set" and "never"
 * must not come in from outside. */
static enum refusal take_instant(struct cursor *cursor, struct instant *at)
{
    int64_t ms = 0;
    if (cursor_take_number(cursor, &ms)) {
        if (ms < INSTANT_FIRST_MS || ms > INSTANT_LAST_MS)
            return REFUSAL_OUT_OF_RANGE;
        at->ms = ms;
        return REFUSAL_NONE;
    }
    struct slice text;
    if (cursor_take_text(cursor, &text)) {
        struct instant parsed = INSTANT_NONE;
        enum refusal refusal = refusal_of_date(instant_parse(text, &parsed));
        if (refusal == REFUSAL_NONE)
            *at = parsed;
        return refusal;
    }
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    return cursor_type(cursor) == CURSOR_NUMBER ? REFUSAL_OUT_OF_RANGE : REFUSAL_BAD_TIME;
}

static enum refusal take_version(struct cursor *cursor, uint32_t *version)
{
    int64_t number = 0;
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    if (!cursor_take_number(cursor, &number))
        return REFUSAL_BAD_NUMBER;
    if (number < 0 || number > UINT32_MAX)
        return REFUSAL_OUT_OF_RANGE;
    *version = (uint32_t)number;
    return REFUSAL_NONE;
}

static enum refusal take_term(struct cursor *cursor, struct term *term)
{
    struct slice text;
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    if (!cursor_take_text(cursor, &text) || term_parse(text, term) != 0)
        return REFUSAL_BAD_TERM;
    return REFUSAL_NONE;
}

/* A negative fee is refused here already, so that none can pass for "not given". */
static enum refusal take_fee(struct cursor *cursor, int64_t *fee)
{
    int64_t number = 0;
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    if (!cursor_take_number(cursor, &number))
        return REFUSAL_BAD_NUMBER;
    if (number < 0)
        return REFUSAL_OUT_OF_RANGE;
    *fee = number;
    return REFUSAL_NONE;
}

static enum refusal take_rating(struct cursor *cursor, int32_t *rating)
{
    int64_t number = 0;
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    if (!cursor_take_number(cursor, &number))
        return REFUSAL_BAD_NUMBER;
    if (number < 1 || number > 5)
        return REFUSAL_OUT_OF_RANGE;
    *rating = (int32_t)number;
    return REFUSAL_NONE;
}

static enum refusal take_attrs(struct cursor *cursor, char *room, struct slice *attrs_out)
{
    uint32_t count = 0;
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    if (!cursor_take_map(cursor, &count))
        return REFUSAL_MALFORMED;
    if (count > ATTRS_MAX)
        return REFUSAL_TOO_LONG;
    struct attr attrs[ATTRS_MAX];
    for (uint32_t i = 0; i < count; i++) {
        if (!cursor_take_text(cursor, &attrs[i].name) || !cursor_take_text(cursor, &attrs[i].value))
            return REFUSAL_NOT_TEXT;
    }
    return attrs_write(attrs, count, room, attrs_out);
}

/* The names of the map at the end, each with a number for the switch below. */
enum more {
    MORE_TERM,
    MORE_LIMIT,
    MORE_DUE,
    MORE_PARENT,
    MORE_CARD,
    MORE_FEE_DUE,
    MORE_FEE_PAID,
    MORE_RATING,
    MORE_ATTRS,
    MORE_COUNT
};
static const char *const more_name[MORE_COUNT] = {"term",    "limit",    "due_at", "parent", "card",
                                                  "fee_due", "fee_paid", "rating", "attrs"};

static enum more more_find(struct slice name)
{
    for (int i = 0; i < MORE_COUNT; i++) {
        if (slice_is_equal(name, slice_of(more_name[i])))
            return (enum more)i;
    }
    return MORE_COUNT;
}

static enum refusal take_one_more(struct cursor *cursor, enum more which, char *attrs_room,
                                  struct event *event)
{
    switch (which) {
    case MORE_TERM:
        return take_term(cursor, &event->term);
    case MORE_LIMIT:
        return take_term(cursor, &event->limit);
    case MORE_DUE:
        return take_instant(cursor, &event->due_at);
    case MORE_PARENT:
        return take_text(cursor, &event->parent) ? REFUSAL_NONE : REFUSAL_NOT_TEXT;
    case MORE_CARD:
        return take_text(cursor, &event->card) ? REFUSAL_NONE : REFUSAL_NOT_TEXT;
    case MORE_FEE_DUE:
        return take_fee(cursor, &event->fee_due);
    case MORE_FEE_PAID:
        return take_fee(cursor, &event->fee_paid);
    case MORE_RATING:
        return take_rating(cursor, &event->rating);
    case MORE_ATTRS:
        return take_attrs(cursor, attrs_room, &event->attrs);
    case MORE_COUNT:
        break;
    }
    return REFUSAL_UNKNOWN_FIELD;
}

static enum refusal take_more(struct cursor *cursor, char *attrs_room, struct event *event,
                              const char **field_out)
{
    uint32_t count = 0;
    if (cursor_take_nil(cursor))
        return REFUSAL_NONE;
    if (!cursor_take_map(cursor, &count))
        return refuse(REFUSAL_MALFORMED, "more", field_out);
    unsigned seen = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct slice name;
        if (!cursor_take_text(cursor, &name))
            return refuse(REFUSAL_MALFORMED, "more", field_out);
        enum more which = more_find(name);
        if (which == MORE_COUNT)
            return refuse(REFUSAL_UNKNOWN_FIELD, "more", field_out);
        if ((seen & 1u << which) != 0) /* two values: which of them is meant? */
            return refuse(REFUSAL_MALFORMED, more_name[which], field_out);
        seen |= 1u << which;
        enum refusal refusal = take_one_more(cursor, which, attrs_room, event);
        if (refusal != REFUSAL_NONE)
            return refuse(refusal, more_name[which], field_out);
    }
    return REFUSAL_NONE;
}

static enum refusal take_tail(struct cursor *cursor, uint32_t count, char *attrs_room,
                              struct event *event, const char **field_out)
{
    enum refusal refusal = take_instant(cursor, &event->entered_at);
    if (refusal != REFUSAL_NONE)
        return refuse(refusal, "entered_at", field_out);
    if (count > PLACE_VERSION)
        refusal = take_version(cursor, &event->version);
    if (refusal != REFUSAL_NONE)
        return refuse(refusal, "version", field_out);
    if (count > PLACE_MORE)
        return take_more(cursor, attrs_room, event, field_out);
    return REFUSAL_NONE;
}

static enum refusal take_kind(struct cursor *cursor, enum event_kind *kind_out)
{
    struct slice kind = {.count = 0};
    if (!take_text(cursor, &kind))
        return REFUSAL_NOT_TEXT;
    if (slice_is_empty(kind))
        return REFUSAL_NONE;
    *kind_out = event_kind_find(kind);
    return *kind_out == EVENT_NONE ? REFUSAL_UNKNOWN_KIND : REFUSAL_NONE;
}

static enum refusal take_event(struct cursor *cursor, char *attrs_room, struct event *event,
                               const char **field_out)
{
    uint32_t count = 0;
    enum refusal refusal = REFUSAL_NONE;
    if (!cursor_take_array(cursor, &count))
        return refuse(REFUSAL_MALFORMED, "event", field_out);
    if (count > PLACES)
        return refuse(REFUSAL_UNKNOWN_FIELD, "event", field_out);
    if (count > 0 && !take_text(cursor, &event->case_no))
        return refuse(REFUSAL_NOT_TEXT, "case", field_out);
    if (count > 1)
        refusal = take_kind(cursor, &event->kind);
    if (refusal != REFUSAL_NONE)
        return refuse(refusal, "kind", field_out);
    if (count > 2)
        refusal = take_instant(cursor, &event->at);
    if (refusal != REFUSAL_NONE)
        return refuse(refusal, "at", field_out);

    struct slice *const texts[TEXT_COUNT] = {&event->item,  &event->step,    &event->org,
                                             &event->area,  &event->handler, &event->result,
                                             &event->reason};
    for (uint32_t i = 0; i < TEXT_COUNT && i + TEXT_FIRST < count; i++) {
        if (!take_text(cursor, texts[i]))
            return refuse(REFUSAL_NOT_TEXT, text_name[i], field_out);
    }
    if (count > PLACE_ENTERED_AT)
        return take_tail(cursor, count, attrs_room, event, field_out);
    return REFUSAL_NONE;
}

enum refusal event_next(struct slice *events_io, char *attrs_room, struct event *event_out,
                        struct slice *bytes_out, const char **field_out)
{
    const struct cursor start = cursor_of(*events_io);
    struct cursor cursor = start;
    *event_out = (struct event){.at = INSTANT_NONE,
                                .entered_at = INSTANT_NONE,
                                .due_at = INSTANT_NONE,
                                .fee_due = EVENT_FEE_NONE,
                                .fee_paid = EVENT_FEE_NONE};
    enum refusal refusal = take_event(&cursor, attrs_room, event_out, field_out);
    if (refusal != REFUSAL_NONE) {
        cursor = start;
        if (!cursor_skip(&cursor)) {
            *bytes_out = (struct slice){.count = 0};
            return refuse(REFUSAL_MALFORMED, "event", field_out);
        }
    }
    struct cursor end = {.at = cursor.end, .end = cursor.end};
    *bytes_out = cursor_between(&start, &cursor);
    *events_io = cursor_between(&cursor, &end);
    if (refusal == REFUSAL_NONE && bytes_out->count > EVENT_BYTES_MAX)
        return refuse(REFUSAL_TOO_LONG, "event", field_out);
    return refusal;
}

bool event_skip(struct slice *events_io, struct slice *bytes_out)
{
    const struct cursor start = cursor_of(*events_io);
    struct cursor cursor = start;
    struct cursor end = {.at = cursor.end, .end = cursor.end};
    if (!cursor_skip(&cursor))
        return false;
    *bytes_out = cursor_between(&start, &cursor);
    *events_io = cursor_between(&cursor, &end);
    return true;
}
