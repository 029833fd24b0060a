/* condition_part.c - what stands alone in a condition, and the code for it. */
#include "rules/condition/condition_parser.h"

const char *const value_type_en[] = {"nothing", "yes or no",  "a number",
                                     "text",    "an instant", "a term"};
const char *const value_type_zh[] = {"空值", "是否", "数字", "文本", "时刻", "期限"};

const struct part part_bad = {
    .type = VALUE_NONE, .field = FIELD_COUNT, .constant = -1, .window = -1};

struct part part_of(enum value_type type, struct word word)
{
    return (struct part){
        .type = type, .field = FIELD_COUNT, .constant = -1, .window = -1, .word = word};
}

/* grows: how the stack's height changes. */
bool condition_emit(struct parser *parser, enum op op, uint32_t operand, enum unit unit, int grows)
{
    uint32_t depth = (uint32_t)((int)parser->depth + grows);
    if (parser->count == CONDITION_CODE_MAX || depth > CONDITION_STACK_MAX) {
        WORD_ERROR(&parser->words, &parser->words.now,
                   "the condition is too long: make it two rules, or two rungs",
                   "条件太长：请拆成两条规则或两档");
        return false;
    }
    parser->depth = depth;
    parser->code[parser->count++] =
        (struct instruction){.op = op, .operand = operand, .unit = unit};
    return true;
}

struct part condition_constant(struct parser *parser, struct value value, struct word word)
{
    if (parser->constant_count == CONDITION_CONSTANTS_MAX) {
        WORD_ERROR(&parser->words, &word, "more than %d numbers and texts in one condition",
                   "一个条件中的数字和文本超过 %d 个", CONDITION_CONSTANTS_MAX);
        return part_bad;
    }
    int constant = (int)parser->constant_count++;
    parser->constants[constant] = value;
    if (!condition_emit(parser, OP_PUSH, (uint32_t)constant, UNIT_NONE, 1))
        return part_bad;
    struct part part = part_of(value.type, word);
    part.constant = constant;
    return part;
}

void condition_asks_event(struct parser *parser, struct word word, const char *asked)
{
    parser->asks = true;
    if (parser->event_asked != NULL)
        return;
    parser->event_word = word;
    parser->event_asked = asked;
}

void condition_asks_field(struct parser *parser, struct word word, int field)
{
    parser->asks = true;
    if (field >= 0 && condition_field_of[field] == OF_EVENT)
        condition_asks_event(parser, word, condition_field_name[field]);
}

bool condition_expect(struct parser *parser, const char *sign)
{
    if (words_take(&parser->words, sign))
        return true;
    WORD_ERROR(&parser->words, &parser->words.now, "expected \"%s\" here, found \"%.*s\"",
               "此处应为“%s”，而不是“%.*s”", sign, WORD_ARG(&parser->words.now));
    return false;
}

static int read_field(struct parser *parser)
{
    struct word word = words_next(&parser->words);
    int field =
        words_pick(&parser->words, &word, condition_field_name, FIELD_COUNT, "field", "字段");
    condition_asks_field(parser, word, field);
    return field;
}

bool condition_read_kind(struct parser *parser, uint32_t *kind_out)
{
    struct word word = words_next(&parser->words);
    int kind = words_pick(&parser->words, &word, event_kind_name + 1, EVENT_OF_CASE_COUNT - 1,
                          "event kind", "事件类型");
    if (kind < 0)
        return false;
    *kind_out = (uint32_t)kind + 1;
    return true;
}

/* The name of a rule or a card: what stands between the signs, hyphens and all. */
static bool read_link_name(struct parser *parser, const char *end)
{
    struct word first = parser->words.now;
    struct slice name = {.start = first.written.start};
    while (parser->words.now.kind != WORD_END && !word_is(&parser->words.now, ",") &&
           !word_is(&parser->words.now, ")")) {
        struct word word = words_next(&parser->words);
        name.count = (size_t)(word.written.start + word.written.count - name.start);
    }
    if (name.count == 0) {
        WORD_ERROR(&parser->words, &first, "raised names a rule and a card: raised(my-rule, red)",
                   "raised 须写明规则和牌：raised(my-rule, red)");
        return false;
    }
    if (parser->constant_count == CONDITION_CONSTANTS_MAX) {
        WORD_ERROR(&parser->words, &first, "more than %d numbers and texts in one condition",
                   "一个条件中的数字和文本超过 %d 个", CONDITION_CONSTANTS_MAX);
        return false;
    }
    parser->constants[parser->constant_count++] = (struct value){.type = VALUE_TEXT, .text = name};
    return condition_expect(parser, end);
}

/* "raised(my-rule, red)": that there is such a card is checked in rule_links.c. */
static struct part read_raised(struct parser *parser, struct word word)
{
    uint32_t constant = parser->constant_count;
    parser->asks = true;
    if (!condition_expect(parser, "(") || !read_link_name(parser, ",") ||
        !read_link_name(parser, ")") || !condition_emit(parser, OP_RAISED, constant, UNIT_NONE, 1))
        return part_bad;
    return part_of(VALUE_BOOL, word);
}

static struct part read_about_kind(struct parser *parser, enum op op, struct word word)
{
    uint32_t kind = EVENT_NONE;
    if (!condition_expect(parser, "(") || !condition_read_kind(parser, &kind) ||
        !condition_expect(parser, ")"))
        return part_bad;
    parser->asks = true;
    if (op == OP_SINCE || op == OP_SAME_ARRIVAL)
        condition_asks_event(parser, word, op == OP_SINCE ? "since(…)" : "same_arrival(…)");
    bool is_truth = op == OP_SEEN || op == OP_SAME_ARRIVAL;
    struct part part = part_of(is_truth ? VALUE_BOOL : VALUE_NUMBER, word);
    if (op == OP_SINCE) {
        if (!words_take(&parser->words, "in")) {
            WORD_ERROR(&parser->words, &parser->words.now,
                       "say in which unit: since(%s) in workhour",
                       "请写明单位：since(%s) in workhour", event_kind_name[kind]);
            return part_bad;
        }
        struct word unit = words_next(&parser->words);
        int picked =
            words_pick(&parser->words, &unit, unit_name + 1, UNIT_COUNT - 1, "unit", "单位");
        if (picked < 0)
            return part_bad;
        part.unit = (enum unit)(picked + 1);
    }
    return condition_emit(parser, op, kind, part.unit, 1) ? part : part_bad;
}

/* "('channel')" behind attr: the name is a constant that is not pushed. */
static struct part read_attr(struct parser *parser, enum op op, struct word word)
{
    uint32_t constant = parser->constant_count;
    if (!condition_expect(parser, "("))
        return part_bad;
    struct word name = words_next(&parser->words);
    if (name.kind != WORD_TEXT || name.text.count == 0) {
        WORD_ERROR(&parser->words, &name,
                   "attr names an attr of the event in quotes: attr('channel')",
                   "attr 须写明事件附加项的名称，加引号：attr('channel')");
        return part_bad;
    }
    if (constant == CONDITION_CONSTANTS_MAX) {
        WORD_ERROR(&parser->words, &name, "more than %d numbers and texts in one condition",
                   "一个条件中的数字和文本超过 %d 个", CONDITION_CONSTANTS_MAX);
        return part_bad;
    }
    parser->constants[parser->constant_count++] =
        (struct value){.type = VALUE_TEXT, .text = name.text};
    condition_asks_event(parser, word, "attr(…)");
    if (!condition_expect(parser, ")") || !condition_emit(parser, op, constant, UNIT_NONE, 1))
        return part_bad;
    return part_of(op == OP_ATTR ? VALUE_TEXT : VALUE_BOOL, word);
}

static struct part read_has(struct parser *parser, struct word word)
{
    if (words_take(&parser->words, "attr"))
        return read_attr(parser, OP_HAS_ATTR, word);
    int field = read_field(parser);
    if (field < 0 || !condition_emit(parser, OP_HAS, (uint32_t)field, UNIT_NONE, 1))
        return part_bad;
    return part_of(VALUE_BOOL, word);
}

/* What length and number look at: a field, or an attr. */
static struct part read_text_field(struct parser *parser)
{
    struct word word = parser->words.now;
    if (words_take(&parser->words, "attr"))
        return read_attr(parser, OP_ATTR, word);
    int field = read_field(parser);
    if (field < 0 || !condition_emit(parser, OP_FIELD, (uint32_t)field, UNIT_NONE, 1))
        return part_bad;
    return part_of(condition_field_type[field], word);
}

/* length(reason), number(attr('floor')) */
static struct part read_of_text(struct parser *parser, enum op op, struct word word)
{
    if (!condition_expect(parser, "("))
        return part_bad;
    struct part text = read_text_field(parser);
    if (part_is_bad(text))
        return part_bad;
    if (text.type != VALUE_TEXT) {
        WORD_ERROR(&parser->words, &text.word,
                   op == OP_LENGTH ? "%.*s is %s%.0s: only text has a length"
                                   : "%.*s is %s%.0s: only text is read as a number",
                   op == OP_LENGTH ? "%.*s 是%.0s%s：只有文本才有长度"
                                   : "%.*s 是%.0s%s：只有文本才须读作数字",
                   WORD_ARG(&text.word), value_type_en[text.type], value_type_zh[text.type]);
        return part_bad;
    }
    if (!condition_expect(parser, ")") || !condition_emit(parser, op, 0, UNIT_NONE, 0))
        return part_bad;
    return part_of(VALUE_NUMBER, word);
}

static struct part read_number(struct parser *parser, struct word word, bool is_negative)
{
    struct value value = {.type = VALUE_NUMBER, .number = is_negative ? -word.number : word.number};
    (void)words_next(&parser->words);
    struct words ahead = parser->words;
    if (ahead.now.kind != WORD_NAME || word_is(&ahead.now, "and") || word_is(&ahead.now, "or"))
        return condition_constant(parser, value, word);
    struct word unit = words_next(&parser->words);
    int picked = words_pick(&parser->words, &unit, unit_name + 1, UNIT_COUNT - 1, "unit", "单位");
    if (picked < 0)
        return part_bad;
    struct part part = condition_constant(parser, value, word);
    part.unit = (enum unit)(picked + 1);
    return part;
}

static struct part read_name(struct parser *parser, struct word word)
{
    (void)words_next(&parser->words);
    if (word_is(&word, "has"))
        return read_has(parser, word);
    if (word_is(&word, "length"))
        return read_of_text(parser, OP_LENGTH, word);
    if (word_is(&word, "number"))
        return read_of_text(parser, OP_NUMBER, word);
    if (word_is(&word, "attr"))
        return read_attr(parser, OP_ATTR, word);
    if (word_is(&word, "count"))
        return condition_read_count(parser, word);
    if (word_is(&word, "seen"))
        return read_about_kind(parser, OP_SEEN, word);
    if (word_is(&word, "since"))
        return read_about_kind(parser, OP_SINCE, word);
    if (word_is(&word, "same_arrival"))
        return read_about_kind(parser, OP_SAME_ARRIVAL, word);
    if (word_is(&word, "raised"))
        return read_raised(parser, word);
    if (word_is(&word, "true") || word_is(&word, "false"))
        return condition_constant(
            parser, (struct value){.type = VALUE_BOOL, .truth = word_is(&word, "true")}, word);
    int field =
        words_pick(&parser->words, &word, condition_field_name, FIELD_COUNT, "field", "字段");
    condition_asks_field(parser, word, field);
    if (field < 0 || !condition_emit(parser, OP_FIELD, (uint32_t)field, UNIT_NONE, 1))
        return part_bad;
    struct part part = part_of(condition_field_type[field], word);
    part.field = field;
    if (field == FIELD_ENTRY_DELAY || field == FIELD_ARRIVAL_DELAY)
        part.unit = UNIT_WORKHOUR;
    part.is_time = field == FIELD_TIME_OF_DAY;
    return part;
}

struct part condition_read_alone(struct parser *parser)
{
    struct word word = parser->words.now;
    if (word.kind == WORD_NUMBER)
        return read_number(parser, word, false);
    if (word.kind == WORD_TIME) {
        (void)words_next(&parser->words);
        struct part time = condition_constant(
            parser, (struct value){.type = VALUE_NUMBER, .number = word.number}, word);
        time.is_time = true;
        return time;
    }
    if (word.kind == WORD_NAME)
        return read_name(parser, word);
    if (word.kind == WORD_TEXT) {
        (void)words_next(&parser->words);
        return condition_constant(parser, (struct value){.type = VALUE_TEXT, .text = word.text},
                                  word);
    }
    if (words_take(&parser->words, "-") && parser->words.now.kind == WORD_NUMBER)
        return read_number(parser, parser->words.now, true);
    if (words_take(&parser->words, "(")) {
        if (++parser->nesting > CONDITION_NESTING_MAX) {
            WORD_ERROR(&parser->words, &word, "parentheses nested deeper than %d",
                       "括号嵌套超过 %d 层", CONDITION_NESTING_MAX);
            return part_bad;
        }
        struct part part = condition_read_or(parser);
        parser->nesting--;
        if (part_is_bad(part) || !condition_expect(parser, ")"))
            return part_bad;
        part.constant = -1;
        part.field = FIELD_COUNT;
        return part;
    }
    if (word.kind == WORD_BAD && words_tell_bad(&parser->words))
        return part_bad;
    WORD_ERROR(&parser->words, &word, "expected a field, a number or a 'text' here, found \"%.*s\"",
               "此处应为字段、数字或“'文本'”，而不是“%.*s”", WORD_ARG(&word));
    return part_bad;
}
