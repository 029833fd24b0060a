/* receipt_asked.c - what the conditions of a clock and its card asked, and what the answers were:
 * each thing once, in the order of the text, so that the condition can be worked out again.
 */
#include "engine/query/receipt.h"
#include "engine/wire/json_path.h"

enum { TOLD_BYTES = 64 };

static const char *const part_names[] = {"applies_when", "start_when", "condition", "card_when"};

struct telling {
    const struct clock_view *clock;
    json_t *receipt;
    json_t *values;   /* of the condition that is being asked */
    uint32_t windows; /* of those before it */
};

/* ---- what was asked, as a rule writes it --------------------------------------------------------
 */

static const char *field_ask(const struct asked_view *asked, char room[ASK_BYTES])
{
    (void)snprintf(room, ASK_BYTES, "%s", condition_field_name[asked->field]);
    return room;
}

static const char *count_ask(const struct asked_view *asked, char room[ASK_BYTES])
{
    char term[TERM_TEXT_BYTES];
    bool is_in_window = asked->op == OP_COUNT_WITHIN;
    bool is_of_step = is_in_window ? asked->window->is_of_step : asked->op == OP_COUNT_STEP;
    (void)snprintf(room, ASK_BYTES, "count(%s%s%s%s)", event_kind_name[asked->kind],
                   is_of_step ? ", step" : "", is_in_window ? ", within " : "",
                   is_in_window ? term_format(asked->window->within, term) : "");
    return room;
}

/* A text has one sort of quotes in it at most. */
static const char *attr_ask(const struct asked_view *asked, char room[ASK_BYTES])
{
    const char *quote = memchr(asked->name.start, '\'', asked->name.count) == NULL ? "'" : "\"";
    (void)snprintf(room, ASK_BYTES, "attr(%s%.*s%s)", quote, (int)asked->name.count,
                   asked->name.start, quote);
    return room;
}

static const char *ask_text(const struct asked_view *asked, char room[ASK_BYTES])
{
    if (asked->op == OP_FIELD)
        return field_ask(asked, room);
    if (asked->op == OP_ATTR)
        return attr_ask(asked, room);
    const char *kind = event_kind_name[asked->kind];
    if (asked->op == OP_SINCE)
        (void)snprintf(room, ASK_BYTES, "since(%s) in %s", kind, unit_name[asked->unit]);
    else if (asked->op == OP_RAISED)
        (void)snprintf(room, ASK_BYTES, "raised(%.*s, %.*s)", (int)asked->name.count,
                       asked->name.start, (int)asked->card.count, asked->card.start);
    else if (asked->op == OP_SAME_ARRIVAL)
        (void)snprintf(room, ASK_BYTES, "same_arrival(%s)", kind);
    else
        return count_ask(asked, room);
    return room;
}

/* What answers it: `has` asks for the field or the attr, `seen` for the count. OP_PUSH: it asks
 * nothing. */
static enum op op_asked(enum op op)
{
    bool is_asking = op == OP_FIELD || op == OP_COUNT || op == OP_COUNT_STEP ||
                     op == OP_COUNT_WITHIN || op == OP_SINCE || op == OP_ATTR || op == OP_RAISED ||
                     op == OP_SAME_ARRIVAL;
    return op == OP_HAS        ? OP_FIELD
           : op == OP_SEEN     ? OP_COUNT
           : op == OP_HAS_ATTR ? OP_ATTR
           : is_asking         ? op
                               : OP_PUSH;
}

bool receipt_ask(const struct condition *condition, const struct instruction *it,
                 char room[ASK_BYTES])
{
    struct asked_view asked = {.op = op_asked(it->op), .unit = it->unit};
    if (asked.op == OP_PUSH)
        return false;
    if (asked.op == OP_FIELD) {
        asked.field = (enum field)it->operand;
    } else if (asked.op == OP_ATTR || asked.op == OP_RAISED) {
        asked.name = condition->constants[it->operand].text;
        if (asked.op == OP_RAISED)
            asked.card = condition->constants[it->operand + 1].text;
    } else if (asked.op == OP_COUNT_WITHIN) {
        asked.window = &condition->windows[it->operand];
        asked.kind = asked.window->kind;
    } else {
        asked.kind = (enum event_kind)it->operand;
    }
    (void)ask_text(&asked, room);
    return true;
}

/* ---- the answers
 * ---------------------------------------------------------------------------------
 */

/* "16:30:00", with what is left of a second behind a point. */
static json_t *time_json(int64_t ms)
{
    enum { TIME_BYTES = 48 };
    char text[TIME_BYTES];
    int count = snprintf(text, sizeof text, "%02lld:%02lld:%02lld", (long long)(ms / 3600000),
                         (long long)(ms / 60000 % 60), (long long)(ms / 1000 % 60));
    if (ms % 1000 != 0)
        (void)snprintf(text + count, sizeof text - (size_t)count, ".%03lld",
                       (long long)(ms % 1000));
    return json_string(text);
}

static json_t *value_json(const struct clock_view *clock, const struct asked_view *asked)
{
    const struct value *value = &asked->value;
    if (value->type == VALUE_NUMBER && asked->op == OP_FIELD && asked->field == FIELD_TIME_OF_DAY)
        return time_json(value->number);
    switch (value->type) {
    case VALUE_BOOL:
        return json_boolean(value->truth);
    case VALUE_NUMBER:
        return json_integer((json_int_t)value->number);
    case VALUE_TEXT:
        return query_text(value->text);
    case VALUE_INSTANT:
        return receipt_instant(clock, (struct instant){.ms = value->number});
    case VALUE_TERM:
        return receipt_term(value->term);
    case VALUE_NONE:
        break;
    }
    return json_null();
}

/* What a collector carries as personal does not leave the house with a receipt. */
static bool is_personal(const struct asked_view *asked)
{
    struct slice mark = SLICE("personal.");
    return asked->op == OP_ATTR && asked->name.count >= mark.count &&
           memcmp(asked->name.start, mark.start, mark.count) == 0;
}

static bool is_told(const json_t *values, const char *ask)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *told = json_string_value(json_object_get(json_array_get(values, i), "ask"));
        if (told != NULL && strcmp(told, ask) == 0)
            return true;
    }
    return false;
}

static void answer_add(void *ctx, const struct asked_view *asked)
{
    struct telling *telling = ctx;
    char ask[ASK_BYTES];
    char told[TOLD_BYTES] = "";
    (void)ask_text(asked, ask);
    if (telling->values == NULL)
        telling->values = json_array();
    if (asked->op != OP_COUNT_WITHIN && is_told(telling->values, ask))
        return; /* a window is told apart by what it is compared with, too */
    json_t *json = json_pack("{s:o}", "ask", query_text(slice_of(ask)));
    if (is_personal(asked))
        json_object_set_new(json, "withheld", json_string("personal"));
    else
        json_object_set_new(json, "value", value_json(telling->clock, asked));
    if (asked->op == OP_COUNT_WITHIN)
        (void)snprintf(told, sizeof told, "counts/%u/count",
                       telling->windows + asked->window_index);
    else if (asked->op == OP_FIELD && asked->field == FIELD_LAST_STEP_HANDLER)
        (void)snprintf(told, sizeof told, "handled/before/handler");
    if (told[0] != '\0')
        json_object_set_new(json, "told_in", json_string(told));
    json_array_append_new(telling->values, json);
}

static void condition_add(void *ctx, enum asked_of of, const struct condition *condition,
                          bool holds)
{
    struct telling *telling = ctx;
    json_t *values = telling->values == NULL ? json_array() : telling->values;
    telling->values = NULL;
    telling->windows += condition->window_count;
    json_object_set_new(telling->receipt, part_names[of],
                        json_pack("{s:o, s:o, s:b}", "text", query_text(condition->text), "values",
                                  values, "holds", holds));
}

struct event_ref receipt_put_asked(const struct receipt_case *about, const struct clock_view *clock,
                                   json_t *receipt)
{
    const struct rule *rule = clock->rule;
    struct telling telling = {.clock = clock, .receipt = receipt};
    struct asked_sink sink = {.ctx = &telling, .answer = answer_add, .condition = condition_add};
    if (rule->applies == NULL && rule->start_when == NULL && rule->fact == NULL)
        return (struct event_ref){0};
    return explain_asked(about->core, about->kase->index, clock, about->upto, &sink);
}

json_t *receipt_asked_card(const struct receipt_case *about, const struct clock_view *clock,
                           const struct rung *rung, struct event_ref upto, struct instant due,
                           bool *is_raised_out)
{
    json_t *told = json_object();
    struct telling telling = {.clock = clock, .receipt = told};
    struct asked_sink sink = {.ctx = &telling, .answer = answer_add, .condition = condition_add};
    *is_raised_out =
        explain_asked_card(about->core, about->kase->index, clock, rung, upto, due, &sink);
    json_t *asked = json_incref(json_object_get(told, part_names[ASKED_CARD]));
    json_decref(told);
    return asked == NULL ? json_null() : asked;
}

/* ---- what is told already
 * ------------------------------------------------------------------------
 */

static void refer(const json_t *receipt, json_t *answer)
{
    const char *path = json_string_value(json_object_get(answer, "told_in"));
    const json_t *value = json_object_get(answer, "value");
    if (path == NULL)
        return;
    const json_t *told = json_path_get(receipt, path);
    bool is_same = told == NULL ? json_is_null(value) : json_equal(told, value);
    (void)json_object_del(answer, is_same ? "value" : "told_in");
}

void receipt_refer(json_t *receipt)
{
    for (size_t of = 0; of < COUNT_OF(part_names); of++) {
        json_t *values = json_object_get(json_object_get(receipt, part_names[of]), "values");
        for (size_t i = 0; i < json_array_size(values); i++)
            refer(receipt, json_array_get(values, i));
    }
}
