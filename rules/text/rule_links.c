/* rule_links.c - what one rule says of another of its set: `raised(rule, card)` in a condition,
 * `dismisses: rule` of a card, `after: card of rule` of a clock. Read by name, checked here, once
 * all rules of the set are there.
 */
#include "rules/text/compile.h"

enum { NAMES_MAX = 256 };

/* A rule of the same set; told when there is none. */
static struct rule *find_rule(struct compile *compile, const struct rule_source *source,
                              struct slice name)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < compile->source_count; i++) {
        if (compile->sources[i].set != source->set)
            continue;
        if (slice_is_equal(compile->sources[i].rule->name, name))
            return compile->sources[i].rule;
        if (count < NAMES_MAX)
            names[count++] = compile->sources[i].rule->name.start;
    }
    struct yaml_node place = link_place(source, name, (struct slice){0});
    tell_unknown(compile->problems, place.file, place.line, place.column, name, names, count,
                 "rule of this set", "本规则集的规则");
    return NULL;
}

static const struct rung *find_rung(struct compile *compile, const struct rule_source *source,
                                    const struct rule *rule, struct slice name)
{
    const char *names[RULE_RUNGS_MAX];
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        if (slice_is_equal(rule->rungs[i].name, name))
            return &rule->rungs[i];
        names[i] = rule->rungs[i].name.start;
    }
    struct yaml_node place = link_place(source, rule->name, name);
    tell_unknown(compile->problems, place.file, place.line, place.column, name, names,
                 rule->rung_count, "card of that rule", "该规则的牌");
    return NULL;
}

/* A card across cases is no card of any one of them. */
static void tell_across(struct compile *compile, const struct rule_source *source,
                        const struct rule *rule, const char *en, const char *zh)
{
    struct yaml_node place = link_place(source, rule->name, (struct slice){0});
    yaml_error(&place, compile->problems,
               "%s%.0s, and \"%.*s\" looks across cases: name a rule with clock: or fact:",
               "%.0s%s，而“%.*s”是跨件规则：请写有 clock: 或 fact: 的规则", en, zh,
               SLICE_ARG(rule->name));
}

/* Does the instant of the card follow from the events alone? No card that it follows, nor it
 * itself, asks for a condition when it is due. */
static bool is_told_by_events(const struct rule *rule, const struct rung *rung)
{
    while (rung->when == NULL && rung->form == RUNG_CHAIN)
        rung = &rule->rungs[rung->chain_rung];
    return rung->when == NULL;
}

/* The card that this one follows and that may be passed over when it is found late; NULL: none.
 * Then this one never comes, and what began with it would have begun with nothing. */
static const struct rung *passed_over(const struct rule *rule, const struct rung *rung)
{
    while (rung->form == RUNG_CHAIN) {
        rung = &rule->rungs[rung->chain_rung];
        if (!rung->after_finish || !rung->after_limit || rule->late_discovery == DISCOVER_HIGHEST)
            return rung;
    }
    return NULL;
}

/* The instant of the card must follow from the events alone. */
static void check_raised(struct compile *compile, const struct rule_source *source,
                         const struct condition *condition, uint32_t constant)
{
    struct slice name = condition->constants[constant + 1].text;
    const struct rule *rule = find_rule(compile, source, condition->constants[constant].text);
    const struct rung *rung = rule == NULL ? NULL : find_rung(compile, source, rule, name);
    if (rung == NULL)
        return;
    if (rule->form == RULE_ACROSS) {
        tell_across(compile, source, rule, "raised(…) asks about the case itself",
                    "raised(…) 只问本件");
        return;
    }
    if (is_told_by_events(rule, rung))
        return;
    struct yaml_node place = link_place(source, rule->name, name);
    yaml_error(&place, compile->problems,
               "raised(%.*s, %.*s): that card, or one that it follows, has an if: of its own; name "
               "a card without",
               "raised(%.*s, %.*s)：该牌（或其所随的牌）另有 if: 条件；请写没有条件的牌",
               SLICE_ARG(rule->name), SLICE_ARG(name));
}

/* Up to the rule that follows none: from there on, what belongs to a step. */
static void check_followed(struct compile *compile, const struct rule_source *source)
{
    struct rule *rule = source->rule;
    const struct rule *root = find_rule(compile, source, rule->follows_rule);
    const struct rung *rung =
        root == NULL ? NULL : find_rung(compile, source, root, rule->follows_card);
    bool is_shadow = true;
    if (rung == NULL)
        return;
    struct yaml_node place = link_place(source, root->name, rule->follows_card);
    if (root->form == RULE_ACROSS) {
        tell_across(compile, source, root, "after: is a card of the case itself",
                    "after: 只随本件的牌");
        return;
    }
    for (uint32_t i = 0; i < rule->rung_count; i++)
        is_shadow = is_shadow && rule->rungs[i].issue == ISSUE_SHADOW;
    const struct rung *over = passed_over(root, rung);
    if (!is_told_by_events(root, rung))
        yaml_error(&place, compile->problems,
                   "after: %.*s of %.*s: that card, or one that it follows, has an if: of its own; "
                   "name a card without",
                   "after: %.*s of %.*s：该牌（或其所随的牌）另有 if: 条件；请写没有条件的牌",
                   SLICE_ARG(rule->follows_card), SLICE_ARG(rule->follows_rule));
    else if (over != NULL)
        yaml_error(&place, compile->problems,
                   "after: %.*s of %.*s: it follows \"%.*s\", which is passed over when found late "
                   "(after_finish, after_limit, late_discovery: highest): name another card",
                   "after: %.*s of %.*s：它随“%.*s”而发，而该牌迟发现时可不发（after_finish、"
                   "after_limit、late_discovery: highest）：请写另一张牌",
                   SLICE_ARG(rule->follows_card), SLICE_ARG(rule->follows_rule),
                   SLICE_ARG(over->name));
    else if (rung->issue == ISSUE_SHADOW && !is_shadow)
        yaml_error(&place, compile->problems,
                   "after: %.*s of %.*s: that card is a shadow, never public; so must be what "
                   "follows it: issue: shadow",
                   "after: %.*s of %.*s：该牌是影子牌，不公开；其后的牌也须为 issue: shadow",
                   SLICE_ARG(rule->follows_card), SLICE_ARG(rule->follows_rule));
    uint32_t count = 0;
    while (root != NULL && !slice_is_empty(root->follows_rule) && count++ < compile->source_count)
        root = find_rule(compile, source, root->follows_rule);
    if (root != NULL && !slice_is_empty(root->follows_rule))
        yaml_error(source->node, compile->problems,
                   "rule \"%.*s\" begins with a card that begins with its own: none would ever "
                   "begin",
                   "规则“%.*s”所随之牌又随它自己的牌：永不开始", SLICE_ARG(rule->name));
    else if (root != NULL)
        rule->per_step = root->per_step;
}

static void check_condition(struct compile *compile, const struct rule_source *source,
                            const struct condition *condition)
{
    for (uint32_t i = 0; condition != NULL && i < condition->count; i++)
        if (condition->code[i].op == OP_RAISED)
            check_raised(compile, source, condition, condition->code[i].operand);
}

static void check_dismissed(struct compile *compile, const struct rule_source *source,
                            const struct rung *rung, struct slice name)
{
    struct rule *rule = find_rule(compile, source, name);
    if (rule == NULL)
        return;
    if (rule->form == RULE_ACROSS) {
        tell_across(compile, source, rule, "a card dismisses those of its own case",
                    "一张牌只能使本件的牌摘牌");
        return;
    }
    bool is_higher = rule != source->rule;
    for (uint32_t i = 0; i < rule->rung_count; i++)
        is_higher = is_higher && rule->rungs[i].level < rung->level;
    rule->is_dismissible = true;
    if (is_higher)
        return;
    struct yaml_node place = link_place(source, rule->name, (struct slice){0});
    yaml_error(&place, compile->problems,
               "the card \"%.*s\" cannot dismiss those of \"%.*s\": it must be higher than all of "
               "them (within one rule, write supersede: dismiss)",
               "牌“%.*s”不能使“%.*s”的牌摘牌：它须高于该规则的所有牌（同一规则内用 "
               "supersede: dismiss）",
               SLICE_ARG(rung->name), SLICE_ARG(rule->name));
}

/* The cards that are counted are those of one rule: it must raise some of that level for all to
 * see. */
static void check_counted(struct compile *compile, const struct rule_source *source,
                          const struct rule_across *across)
{
    bool is_any = false;
    struct rule *rule = find_rule(compile, source, across->of_rule);
    if (rule == NULL)
        return;
    if (rule->form == RULE_ACROSS) {
        tell_across(compile, source, rule, "cards: counts the cards of cases",
                    "cards: 只计各件的牌");
        return;
    }
    for (uint32_t i = 0; i < rule->rung_count; i++)
        is_any = is_any ||
                 (rule->rungs[i].level == across->level && rule->rungs[i].issue != ISSUE_SHADOW);
    struct yaml_node place = link_place(source, rule->name, (struct slice){0});
    if (!is_any)
        yaml_error(&place, compile->problems,
                   "there is nothing to count: \"%.*s\" issues no card of the level \"%.*s\"",
                   "无可计之牌：规则“%.*s”不发“%.*s”级的牌", SLICE_ARG(rule->name),
                   SLICE_ARG(compile->ruleset->levels[across->level]));
}

void rule_links_check(struct compile *compile)
{
    for (uint32_t i = 0; i < compile->source_count; i++) {
        const struct rule_source *source = &compile->sources[i];
        const struct rule *rule = source->rule;
        if (!slice_is_empty(rule->follows_rule))
            check_followed(compile, source);
        check_condition(compile, source, rule->applies);
        check_condition(compile, source, rule->start_when);
        check_condition(compile, source, rule->stop_when);
        check_condition(compile, source, rule->fact);
        if (rule->across != NULL)
            check_condition(compile, source, rule->across->is_so);
        if (rule->across != NULL && rule->across->of_rule.count > 0)
            check_counted(compile, source, rule->across);
        for (uint32_t k = 0; k < rule->rung_count; k++) {
            check_condition(compile, source, rule->rungs[k].when);
            for (uint32_t j = 0; j < rule->rungs[k].dismiss_count; j++)
                check_dismissed(compile, source, &rule->rungs[k], rule->rungs[k].dismisses[j]);
        }
    }
}
