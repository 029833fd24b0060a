/* rule_cards.c - the rungs of a ladder, and what may stand with them. */
#include "rules/text/compile.h"

static const char *const skips[] = {"skip", "issue"};

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
    if (!rung_when_read(compile, rule, when, &rung))
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
