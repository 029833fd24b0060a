/* condition_text.c - recursive descent, one function per rung of the ladder of precedence:
 *
 *     or  >  and  >  not  >  comparison  >  sum  >  product  >  what stands alone
 *
 * (the last in condition_part.c). Code is emitted as it is read, so that what a function returns
 * need only say what the value on top of the stack will be. Types are checked where two values
 * meet, because there both places are known. Only the first mistake is told: what follows it would
 * be guessing.
 */
#include "rules/condition/condition_parser.h"

#include "engine/base/date.h"
#include "rules/model/ruleset.h"

#include <errno.h>

/* ---- sums and products ----------------------------------------------------------------------- */

static struct part arithmetic(struct parser *parser, enum op op, struct part a, struct part b)
{
    const struct part *wrong = a.type != VALUE_NUMBER ? &a : b.type != VALUE_NUMBER ? &b : NULL;
    if (wrong != NULL) {
        WORD_ERROR(&parser->words, &wrong->word, "\"%.*s\" is %s%.0s: + - * / need numbers",
                   "“%.*s”是%.0s%s：+ - * / 只能用于数字", WORD_ARG(&wrong->word),
                   value_type_en[wrong->type], value_type_zh[wrong->type]);
        return part_bad;
    }
    if (op == OP_DIV && b.constant >= 0 && parser->constants[b.constant].number == 0) {
        WORD_REFUSE(&parser->words, &b.word, "nothing is divided by zero", "不能除以零");
        if (!parser->words.problems->is_in_force)
            return part_bad;
    }
    if (!condition_check_window(parser, op, &a, &b) ||
        !condition_emit(parser, op, 0, UNIT_NONE, -1))
        return part_bad;
    struct part part = part_of(VALUE_NUMBER, a.word);
    part.unit = a.unit;
    return part;
}

static struct part read_product(struct parser *parser)
{
    struct part left = condition_read_alone(parser);
    while (!part_is_bad(left)) {
        bool is_times = words_take(&parser->words, "*");
        if (!is_times && !words_take(&parser->words, "/"))
            break;
        struct part right = condition_read_alone(parser);
        left = part_is_bad(right) ? part_bad
                                  : arithmetic(parser, is_times ? OP_MUL : OP_DIV, left, right);
    }
    return left;
}

static struct part read_sum(struct parser *parser)
{
    struct part left = read_product(parser);
    while (!part_is_bad(left)) {
        bool is_plus = words_take(&parser->words, "+");
        if (!is_plus && !words_take(&parser->words, "-"))
            break;
        struct part right = read_product(parser);
        left = part_is_bad(right) ? part_bad
                                  : arithmetic(parser, is_plus ? OP_ADD : OP_SUB, left, right);
    }
    return left;
}

/* ---- comparisons ----------------------------------------------------------------------------- */

/* A rating is 1 to 5: beside another number the answer is always the same. */
static void check_rating(struct parser *parser, const struct part *field, const struct part *number)
{
    enum { RATING_MIN = 1, RATING_MAX = 5 };
    if (field->field != FIELD_RATING || number->constant < 0)
        return;
    int64_t value = parser->constants[number->constant].number;
    if (value < RATING_MIN || value > RATING_MAX)
        problem_warn(parser->words.problems, parser->words.file, parser->words.line,
                     number->word.column, "a rating is %d to %d: beside %lld the answer is fixed",
                     "评价为 %d 至 %d：与 %lld 比较，结果不变", RATING_MIN, RATING_MAX,
                     (long long)value);
}

/* A text that stands beside a field with a vocabulary of its own has to be one of its words. */
static bool check_word(struct parser *parser, int field, struct slice text, struct word word)
{
    bool is_kind = field == FIELD_KIND;
    const char *const *names = is_kind ? event_kind_name + 1 : item_kind_name;
    size_t count = is_kind ? EVENT_OF_CASE_COUNT - 1 : ITEM_KIND_COUNT;
    if (!is_kind && field != FIELD_ITEM_KIND)
        return true;
    word.kind = WORD_NAME;
    word.text = text;
    return words_pick(&parser->words, &word, names, count, is_kind ? "event kind" : "kind of item",
                      is_kind ? "事件类型" : "事项类型") >= 0;
}

/* A field has a text, or none: an empty one it never has. */
static bool check_empty(struct parser *parser, int field, struct slice text, struct word word)
{
    if (field == FIELD_COUNT || text.count > 0)
        return true;
    WORD_ERROR(&parser->words, &word,
               "a field never is an empty text: write \"not has %s\", or \"has %s\"",
               "字段不会是空文本：应写作 not has %s 或 has %s", condition_field_name[field],
               condition_field_name[field]);
    return false;
}

/* An instant is written as text; only what stands beside it tells that it is one. */
static bool text_to_instant(struct parser *parser, struct part *text)
{
    struct value *value = &parser->constants[text->constant];
    struct instant at;
    if (instant_parse(value->text, &at) != 0) {
        WORD_ERROR(&parser->words, &text->word,
                   "\"%.*s\" is no instant: write '2025-01-20T10:00:00+08:00'",
                   "“%.*s”不是时刻：应写作 '2025-01-20T10:00:00+08:00'", WORD_ARG(&text->word));
        return false;
    }
    *value = (struct value){.type = VALUE_INSTANT, .number = at.ms};
    text->type = VALUE_INSTANT;
    return true;
}

static bool check_units(struct parser *parser, struct part a, struct part b)
{
    if (a.unit == UNIT_NONE && b.unit == UNIT_NONE)
        return true;
    if (a.unit == b.unit || (b.unit == UNIT_NONE && a.constant < 0) ||
        (a.unit == UNIT_NONE && b.constant < 0))
        return true;
    WORD_ERROR(&parser->words, &b.word, "this counts in %s, the other side in %s",
               "此处单位为 %s，另一侧为 %s", b.unit == UNIT_NONE ? "no unit" : unit_name[b.unit],
               a.unit == UNIT_NONE ? "no unit" : unit_name[a.unit]);
    return false;
}

static bool check_pair(struct parser *parser, struct part *a, struct part *b)
{
    if (a->type == VALUE_INSTANT && b->type == VALUE_TEXT && b->constant >= 0 &&
        !text_to_instant(parser, b))
        return false;
    if (b->type == VALUE_INSTANT && a->type == VALUE_TEXT && a->constant >= 0 &&
        !text_to_instant(parser, a))
        return false;
    if (a->type != b->type) {
        WORD_ERROR(&parser->words, &b->word,
                   "\"%.*s\" is %s%.0s, but \"%.*s\" is %s%.0s: they cannot be compared",
                   "“%.*s”是%.0s%s，而“%.*s”是%.0s%s：不能比较", WORD_ARG(&b->word),
                   value_type_en[b->type], value_type_zh[b->type], WORD_ARG(&a->word),
                   value_type_en[a->type], value_type_zh[a->type]);
        return false;
    }
    if (a->is_time != b->is_time) {
        WORD_ERROR(&parser->words, a->is_time ? &b->word : &a->word,
                   "a time of day stands beside the like alone: time_of_day < 12:00",
                   "钟点只能与钟点比较：time_of_day < 12:00");
        return false;
    }
    if (b->constant >= 0 && b->type == VALUE_TEXT &&
        (!check_empty(parser, a->field, parser->constants[b->constant].text, b->word) ||
         !check_word(parser, a->field, parser->constants[b->constant].text, b->word)))
        return false;
    if (a->constant >= 0 && a->type == VALUE_TEXT &&
        !check_empty(parser, b->field, parser->constants[a->constant].text, a->word))
        return false;
    check_rating(parser, a, b);
    check_rating(parser, b, a);
    return check_units(parser, *a, *b);
}

/* org = X: a name beside a text that is no field, nor nearly one. */
static bool is_unquoted(const struct parser *parser, struct part left)
{
    struct words ahead = parser->words;
    struct word word = words_next(&ahead);
    if (left.type != VALUE_TEXT || left.field == FIELD_KIND || left.field == FIELD_ITEM_KIND ||
        word.kind != WORD_NAME || word_is(&ahead.now, "(") || word_is(&word, "true") ||
        word_is(&word, "false"))
        return false;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (slice_is_equal(word.text, slice_of(condition_field_name[i])))
            return false;
    return text_nearest(word.text, condition_field_name, FIELD_COUNT) == NULL;
}

/* kind = accept: beside a field with a vocabulary, its words need no quotes. */
static struct part read_beside(struct parser *parser, struct part left)
{
    struct word word = parser->words.now;
    if (is_unquoted(parser, left)) {
        WORD_ERROR(&parser->words, &word, "\"%.*s\" is no field: if it is a text, write '%.*s'",
                   "“%.*s”不是字段：如是文本，应写作 '%.*s'", WORD_ARG(&word), WORD_ARG(&word));
        return part_bad;
    }
    if ((left.field != FIELD_KIND && left.field != FIELD_ITEM_KIND) || word.kind != WORD_NAME)
        return read_sum(parser);
    (void)words_next(&parser->words);
    return condition_constant(parser, (struct value){.type = VALUE_TEXT, .text = word.text}, word);
}

static struct part read_list(struct parser *parser, struct part left)
{
    uint32_t count = 0;
    if (!condition_expect(parser, "["))
        return part_bad;
    do {
        struct part one = read_beside(parser, left);
        if (part_is_bad(one))
            return part_bad;
        if (one.constant < 0) {
            WORD_ERROR(&parser->words, &one.word, "a list holds numbers or 'texts', not \"%.*s\"",
                       "列表中只能是数字或“'文本'”，不能是“%.*s”", WORD_ARG(&one.word));
            return part_bad;
        }
        if (!check_pair(parser, &left, &one) || !condition_check_window(parser, OP_EQ, &left, &one))
            return part_bad;
        count++;
    } while (words_take(&parser->words, ","));
    if (!condition_expect(parser, "]") ||
        !condition_emit(parser, OP_IN, count, UNIT_NONE, -(int)count))
        return part_bad;
    return part_of(VALUE_BOOL, left.word);
}

static bool take_comparison(struct words *words, enum op *op_out)
{
    static const struct {
        const char *sign;
        enum op op;
    } signs[] = {{"=", OP_EQ},  {"!=", OP_NE}, {"<", OP_LT},
                 {"<=", OP_LE}, {">", OP_GT},  {">=", OP_GE}};
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if (words_take(words, signs[i].sign)) {
            *op_out = signs[i].op;
            return true;
        }
    }
    return false;
}

static bool check_order(struct parser *parser, enum op op, struct word sign, struct part left)
{
    if (op == OP_EQ || op == OP_NE || (left.type != VALUE_TEXT && left.type != VALUE_BOOL))
        return true;
    WORD_ERROR(&parser->words, &sign,
               "\"%.*s\" is %s%.0s and has no order: only = != in apply to it",
               "“%.*s”是%.0s%s，没有大小：只能用 = != in", WORD_ARG(&left.word),
               value_type_en[left.type], value_type_zh[left.type]);
    return false;
}

static struct part read_comparison(struct parser *parser)
{
    struct part left = read_sum(parser);
    if (part_is_bad(left))
        return part_bad;
    struct word sign = parser->words.now;
    enum op op = OP_EQ;
    if (words_take(&parser->words, "in"))
        return read_list(parser, left);
    if (!take_comparison(&parser->words, &op))
        return left;
    struct part right = read_beside(parser, left);
    if (part_is_bad(right) || !check_pair(parser, &left, &right) ||
        !check_order(parser, op, sign, left) ||
        !condition_check_window(parser, op, &left, &right) ||
        !condition_emit(parser, op, 0, UNIT_NONE, -1))
        return part_bad;
    return part_of(VALUE_BOOL, left.word);
}

/* ---- and, or, not ---------------------------------------------------------------------------- */

static bool check_truth(struct parser *parser, struct part part)
{
    if (part.type == VALUE_BOOL)
        return true;
    WORD_ERROR(&parser->words, &part.word,
               "\"%.*s\" is %s%.0s, not yes or no: compare it with something",
               "“%.*s”是%.0s%s，不是“是否”：请与别的值比较", WORD_ARG(&part.word),
               value_type_en[part.type], value_type_zh[part.type]);
    return false;
}

static struct part read_not(struct parser *parser)
{
    uint32_t nots = 0;
    struct word word = parser->words.now;
    while (words_take(&parser->words, "not"))
        nots++;
    struct part part = read_comparison(parser);
    if (part_is_bad(part) || nots == 0)
        return part;
    if (!check_truth(parser, part))
        return part_bad;
    if (nots % 2 == 1 && !condition_emit(parser, OP_NOT, 0, UNIT_NONE, 0))
        return part_bad;
    return part_of(VALUE_BOOL, word);
}

static struct part read_and(struct parser *parser)
{
    struct part left = read_not(parser);
    while (!part_is_bad(left) && words_take(&parser->words, "and")) {
        struct part right = read_not(parser);
        if (part_is_bad(right) || !check_truth(parser, left) || !check_truth(parser, right) ||
            !condition_emit(parser, OP_AND, 0, UNIT_NONE, -1))
            return part_bad;
        left = part_of(VALUE_BOOL, left.word);
    }
    return left;
}

struct part condition_read_or(struct parser *parser)
{
    struct part left = read_and(parser);
    while (!part_is_bad(left) && words_take(&parser->words, "or")) {
        struct part right = read_and(parser);
        if (part_is_bad(right) || !check_truth(parser, left) || !check_truth(parser, right) ||
            !condition_emit(parser, OP_OR, 0, UNIT_NONE, -1))
            return part_bad;
        left = part_of(VALUE_BOOL, left.word);
    }
    return left;
}

/* ---- the whole ------------------------------------------------------------------------------- */

#define WHEN_DUE_EN                                                                                \
    "if: of a card is looked at without an event: %s belongs in is:, or in when: of start, stop "  \
    "or applies"
#define WHEN_DUE_ZH "牌的 if: 判定时没有事件：%s 应写在 is: 中，或 start、stop、applies 的 when: 中"

/* A condition that is always the same was meant otherwise. */
static bool check_sense(struct parser *parser, struct word first)
{
    const struct condition whole = {
        .code = parser->code, .count = parser->count, .constants = parser->constants};
    enum condition_sense sense = condition_sense(&whole);
    if (sense == SENSE_NEVER)
        WORD_REFUSE(&parser->words, &first, "this can never hold: its parts contradict each other",
                    "此条件永不成立：各部分互相矛盾");
    else if (sense == SENSE_ALWAYS)
        WORD_REFUSE(&parser->words, &first,
                    "this always holds: leave it out, or say what it depends on",
                    "此条件总是成立：请删去，或写明取决于什么");
    return sense == SENSE_OPEN || parser->words.problems->is_in_force;
}

/* What can be asked of the case in place of what an event alone can tell; NULL: nothing. */
static const char *asked_of_case(const char *asked)
{
    static const char *const pairs[][2] = {
        {"kind", "seen(…)"},
        {"step_place", "last_step_place"},
        {"result", "last_result"},
        {"count(…, step)", "count(…)"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (strcmp(asked, pairs[i][0]) == 0)
            return pairs[i][1];
    return NULL;
}

/* A card falls due without an event: what asks for one has no value. A window, which ends with the
 * event, never was taken in. */
static bool check_moment(struct parser *parser)
{
    const char *asked = parser->event_asked;
    struct problem_list *problems = parser->words.problems;
    if (asked == NULL)
        return true;
    const char *instead = asked_of_case(asked);
    if (parser->window_count > 0)
        WORD_ERROR(&parser->words, &parser->event_word, WHEN_DUE_EN, WHEN_DUE_ZH, asked);
    else if (instead == NULL)
        WORD_REFUSE(&parser->words, &parser->event_word, WHEN_DUE_EN, WHEN_DUE_ZH, asked);
    else
        WORD_REFUSE(&parser->words, &parser->event_word, WHEN_DUE_EN "; of the case, ask for %s",
                    WHEN_DUE_ZH "；问整件则写 %s", asked, instead);
    return problems->is_in_force && parser->window_count == 0;
}

static int keep(struct arena *arena, const struct parser *parser, const struct yaml_node *node,
                const struct condition **condition_out)
{
    struct condition *condition = arena_take(arena, 1, sizeof *condition);
    struct instruction *code = arena_take(arena, parser->count, sizeof *code);
    struct value *constants = arena_take(arena, parser->constant_count, sizeof *constants);
    struct window *windows = arena_take(arena, parser->window_count, sizeof *windows);
    if (condition == NULL || code == NULL || constants == NULL || windows == NULL)
        return -ENOMEM;
    memcpy(code, parser->code, parser->count * sizeof *code);
    memcpy(windows, parser->windows, parser->window_count * sizeof *windows);
    for (uint32_t i = 0; i < parser->constant_count; i++) {
        constants[i] = parser->constants[i];
        if (constants[i].type == VALUE_TEXT &&
            !arena_copy(arena, parser->constants[i].text, &constants[i].text))
            return -ENOMEM;
    }
    if (!words_plain(arena, node, false, &condition->text))
        return -ENOMEM;
    condition->count = parser->count;
    condition->code = code;
    condition->constant_count = parser->constant_count;
    condition->constants = constants;
    condition->window_count = parser->window_count;
    condition->windows = windows;
    *condition_out = condition;
    return 0;
}

int condition_parse(struct arena *arena, const struct yaml_node *node, enum condition_moment moment,
                    struct problem_list *problems, const struct condition **condition_out)
{
    if (!yaml_is_scalar(node, problems))
        return CONDITION_E_BAD;
    struct parser parser = {.count = 0};
    words_begin(&parser.words, node, false, problems);
    struct word first = parser.words.now;
    struct part whole = condition_read_or(&parser);
    if (part_is_bad(whole) || !words_end(&parser.words) || !check_truth(&parser, whole))
        return CONDITION_E_BAD;
    if (!parser.asks) {
        WORD_ERROR(&parser.words, &first,
                   "the condition asks nothing about the case: it is always the same",
                   "该条件与办件无关：结果永远不变");
        return CONDITION_E_BAD;
    }
    if (!check_sense(&parser, first) || (moment == CONDITION_WHEN_DUE && !check_moment(&parser)))
        return CONDITION_E_BAD;
    return keep(arena, &parser, node, condition_out);
}
