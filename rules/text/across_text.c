/* across_text.c - the map under across:, a rule that looks across cases: whose, in what time, which
 * of them, and how many are too many.
 */
#include "rules/text/compile.h"

enum { MANY_MIN = 2, MANY_MAX = 1000000000 };

/* What each form says; whatever else stands there is told. */
static const char *const share_keys[] = {"per",  "window",  "of",       "share",
                                         "over", "reaches", "at_least", "judged"};
static const char *const count_keys[] = {"per", "window", "of", "if", "count"};
static const char *const cards_keys[] = {"per", "window", "cards", "count"};
static const char *const row_keys[] = {"per", "window", "of", "if", "in_a_row"};
static const char *const all_keys[] = {"per",      "window", "of", "share", "over",     "reaches",
                                       "at_least", "judged", "if", "count", "in_a_row", "cards"};

/* A key without which the form says nothing. */
static const struct yaml_node *need(struct compile *compile, const struct yaml_node *across,
                                    const char *key, const char *example)
{
    const struct yaml_node *node = yaml_find(across, key);
    if (node == NULL)
        yaml_error(across, compile->problems, "across: has no %s: write for example %s: %s",
                   "across: 缺少 %s：例如 %s: %s", key, key, example);
    return node;
}

/* "20 case", "at least 20 case", "3 card", "3" */
static bool read_many(struct compile *compile, const struct yaml_node *node, uint32_t min,
                      uint32_t *many_out)
{
    static const char *const units[] = {"case", "cases", "card", "cards"};
    struct words words;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    words_begin(&words, node, false, compile->problems);
    if (words_take(&words, "at") && !words_take(&words, "least")) {
        WORD_ERROR(&words, &words.now, "expected \"at least 20 case\"",
                   "此处应为“at least 20 case”");
        return false;
    }
    struct word number = words_next(&words);
    if (number.kind != WORD_NUMBER || number.number < min || number.number > MANY_MAX) {
        WORD_ERROR(&words, &number,
                   "expected a whole number from %u on, such as 20 case, found \"%.*s\"",
                   "此处应为不小于 %u 的整数，例如 20 case，而不是“%.*s”", min, WORD_ARG(&number));
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (words_take(&words, units[i]))
            break;
    *many_out = (uint32_t)number.number;
    return words_end(&words);
}

/* "1%", "0.5%" */
static bool read_percent(struct compile *compile, const struct yaml_node *node, int32_t most,
                         int32_t *permille_out)
{
    struct words words;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    words_begin(&words, node, false, compile->problems);
    struct word number = words_next(&words);
    int64_t permille = number.number * 10;
    bool is_good = number.kind == WORD_NUMBER && number.number <= 1000;
    if (is_good && words_take(&words, ".")) {
        struct word tenth = words_next(&words);
        is_good = tenth.kind == WORD_NUMBER && tenth.text.count == 1;
        permille += tenth.number;
    }
    if (!is_good || !words_take(&words, "%")) {
        WORD_ERROR(&words, &number, "a share reads 1%% or 0.5%%, not \"%.*s\"",
                   "应写作 1%% 或 0.5%%，而不是“%.*s”", SLICE_ARG(node->value));
        return false;
    }
    if (permille > most) {
        WORD_ERROR(&words, &number, "no share of cases is more than 100%%: \"%.*s\"",
                   "比例不会超过 100%%：“%.*s”", SLICE_ARG(node->value));
        return false;
    }
    *permille_out = (int32_t)permille;
    return words_end(&words);
}

static bool read_of(struct compile *compile, const struct rule_source *source,
                    const struct yaml_node *across)
{
    const struct yaml_node *of = need(compile, across, "of", "[finish]");
    return of != NULL && event_kinds_at(compile, of, &source->rule->on);
}

static bool read_threshold(struct compile *compile, const struct yaml_node *across,
                           struct rule_across *made)
{
    const struct yaml_node *over = yaml_find(across, "over");
    const struct yaml_node *reaches = yaml_find(across, "reaches");
    if ((over == NULL) == (reaches == NULL)) {
        yaml_error(reaches == NULL ? across : reaches, compile->problems,
                   "a share needs its threshold, once: over: 1%%, or reaches: 1%%",
                   "share 须写明一个界限：over: 1%% 或 reaches: 1%%");
        return false;
    }
    made->is_reached = reaches != NULL;
    return read_percent(compile, made->is_reached ? reaches : over, made->is_reached ? 1000 : 999,
                        &made->permille);
}

static bool read_share(struct compile *compile, const struct rule_source *source,
                       const struct yaml_node *across, struct rule_across *made)
{
    const struct yaml_node *at_least = yaml_find(across, "at_least");
    const struct yaml_node *judged = yaml_find(across, "judged");
    made->form = ACROSS_SHARE;
    made->at_least = 1;
    if (made->window == WINDOW_SECOND) {
        yaml_error(yaml_find(across, "window"), compile->problems,
                   "the share of a second says nothing: window: month, or day",
                   "一秒内的比例没有意义：请用 window: month 或 day");
        return false;
    }
    bool is_good = read_of(compile, source, across);
    is_good &= condition_at(compile, yaml_find(across, "share"), &made->is_so);
    is_good &= read_threshold(compile, across, made);
    if (at_least != NULL)
        is_good &= read_many(compile, at_least, 1, &made->at_least);
    if (judged == NULL)
        return is_good;
    struct words words;
    if (!yaml_is_scalar(judged, compile->problems))
        return false;
    words_begin(&words, judged, false, compile->problems);
    if (!words_term(&words, &made->judged))
        return false;
    (void)words_take(&words, "after"); /* may be said */
    return words_end(&words) && is_good;
}

/* cards: yellow, or {level: yellow, rule: my-rule} */
static bool read_counted(struct compile *compile, const struct yaml_node *cards,
                         struct rule_across *made)
{
    static const char *const keys[] = {"level", "rule"};
    const struct yaml_node *level = cards;
    made->is_of_cards = true;
    if (cards->kind == YAML_MAP) {
        if (!yaml_check_keys(cards, keys, COUNT_OF(keys), compile->problems))
            return false;
        level = need(compile, cards, "level", "yellow");
        const struct yaml_node *rule = yaml_find(cards, "rule");
        if (rule != NULL && !yaml_is_scalar(rule, compile->problems))
            return false;
        if (rule != NULL)
            made->of_rule = compile_copy(compile, rule->value);
    }
    if (level == NULL || !yaml_is_scalar(level, compile->problems))
        return false;
    int index = level_at(compile, level, level->value, level->line, level->column);
    made->level = (uint8_t)(index < 0 ? 0 : index);
    return index >= 0;
}

static bool read_count(struct compile *compile, const struct rule_source *source,
                       const struct yaml_node *across, struct rule_across *made)
{
    const struct yaml_node *cards = yaml_find(across, "cards");
    const struct yaml_node *applies = yaml_find(source->node, "applies");
    made->form = ACROSS_COUNT;
    if (cards != NULL && applies != NULL) {
        yaml_error(applies, compile->problems,
                   "cards: counts the cards of other rules: whom these apply to, they say",
                   "cards: 计其他规则的牌：适用范围由各该规则规定");
        return false;
    }
    bool is_good = cards != NULL ? read_counted(compile, cards, made)
                                 : read_of(compile, source, across) &&
                                       condition_at(compile, yaml_find(across, "if"), &made->is_so);
    return read_many(compile, yaml_find(across, "count"), MANY_MIN, &made->at_least) && is_good;
}

static bool read_row(struct compile *compile, const struct rule_source *source,
                     const struct yaml_node *across, struct rule_across *made)
{
    made->form = ACROSS_IN_A_ROW;
    const struct yaml_node *condition = need(compile, across, "if", "raised(my-rule, warn)");
    bool is_good = read_of(compile, source, across) && condition != NULL &&
                   condition_at(compile, condition, &made->is_so);
    return read_many(compile, yaml_find(across, "in_a_row"), MANY_MIN, &made->at_least) && is_good;
}

/* Left out, it is none: a run goes on until a case that is not so breaks it. */
static bool read_window(struct compile *compile, const struct yaml_node *across, bool is_row,
                        struct rule_across *made)
{
    const struct yaml_node *window = yaml_find(across, "window");
    made->window = WINDOW_NONE;
    if (window == NULL && is_row)
        return true;
    if (window == NULL)
        window = need(compile, across, "window", "month");
    if (window == NULL)
        return false;
    int time = yaml_choice(window, across_window_name, ACROSS_WINDOW_COUNT, compile->problems);
    made->window = (enum across_window)(time < 0 ? 0 : time);
    if (time != WINDOW_NONE || is_row)
        return time >= 0;
    yaml_error(window, compile->problems,
               "only in_a_row goes without a window: write window: year, quarter, month or day",
               "只有 in_a_row 可以没有期间：请写 window: year、quarter、month 或 day");
    return false;
}

static bool read_group(struct compile *compile, const struct yaml_node *across, bool is_row,
                       struct rule_across *made)
{
    const struct yaml_node *per = need(compile, across, "per", "org");
    if (per == NULL)
        return false;
    int key = yaml_choice(per, across_per_name, ACROSS_PER_COUNT, compile->problems);
    made->per = (enum across_per)(key < 0 ? 0 : key);
    return read_window(compile, across, is_row, made) && key >= 0;
}

bool across_read(struct compile *compile, const struct rule_source *source,
                 const struct yaml_node *across)
{
    struct rule_across *made = compile_take(compile, 1, sizeof *made);
    bool is_share = yaml_find(across, "share") != NULL;
    bool is_count = yaml_find(across, "count") != NULL;
    bool is_row = yaml_find(across, "in_a_row") != NULL;
    source->rule->form = RULE_ACROSS;
    source->rule->across = made;
    if (made == NULL || !yaml_check_keys(across, all_keys, COUNT_OF(all_keys), compile->problems))
        return false;
    if (is_share + is_count + is_row != 1) {
        yaml_error(across, compile->problems,
                   "across: says one of share: condition, count: 20 case, in_a_row: 3 case",
                   "across: 须有且只有 share: 条件、count: 20 case、in_a_row: 3 case 之一");
        return false;
    }
    bool is_cards = is_count && yaml_find(across, "cards") != NULL;
    if (!yaml_check_keys(across,
                         is_share   ? share_keys
                         : is_row   ? row_keys
                         : is_cards ? cards_keys
                                    : count_keys,
                         is_share   ? COUNT_OF(share_keys)
                         : is_row   ? COUNT_OF(row_keys)
                         : is_cards ? COUNT_OF(cards_keys)
                                    : COUNT_OF(count_keys),
                         compile->problems) ||
        !read_group(compile, across, is_row, made))
        return false;
    return is_share ? read_share(compile, source, across, made)
           : is_row ? read_row(compile, source, across, made)
                    : read_count(compile, source, across, made);
}
