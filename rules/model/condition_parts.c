/* condition_parts.c - a condition taken apart where `and` joins its parts, so that it can be said
 * which of them did not hold.
 *
 * The text tells how many parts there are, since brackets leave no trace in the program; the
 * program is cut from its end, where the last `and` stands.
 */
#include "rules/model/condition.h"

static bool is_wordlike(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           ((unsigned char)c & 0x80) != 0;
}

static bool is_word_at(struct slice text, size_t at, const char *word)
{
    size_t length = strlen(word);
    return at + length <= text.count && memcmp(text.start + at, word, length) == 0 &&
           (at == 0 || !is_wordlike(text.start[at - 1])) &&
           (at + length == text.count || !is_wordlike(text.start[at + length]));
}

static struct slice trimmed(struct slice text)
{
    while (text.count > 0 && (text.start[0] == ' ' || text.start[0] == '\n'))
        text = (struct slice){.start = text.start + 1, .count = text.count - 1};
    while (text.count > 0 &&
           (text.start[text.count - 1] == ' ' || text.start[text.count - 1] == '\n'))
        text.count--;
    return text;
}

/* The texts between the `and`s that stand in no brackets; 1 where an `or` does. */
static uint32_t texts_cut(struct slice text, struct slice texts[CONDITION_PARTS_MAX])
{
    uint32_t count = 0;
    uint32_t depth = 0;
    size_t from = 0;
    char quote = '\0';
    texts[0] = trimmed(text);
    for (size_t at = 0; at < text.count; at++) {
        char c = text.start[at];
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '(' || c == '[')
            depth++;
        else if (c == ')' || c == ']')
            depth -= depth > 0;
        if (quote != '\0' || depth > 0)
            continue;
        if (is_word_at(text, at, "or"))
            return texts[0] = trimmed(text), 1;
        if (!is_word_at(text, at, "and"))
            continue;
        if (count + 2 > CONDITION_PARTS_MAX)
            return texts[0] = trimmed(text), 1;
        texts[count] = trimmed((struct slice){.start = text.start + from, .count = at - from});
        count++;
        from = at + strlen("and");
    }
    if (count > 0)
        texts[count] =
            trimmed((struct slice){.start = text.start + from, .count = text.count - from});
    return count + 1;
}

uint32_t instruction_takes(const struct instruction *it)
{
    switch (it->op) {
    case OP_NOT:
    case OP_LENGTH:
    case OP_NUMBER:
        return 1;
    case OP_IN:
        return it->operand + 1;
    case OP_AND:
    case OP_OR:
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
        return 2;
    case OP_PUSH:
    case OP_FIELD:
    case OP_COUNT:
    case OP_SEEN:
    case OP_SINCE:
    case OP_COUNT_STEP:
    case OP_COUNT_WITHIN:
    case OP_ATTR:
    case OP_HAS_ATTR:
    case OP_RAISED:
    case OP_SAME_ARRIVAL:
    case OP_HAS:
        return 0;
    }
    return 0;
}

/* Where the program of the value that instruction `last` leaves begins. */
static uint32_t begin_of(const struct condition *condition, uint32_t last)
{
    uint32_t wanted = 1;
    uint32_t at = last + 1;
    while (wanted > 0) {
        assert(at > 0);
        at--;
        wanted = wanted - 1 + instruction_takes(&condition->code[at]);
    }
    return at;
}

uint32_t condition_parts(const struct condition *condition,
                         struct condition parts[CONDITION_PARTS_MAX])
{
    struct slice texts[CONDITION_PARTS_MAX];
    uint32_t count = texts_cut(condition->text, texts);
    uint32_t end = condition->count;
    for (uint32_t i = count; i-- > 0;) {
        bool is_first = i == 0;
        assert(is_first || condition->code[end - 1].op == OP_AND);
        uint32_t last = is_first ? end - 1 : end - 2;
        uint32_t begin = is_first ? 0 : begin_of(condition, last);
        parts[i] = *condition;
        parts[i].text = texts[i];
        parts[i].code = condition->code + begin;
        parts[i].count = last + 1 - begin;
        end = begin;
    }
    return count;
}
