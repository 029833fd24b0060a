/* steps_text.c - the steps of items as a table: one row a step.
 *
 *     item_code,step_code,step_name,place,limit,results
 *     350100-01,review,审查,2,3 workday,agree refuse
 */
#include "rules/text/table_text.h"
#include "rules/text/term_order.h"

#include <stdlib.h>

static const struct table_word step_words[] = {
    {"item_code", COLUMN_CODE},  {"事项编码", COLUMN_CODE},    {"step_code", COLUMN_STEP},
    {"环节编码", COLUMN_STEP},   {"step_name", COLUMN_NAME},   {"环节名称", COLUMN_NAME},
    {"place", COLUMN_PLACE},     {"序号", COLUMN_PLACE},       {"limit", COLUMN_LIMIT},
    {"环节时限", COLUMN_LIMIT},  {"note", COLUMN_NOTE},        {"备注", COLUMN_NOTE},
    {"results", COLUMN_RESULTS}, {"环节结果", COLUMN_RESULTS},
};

struct step_draft {
    struct item_step step;
    struct slice item_code;
    const char *file;
    uint32_t line;
    uint32_t column;      /* of its item's code */
    uint32_t step_column; /* of its own */
};

static bool cell_place(struct table *table, const struct csv_row *row, uint32_t column,
                       uint16_t *place_out)
{
    struct slice text = csv_cell(row, column);
    uint32_t number = 0;
    for (size_t i = 0; i < text.count; i++) {
        if (text.start[i] < '0' || text.start[i] > '9' || text.count > 3) {
            problem_error(table->compile->problems, table->file, row->line, column + 1,
                          "\"%.*s\" is no place in an order: 1, 2, 3 …, or empty",
                          "“%.*s”不是序号：1、2、3 …，或留空", SLICE_ARG(text));
            return false;
        }
        number = number * 10 + (uint32_t)(text.start[i] - '0');
    }
    *place_out = (uint16_t)number;
    return true;
}

/* "0 1 5", "0;1;5", "同意、不同意": codes between blanks and the signs that part them. */
static size_t code_bytes(struct slice text, bool *is_code_out)
{
    static const char *const apart[] = {" ", "\t", ",", ";", "，", "；", "、", "　"};
    size_t count = 0;
    *is_code_out = true;
    for (; count < text.count; count++) {
        struct slice rest = {.start = text.start + count, .count = text.count - count};
        for (size_t i = 0; i < COUNT_OF(apart); i++) {
            if (!slice_starts(rest, slice_of(apart[i])))
                continue;
            *is_code_out = count > 0;
            return count > 0 ? count : strlen(apart[i]);
        }
    }
    return count;
}

static bool cell_results(struct table *table, const struct csv_row *row, uint32_t column,
                         struct item_step *step)
{
    struct slice rest = compile_copy(table->compile, csv_cell(row, column));
    struct slice *results = compile_take(table->compile, rest.count / 2 + 1, sizeof *results);
    for (size_t bytes; results != NULL && rest.count > 0;
         rest.start += bytes, rest.count -= bytes) {
        bool is_code = false;
        bytes = code_bytes(rest, &is_code);
        struct slice code = {.start = rest.start, .count = bytes};
        for (uint32_t i = 0; is_code && i < step->result_count; i++) {
            if (!slice_is_equal(results[i], code))
                continue;
            problem_error(table->compile->problems, table->file, row->line, column + 1,
                          "\"%.*s\" stands here twice", "“%.*s”重复出现", SLICE_ARG(code));
            return false;
        }
        if (is_code)
            results[step->result_count++] = code;
    }
    step->results = results;
    return results != NULL;
}

static bool read_step(struct table *table, const struct csv_row *row, struct step_draft *draft)
{
    bool is_good = table_check_width(table, row);
    *draft = (struct step_draft){.file = table->file,
                                 .line = row->line,
                                 .column = table_column(table, COLUMN_CODE),
                                 .step_column = table_column(table, COLUMN_STEP)};
    for (uint32_t i = 0; i < table->column_count; i++) {
        enum column_role role = table->columns[i].role;
        if (role == COLUMN_CODE)
            is_good &= cell_code(table, row, i, &draft->item_code);
        else if (role == COLUMN_STEP)
            is_good &= cell_code(table, row, i, &draft->step.step_code);
        else if (role == COLUMN_NAME)
            draft->step.name = compile_copy(table->compile, csv_cell(row, i));
        else if (role == COLUMN_PLACE)
            is_good &= cell_place(table, row, i, &draft->step.place);
        else if (role == COLUMN_LIMIT && !slice_is_empty(csv_cell(row, i)))
            is_good &= cell_term(table, row, i, &draft->step.limit);
        else if (role == COLUMN_RESULTS)
            is_good &= cell_results(table, row, i, &draft->step);
    }
    return is_good;
}

static int by_item_and_place(const void *a, const void *b)
{
    const struct step_draft *left = a;
    const struct step_draft *right = b;
    int order = slice_order(left->item_code, right->item_code);
    if (order == 0)
        order = (left->step.place > right->step.place) - (left->step.place < right->step.place);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

/* The row above that says the same step of the same item; NULL: there is none. */
static const struct step_draft *step_before(const struct step_draft *drafts, uint32_t index)
{
    struct slice code = drafts[index].step.step_code;
    for (uint32_t i = 0; i < index && code.count > 0; i++)
        if (slice_is_equal(drafts[i].step.step_code, code))
            return &drafts[i];
    return NULL;
}

/* The longest a case may be under way if every step takes all its time: steps of one place stand
 * beside each other, those without a place are in no row and not added, and one that stands twice
 * counts once. 0: units differ. */
static int64_t sum_of_steps(const struct step_draft *drafts, uint32_t count, enum unit unit)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < count;) {
        int64_t longest = 0;
        uint16_t place = drafts[i].step.place;
        for (; i < count && drafts[i].step.place == place; i++) {
            struct term limit = drafts[i].step.limit;
            if (step_before(drafts, i) != NULL)
                continue;
            if (term_is_set(limit) && limit.unit != unit)
                return 0;
            longest = limit.n > longest ? limit.n : longest;
        }
        sum += place == 0 ? 0 : longest;
    }
    return sum;
}

/* On which the item's promise is counted: its own, else that of a rule that asks for the promise.
 */
static const struct calendar *item_calendar(const struct compile *compile, const struct item *item,
                                            uint16_t promised)
{
    const struct calendar *found = item->calendar;
    for (uint32_t i = 0; i < compile->source_count && found == NULL; i++) {
        const struct rule *rule = &compile->rules[i];
        bool is_for = rule->item_kinds == 0 || (rule->item_kinds & UINT32_C(1) << item->kind) != 0;
        for (uint32_t j = 0; j < rule->limit_count && is_for; j++)
            found = rule->limits[j].name == promised ? rule->calendar : found;
    }
    return found;
}

/* The same where units differ: from every start the steps take longer. */
static bool check_sum_of_units(struct compile *compile, const struct item *item,
                               const struct step_draft *drafts, struct term promise)
{
    char text[TERM_TEXT_BYTES];
    int promised = compile_limit_name(compile, SLICE("promised"), false);
    enum longer longer = steps_longer(item_calendar(compile, item, (uint16_t)promised), item->steps,
                                      item->step_count, promise);
    if (longer == LONGER_NEVER || (longer == LONGER_SOMETIMES && compile->problems->is_in_force))
        return true;
    term_format(promise, text);
    if (longer == LONGER_SOMETIMES)
        problem_warn(compile->problems, drafts[0].file, drafts[0].line, drafts[0].column,
                     "the steps of item \"%.*s\" add up to more than its promise of %s around "
                     "holidays",
                     "事项“%.*s”各环节时限合计，在节假日前后会超过承诺时限 %s",
                     SLICE_ARG(item->code), text);
    else
        problem_refuse(compile->problems, drafts[0].file, drafts[0].line, drafts[0].column,
                       "the steps of item \"%.*s\" add up to more than its promise of %s",
                       "事项“%.*s”各环节时限合计超过承诺时限 %s", SLICE_ARG(item->code), text);
    return longer == LONGER_SOMETIMES || compile->problems->is_in_force;
}

static bool check_sum(struct compile *compile, const struct item *item,
                      const struct step_draft *drafts, uint32_t count)
{
    int promised = compile_limit_name(compile, SLICE("promised"), false);
    for (uint32_t i = 0; i < item->limit_count; i++) {
        struct term promise = item->limits[i].term;
        if (item->limits[i].name != promised)
            continue;
        int64_t sum = sum_of_steps(drafts, count, promise.unit);
        if (sum == 0)
            return check_sum_of_units(compile, item, drafts, promise);
        if (sum <= promise.n)
            continue;
        problem_error(compile->problems, drafts[0].file, drafts[0].line, drafts[0].column,
                      "the steps of item \"%.*s\" add up to %lld %s, its promise is %d %s",
                      "事项“%.*s”各环节时限合计 %lld %s，超过承诺时限 %d %s", SLICE_ARG(item->code),
                      (long long)sum, unit_name[promise.unit], promise.n, unit_name[promise.unit]);
        return false;
    }
    return true;
}

static struct item *find_item(const struct compile *compile, struct slice code)
{
    uint32_t low = 0;
    uint32_t high = compile->ruleset->item_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_order(compile->items[middle].code, code);
        if (order == 0)
            return &compile->items[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static bool check_step_codes(struct compile *compile, const struct step_draft *drafts,
                             uint32_t count)
{
    bool is_good = true;
    for (uint32_t i = 1; i < count; i++) {
        const struct step_draft *other = step_before(drafts, i);
        char place[PROBLEM_TEXT_BYTES];
        if (other == NULL)
            continue;
        problem_error(compile->problems, drafts[i].file, drafts[i].line, drafts[i].step_column,
                      "step \"%.*s\" of item \"%.*s\" stands twice: the other is at %s",
                      "环节“%.*s”（事项“%.*s”）重复：另一处在 %s",
                      SLICE_ARG(drafts[i].step.step_code), SLICE_ARG(drafts[i].item_code),
                      problem_row(compile->problems, other->file, other->line, other->step_column,
                                  place, sizeof place));
        is_good = false;
    }
    return is_good;
}

static bool give_steps(struct compile *compile, const struct step_draft *drafts, uint32_t count)
{
    struct item *item = find_item(compile, drafts[0].item_code);
    bool is_good = check_step_codes(compile, drafts, count);
    if (item == NULL && !compile->has_all_items)
        return is_good; /* it may be the one that could not be read */
    if (item == NULL) {
        problem_error(compile->problems, drafts[0].file, drafts[0].line, drafts[0].column,
                      "item \"%.*s\" is not in the catalogue", "事项目录中没有“%.*s”",
                      SLICE_ARG(drafts[0].item_code));
        return false;
    }
    struct item_step *steps = compile_take(compile, count, sizeof *steps);
    if (steps == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++)
        steps[i] = drafts[i].step;
    item->step_count = count;
    item->steps = steps;
    return check_sum(compile, item, drafts, count) && is_good;
}

static bool read_steps(struct compile *compile, const struct tables *tables)
{
    struct step_draft *drafts = arena_take(compile->scratch, tables->row_count, sizeof *drafts);
    uint32_t draft_count = 0;
    bool is_good = true;
    if (drafts == NULL) {
        compile->is_short = true;
        return false;
    }
    for (uint32_t i = 0; i < tables->count; i++)
        for (uint32_t j = 1; j < tables->at[i].csv.count; j++)
            is_good &=
                read_step(&tables->at[i], &tables->at[i].csv.rows[j], &drafts[draft_count++]);
    qsort(drafts, draft_count, sizeof *drafts, by_item_and_place);
    for (uint32_t i = 0; i < draft_count;) {
        uint32_t first = i;
        while (i < draft_count && slice_is_equal(drafts[i].item_code, drafts[first].item_code))
            i++;
        if (drafts[first].item_code.count > 0)
            is_good &= give_steps(compile, drafts + first, i - first);
    }
    return is_good;
}

bool steps_read(struct compile *compile, const struct document *documents, uint32_t count)
{
    static const struct table_form form = {
        .kind = DOCUMENT_STEPS,
        .words = step_words,
        .word_count = COUNT_OF(step_words),
        .needs = {{COLUMN_CODE, "item_code"}, {COLUMN_STEP, "step_code"}},
    };
    struct tables tables;
    bool is_good = tables_open(compile, documents, count, &form, &tables);
    return tables.at != NULL && read_steps(compile, &tables) && is_good;
}
