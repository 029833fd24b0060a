/* edition.c - see edition.h. */
#include "engine/cases/edition.h"

static void instruction_look(struct edition *edition, const struct instruction *it)
{
    bool is_field = it->op == OP_FIELD || it->op == OP_HAS;
    if (it->op == OP_COUNT || it->op == OP_SEEN || it->op == OP_SINCE || it->op == OP_SAME_ARRIVAL)
        edition->counted |= EVENT_KIND_BIT(it->operand);
    else if (it->op == OP_COUNT_STEP)
        edition->counted_steps |= EVENT_KIND_BIT(it->operand);
    else if (is_field &&
             (it->operand == FIELD_LAST_STEP_PLACE || it->operand == FIELD_LAST_RESULT ||
              it->operand == FIELD_FURTHEST_STEP_PLACE))
        edition->is_placing = true;
    edition->is_handling |= is_field && it->operand == FIELD_LAST_STEP_HANDLER;
    edition->is_noting_arrivals |= it->op == OP_SAME_ARRIVAL;
    if (it->op == OP_SINCE)
        edition->dated |= EVENT_KIND_BIT(it->operand);
    edition->is_joint |= it->op == OP_FIELD &&
                         (it->operand == FIELD_CHILDREN || it->operand == FIELD_CHILDREN_OPEN ||
                          it->operand == FIELD_CHILDREN_FINISHED);
    edition->is_asking_attrs |= it->op == OP_ATTR || it->op == OP_HAS_ATTR;
}

static void window_look(struct edition *edition, const struct window *window)
{
    uint8_t *most = &edition->recent_most[window->kind];
    edition->counted |= EVENT_KIND_BIT(window->kind);
    if (window->is_of_step)
        edition->recent_steps |= EVENT_KIND_BIT(window->kind);
    if (*most < window->most)
        *most = (uint8_t)window->most;
}

static void condition_look(struct edition *edition, const struct condition *condition)
{
    for (uint32_t i = 0; condition != NULL && i < condition->count; i++)
        instruction_look(edition, &condition->code[i]);
    for (uint32_t i = 0; condition != NULL && i < condition->window_count; i++)
        window_look(edition, &condition->windows[i]);
}

/* A rule that looks at whether an item is in the catalogue wants to see one that is not. */
static bool watches_items(const struct rule *rule)
{
    for (uint32_t i = 0; rule->fact != NULL && i < rule->fact->count; i++)
        if ((rule->on & EVENT_KIND_BIT(EVENT_APPLY)) != 0 && rule->fact->code[i].op == OP_FIELD &&
            rule->fact->code[i].operand == FIELD_IN_CATALOGUE)
            return true;
    return false;
}

/* What a rule needs to be kept about the cases of its edition. */
static void rule_look(struct edition *edition, const struct rule *rule)
{
    for (uint32_t i = 0; i < rule->pause_count; i++) {
        edition->pause_from |= EVENT_KIND_BIT(rule->pauses[i].from);
        edition->pause_ends[rule->pauses[i].from] |= EVENT_KIND_BIT(rule->pauses[i].to);
        edition->pause_to |= EVENT_KIND_BIT(rule->pauses[i].to);
    }
    edition->starting |= rule->form == RULE_CLOCK ? rule->start : 0;
    edition->is_watching_items = edition->is_watching_items || watches_items(rule);
    condition_look(edition, rule->applies);
    condition_look(edition, rule->start_when);
    condition_look(edition, rule->stop_when);
    condition_look(edition, rule->fact);
    condition_look(edition, rule->across == NULL ? NULL : rule->across->is_so);
    edition->is_joint |= rule->stops_with_children;
    edition->is_counting_cards |= rule->across != NULL && rule->across->is_of_cards;
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        condition_look(edition, rule->rungs[i].when);
        edition->is_dismissing |= rule->rungs[i].dismiss_count > 0;
        edition->is_confirming |= rule->rungs[i].issue == ISSUE_CONFIRM;
        if (rule->continues && rule->rungs[i].form == RUNG_CUTOFF)
            edition->moving |= rule->start;
    }
}

static bool has_calendars(const struct ruleset *ruleset)
{
    bool is_any = false;
    for (uint32_t i = 0; i < ruleset->item_count; i++)
        is_any = is_any || ruleset->items[i].calendar != NULL;
    for (uint32_t i = 0; i < ruleset->org_count; i++)
        is_any = is_any || ruleset->orgs[i].calendar != NULL;
    return is_any;
}

struct edition edition_make(const struct ruleset *ruleset)
{
    struct edition edition = {.ruleset = ruleset, .has_calendars = has_calendars(ruleset)};
    for (uint32_t i = 0; i < ruleset->rule_count; i++)
        rule_look(&edition, &ruleset->rules[i]);
    return edition;
}
