/* rung_when.c - when a card holds, as it is written: "2 workday before promised", "80% of
 * promised", "10 workday after yellow card, unless closed".
 */
#include "rules/text/compile.h"

#include "engine/base/utf8.h"

/* The names of this clock's limits, for looking one up and for the message when it is none. */
static int pick_limit(struct compile *compile, const struct rule *rule, struct words *words)
{
    const char *names[RULE_LIMITS_MAX];
    struct word word = words_next(words);
    for (uint32_t i = 0; i < rule->limit_count; i++)
        names[i] = compile->limit_names[rule->limits[i].name];
    return words_pick(words, &word, names, rule->limit_count, "limit of this clock", "时限");
}

static bool read_limit(struct compile *compile, const struct rule *rule, struct words *words,
                       struct rung *rung)
{
    int limit = pick_limit(compile, rule, words);
    rung->limit = (uint8_t)(limit < 0 ? 0 : limit);
    return limit >= 0;
}

static bool read_cutoff_time(struct words *words, struct rung *rung)
{
    if (words->now.kind != WORD_TIME)
        return false;
    rung->form = RUNG_CUTOFF;
    rung->cutoff_ms = (int32_t)words_next(words).number;
    return true;
}

/* "over promised >= -2", "over(promised) ≥ −2" */
static bool read_over(struct compile *compile, const struct rule *rule, struct words *words,
                      struct rung *rung)
{
    int64_t number = 0;
    struct word over = words_next(words);
    bool is_open = words_take(words, "(");
    if (!read_limit(compile, rule, words, rung))
        return false;
    if (is_open && !words_take(words, ")")) {
        WORD_ERROR(words, &words->now, "expected \"%s\" here, found \"%.*s\"",
                   "此处应为“%s”，而不是“%.*s”", ")", WORD_ARG(&words->now));
        return false;
    }
    if (rule->counting.count != COUNT_CEIL) {
        WORD_ERROR(words, &over,
                   "over: is for count: ceil; write \"2 workday before promised\" or "
                   "\"1 workday after promised\"",
                   "over: 只用于 count: ceil；请写“2 workday before promised”或"
                   "“1 workday after promised”");
        return false;
    }
    bool is_more = words_take(words, ">");
    if (!is_more && !words_take(words, ">=")) {
        WORD_ERROR(words, &words->now, "expected > or >= here, found \"%.*s\"",
                   "此处应为 > 或 >=，而不是“%.*s”", WORD_ARG(&words->now));
        return false;
    }
    struct word at = words->now;
    if (!words_number(words, &number) || number < -TERM_MAX || number > TERM_MAX) {
        WORD_ERROR(words, &at, "expected a whole number of workdays, found \"%.*s\"",
                   "此处应为工作日的整数，而不是“%.*s”", WORD_ARG(&at));
        return false;
    }
    rung->form = RUNG_OVER;
    rung->over_at_least = (int32_t)number + (is_more ? 1 : 0);
    if (words_take(words, "workday") || words_take(words, "workdays"))
        return true; /* the unit may be said, it is always this one */
    return true;
}

/* "80% of promised", "87.5% of promised" */
static bool read_share(struct compile *compile, const struct rule *rule, struct words *words,
                       struct rung *rung, struct word number)
{
    int64_t permille = number.number * 10;
    if (words_take(words, ".")) {
        int digit;
        struct word tenth = words_next(words);
        if (tenth.kind != WORD_NUMBER || text_digit(tenth.text, &digit) != tenth.text.count) {
            WORD_ERROR(words, &tenth, "a share has at most one decimal: 87.5%%",
                       "百分比至多一位小数：87.5%%");
            return false;
        }
        permille += tenth.number;
    }
    if (!words_take(words, "%") || !words_take(words, "of")) {
        WORD_ERROR(words, &words->now, "a share reads: 80%% of promised",
                   "应写作：80%% of promised");
        return false;
    }
    if (permille < 1 || permille > 10000) {
        WORD_ERROR(words, &number, "a share is more than 0%% and at most 1000%%",
                   "百分比应大于 0%% 且不超过 1000%%");
        return false;
    }
    rung->form = RUNG_SHARE;
    rung->share_permille = (int32_t)permille;
    return read_limit(compile, rule, words, rung);
}

/* "10 workday after yellow card" */
static bool read_chain(struct compile *compile, const struct rule *rule, struct words *words,
                       struct rung *rung)
{
    const char *names[RULE_RUNGS_MAX];
    (void)compile;
    struct word word = words_next(words);
    for (uint32_t i = 0; i < rule->rung_count; i++)
        names[i] = rule->rungs[i].name.start; /* compile_copy gave it an end mark */
    int chain =
        words_pick(words, &word, names, rule->rung_count, "card above this one", "前面的牌");
    if (chain < 0)
        return false;
    (void)words_take(words, "card"); /* it may be said */
    rung->form = RUNG_CHAIN;
    rung->chain_rung = (uint8_t)chain;
    rung->limit = rule->rungs[chain].limit;
    if (words_take(words, ",") || word_is(&words->now, "unless")) {
        /* (A clock that stopped raises no chained card in any case; it may be said.) */
        if (!words_take(words, "unless") ||
            !(words_take(words, "closed") || words_take(words, "stopped"))) {
            WORD_ERROR(words, &words->now, "expected \"unless closed\" or nothing",
                       "此处应为“unless closed”，或不写");
            return false;
        }
    }
    return true;
}

/* "yellow card", or "yellow" alone where no limit of the clock has the name of that card. */
static bool is_chain(const struct compile *compile, const struct rule *rule,
                     const struct words *words)
{
    struct words ahead = *words;
    struct word name = words_next(&ahead);
    bool is_card = false;
    if (word_is(&ahead.now, "card"))
        return true;
    for (uint32_t i = 0; i < rule->rung_count; i++)
        is_card = is_card || slice_is_equal(rule->rungs[i].name, name.text);
    for (uint32_t i = 0; i < rule->limit_count; i++)
        is_card = is_card &&
                  !slice_is_equal(slice_of(compile->limit_names[rule->limits[i].name]), name.text);
    return is_card;
}

/* "supervision after yellow": a term that a limit gives has its own clock. */
static bool tell_term_of_limit(const struct compile *compile, const struct rule *rule,
                               struct words *words)
{
    struct words ahead = *words;
    struct word name = words_next(&ahead);
    bool is_limit = false;
    for (uint32_t i = 0; i < rule->limit_count; i++)
        is_limit = is_limit ||
                   slice_is_equal(slice_of(compile->limit_names[rule->limits[i].name]), name.text);
    if (!is_limit || !words_take(&ahead, "after") || !is_chain(compile, rule, &ahead))
        return false;
    WORD_ERROR(words, &name,
               "the term after a card is written out, 10 workday after %.*s card; one that a limit "
               "gives has a clock of its own: start: {after: %.*s of %.*s}",
               "牌后的期限须写明：10 workday after %.*s card；由时限给出的，另立时钟：start: "
               "{after: %.*s of %.*s}",
               WORD_ARG(&ahead.now), WORD_ARG(&ahead.now), SLICE_ARG(rule->name));
    return true;
}

static bool read_around(struct compile *compile, const struct rule *rule, struct words *words,
                        struct rung *rung)
{
    struct word word = words->now;
    bool is_before = words_take(words, "before");
    bool is_at = !is_before && words_take(words, "at");
    if (!is_before && !is_at && !word_is(&word, "after") &&
        (words_tell_bad(words) || tell_term_of_limit(compile, rule, words)))
        return false;
    if (!is_before && !is_at && !words_take(words, "after")) {
        WORD_ERROR(words, &word, "expected before, at or after, found \"%.*s\"",
                   "此处应为 before、at 或 after，而不是“%.*s”", WORD_ARG(&word));
        return false;
    }
    bool has_offset = term_is_set(rung->offset);
    if ((is_before && !has_offset) || (is_at && has_offset)) {
        WORD_ERROR(words, &word,
                   "write \"2 workday before promised\", \"at promised\", or \"after promised\"",
                   "应写作“2 workday before promised”“at promised”或“after promised”");
        return false;
    }
    if (words->now.kind == WORD_TIME) {
        if (!is_before && has_offset) {
            WORD_ERROR(words, &word, "a time of day has only before and at: 30 minute before 12:00",
                       "时刻之前只用 before 或 at：30 minute before 12:00");
            return false;
        }
        return read_cutoff_time(words, rung);
    }
    if (!is_before && !is_at && is_chain(compile, rule, words)) {
        if (has_offset)
            return read_chain(compile, rule, words, rung);
        WORD_ERROR(words, &word, "say how long after that card: 10 workday after yellow card",
                   "请写明该牌之后多久：10 workday after yellow card");
        return false;
    }
    rung->form = is_before ? RUNG_BEFORE : is_at ? RUNG_AT : RUNG_AFTER;
    return read_limit(compile, rule, words, rung);
}

bool rung_when_read(struct compile *compile, const struct rule *rule, const struct yaml_node *node,
                    struct rung *rung)
{
    struct words words;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    words_begin(&words, node, true, compile->problems);
    if (!words_plain(compile->arena, node, true, &rung->text)) {
        compile->is_short = true;
        return false;
    }
    bool is_good = false;
    struct word first = words.now;
    if (word_is(&first, "over")) {
        is_good = read_over(compile, rule, &words, rung);
    } else if (first.kind == WORD_NUMBER) {
        struct words ahead = words;
        (void)words_next(&ahead);
        if (word_is(&ahead.now, "%") || word_is(&ahead.now, ".")) {
            (void)words_next(&words);
            is_good = read_share(compile, rule, &words, rung, first);
        } else {
            is_good = words_term(&words, &rung->offset) && read_around(compile, rule, &words, rung);
        }
    } else {
        is_good = read_around(compile, rule, &words, rung);
    }
    return is_good && words_end(&words);
}
