/* condition.c - a condition read aloud: "not seen(deliver)" is "there has been no "delivered"".
 *
 * What is read is the program and not its text, so that what is said is what is done. A comparison
 * with what has no value is false: "is other than" and "is not" are two things, and are told apart.
 */
#include "rules/sentences/sentences.h"

#include "engine/base/date.h"

#include <string.h>

/* A condition, and the last instruction of the part that is read. */
struct reading {
    const struct speaker *speaker;
    const struct condition *condition;
    uint32_t last;
};

static const struct {
    const char *en;
    const char *zh;
    const char *not_en; /* NULL: a noun */
    const char *not_zh;
} nouns[FIELD_COUNT] = {
#define NOUN(NAME, en, zh)                  [FIELD_##NAME] = {en, zh, NULL, NULL},
#define STATE(NAME, en, not_en, zh, not_zh) [FIELD_##NAME] = {en, zh, not_en, not_zh},
#include "rules/sentences/nouns.def"
#undef NOUN
#undef STATE
};

static const struct instruction *here(const struct reading *reading)
{
    return &reading->condition->code[reading->last];
}

/* The part that ends at last: where the one before it ends. */
static struct reading before(const struct reading *reading, uint32_t last)
{
    uint32_t missing = 1;
    uint32_t at = last + 1;
    while (missing > 0)
        missing += instruction_takes(&reading->condition->code[--at]) - 1;
    return (struct reading){reading->speaker, reading->condition, at - 1};
}

static struct reading right_of(const struct reading *reading)
{
    return (struct reading){reading->speaker, reading->condition, reading->last - 1};
}

static struct reading left_of(const struct reading *reading)
{
    return before(reading, reading->last - 1);
}

static const struct value *constant_of(const struct reading *reading)
{
    return &reading->condition->constants[here(reading)->operand];
}

static bool is_field(const struct reading *reading, enum field field)
{
    return here(reading)->op == OP_FIELD && here(reading)->operand == field;
}

/* ---- what has a value --------------------------------------------------------------------------
 */

static void say_instant(const struct speaker *speaker, struct instant at)
{
    char text[DATE_TEXT_BYTES];
    int32_t ms = (int32_t)(at.ms % DATE_DAY_MS);
    int32_t day = speaker->rule->calendar == NULL
                      ? (int32_t)(at.ms / DATE_DAY_MS)
                      : calendar_local_day(speaker->rule->calendar, at, &ms);
    say_text(speaker, "%s %02d:%02d:%02d", date_format(day, text), ms / 3600000, ms / 60000 % 60,
             ms / 1000 % 60);
}

/* What a kind of event, a kind of item, a node is called; a code stands in quotes. */
static void say_word(const struct reading *beside, struct slice text)
{
    static const struct {
        const char *name;
        const char *en;
        const char *zh;
    } nodes[] = {{"start", "first", "首个"},
                 {"middle", "in between", "中间"},
                 {"end", "last", "末个"},
                 {"single", "the only one", "唯一"}};
    const struct speaker *speaker = beside->speaker;
    const char *word = NULL;
    for (int kind = 1; is_field(beside, FIELD_KIND) && kind < EVENT_KIND_COUNT; kind++)
        if (slice_is_equal(text, slice_of(event_kind_name[kind])))
            text = slice_of(IN(speaker, event_said_en[kind], event_kind_zh[kind]));
    for (int kind = 0; is_field(beside, FIELD_ITEM_KIND) && kind < ITEM_KIND_COUNT; kind++)
        if (slice_is_equal(text, slice_of(item_kind_name[kind])))
            word = IN(speaker, item_kind_name[kind], item_kind_zh[kind]);
    for (size_t i = 0; is_field(beside, FIELD_STEP_NODE) && i < COUNT_OF(nodes); i++)
        if (slice_is_equal(text, slice_of(nodes[i].name)))
            word = IN(speaker, nodes[i].en, nodes[i].zh);
    if (word != NULL)
        say_text(speaker, "%s", word);
    else
        say_text(speaker, IN(speaker, "\"%.*s\"", "“%.*s”"), SLICE_ARG(text));
}

static void say_constant(const struct reading *beside, const struct value *value)
{
    const struct speaker *speaker = beside->speaker;
    if (value->type == VALUE_TEXT)
        say_word(beside, value->text);
    else if (value->type == VALUE_INSTANT)
        say_instant(speaker, (struct instant){.ms = value->number});
    else if (is_field(beside, FIELD_TIME_OF_DAY))
        say_text(speaker, "%02d:%02d", (int)(value->number / 3600000),
                 (int)(value->number / 60000 % 60));
    else
        say_text(speaker, "%lld", (long long)value->number);
}

static void say_count(const struct reading *reading)
{
    const struct speaker *speaker = reading->speaker;
    const struct instruction *it = here(reading);
    bool is_in_window = it->op == OP_COUNT_WITHIN;
    const struct window *window = is_in_window ? &reading->condition->windows[it->operand] : NULL;
    enum event_kind kind = is_in_window ? window->kind : (enum event_kind)it->operand;
    bool is_of_step = is_in_window ? window->is_of_step : it->op == OP_COUNT_STEP;
    if (speaker->is_zh) {
        say_text(speaker, "%s", is_of_step ? "本环节" : "");
        if (is_in_window) {
            say_text(speaker, "%s", is_of_step ? " " : "");
            say_term(speaker, window->within);
            say_text(speaker, "内");
        }
        say_text(speaker, "“%s”的次数", event_kind_zh[kind]);
        return;
    }
    say_text(speaker, "the number of \"%s\"%s", event_said_en[kind],
             is_of_step ? " of this step" : "");
    if (is_in_window) {
        say_text(speaker, " within ");
        say_term(speaker, window->within);
    }
}

static void say_since(const struct reading *reading)
{
    static const char *const zh[UNIT_COUNT] = {"",       "分钟",   "小时", "工作分钟", "工作小时",
                                               "自然日", "工作日", "月",   "年"};
    const struct speaker *speaker = reading->speaker;
    const struct instruction *it = here(reading);
    if (speaker->is_zh)
        say_text(speaker, "距上一次“%s”的%s数（不足一的按一计）", event_kind_zh[it->operand],
                 zh[it->unit]);
    else
        say_text(speaker, "the %ss begun since the last \"%s\"", unit_name[it->unit],
                 event_said_en[it->operand]);
}

static void say_value(const struct reading *reading, const struct reading *beside);

/* Between a Chinese word and a number stands a blank. */
static const char *blank_at(const struct reading *number)
{
    bool is_number = here(number)->op == OP_PUSH && constant_of(number)->type != VALUE_TEXT;
    return number->speaker->is_zh && is_number ? " " : "";
}

static bool is_sum(const struct reading *reading)
{
    return here(reading)->op == OP_ADD || here(reading)->op == OP_SUB;
}

static bool is_arithmetic(const struct reading *reading)
{
    return is_sum(reading) || here(reading)->op == OP_MUL || here(reading)->op == OP_DIV;
}

static void say_arithmetic(const struct reading *reading)
{
    const struct speaker *speaker = reading->speaker;
    static const char *const sign[] = {" + ", " - ", " × ", " ÷ "};
    struct reading left = left_of(reading);
    struct reading right = right_of(reading);
    bool is_left_apart = is_sum(&left) && !is_sum(reading);
    bool is_right_apart = is_arithmetic(&right);
    say_text(speaker, "%s", is_left_apart ? "(" : "");
    say_value(&left, &right);
    say_text(speaker, "%s%s%s", is_left_apart ? ")" : "", sign[here(reading)->op - OP_ADD],
             is_right_apart ? "(" : "");
    say_value(&right, &left);
    say_text(speaker, "%s", is_right_apart ? ")" : "");
}

static void say_of(const struct reading *reading, const char *en, const char *zh)
{
    const struct speaker *speaker = reading->speaker;
    struct reading of = right_of(reading);
    say_text(speaker, "%s", IN(speaker, en, ""));
    say_value(&of, &of);
    say_text(speaker, "%s", IN(speaker, "", zh));
}

static void say_field(const struct speaker *speaker, enum field field)
{
    const char *noun = IN(speaker, nouns[field].en, nouns[field].zh);
    bool is_noun = nouns[field].not_en == NULL;
    say_text(speaker, IN(speaker, "%s%s", "%.0s%s"), is_noun ? "the " : "", noun);
}

static void say_attr(const struct reading *reading)
{
    say_text(reading->speaker, IN(reading->speaker, "the attr \"%.*s\"", "附加项“%.*s”"),
             SLICE_ARG(constant_of(reading)->text));
}

/* beside: what it is compared with, which says what its words mean. */
static void say_value(const struct reading *reading, const struct reading *beside)
{
    const struct speaker *speaker = reading->speaker;
    const struct instruction *it = here(reading);
    if (it->op == OP_PUSH)
        say_constant(beside, constant_of(reading));
    else if (it->op == OP_FIELD)
        say_field(speaker, (enum field)it->operand);
    else if (it->op == OP_ATTR)
        say_attr(reading);
    else if (it->op == OP_SINCE)
        say_since(reading);
    else if (it->op == OP_LENGTH)
        say_of(reading, "the number of characters of ", "的字数");
    else if (it->op == OP_NUMBER)
        say_of(reading, "the number in ", "所写的数");
    else if (is_arithmetic(reading))
        say_arithmetic(reading);
    else
        say_count(reading);
}

/* ---- what is so or not --------------------------------------------------------------------------
 */

static void say_part(const struct reading *reading, bool is_not);

/* Of two truths: a field, a constant, or a condition of its own. */
static bool is_truth(const struct reading *reading)
{
    const struct instruction *it = here(reading);
    if (it->op == OP_PUSH)
        return constant_of(reading)->type == VALUE_BOOL;
    if (it->op == OP_FIELD)
        return condition_field_type[it->operand] == VALUE_BOOL;
    return it->op == OP_SEEN || it->op == OP_HAS || it->op == OP_HAS_ATTR || it->op == OP_RAISED ||
           it->op == OP_SAME_ARRIVAL || (it->op >= OP_NOT && it->op <= OP_IN);
}

static bool is_instant(const struct reading *reading)
{
    return is_field(reading, FIELD_TIME_OF_DAY) ||
           (here(reading)->op == OP_FIELD &&
            condition_field_type[here(reading)->operand] == VALUE_INSTANT);
}

static void say_apart(const struct reading *reading, bool is_not)
{
    const struct speaker *speaker = reading->speaker;
    if (is_not)
        say_text(speaker, "%s", IN(speaker, "not ", "并非"));
    say_text(speaker, "%s", IN(speaker, "(", "（"));
    say_part(reading, false);
    say_text(speaker, "%s", IN(speaker, ")", "）"));
}

static void say_comparison(const struct reading *reading, bool is_not)
{
    static const char *const en[2][6] = {{" is ", " is other than ", " is less than ",
                                          " is at most ", " is more than ", " is at least "},
                                         {" is ", " is other than ", " is before ",
                                          " is at or before ", " is after ", " is at or after "}};
    static const char *const zh[2][6] = {{"为", "不同于", "低于", "不超过", "超过", "不低于"},
                                         {"为", "不同于", "早于", "不晚于", "晚于", "不早于"}};
    const struct speaker *speaker = reading->speaker;
    enum op op = here(reading)->op;
    struct reading left = left_of(reading);
    struct reading right = right_of(reading);
    bool is_when = is_instant(&left) || is_instant(&right);
    if (is_truth(&left)) {
        say_apart(&left, false);
        say_text(speaker, "%s",
                 (op == OP_EQ) != is_not ? IN(speaker, " just when ", "当且仅当")
                                         : IN(speaker, " just when not ", "当且仅当并非"));
        say_apart(&right, false);
    } else if (is_not && op != OP_EQ) {
        say_apart(reading, true);
    } else {
        struct reading end = right_of(&left); /* where it is arithmetic */
        say_value(&left, &right);
        say_text(speaker, "%s%s%s", is_arithmetic(&left) ? blank_at(&end) : blank_at(&left),
                 is_not ? IN(speaker, " is not ", "不为")
                        : IN(speaker, en[is_when][op - OP_EQ], zh[is_when][op - OP_EQ]),
                 blank_at(&right));
        say_value(&right, &left);
    }
}

static void say_list(const struct reading *reading, bool is_not)
{
    const struct speaker *speaker = reading->speaker;
    uint32_t count = here(reading)->operand;
    uint32_t first = reading->last - count; /* each of the list is one constant */
    struct reading of = {speaker, reading->condition, first - 1};
    say_value(&of, &of);
    say_text(speaker, "%s",
             is_not ? IN(speaker, " is none of ", "不属于") : IN(speaker, " is one of ", "属于"));
    for (uint32_t i = 0; i < count; i++) {
        struct reading one = {speaker, reading->condition, first + i};
        say_text(speaker, "%s", i == 0 ? blank_at(&one) : IN(speaker, ", ", "、"));
        say_value(&one, &of);
    }
}

/* "A and B", and in brackets what stands in it of the other. */
static void say_joined(const struct reading *reading)
{
    const struct speaker *speaker = reading->speaker;
    enum op op = here(reading)->op;
    enum op other = op == OP_AND ? OP_OR : OP_AND;
    struct reading sides[] = {left_of(reading), right_of(reading)};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        if (i > 0)
            say_text(speaker, "%s",
                     op == OP_AND ? IN(speaker, " and ", "，且") : IN(speaker, " or ", "，或"));
        if (here(&sides[i])->op == other)
            say_apart(&sides[i], false);
        else
            say_part(&sides[i], false);
    }
}

static const char *article(const char *noun)
{
    return strchr("aeiou", noun[0]) != NULL ? "an" : "a";
}

static void say_there_is(const struct reading *reading, bool is_not)
{
    const struct speaker *speaker = reading->speaker;
    uint32_t field = here(reading)->operand;
    if (nouns[field].not_en != NULL)
        say_text(speaker,
                 is_not ? IN(speaker, "it is not known whether %s", "不知是否%s")
                        : IN(speaker, "it is known whether %s", "已知是否%s"),
                 IN(speaker, nouns[field].en, nouns[field].zh));
    else
        say_text(speaker, IN(speaker, "there is %s %s", "%s%s"),
                 is_not ? IN(speaker, "no", "没有") : IN(speaker, article(nouns[field].en), "有"),
                 IN(speaker, nouns[field].en, nouns[field].zh));
}

static void say_raised(const struct reading *reading, bool is_not)
{
    const struct speaker *speaker = reading->speaker;
    struct slice rule = constant_of(reading)[0].text;
    struct slice name = constant_of(reading)[1].text;
    struct slice card = card_title(speaker, name);
    bool is_named = slice_is_equal(card, name); /* by its rule, and not by its level */
    if (speaker->is_zh)
        say_text(speaker, "规则 %.*s 的%s%.*s%s%s成立", SLICE_ARG(rule), is_named ? "“" : "",
                 SLICE_ARG(card), is_named ? "”牌" : "", is_not ? "未" : "已");
    else
        say_text(speaker,
                 is_not ? "the card \"%.*s\" of rule %.*s has not come"
                        : "the card \"%.*s\" of rule %.*s has come",
                 SLICE_ARG(card), SLICE_ARG(rule));
}

/* What a single instruction asks: seen, has, raised, a field that is or is not so. */
static void say_state(const struct reading *reading, bool is_not)
{
    const struct speaker *speaker = reading->speaker;
    const struct instruction *it = here(reading);
    if (it->op == OP_SEEN)
        say_text(speaker,
                 is_not ? IN(speaker, "there has been no \"%s\"", "没有“%s”")
                        : IN(speaker, "there has been \"%s\"", "已有“%s”"),
                 IN(speaker, event_said_en[it->operand], event_kind_zh[it->operand]));
    else if (it->op == OP_SAME_ARRIVAL)
        say_text(speaker,
                 is_not ? IN(speaker, "it did not arrive together with \"%s\"", "未与“%s”同时到达")
                        : IN(speaker, "it arrived together with \"%s\"", "与“%s”同时到达"),
                 IN(speaker, event_said_en[it->operand], event_kind_zh[it->operand]));
    else if (it->op == OP_HAS)
        say_there_is(reading, is_not);
    else if (it->op == OP_HAS_ATTR)
        say_text(speaker,
                 is_not ? IN(speaker, "there is no attr \"%.*s\"", "没有附加项“%.*s”")
                        : IN(speaker, "there is an attr \"%.*s\"", "有附加项“%.*s”"),
                 SLICE_ARG(constant_of(reading)->text));
    else if (it->op == OP_RAISED)
        say_raised(reading, is_not);
    else if (it->op == OP_FIELD)
        say_text(speaker, "%s",
                 is_not ? IN(speaker, nouns[it->operand].not_en, nouns[it->operand].not_zh)
                        : IN(speaker, nouns[it->operand].en, nouns[it->operand].zh));
    else
        say_text(speaker, "%s",
                 constant_of(reading)->truth != is_not ? IN(speaker, "always", "总是")
                                                       : IN(speaker, "never", "从不"));
}

static void say_part(const struct reading *reading, bool is_not)
{
    enum op op = here(reading)->op;
    struct reading of = right_of(reading);
    if (op == OP_NOT)
        say_part(&of, !is_not);
    else if ((op == OP_AND || op == OP_OR) && is_not)
        say_apart(reading, true);
    else if (op == OP_AND || op == OP_OR)
        say_joined(reading);
    else if (op == OP_IN)
        say_list(reading, is_not);
    else if (op >= OP_EQ && op <= OP_GE)
        say_comparison(reading, is_not);
    else
        say_state(reading, is_not);
}

void say_condition(const struct speaker *speaker, const char *label,
                   const struct condition *condition)
{
    say_text(speaker, "%s", label);
    struct reading whole = {speaker, condition, condition->count - 1};
    say_part(&whole, false);
}

void condition_say(FILE *out, const struct ruleset *ruleset, const struct rule *rule,
                   const struct condition *condition, bool is_zh)
{
    const struct speaker speaker = {.ruleset = ruleset, .rule = rule, .out = out, .is_zh = is_zh};
    say_condition(&speaker, "", condition);
}

void asked_say(FILE *out, const struct ruleset *ruleset, const struct rule *rule,
               const struct condition *condition, uint32_t index, bool is_zh)
{
    const struct speaker speaker = {.ruleset = ruleset, .rule = rule, .out = out, .is_zh = is_zh};
    const struct reading reading = {&speaker, condition, index};
    enum op op = here(&reading)->op;
    if (op == OP_HAS || (op == OP_FIELD && !is_truth(&reading)))
        say_field(&speaker, (enum field)here(&reading)->operand);
    else if (op == OP_HAS_ATTR)
        say_attr(&reading);
    else if (op == OP_SEEN)
        say_count(&reading);
    else if (is_truth(&reading))
        say_state(&reading, false);
    else
        say_value(&reading, &reading);
}
