/* rule_items.c - the items of which alone a rule is: those under applies: items:, else those that
 * its condition begins with (item = 'X', item in [...]). A case then looks at the rules of its own
 * item and at the general ones, however many rules there are for other items.
 */
#include "rules/text/compile.h"

#include <stdlib.h>

static int code_order(const void *a, const void *b)
{
    return slice_order(*(const struct slice *)a, *(const struct slice *)b);
}

/* ---- written as a list ------------------------------------------------------------------------
 */

static bool check_twice(struct compile *compile, const struct yaml_node *node,
                        const struct rule *rule)
{
    for (uint32_t i = 1; i < rule->item_count; i++) {
        if (!slice_is_equal(rule->items[i - 1], rule->items[i]))
            continue;
        yaml_error(node, compile->problems, "items: \"%.*s\" stands here twice",
                   "items：“%.*s”写了两次", SLICE_ARG(rule->items[i]));
        return false;
    }
    return true;
}

bool rule_items_read(struct compile *compile, const struct yaml_node *node, struct rule *rule)
{
    if (node == NULL)
        return true;
    bool is_one = node->kind == YAML_SCALAR && node->value.count > 0; /* items: 350100-01 */
    if (!is_one && !yaml_is_list(node, compile->problems))
        return false;
    if (!is_one && node->count == 0) {
        yaml_error(node, compile->problems, "items: is empty: no case would be judged",
                   "items: 为空：不会监察任何办件");
        return false;
    }
    struct slice *items = compile_take(compile, is_one ? 1 : node->count, sizeof *items);
    const struct yaml_node *end = is_one ? node->next : NULL;
    uint32_t count = 0;
    for (const struct yaml_node *child = is_one ? node : node->first; items != NULL && child != end;
         child = child->next) {
        if (!yaml_is_scalar(child, compile->problems))
            return false;
        items[count++] = compile_copy(compile, child->value);
    }
    if (items == NULL)
        return false;
    qsort(items, count, sizeof *items, code_order);
    rule->items = items;
    rule->item_count = count;
    return check_twice(compile, node, rule);
}

void rule_items_check(struct compile *compile, const struct rule_source *source)
{
    const struct yaml_node *applies = yaml_find(source->node, "applies");
    const struct yaml_node *items = applies == NULL ? NULL : yaml_find(applies, "items");
    if (items == NULL || compile->ruleset->item_count == 0)
        return;
    for (const struct yaml_node *child = items->first; child != NULL; child = child->next)
        if (ruleset_item(compile->ruleset, child->value) == NULL)
            yaml_error(child, compile->problems, "item \"%.*s\" is not in the catalogue",
                       "事项目录中没有“%.*s”", SLICE_ARG(child->value));
}

/* ---- found in the condition -------------------------------------------------------------------
 */

bool condition_needs(const struct condition *condition, uint32_t at)
{
    uint32_t depth = 1; /* of the stack, from that value up */
    for (; at < condition->count; at++) {
        const struct instruction *it = &condition->code[at];
        uint32_t taken = instruction_takes(it);
        if (taken == 0) {
            depth++;
        } else if (it->op == OP_AND) {
            depth -= depth > 1;
        } else if (depth <= taken) {
            return false;
        } else {
            depth -= taken - 1;
        }
    }
    return true;
}

/* How many constants the field `item` is compared with at the beginning; 0: it is not. */
static uint32_t codes_asked(const struct condition *condition)
{
    const struct instruction *code = condition->code;
    uint32_t count = 0;
    if (condition->count < 3 || code[0].op != OP_FIELD || code[0].operand != FIELD_ITEM)
        return 0;
    while (count + 1 < condition->count && code[count + 1].op == OP_PUSH)
        count++;
    if (count + 1 == condition->count)
        return 0;
    const struct instruction *last = &code[count + 1];
    bool is_good =
        (last->op == OP_EQ && count == 1) || (last->op == OP_IN && last->operand == count);
    return is_good && condition_needs(condition, count + 2) ? count : 0;
}

void rule_items_find(struct compile *compile, struct rule *rule)
{
    uint32_t count = rule->item_count > 0 || rule->applies == NULL ? 0 : codes_asked(rule->applies);
    struct slice *items = count == 0 ? NULL : compile_take(compile, count, sizeof *items);
    if (items == NULL)
        return;
    for (uint32_t i = 0; i < count; i++)
        items[i] = rule->applies->constants[rule->applies->code[i + 1].operand].text;
    qsort(items, count, sizeof *items, code_order);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < count; i++)
        if (!slice_is_equal(items[i], items[kept - 1]))
            items[kept++] = items[i];
    rule->items = items;
    rule->item_count = kept;
}
