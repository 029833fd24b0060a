/* rule_check.c - what can be told of a rule before any case comes: a card that can never be raised,
 * a warning longer than what it warns of, two cards that say the same.
 */
#include "rules/text/compile.h"
#include "rules/text/term_order.h"

static const struct yaml_node *rung_node(const struct rule_source *source, uint32_t index)
{
    const struct yaml_node *cards = yaml_find(source->node, "cards");
    const struct yaml_node *entry = cards == NULL ? NULL : cards->first;
    for (uint32_t i = 0; i < index && entry != NULL; i++)
        entry = entry->next;
    if (entry == NULL || entry->first == NULL)
        return source->node;
    const struct yaml_node *when = yaml_find(entry->first, "when");
    return when != NULL ? when : entry->first;
}

static struct term rung_ahead(const struct rung *rung)
{
    if (rung->form == RUNG_BEFORE)
        return rung->offset;
    if (rung->form == RUNG_OVER && rung->over_at_least < 0)
        return (struct term){.n = -rung->over_at_least, .unit = UNIT_WORKDAY};
    return (struct term){0};
}

static void check_length(struct compile *compile, const struct rule_source *source, uint32_t index,
                         struct term limit)
{
    char ahead_text[TERM_TEXT_BYTES];
    char limit_text[TERM_TEXT_BYTES];
    struct term ahead = rung_ahead(&source->rule->rungs[index]);
    if (!term_is_set(ahead) || !term_is_set(limit))
        return;
    enum longer longer = terms_longer(source->rule->calendar, ahead, limit);
    if (longer == LONGER_NEVER)
        return;
    term_format(ahead, ahead_text);
    term_format(limit, limit_text);
    const struct yaml_node *node = rung_node(source, index);
    if (longer == LONGER_ALWAYS)
        yaml_refuse(node, compile->problems,
                    "%s before a limit of %s: the warning is longer than its limit",
                    "提前 %s，而时限为 %s：提前量长于时限", ahead_text, limit_text);
    else
        yaml_warn(node, compile->problems,
                  "%s before a limit of %s: around holidays the warning is longer than its limit",
                  "提前 %s，而时限为 %s：节假日前后提前量会长于时限", ahead_text, limit_text);
}

static void check_twice(struct compile *compile, const struct rule_source *source, uint32_t index)
{
    const struct rule *rule = source->rule;
    const struct rung *rung = &rule->rungs[index];
    for (uint32_t i = 0; i < index; i++) {
        const struct rung *other = &rule->rungs[i];
        if (other->level != rung->level || !slice_is_equal(other->text, rung->text) ||
            other->when != NULL || rung->when != NULL || other->issue != rung->issue)
            continue;
        yaml_refuse(rung_node(source, index), compile->problems,
                    "the same card as \"%.*s\" above: it would be raised twice",
                    "与上面的“%.*s”是同一张牌：会重复发牌", SLICE_ARG(other->name));
        return;
    }
}

/* A warning comes before what it warns of. */
static void check_share(struct compile *compile, const struct rule_source *source, uint32_t index)
{
    enum { WHOLE_PERMILLE = 1000 };
    const struct rung *rung = &source->rule->rungs[index];
    if (rung->form == RUNG_SHARE && rung->share_permille > WHOLE_PERMILLE &&
        slice_is_equal(compile->ruleset->levels[rung->level], SLICE("warn")))
        yaml_refuse(rung_node(source, index), compile->problems,
                    "a warning at %d.%d%% comes when its limit is over: 100%% at most",
                    "用去 %d.%d%% 才预警，时限已过：至多 100%%", rung->share_permille / 10,
                    rung->share_permille % 10);
}

/* Where a card stands to the end of its limit: what lies before it is less than zero. */
static int rung_side(const struct rung *rung)
{
    return !term_is_set(rung->offset) ? 0 : rung->form == RUNG_BEFORE ? -1 : 1;
}

static bool is_earlier(const struct rule *rule, const struct rung *a, const struct rung *b)
{
    if (a->form == RUNG_SHARE && b->form == RUNG_SHARE)
        return a->share_permille < b->share_permille;
    bool is_known = a->form <= RUNG_AFTER && b->form <= RUNG_AFTER;
    if (!is_known || rung_side(a) != rung_side(b))
        return is_known && rung_side(a) < rung_side(b);
    if (rung_side(a) == 0)
        return false;
    return rung_side(a) < 0 ? terms_longer(rule->calendar, a->offset, b->offset) == LONGER_ALWAYS
                            : terms_longer(rule->calendar, b->offset, a->offset) == LONGER_ALWAYS;
}

/* A higher card that comes before a lower one of the same limit: the two were exchanged. */
static void check_order(struct compile *compile, const struct rule_source *source, uint32_t index)
{
    const struct rule *rule = source->rule;
    const struct rung *rung = &rule->rungs[index];
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        const struct rung *other = &rule->rungs[i];
        if (other->level >= rung->level || other->limit != rung->limit || other->when != NULL ||
            rung->when != NULL || !is_earlier(rule, rung, other))
            continue;
        yaml_warn(rung_node(source, index), compile->problems,
                  "\"%.*s\" comes before the lower \"%.*s\" of the same limit",
                  "“%.*s”早于同一时限级别较低的“%.*s”", SLICE_ARG(rung->name),
                  SLICE_ARG(other->name));
        return;
    }
}

/* The kinds that `kind = accept`, `kind in [accept, decide]` asks for, where nothing else can make
 * up for it; all kinds where it is not asked so. */
static event_kind_set kinds_needed(const struct condition *condition)
{
    event_kind_set all = ~(event_kind_set)0;
    for (uint32_t i = 0; i < condition->count; i++) {
        event_kind_set asked = 0;
        uint32_t at = i + 1;
        if (condition->code[i].op != OP_FIELD || condition->code[i].operand != FIELD_KIND)
            continue;
        for (; at < condition->count && condition->code[at].op == OP_PUSH; at++)
            asked |= EVENT_KIND_BIT(
                event_kind_find(condition->constants[condition->code[at].operand].text));
        bool is_asked = at < condition->count && asked != 0 &&
                        (condition->code[at].op == OP_EQ || condition->code[at].op == OP_IN);
        if (is_asked && condition_needs(condition, at + 1))
            all &= asked;
    }
    return all;
}

static void check_fact(struct compile *compile, const struct rule_source *source)
{
    const struct yaml_node *is = yaml_find(yaml_find(source->node, "fact"), "is");
    if ((kinds_needed(source->rule->fact) & source->rule->on) == 0)
        yaml_refuse(is, compile->problems,
                    "this is never so: kind is that of an event of on:, which has no such kind",
                    "此条件永不成立：kind 是 on: 所列事件的类型，其中没有这一类型");
}

/* A limit that only kinds of item have which the rule does not apply to. */
static bool is_reachable(const struct rule *rule, const struct rule_limit *limit)
{
    if (term_is_set(limit->otherwise) || limit->source_count != 1 ||
        limit->sources[0] != LIMIT_FROM_KIND)
        return true;
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        if (term_is_set(limit->by_kind[i]) &&
            (rule->item_kinds == 0 || (rule->item_kinds & (UINT32_C(1) << i)) != 0))
            return true;
    return false;
}

static void check_reachable(struct compile *compile, const struct rule_source *source,
                            uint32_t index)
{
    const struct rule *rule = source->rule;
    const struct rule_limit *limit = &rule->limits[rule->rungs[index].limit];
    if (is_reachable(rule, limit))
        return;
    yaml_refuse(rung_node(source, index), compile->problems,
                "this card can never be raised: no kind of item in applies: has the limit \"%s\"",
                "这张牌永远不会发出：applies: 中的事项类型都没有时限“%s”",
                compile->limit_names[limit->name]);
}

/* A limit that no card looks at, is a word too much or a card too few. */
static void check_limits_used(struct compile *compile, const struct rule_source *source)
{
    const struct rule *rule = source->rule;
    const struct yaml_node *limits = yaml_find(yaml_find(source->node, "clock"), "limits");
    for (uint32_t i = 0; i < rule->limit_count; i++) {
        bool is_used = false;
        for (uint32_t j = 0; j < rule->rung_count; j++)
            is_used = is_used || rule->rungs[j].limit == i;
        const char *name = compile->limit_names[rule->limits[i].name];
        const struct yaml_node *node = yaml_find(limits, name);
        if (!is_used && node != NULL)
            problem_warn(compile->problems, node->file, node->key_line, node->key_column,
                         "no card looks at the limit \"%s\"", "没有哪张牌用到时限“%s”", name);
    }
}

/* The cases of one handler, item or area have no org in common that somebody would supervise. */
static void check_across(struct compile *compile, const struct rule_source *source)
{
    const struct rule *rule = source->rule;
    if (rule->rung_count == 1 && rule->rungs[0].to_supervisor && rule->across->per != PER_ORG)
        yaml_error(yaml_find(yaml_find(source->node, "card"), "to"), compile->problems,
                   "to: supervisor needs across: per: org: cases of one %s have no org in common; "
                   "name one: to: {org: '11370000'}",
                   "to: supervisor 须 across: per: org：按 %s 归并的办件没有共同的机构；请写明 "
                   "to: {org: '11370000'}",
                   across_per_name[rule->across->per]);
}

void rule_check(struct compile *compile, const struct rule_source *source)
{
    const struct rule *rule = source->rule;
    if (rule->form == RULE_FACT)
        check_fact(compile, source);
    if (rule->form == RULE_ACROSS)
        check_across(compile, source);
    if (rule->form != RULE_CLOCK)
        return;
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        const struct rule_limit *limit = &rule->limits[rule->rungs[i].limit];
        check_twice(compile, source, i);
        check_share(compile, source, i);
        check_order(compile, source, i);
        check_reachable(compile, source, i);
        check_length(compile, source, i, limit->otherwise);
        for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
            if (rule->item_kinds == 0 || (rule->item_kinds & (UINT32_C(1) << kind)) != 0)
                check_length(compile, source, i, limit->by_kind[kind]);
    }
    check_limits_used(compile, source);
}

/* ---- against the tables ---------------------------------------------------------------------- */

static bool takes_from_item(const struct rule_limit *limit)
{
    for (uint32_t i = 0; i < limit->source_count; i++)
        if (limit->sources[i] == LIMIT_FROM_ITEM)
            return true;
    return false;
}

/* Do the cases of this item come under the rule? */
static bool is_for_item(const struct rule *rule, const struct item *item)
{
    return rule_is_of_item(rule, item->code) &&
           (rule->item_kinds == 0 || (rule->item_kinds & (UINT32_C(1) << item->kind)) != 0);
}

/* The items that the rule is of, else all: how many, and each. NULL: its row is missing. */
static uint32_t rule_item_count(const struct ruleset *ruleset, const struct rule *rule)
{
    return rule->item_count > 0 ? rule->item_count : ruleset->item_count;
}

static const struct item *rule_item(const struct ruleset *ruleset, const struct rule *rule,
                                    uint32_t index)
{
    const struct item *item =
        rule->item_count > 0 ? ruleset_item(ruleset, rule->items[index]) : &ruleset->items[index];
    return item != NULL && is_for_item(rule, item) ? item : NULL;
}

static bool item_is_shorter(const struct item *item, const struct rule_limit *limit,
                            struct term ahead)
{
    for (uint32_t i = 0; i < item->limit_count; i++)
        if (item->limits[i].name == limit->name && item->limits[i].term.unit == ahead.unit &&
            item->limits[i].term.n < ahead.n)
            return true;
    return false;
}

/* An item with a limit shorter than the warning is warned of from its first moment: usual for
 * promises of one day, and worth knowing. Said once a rung, not once an item. */
static void check_rung_items(struct compile *compile, const struct rule_source *source,
                             uint32_t index)
{
    const struct ruleset *ruleset = compile->ruleset;
    const struct rule *rule = source->rule;
    const struct rule_limit *limit = &rule->limits[rule->rungs[index].limit];
    struct term ahead = rung_ahead(&rule->rungs[index]);
    uint32_t count = 0;
    const struct item *first = NULL;
    if (!term_is_set(ahead) || !takes_from_item(limit))
        return;
    for (uint32_t i = 0; i < rule_item_count(ruleset, rule); i++) {
        const struct item *item = rule_item(ruleset, rule, i);
        if (item == NULL || !item_is_shorter(item, limit, ahead))
            continue;
        first = count++ == 0 ? item : first;
    }
    if (count > 0)
        yaml_warn(rung_node(source, index), compile->problems,
                  "items with a limit shorter than this warning: %u, the first \"%.*s\"; their "
                  "cases are warned of from the start",
                  "有 %u 个事项（首个为“%.*s”）的时限短于提前量：其办件一开始就会预警", count,
                  SLICE_ARG(first->code));
}

static bool item_has(const struct item *item, const struct rule_limit *limit)
{
    bool has = false;
    for (uint32_t i = 0; i < item->limit_count; i++)
        has = has || item->limits[i].name == limit->name;
    return has;
}

/* Nothing but the catalogue gives this limit a length. */
static bool is_of_items_alone(const struct rule_limit *limit)
{
    return limit->source_count == 1 && takes_from_item(limit) && !term_is_set(limit->otherwise);
}

/* No row of the catalogue gives the length that this card needs: it is never raised. */
static void check_rung_unreached(struct compile *compile, const struct rule_source *source,
                                 uint32_t index)
{
    const struct ruleset *ruleset = compile->ruleset;
    const struct rule *rule = source->rule;
    const struct rule_limit *limit = &rule->limits[rule->rungs[index].limit];
    uint32_t count = 0;
    uint32_t with = 0;
    if (!is_of_items_alone(limit))
        return;
    for (uint32_t i = 0; i < rule_item_count(ruleset, rule); i++) {
        const struct item *item = rule_item(ruleset, rule, i);
        count += item != NULL;
        with += item != NULL && item_has(item, limit);
    }
    if (count > 0 && with == 0)
        yaml_warn(rung_node(source, index), compile->problems,
                  "none of the items of this rule (%u) has the limit \"%s\": this card is never "
                  "raised",
                  "本规则的事项（%u 个）均没有时限“%s”：此牌永不发出", count,
                  compile->limit_names[limit->name]);
}

/* Has some limit of the rule a length for cases of this item? */
static bool is_counted(const struct rule *rule, const struct item *item)
{
    bool has = false;
    for (uint32_t i = 0; i < rule->limit_count; i++)
        has = has || !is_of_items_alone(&rule->limits[i]) || item_has(item, &rule->limits[i]);
    return has;
}

/* A gap: items whose rows leave empty all that the clocks of all rules need. Said once, at the
 * first of them. */
static void check_gaps(struct compile *compile)
{
    const struct ruleset *ruleset = compile->ruleset;
    const struct rule_source *clock = NULL;
    const struct item *first = NULL;
    uint32_t count = 0;
    bool *has = arena_take(compile->scratch, ruleset->item_count, sizeof *has);
    for (uint32_t i = 0; has != NULL && i < compile->source_count; i++) {
        const struct rule *rule = compile->sources[i].rule;
        if (rule->form != RULE_CLOCK)
            continue;
        clock = clock == NULL ? &compile->sources[i] : clock;
        for (uint32_t j = 0; j < rule_item_count(ruleset, rule); j++) {
            const struct item *item = rule_item(ruleset, rule, j);
            if (item != NULL && is_counted(rule, item))
                has[item - ruleset->items] = true;
        }
    }
    for (uint32_t i = 0; clock != NULL && i < ruleset->item_count; i++)
        if (!has[i] && count++ == 0)
            first = &ruleset->items[i];
    if (count > 0 && count < ruleset->item_count)
        yaml_warn(
            yaml_find(clock->node, "clock"), compile->problems,
            "items without a limit that any clock asks for: %u of %u, the first \"%.*s\"; "
            "their cases have no card of a clock",
            "没有任何时钟可用之时限的事项：%u 个（共 %u 个，首个为“%.*s”）；其办件不会有时限类的牌",
            count, ruleset->item_count, SLICE_ARG(first->code));
}

/* "Same day" in a table, taken by a rule that does not count by days. */
static void check_item_days(struct compile *compile, const struct rule_source *source)
{
    const struct ruleset *ruleset = compile->ruleset;
    const struct rule *rule = source->rule;
    for (uint32_t i = 0; i < rule->limit_count && rule->counting.count != COUNT_DAY; i++) {
        const struct rule_limit *limit = &rule->limits[i];
        for (uint32_t j = 0; j < ruleset->item_count && takes_from_item(limit); j++) {
            const struct item *item = &ruleset->items[j];
            for (uint32_t k = 0; k < item->limit_count && is_for_item(rule, item); k++) {
                if (item->limits[k].name != limit->name || !term_is_same_day(item->limits[k].term))
                    continue;
                yaml_error(source->node, compile->problems,
                           "item \"%.*s\" has the limit same day, which needs count: day",
                           "事项“%.*s”的时限为“当日”，须用 count: day", SLICE_ARG(item->code));
                return;
            }
        }
    }
}

/* A card for the supervisor of an org that has none, is its own: worth knowing, said once a card.
 */
static void check_supervisors(struct compile *compile, const struct rule_source *source)
{
    const struct ruleset *ruleset = compile->ruleset;
    const struct org *first = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < ruleset->org_count; i++) {
        if (ruleset->orgs[i].supervisor.count > 0)
            continue;
        first = count++ == 0 ? &ruleset->orgs[i] : first;
    }
    for (uint32_t i = 0; count > 0 && i < source->rule->rung_count; i++)
        if (source->rule->rungs[i].to_supervisor)
            yaml_warn(rung_node(source, i), compile->problems,
                      "orgs without a supervisor: %u, the first \"%.*s\"; this card is their own",
                      "有 %u 个机构（首个为“%.*s”）没有主管机构：此牌仍发给本机构", count,
                      SLICE_ARG(first->code));
}

void rule_check_tables(struct compile *compile)
{
    for (uint32_t i = 0; i < compile->source_count; i++) {
        const struct rule_source *source = &compile->sources[i];
        check_supervisors(compile, source);
        rule_items_check(compile, source);
        check_item_days(compile, source);
        if (source->rule->form != RULE_CLOCK || compile->problems->is_in_force)
            continue; /* (what is worth knowing is told when it is taken in) */
        for (uint32_t j = 0; j < source->rule->rung_count; j++) {
            check_rung_items(compile, source, j);
            check_rung_unreached(compile, source, j);
        }
    }
    if (!compile->problems->is_in_force)
        check_gaps(compile);
}
