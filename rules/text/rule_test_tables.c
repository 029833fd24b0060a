/* rule_test_tables.c - what a test makes up of the tables: its item, and who supervises whom. */
#include "rules/text/compile.h"

#include <stdlib.h>

/* The results that a step may have: {review: [agree, refuse]}. */
static bool read_step_results(struct compile *compile, const struct yaml_node *node,
                              struct item_step *step)
{
    if (!yaml_is_list(node, compile->problems))
        return false;
    struct slice *results = compile_take(compile, node->count, sizeof *results);
    for (const struct yaml_node *child = node->first; results != NULL && child != NULL;
         child = child->next) {
        if (!yaml_is_scalar(child, compile->problems))
            return false;
        results[step->result_count++] = compile_copy(compile, child->value);
    }
    step->results = results;
    return results != NULL;
}

/* steps: [receive, review], in their order; the first has place 1. */
static bool read_item_steps(struct compile *compile, const struct yaml_node *node,
                            struct item *item)
{
    if (!yaml_is_list(node, compile->problems))
        return false;
    struct item_step *steps = compile_take(compile, node->count, sizeof *steps);
    if (steps == NULL)
        return false;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        bool has_results = child->kind == YAML_MAP && child->count == 1;
        if (!has_results && !yaml_is_scalar(child, compile->problems))
            return false;
        struct slice code = compile_copy(compile, has_results ? child->first->key : child->value);
        struct item_step *step = &steps[item->step_count];
        *step = (struct item_step){
            .step_code = code, .name = code, .place = (uint16_t)(item->step_count + 1)};
        item->step_count++;
        if (has_results && !read_step_results(compile, child->first, step))
            return false;
    }
    item->steps = steps;
    return true;
}

static bool read_item_entry(struct compile *compile, const struct yaml_node *node,
                            struct item *item)
{
    if (slice_is_equal(node->key, SLICE("steps")))
        return read_item_steps(compile, node, item);
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    if (slice_is_equal(node->key, SLICE("code"))) {
        item->code = compile_copy(compile, node->value);
        return true;
    }
    if (slice_is_equal(node->key, SLICE("kind"))) {
        int kind = yaml_choice(node, item_kind_name, ITEM_KIND_COUNT, compile->problems);
        item->kind = (enum item_kind)(kind < 0 ? 0 : kind);
        return kind >= 0;
    }
    int name = compile_limit_name(compile, node->key, false);
    if (name < 0) {
        tell_unknown(compile->problems, node->file, node->key_line, node->key_column, node->key,
                     compile->limit_names, compile->limit_name_count, "limit", "时限");
        return false;
    }
    if (item->limit_count == ITEM_LIMITS_MAX) {
        yaml_error(node, compile->problems, "more than %d limits of one item",
                   "一个事项的时限超过 %d 个", ITEM_LIMITS_MAX);
        return false;
    }
    struct item_limit *limit = &item->limits[item->limit_count++];
    limit->name = (uint16_t)name;
    return term_at(compile, node, &limit->term);
}

bool test_item_read(struct compile *compile, const struct yaml_node *node, struct item *item_out)
{
    if (!yaml_is_map(node, compile->problems))
        return false;
    *item_out = (struct item){.code = SLICE("ITEM-1"), .kind = ITEM_PROMISED};
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        if (!read_item_entry(compile, child, item_out))
            return false;
    item_out->name = item_out->code;
    return true;
}

/* supervisors: {O-1: O-9}; keys are not repeated, which the reader of YAML sees to. */
bool test_supervisors_read(struct compile *compile, const struct yaml_node *node,
                           struct rule_test *test)
{
    if (node == NULL)
        return true;
    if (!yaml_is_map(node, compile->problems))
        return false;
    struct org *orgs = compile_take(compile, node->count, sizeof *orgs);
    uint32_t count = 0;
    for (const struct yaml_node *child = node->first; orgs != NULL && child != NULL;
         child = child->next) {
        if (!yaml_is_scalar(child, compile->problems))
            return false;
        orgs[count++] = (struct org){.code = compile_copy(compile, child->key),
                                     .supervisor = compile_copy(compile, child->value)};
    }
    if (orgs == NULL)
        return false;
    qsort(orgs, count, sizeof *orgs, org_order);
    test->orgs = orgs;
    test->org_count = count;
    return true;
}
