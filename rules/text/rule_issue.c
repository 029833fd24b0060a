/* rule_issue.c - issue: of a rule or of one of its cards: who lets it out, and in what time. */
#include "rules/text/compile.h"

static const char *const issues[] = {"auto", "confirm", "shadow"};

void issue_across_refuse(struct compile *compile, const char *file, uint32_t line, uint32_t column)
{
    problem_refuse(compile->problems, file, line, column,
                   "a card across cases is none of any case, and nobody could release it: auto, or "
                   "shadow",
                   "跨件的牌不属于任何一件，无从确认发出：应为 auto 或 shadow");
}

/* issue: {confirm: 2 workday}; issue: {confirm: 2 workday, then: issue} */
static bool read_confirm(struct compile *compile, const struct yaml_node *map, struct rung *rung)
{
    static const char *const keys[] = {"confirm", "then"};
    static const char *const thens[] = {"remind", "issue"};
    const struct yaml_node *within = yaml_find(map, "confirm");
    const struct yaml_node *then = yaml_find(map, "then");
    int choice = 0;
    if (!yaml_check_keys(map, keys, COUNT_OF(keys), compile->problems))
        return false;
    if (within == NULL) {
        yaml_error(map, compile->problems,
                   "say in what time a supervisor decides: {confirm: 2 workday}",
                   "请写明监察员在多久内决定：{confirm: 2 workday}");
        return false;
    }
    if (then != NULL && then->kind == YAML_SCALAR &&
        slice_is_equal(then->value, SLICE("dismiss"))) {
        yaml_error(then, compile->problems,
                   "a card does not vanish because nobody decided on it: remind, or issue",
                   "无人决定，牌不能因此消失：应为 remind 或 issue");
        return false;
    }
    if (then != NULL)
        choice = yaml_choice(then, thens, COUNT_OF(thens), compile->problems);
    rung->issue = ISSUE_CONFIRM;
    rung->confirm_issues = choice == 1;
    return choice >= 0 && term_at(compile, within, &rung->confirm_within);
}

bool issue_read(struct compile *compile, const struct rule_source *source,
                const struct yaml_node *own, struct rung *rung)
{
    const struct yaml_node *node = own != NULL ? own : setting(source, "issue");
    if (node == NULL)
        return true;
    bool is_good = true;
    if (node->kind == YAML_MAP) {
        is_good = read_confirm(compile, node, rung);
    } else {
        int choice = yaml_choice(node, issues, COUNT_OF(issues), compile->problems);
        rung->issue = (enum rung_issue)(choice < 0 ? 0 : choice);
        is_good = choice >= 0;
    }
    if (rung->issue == ISSUE_CONFIRM && source->rule->form == RULE_ACROSS)
        issue_across_refuse(compile, node->file, node->line, node->column);
    return is_good;
}
