/* rule_cards.c - the rungs of a ladder: "2 workday before promised", and what may stand with it. */
#include "rules/text/compile.h"

static const char *const skips[] = {"skip", "issue"};

/* ---- the text of a rung ---------------------------------------------------------------------- */

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
        struct word tenth = words_next(words);
        if (tenth.kind != WORD_NUMBER || tenth.text.count != 1) {
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

static bool read_around(struct compile *compile, const struct rule *rule, struct words *words,
                        struct rung *rung)
{
    struct word word = words->now;
    bool is_before = words_take(words, "before");
    bool is_at = !is_before && words_take(words, "at");
    if (!is_before && !is_at && !word_is(&word, "after") && words_tell_bad(words))
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

static bool read_when(struct compile *compile, const struct rule *rule,
                      const struct yaml_node *node, struct rung *rung)
{
    struct words words;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    words_begin(&words, node, true, compile->problems);
    rung->text = compile_copy(compile, node->value);
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

/* ---- what stands with it --------------------------------------------------------------------- */

static bool read_skip(struct compile *compile, const struct yaml_node *map, const char *key,
                      bool *is_issued)
{
    const struct yaml_node *node = yaml_find(map, key);
    if (node == NULL)
        return true;
    int choice = yaml_choice(node, skips, COUNT_OF(skips), compile->problems);
    *is_issued = choice == 1;
    return choice >= 0;
}

static bool read_name(struct compile *compile, const struct rule *rule, const struct yaml_node *map,
                      struct rung *rung)
{
    const struct yaml_node *node = yaml_find(map, "name");
    if (node != NULL) {
        if (!yaml_is_scalar(node, compile->problems))
            return false;
        struct words words;
        words_begin(&words, node, true, compile->problems);
        struct word word = words_next(&words);
        if (word.kind != WORD_NAME || words.now.kind != WORD_END) {
            yaml_error(node, compile->problems, "\"%.*s\" is no name: letters, digits, - _ only",
                       "“%.*s”不能作名称：只用字母、数字、- _", SLICE_ARG(node->value));
            return false;
        }
        rung->name = compile_copy(compile, node->value);
    }
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        if (!slice_is_equal(rule->rungs[i].name, rung->name))
            continue;
        yaml_error(node != NULL ? node : map, compile->problems,
                   "a second card called \"%.*s\" in this rule: give it a name of its own, "
                   "{when: …, name: …}",
                   "本规则中已有名为“%.*s”的牌：请另取名称 {when: …, name: …}",
                   SLICE_ARG(rung->name));
        return false;
    }
    return true;
}

/* A warning warns of something to come: by default it is not issued when that has come already. */
static void set_defaults(const struct compile *compile, struct rung *rung)
{
    bool is_warn = slice_is_equal(compile->ruleset->levels[rung->level], SLICE("warn"));
    bool is_ahead = rung->form == RUNG_BEFORE || rung->form == RUNG_CUTOFF ||
                    (rung->form == RUNG_SHARE && rung->share_permille < 1000) ||
                    (rung->form == RUNG_OVER && rung->over_at_least <= 0);
    rung->after_finish = !is_warn;
    rung->after_limit = !(is_warn && is_ahead);
}

/* The names of other rules; whether there are such is checked in rule_links.c. */
static bool read_dismisses(struct compile *compile, const struct yaml_node *node, struct rung *rung)
{
    if (node == NULL)
        return true;
    bool is_list = node->kind == YAML_LIST;
    const struct yaml_node *child = is_list ? node->first : node;
    struct slice *names = compile_take(compile, is_list ? node->count : 1, sizeof *names);
    if (names == NULL)
        return false;
    for (uint32_t i = 0; child != NULL; i++, child = is_list ? child->next : NULL) {
        if (!yaml_is_scalar(child, compile->problems))
            return false;
        names[i] = compile_copy(compile, child->value);
        rung->dismiss_count = i + 1;
    }
    rung->dismisses = names;
    return true;
}

/* to: supervisor; to: {org: '11370000'}. */
static bool read_to(struct compile *compile, const struct yaml_node *node, struct rung *rung)
{
    static const char *const keys[] = {"org"};
    static const char *const words[] = {"supervisor"};
    if (node == NULL)
        return true;
    if (node->kind != YAML_MAP) {
        rung->to_supervisor = yaml_choice(node, words, COUNT_OF(words), compile->problems) == 0;
        return rung->to_supervisor;
    }
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
        return false;
    const struct yaml_node *org = yaml_find(node, "org");
    if (org == NULL)
        yaml_refuse(node, compile->problems, "to: names whom: supervisor, or {org: '11370000'}",
                    "to: 须写明发给谁：supervisor，或 {org: '11370000'}");
    if (org == NULL || !yaml_is_scalar(org, compile->problems))
        return false;
    if (org->value.count == 0 || org->value.count > EVENT_CODE_BYTES_MAX) {
        yaml_error(org, compile->problems, "to: an org has a code of 1 to %d bytes",
                   "to: 机构编码为 1 到 %d 字节", EVENT_CODE_BYTES_MAX);
        return false;
    }
    rung->to_org = compile_copy(compile, org->value);
    return true;
}

/* What nobody was told of can have no consequence that they are told of. */
static bool check_followed(struct compile *compile, const struct rule *rule,
                           const struct yaml_node *node, const struct rung *rung)
{
    if (rung->form != RUNG_CHAIN || rung->issue == ISSUE_SHADOW ||
        rule->rungs[rung->chain_rung].issue != ISSUE_SHADOW)
        return true;
    yaml_error(
        node, compile->problems,
        "this card follows \"%.*s\", which is shadow: nobody was told of that one, so this one "
        "is issue: shadow too",
        "此牌随“%.*s”而发，而该牌是影子，无人知晓：此牌也须 issue: shadow",
        SLICE_ARG(rule->rungs[rung->chain_rung].name));
    return false;
}

static bool read_details(struct compile *compile, const struct rule_source *source,
                         const struct yaml_node *map, struct rung *rung)
{
    bool is_good = condition_when_due_at(compile, yaml_find(map, "if"), &rung->when);
    is_good &= read_skip(compile, map, "after_finish", &rung->after_finish);
    is_good &= read_skip(compile, map, "after_limit", &rung->after_limit);
    is_good &= issue_read(compile, source, yaml_find(map, "issue"), rung);
    is_good &= read_to(compile, yaml_find(map, "to"), rung);
    is_good &= read_dismisses(compile, yaml_find(map, "dismisses"), rung);
    is_good &= read_name(compile, source->rule, map, rung);
    return is_good && check_followed(compile, source->rule, map, rung);
}

static bool read_rung(struct compile *compile, const struct rule_source *source,
                      const struct yaml_node *entry, struct rung *rung_out)
{
    static const char *const keys[] = {"when",  "if",   "after_finish", "after_limit",
                                       "issue", "name", "dismisses",    "to"};
    struct rule *rule = source->rule;
    struct rung rung = {0};
    if (!yaml_is_map(entry, compile->problems))
        return false;
    const struct yaml_node *node = entry->first;
    for (uint32_t i = 0; entry->count > 1 && i < COUNT_OF(keys); i++) {
        const struct yaml_node *beside = yaml_find(entry, keys[i]);
        if (beside == NULL)
            continue;
        yaml_error(beside, compile->problems,
                   "%s: belongs into the long form: - red: {when: after promised, %s: …}",
                   "%s: 应写在长形式中：- red: {when: after promised, %s: …}", keys[i], keys[i]);
        return false;
    }
    if (entry->count != 1) {
        yaml_error(entry, compile->problems,
                   "one card for each line: - warn: 2 workday before promised",
                   "每行一张牌：- warn: 2 workday before promised");
        return false;
    }
    int level = level_at(compile, node, node->key, node->key_line, node->key_column);
    if (level < 0)
        return false;
    rung.level = (uint8_t)level;
    rung.name = compile->ruleset->levels[level];
    const struct yaml_node *when = node;
    if (node->kind == YAML_MAP) {
        if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
            return false;
        when = yaml_find(node, "when");
        if (when == NULL) {
            yaml_error(node, compile->problems, "the card has no when:", "这张牌没有 when:");
            return false;
        }
    }
    if (!read_when(compile, rule, when, &rung))
        return false;
    set_defaults(compile, &rung);
    if (!read_details(compile, source, node, &rung))
        return false;
    *rung_out = rung;
    return true;
}

static bool read_ladder(struct compile *compile, const struct rule_source *source)
{
    const struct yaml_node *cards = yaml_find(source->node, "cards");
    bool is_good = true;
    if (cards == NULL || (cards->kind == YAML_LIST && cards->count == 0)) {
        yaml_error(source->node, compile->problems,
                   "rule \"%.*s\" raises no card: write cards: and under it - red: after promised",
                   "规则“%.*s”不发任何牌：请写 cards:，其下写 - red: after promised",
                   SLICE_ARG(source->rule->name));
        return false;
    }
    if (!yaml_is_list(cards, compile->problems))
        return false;
    struct rule *rule = source->rule;
    struct rung *rungs = compile_take(compile, cards->count, sizeof *rungs);
    rule->rungs = rungs;
    for (const struct yaml_node *entry = cards->first; rungs != NULL && entry != NULL;
         entry = entry->next) {
        if (rule->rung_count == RULE_RUNGS_MAX) {
            yaml_error(entry, compile->problems, "more than %d cards on one clock",
                       "一个时钟的牌超过 %d 张", RULE_RUNGS_MAX);
            return false;
        }
        if (read_rung(compile, source, entry, &rungs[rule->rung_count]))
            rule->rung_count++;
        else
            is_good = false;
    }
    return is_good;
}

/* What a card across cases may say comes first. */
static bool read_lone_card(struct compile *compile, const struct rule_source *source)
{
    enum { ACROSS_KEYS = 4 };
    static const char *const keys[] = {"level", "issue",        "name",     "to",
                                       "if",    "after_finish", "dismisses"};
    bool is_across = source->rule->form == RULE_ACROSS;
    const struct yaml_node *card = yaml_find(source->node, "card");
    struct rung rung = {.form = RUNG_AT, .after_finish = true, .after_limit = true};
    if (card == NULL) {
        yaml_error(source->node, compile->problems,
                   is_across ? "a rule across cases raises one card: card: yellow"
                             : "a fact raises one card: card: yellow",
                   is_across ? "跨件规则发一张牌：card: yellow" : "事实规则发一张牌：card: yellow");
        return false;
    }
    const struct yaml_node *level = card;
    if (card->kind == YAML_MAP) {
        if (!yaml_check_keys(card, keys, is_across ? (size_t)ACROSS_KEYS : COUNT_OF(keys),
                             compile->problems))
            return false;
        level = yaml_find(card, "level");
    }
    if (level == NULL || !yaml_is_scalar(level, compile->problems)) {
        if (level == NULL)
            yaml_error(card, compile->problems, "the card has no level:", "这张牌没有 level:");
        return false;
    }
    int index = level_at(compile, level, level->value, level->line, level->column);
    if (index < 0)
        return false;
    rung.level = (uint8_t)index;
    rung.name = compile->ruleset->levels[index];
    if (source->rule->fact != NULL)
        rung.text = source->rule->fact->text;
    if (is_across && source->rule->across->is_so != NULL)
        rung.text = source->rule->across->is_so->text;
    if (!read_details(compile, source, card, &rung))
        return false;
    struct rung *rungs = compile_take(compile, 1, sizeof *rungs);
    if (rungs == NULL)
        return false;
    *rungs = rung;
    source->rule->rungs = rungs;
    source->rule->rung_count = 1;
    return true;
}

bool cards_read(struct compile *compile, const struct rule_source *source)
{
    static const char *const en[] = {"a clock has cards:, a list",
                                     "a fact has one card: card: yellow",
                                     "a rule across cases has one card: card: yellow"};
    static const char *const zh[] = {"时钟规则用 cards: 列表", "事实规则只有一张牌：card: yellow",
                                     "跨件规则只有一张牌：card: yellow"};
    enum rule_form form = source->rule->form;
    const struct yaml_node *other = yaml_find(source->node, form == RULE_CLOCK ? "card" : "cards");
    if (other != NULL) {
        yaml_error(other, compile->problems, "%s%.0s", "%.0s%s", en[form], zh[form]);
        return false;
    }
    return form == RULE_CLOCK ? read_ladder(compile, source) : read_lone_card(compile, source);
}
