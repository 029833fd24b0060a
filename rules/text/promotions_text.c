/* promotions_text.c - rules that are no longer shadow, as a table: one row a rule at one revision.
 *
 *     rule,revision,issue,note
 *     permit-decision,3,auto,两个月试运行无误
 *
 * The rule's file stays as it was written and tested; that it was promoted, when and by whom is an
 * edition of its own. A row for a rule that is not there, or came anew with a higher revision, is
 * without effect: the new one states its own issue.
 */
#include "rules/text/table_text.h"

enum { PROMOTIONS_MAX = 10000 }; /* each is compared with all others */

static const struct table_word promotion_words[] = {
    {"rule", COLUMN_RULE},     {"规则", COLUMN_RULE},   {"revision", COLUMN_REVISION},
    {"修订", COLUMN_REVISION}, {"issue", COLUMN_ISSUE}, {"发牌", COLUMN_ISSUE},
    {"note", COLUMN_NAME},     {"备注", COLUMN_NAME},
};

static bool cell_revision(struct table *table, const struct csv_row *row, uint32_t column,
                          uint32_t *revision_out)
{
    enum { DIGITS_MAX = 9 };
    struct slice text = csv_cell(row, column);
    uint32_t number = 0;
    bool is_good = text.count > 0 && text.count <= DIGITS_MAX;
    for (size_t i = 0; is_good && i < text.count; i++) {
        is_good = text.start[i] >= '0' && text.start[i] <= '9';
        number = number * 10 + (uint32_t)(text.start[i] - '0');
    }
    if (is_good && number > 0) {
        *revision_out = number;
        return true;
    }
    problem_error(table->compile->problems, table->file, row->line, column + 1,
                  "\"%.*s\" is no revision: 1, 2, 3 …", "“%.*s”不是修订号：1、2、3 …",
                  SLICE_ARG(text));
    return false;
}

static bool cell_issue(struct table *table, const struct csv_row *row, uint32_t column,
                       enum rung_issue *issue_out)
{
    struct slice text = csv_cell(row, column);
    bool is_confirm = slice_is_equal(text, SLICE("confirm"));
    if (is_confirm || slice_is_equal(text, SLICE("auto"))) {
        *issue_out = is_confirm ? ISSUE_CONFIRM : ISSUE_AUTO;
        return true;
    }
    problem_error(table->compile->problems, table->file, row->line, column + 1,
                  "\"%.*s\": a rule is promoted to auto or to confirm",
                  "“%.*s”：规则只能转为 auto 或 confirm", SLICE_ARG(text));
    return false;
}

static bool read_promotion(struct table *table, const struct csv_row *row,
                           struct promotion *promotion)
{
    bool is_good = table_check_width(table, row);
    *promotion = (struct promotion){.note = SLICE("")};
    for (uint32_t i = 0; i < table->column_count; i++) {
        enum column_role role = table->columns[i].role;
        if (role == COLUMN_RULE)
            is_good &= cell_code(table, row, i, &promotion->rule);
        else if (role == COLUMN_REVISION)
            is_good &= cell_revision(table, row, i, &promotion->revision);
        else if (role == COLUMN_ISSUE)
            is_good &= cell_issue(table, row, i, &promotion->issue);
        else if (role == COLUMN_NAME)
            promotion->note = compile_copy(table->compile, csv_cell(row, i));
    }
    return is_good;
}

/* A rule at one revision is promoted once: two rows would say two things. */
static bool check_once(const struct table *table, const struct csv_row *row,
                       const struct promotion *promotions, uint32_t count)
{
    const struct promotion *last = &promotions[count];
    for (uint32_t i = 0; i < count; i++) {
        if (promotions[i].revision != last->revision ||
            !slice_is_equal(promotions[i].rule, last->rule))
            continue;
        problem_error(table->compile->problems, table->file, row->line, 1,
                      "rule \"%.*s\", revision %u, stands twice", "规则“%.*s”修订 %u 重复",
                      SLICE_ARG(last->rule), last->revision);
        return false;
    }
    return true;
}

/* All cards of the rule that are shadow. */
static void promote(struct compile *compile, struct rule *rule, const struct promotion *promotion)
{
    struct rung *rungs = compile_take(compile, rule->rung_count, sizeof *rungs);
    if (rule->form == RULE_ACROSS && promotion->issue == ISSUE_CONFIRM)
        issue_across_refuse(compile, rule->file.start, rule->line, 1);
    for (uint32_t i = 0; rungs != NULL && i < rule->rung_count; i++) {
        rungs[i] = rule->rungs[i];
        if (rungs[i].issue != ISSUE_SHADOW)
            continue;
        rungs[i].issue = promotion->issue;
        rule->is_promoted = true;
    }
    rule->rungs = rungs;
}

static void apply(struct compile *compile)
{
    const struct ruleset *ruleset = compile->ruleset;
    for (uint32_t i = 0; i < ruleset->promotion_count; i++)
        for (uint32_t j = 0; j < ruleset->rule_count; j++)
            if (compile->rules[j].revision == ruleset->promotions[i].revision &&
                slice_is_equal(compile->rules[j].name, ruleset->promotions[i].rule))
                promote(compile, &compile->rules[j], &ruleset->promotions[i]);
}

bool promotions_read(struct compile *compile, const struct document *documents, uint32_t count)
{
    struct table *tables = arena_take(compile->scratch, count, sizeof *tables);
    uint32_t row_count = 0;
    uint32_t promotion_count = 0;
    bool is_good = true;
    for (uint32_t i = 0; tables != NULL && i < count; i++) {
        if (documents[i].kind != DOCUMENT_PROMOTIONS)
            continue;
        is_good &= table_open(&tables[i], compile, &documents[i], promotion_words,
                              COUNT_OF(promotion_words), false) &&
                   table_needs(&tables[i], COLUMN_RULE, "rule") &&
                   table_needs(&tables[i], COLUMN_REVISION, "revision") &&
                   table_needs(&tables[i], COLUMN_ISSUE, "issue");
        row_count += tables[i].csv.count;
        if (row_count <= PROMOTIONS_MAX)
            continue;
        problem_error(compile->problems, documents[i].file, 0, 0, "more than %d promotions",
                      "转正超过 %d 条", PROMOTIONS_MAX);
        is_good = false;
    }
    struct promotion *promotions = compile_take(compile, row_count, sizeof *promotions);
    compile->is_short = compile->is_short || tables == NULL;
    if (!is_good || compile->is_short)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 1; j < tables[i].csv.count; j++) {
            const struct csv_row *row = &tables[i].csv.rows[j];
            struct promotion *promotion = &promotions[promotion_count];
            is_good &= read_promotion(&tables[i], row, promotion);
            if (promotion->rule.count > 0 && promotion->revision > 0)
                is_good &= check_once(&tables[i], row, promotions, promotion_count);
            promotion_count++;
        }
    }
    compile->ruleset->promotions = promotions;
    compile->ruleset->promotion_count = promotion_count;
    if (is_good)
        apply(compile);
    return is_good;
}
