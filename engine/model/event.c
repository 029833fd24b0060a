/* event.c - the words of events, and the rules that hold for every one of them.
 *
 * A kind is found without a search: length, first, third and last letter tell all kinds apart, and
 * a multiplication spreads those 32 bits over a table of 64 without a collision. Two kinds in one
 * slot would be a warning of the compiler (an initializer overridden), and a failing test.
 */
#include "engine/model/event.h"

#include "engine/base/utf8.h"

const char *const event_kind_name[EVENT_KIND_COUNT] = {
    "",
#define KIND(name, NAME, en, zh) name,
#include "engine/model/kinds.def"
#undef KIND
};

const char *const event_kind_zh[EVENT_KIND_COUNT] = {
    "",
#define KIND(name, NAME, en, zh) zh,
#include "engine/model/kinds.def"
#undef KIND
};

const char *const refusal_name[REFUSAL_COUNT] = {
    "",
#define REFUSAL(name, NAME, en, zh) name,
#include "engine/model/refusals.def"
#undef REFUSAL
};

const char *const refusal_en[REFUSAL_COUNT] = {
    "",
#define REFUSAL(name, NAME, en, zh) en,
#include "engine/model/refusals.def"
#undef REFUSAL
};

const char *const refusal_zh[REFUSAL_COUNT] = {
    "",
#define REFUSAL(name, NAME, en, zh) zh,
#include "engine/model/refusals.def"
#undef REFUSAL
};

enum { SLOT_COUNT = 64, KIND_BYTES_MIN = 3, KIND_BYTES_MAX = 12 };

#define SLOT(count, first, third, last)                                                            \
    ((((uint32_t)(count) << 24 | (uint32_t)(first) << 16 | (uint32_t)(third) << 8 |                \
       (uint32_t)(last)) *                                                                         \
      UINT32_C(0x66fec087)) >>                                                                     \
     26)

static const uint8_t slots[SLOT_COUNT] = {
    [SLOT(5, 'a', 'p', 'y')] = EVENT_APPLY,        [SLOT(9, 'p', 'e', 't')] = EVENT_PREACCEPT,
    [SLOT(6, 'a', 'c', 't')] = EVENT_ACCEPT,       [SLOT(6, 'r', 'j', 't')] = EVENT_REJECT,
    [SLOT(11, 'c', 'r', 'k')] = EVENT_CORRECT_ASK, [SLOT(12, 'c', 'r', 'e')] = EVENT_CORRECT_DONE,
    [SLOT(10, 's', 'e', 't')] = EVENT_STEP_START,  [SLOT(8, 's', 'e', 'd')] = EVENT_STEP_END,
    [SLOT(5, 'p', 'u', 'e')] = EVENT_PAUSE,        [SLOT(6, 'r', 's', 'e')] = EVENT_RESUME,
    [SLOT(6, 'e', 't', 'd')] = EVENT_EXTEND,       [SLOT(6, 'd', 'c', 'e')] = EVENT_DECIDE,
    [SLOT(6, 'f', 'n', 'h')] = EVENT_FINISH,       [SLOT(7, 'd', 'l', 'r')] = EVENT_DELIVER,
    [SLOT(6, 'r', 't', 'n')] = EVENT_RETURN,       [SLOT(7, 'f', 'r', 'd')] = EVENT_FORWARD,
    [SLOT(8, 'w', 't', 'w')] = EVENT_WITHDRAW,     [SLOT(4, 'v', 'i', 'd')] = EVENT_VOID,
    [SLOT(6, 'r', 'o', 'n')] = EVENT_REOPEN,       [SLOT(3, 'f', 'e', 'e')] = EVENT_FEE,
    [SLOT(6, 'r', 't', 'g')] = EVENT_RATING,       [SLOT(4, 's', 'g', 'n')] = EVENT_SIGN,
    [SLOT(6, 'a', 's', 'n')] = EVENT_ASSIGN,       [SLOT(8, 'c', 'l', 'k')] = EVENT_CALLBACK,
    [SLOT(9, 's', 'p', 'e')] = EVENT_SUPERVISE,    [SLOT(8, 'f', 'e', 'k')] = EVENT_FEEDBACK,
    [SLOT(9, 'c', 'o', 't')] = EVENT_CLOSE_OUT,    [SLOT(7, 'r', 'l', 'e')] = EVENT_RELEASE,
    [SLOT(7, 'd', 's', 's')] = EVENT_DISMISS,
};

static const uint8_t kind_bytes[EVENT_KIND_COUNT] = {
    0,
#define KIND(name, NAME, en, zh) sizeof(name) - 1,
#include "engine/model/kinds.def"
#undef KIND
};
static_assert(EVENT_KIND_COUNT == 30, "a new kind needs its slot");

enum event_kind event_kind_find(struct slice name)
{
    if (name.count < KIND_BYTES_MIN || name.count > KIND_BYTES_MAX)
        return EVENT_NONE;
    uint8_t first = (uint8_t)name.start[0];
    uint8_t third = (uint8_t)name.start[2];
    uint8_t last = (uint8_t)name.start[name.count - 1];
    enum event_kind kind = slots[SLOT(name.count, first, third, last)];
    if (kind_bytes[kind] != name.count ||
        memcmp(event_kind_name[kind], name.start, name.count) != 0)
        return EVENT_NONE;
    return kind;
}

enum { AHEAD_MS_MAX = 86400000 };

/* Ten trillion yuan: far above any fee, and exact in every reader of JSON. */
#define FEE_MAX INT64_C(1000000000000000)

/* The text fields: where each lies in the struct, and how long it may be. */
static const struct text_field {
    const char *name;
    size_t offset;
    size_t bytes_max;
    bool with_lines;
} text_fields[] = {
    {"case", offsetof(struct event, case_no), EVENT_CASE_BYTES_MAX, false},
    {"item", offsetof(struct event, item), EVENT_CODE_BYTES_MAX, false},
    {"step", offsetof(struct event, step), EVENT_CODE_BYTES_MAX, false},
    {"org", offsetof(struct event, org), EVENT_CODE_BYTES_MAX, false},
    {"area", offsetof(struct event, area), EVENT_CODE_BYTES_MAX, false},
    {"handler", offsetof(struct event, handler), EVENT_CODE_BYTES_MAX, false},
    {"result", offsetof(struct event, result), EVENT_CODE_BYTES_MAX, false},
    {"reason", offsetof(struct event, reason), EVENT_REASON_BYTES_MAX, true},
    {"parent", offsetof(struct event, parent), EVENT_CASE_BYTES_MAX, false},
    {"card", offsetof(struct event, card), EVENT_CARD_BYTES_MAX, false},
    {"attrs", offsetof(struct event, attrs), EVENT_ATTRS_BYTES_MAX, false},
};

static enum refusal refuse(enum refusal refusal, const char *field, const char **field_out)
{
    *field_out = field;
    return refusal;
}

static enum refusal check_texts(const struct event *event, const char **field_out)
{
    for (size_t i = 0; i < COUNT_OF(text_fields); i++) {
        const struct text_field *field = &text_fields[i];
        struct slice text;
        memcpy(&text, (const char *)event + field->offset, sizeof text);
        if (text.count == 0)
            continue;
        if (text.count > field->bytes_max)
            return refuse(REFUSAL_TOO_LONG, field->name, field_out);
        if (!text_is_clean(text, field->with_lines))
            return refuse(REFUSAL_NOT_TEXT, field->name, field_out);
    }
    return REFUSAL_NONE;
}

static bool is_possible(struct instant at)
{
    return at.ms >= INSTANT_FIRST_MS && at.ms <= INSTANT_LAST_MS;
}

static bool is_ahead(struct instant at, struct instant now)
{
    return instant_is_set(now) && now.ms <= INSTANT_LAST_MS && at.ms > now.ms + AHEAD_MS_MAX;
}

static enum refusal check_instants(const struct event *event, struct instant now,
                                   const char **field_out)
{
    if (!instant_is_set(event->at))
        return refuse(REFUSAL_MISSING, "at", field_out);
    if (!is_possible(event->at))
        return refuse(REFUSAL_OUT_OF_RANGE, "at", field_out);
    if (is_ahead(event->at, now))
        return refuse(REFUSAL_FUTURE, "at", field_out);
    if (instant_is_set(event->entered_at)) {
        if (!is_possible(event->entered_at))
            return refuse(REFUSAL_OUT_OF_RANGE, "entered_at", field_out);
        if (is_ahead(event->entered_at, now))
            return refuse(REFUSAL_FUTURE, "entered_at", field_out);
    }
    /* A due date lies in the future by its nature. */
    if (instant_is_set(event->due_at) && !is_possible(event->due_at))
        return refuse(REFUSAL_OUT_OF_RANGE, "due_at", field_out);
    return REFUSAL_NONE;
}

static bool is_term(struct term term)
{
    bool is_unset = term.unit == UNIT_NONE && term.n == 0;
    return is_unset ||
           (term.unit > UNIT_NONE && term.unit < UNIT_COUNT && term.n >= 0 && term.n <= TERM_MAX);
}

static bool is_fee(int64_t fee)
{
    return fee == EVENT_FEE_NONE || (fee >= 0 && fee <= FEE_MAX);
}

static enum refusal check_amounts(const struct event *event, const char **field_out)
{
    if (!is_term(event->term))
        return refuse(REFUSAL_BAD_TERM, "term", field_out);
    if (!is_term(event->limit))
        return refuse(REFUSAL_BAD_TERM, "limit", field_out);
    /* A limit of nothing would be passed at its start: it is a mistake of the source. */
    if (term_is_set(event->limit) && event->limit.n == 0)
        return refuse(REFUSAL_OUT_OF_RANGE, "limit", field_out);
    if (!is_fee(event->fee_due))
        return refuse(REFUSAL_OUT_OF_RANGE, "fee_due", field_out);
    if (!is_fee(event->fee_paid))
        return refuse(REFUSAL_OUT_OF_RANGE, "fee_paid", field_out);
    if (event->rating < 0 || event->rating > 5)
        return refuse(REFUSAL_OUT_OF_RANGE, "rating", field_out);
    return REFUSAL_NONE;
}

/* Which card, and who answers for it; for taking one from the table, also why. */
static enum refusal check_of_card(const struct event *event, const char **field_out)
{
    if (slice_is_empty(event->card))
        return refuse(REFUSAL_MISSING, "card", field_out);
    if (slice_is_empty(event->handler))
        return refuse(REFUSAL_MISSING, "handler", field_out);
    if (event->kind == EVENT_DISMISS && slice_is_empty(event->reason))
        return refuse(REFUSAL_MISSING, "reason", field_out);
    return REFUSAL_NONE;
}

enum refusal event_check(const struct event *event, struct instant now, const char **field_out)
{
    if (slice_is_empty(event->case_no))
        return refuse(REFUSAL_MISSING, "case", field_out);
    if (event->kind <= EVENT_NONE || event->kind >= EVENT_KIND_COUNT)
        return refuse(REFUSAL_MISSING, "kind", field_out);
    enum refusal refusal = check_instants(event, now, field_out);
    if (refusal == REFUSAL_NONE)
        refusal = check_texts(event, field_out);
    if (refusal == REFUSAL_NONE)
        refusal = check_amounts(event, field_out);
    if (refusal != REFUSAL_NONE)
        return refusal;
    bool is_step = event->kind == EVENT_STEP_START || event->kind == EVENT_STEP_END;
    if (is_step && slice_is_empty(event->step))
        return refuse(REFUSAL_MISSING, "step", field_out);
    if (!slice_is_empty(event->parent) && slice_is_equal(event->parent, event->case_no))
        return refuse(REFUSAL_OUT_OF_RANGE, "parent", field_out);
    return event_is_of_card(event->kind) ? check_of_card(event, field_out) : REFUSAL_NONE;
}
