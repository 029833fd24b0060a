/* condition_count.c - how often something happened to a case: count(return), count(return, step),
 * count(return, step, within 5 workday).
 *
 * Of a window only the newest events are kept of a case, as many as the rule can tell apart; so it
 * stands beside a number, and that number says how many.
 */
#include "rules/condition/condition_parser.h"

static struct part count_whole(struct parser *parser, uint32_t kind, bool is_of_step,
                               struct word word)
{
    if (is_of_step)
        condition_asks_event(parser, word, "count(…, step)");
    if (!condition_expect(parser, ")") ||
        !condition_emit(parser, is_of_step ? OP_COUNT_STEP : OP_COUNT, kind, UNIT_NONE, 1))
        return part_bad;
    return part_of(VALUE_NUMBER, word);
}

/* "5 workday)" */
static struct part count_within(struct parser *parser, uint32_t kind, bool is_of_step,
                                struct word word)
{
    struct part part = part_of(VALUE_NUMBER, word);
    struct window window = {.kind = (enum event_kind)kind, .is_of_step = is_of_step};
    if (!words_term(&parser->words, &window.within) || !condition_expect(parser, ")"))
        return part_bad;
    if (parser->window_count == CONDITION_WINDOWS_MAX) {
        WORD_ERROR(&parser->words, &word, "more than %d counts within a window in one condition",
                   "一个条件中期间内的计数超过 %d 个", CONDITION_WINDOWS_MAX);
        return part_bad;
    }
    part.window = (int)parser->window_count++;
    parser->windows[part.window] = window;
    condition_asks_event(parser, word, "count(…, within …)");
    return condition_emit(parser, OP_COUNT_WITHIN, (uint32_t)part.window, UNIT_NONE, 1) ? part
                                                                                        : part_bad;
}

struct part condition_read_count(struct parser *parser, struct word word)
{
    uint32_t kind = EVENT_NONE;
    bool is_of_step = false;
    parser->asks = true;
    if (!condition_expect(parser, "(") || !condition_read_kind(parser, &kind))
        return part_bad;
    if (!words_take(&parser->words, ","))
        return count_whole(parser, kind, false, word);
    if (words_take(&parser->words, "step")) {
        is_of_step = true;
        if (!words_take(&parser->words, ","))
            return count_whole(parser, kind, true, word);
    }
    if (words_take(&parser->words, "within"))
        return count_within(parser, kind, is_of_step, word);
    WORD_ERROR(&parser->words, &parser->words.now,
               is_of_step ? "expected \"within 5 workday\" here, found \"%.*s\""
                          : "expected \"step\" or \"within 5 workday\" here, found \"%.*s\"",
               is_of_step ? "此处应为“within 5 workday”，而不是“%.*s”"
                          : "此处应为“step”或“within 5 workday”，而不是“%.*s”",
               WORD_ARG(&parser->words.now));
    return part_bad;
}

/* How many events have to be told apart for `count op number`. */
static int64_t most_for(enum op op, int64_t number)
{
    return op == OP_GE || op == OP_LT || number > WINDOW_COUNT_MAX ? number : number + 1;
}

/* `number op count` reads the other way round. */
static enum op turned(enum op op)
{
    return op == OP_LT   ? OP_GT
           : op == OP_LE ? OP_GE
           : op == OP_GT ? OP_LT
           : op == OP_GE ? OP_LE
                         : op;
}

bool condition_check_window(struct parser *parser, enum op op, const struct part *a,
                            const struct part *b)
{
    const struct part *count = a->window >= 0 ? a : b;
    const struct part *number = count == a ? b : a;
    bool is_compared =
        op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
    if (count->window < 0)
        return true;
    if (!is_compared || number->constant < 0) {
        WORD_ERROR(&parser->words, &count->word,
                   "compare a count within a window with a number, and with nothing else: "
                   "count(return, within 5 workday) >= 2",
                   "期间内的计数只能直接与数字比较：count(return, within 5 workday) >= 2");
        return false;
    }
    int64_t most =
        most_for(count == a ? op : turned(op), parser->constants[number->constant].number);
    struct window *window = &parser->windows[count->window];
    if (most < 1) {
        WORD_ERROR(&parser->words, &number->word,
                   "beside \"%.*s\" the answer is always the same: write >= 1 or more",
                   "与“%.*s”比较，结果永远不变：请写 >= 1 或更大的数", WORD_ARG(&number->word));
        return false;
    }
    if (most > WINDOW_COUNT_MAX) {
        WORD_ERROR(&parser->words, &number->word,
                   "a count within a window goes to %d: \"%.*s\" is too many",
                   "期间内的计数至多到 %d：“%.*s”太多", WINDOW_COUNT_MAX, WORD_ARG(&number->word));
        return false;
    }
    if (window->most < most)
        window->most = (uint32_t)most;
    return true;
}
