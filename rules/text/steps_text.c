/* steps_text.c - the steps of items, and the orgs with settings of their own, as tables.
 *
 *     item_code,step_code,step_name,place,limit org_code,org_name,area,supervisor,calendar,limits
 *     350100-01,review,审查,2,3 workday                ORG-7,水利局,350100000000,,promised=5
 * workday
 */
#include "rules/text/items_text.h"

#include <stdlib.h>

static const struct table_word step_words[] = {
    {"item_code", COLUMN_CODE}, {"事项编码", COLUMN_CODE},  {"step_code", COLUMN_STEP},
    {"环节编码", COLUMN_STEP},  {"step_name", COLUMN_NAME}, {"环节名称", COLUMN_NAME},
    {"place", COLUMN_PLACE},    {"序号", COLUMN_PLACE},     {"limit", COLUMN_LIMIT},
    {"环节时限", COLUMN_LIMIT}, {"note", COLUMN_NOTE},      {"备注", COLUMN_NOTE},
};

static const struct table_word org_words[] = {
    {"org_code", COLUMN_CODE},         {"机构编码", COLUMN_CODE},       {"org_name", COLUMN_NAME},
    {"机构名称", COLUMN_NAME},         {"area", COLUMN_AREA},           {"行政区划", COLUMN_AREA},
    {"calendar", COLUMN_CALENDAR},     {"日历", COLUMN_CALENDAR},       {"limits", COLUMN_LIMITS},
    {"时限", COLUMN_LIMITS},           {"note", COLUMN_NOTE},           {"备注", COLUMN_NOTE},
    {"supervisor", COLUMN_SUPERVISOR}, {"主管机构", COLUMN_SUPERVISOR},
};

/* ---- steps ----------------------------------------------------------------------------------- */

struct step_draft {
    struct item_step step;
    struct slice item_code;
    const char *file;
    uint32_t line;
    uint32_t column; /* of its item's code */
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

static bool read_step(struct table *table, const struct csv_row *row, struct step_draft *draft)
{
    bool is_good = table_check_width(table, row);
    *draft = (struct step_draft){
        .file = table->file, .line = row->line, .column = table_column(table, COLUMN_CODE)};
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

/* The longest a case may be under way if every step takes all its time: steps of one place stand
 * beside each other, those without a place are in no row and not added. 0: units differ. */
static int64_t sum_of_steps(const struct step_draft *drafts, uint32_t count, enum unit unit)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < count;) {
        int64_t longest = 0;
        uint16_t place = drafts[i].step.place;
        for (; i < count && drafts[i].step.place == place; i++) {
            struct term limit = drafts[i].step.limit;
            if (term_is_set(limit) && limit.unit != unit)
                return 0;
            longest = limit.n > longest ? limit.n : longest;
        }
        sum += place == 0 ? 0 : longest;
    }
    return sum;
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
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (!slice_is_equal(drafts[i].step.step_code, drafts[j].step.step_code))
                continue;
            problem_error(compile->problems, drafts[i].file, drafts[i].line, drafts[i].column,
                          "step \"%.*s\" of item \"%.*s\" stands twice, the other at line %u",
                          "环节“%.*s”（事项“%.*s”）重复，另一处在第 %u 行",
                          SLICE_ARG(drafts[i].step.step_code), SLICE_ARG(drafts[i].item_code),
                          drafts[j].line);
            return false;
        }
    }
    return true;
}

static bool give_steps(struct compile *compile, const struct step_draft *drafts, uint32_t count)
{
    struct item *item = find_item(compile, drafts[0].item_code);
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
    return check_step_codes(compile, drafts, count) && check_sum(compile, item, drafts, count);
}

static bool read_steps(struct compile *compile, struct table *tables, uint32_t count,
                       uint32_t row_count)
{
    struct step_draft *drafts = arena_take(compile->scratch, row_count, sizeof *drafts);
    uint32_t draft_count = 0;
    bool is_good = true;
    if (drafts == NULL) {
        compile->is_short = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 1; j < tables[i].csv.count; j++)
            is_good &= read_step(&tables[i], &tables[i].csv.rows[j], &drafts[draft_count++]);
    if (!is_good)
        return false;
    qsort(drafts, draft_count, sizeof *drafts, by_item_and_place);
    for (uint32_t i = 0; i < draft_count;) {
        uint32_t first = i;
        while (i < draft_count && slice_is_equal(drafts[i].item_code, drafts[first].item_code))
            i++;
        is_good &= give_steps(compile, drafts + first, i - first);
    }
    return is_good;
}

bool steps_read(struct compile *compile, const struct document *documents, uint32_t count)
{
    struct table *tables = arena_take(compile->scratch, count, sizeof *tables);
    uint32_t row_count = 0;
    bool is_good = true;
    if (tables == NULL) {
        compile->is_short = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        tables[i].csv.count = 0;
        if (documents[i].kind != DOCUMENT_STEPS)
            continue;
        if (table_open(&tables[i], compile, &documents[i], step_words, COUNT_OF(step_words),
                       false) &&
            table_needs(&tables[i], COLUMN_CODE, "item_code") &&
            table_needs(&tables[i], COLUMN_STEP, "step_code"))
            row_count += tables[i].csv.count - 1;
        else
            is_good = false;
    }
    return is_good && read_steps(compile, tables, count, row_count);
}

/* ---- orgs ------------------------------------------------------------------------------------ */

/* "promised=5 workday; statutory=20 workday" */
static bool cell_limits(struct table *table, const struct csv_row *row, uint32_t column,
                        struct org *org)
{
    struct compile *compile = table->compile;
    struct slice rest = csv_cell(row, column);
    while (!slice_is_empty(rest)) {
        const char *end = memchr(rest.start, ';', rest.count);
        size_t count = end == NULL ? rest.count : (size_t)(end - rest.start);
        struct slice one = {.start = rest.start, .count = count};
        rest.start += count + (end != NULL);
        rest.count -= count + (end != NULL);
        while (one.count > 0 && one.start[0] == ' ')
            one = (struct slice){.start = one.start + 1, .count = one.count - 1};
        const char *equals = one.count == 0 ? NULL : memchr(one.start, '=', one.count);
        struct slice name = {.start = one.start,
                             .count = equals == NULL ? one.count : (size_t)(equals - one.start)};
        struct term term = {0};
        int limit = compile_limit_name(compile, name, false);
        if (limit < 0) {
            tell_unknown(compile->problems, table->file, row->line, column + 1, name,
                         compile->limit_names, compile->limit_name_count, "limit", "时限");
            return false;
        }
        if (equals == NULL || org->limit_count == ITEM_LIMITS_MAX ||
            term_parse((struct slice){.start = equals + 1, .count = one.count - name.count - 1},
                       &term) != 0 ||
            term.n == 0) {
            problem_error(compile->problems, table->file, row->line, column + 1,
                          "\"%.*s\": write promised=5 workday; statutory=20 workday",
                          "“%.*s”：应写作 promised=5 workday; statutory=20 workday",
                          SLICE_ARG(one));
            return false;
        }
        org->limits[org->limit_count++] =
            (struct item_limit){.name = (uint16_t)limit, .term = term};
    }
    return true;
}

static bool read_org(struct table *table, const struct csv_row *row, struct org *org)
{
    bool is_good = table_check_width(table, row);
    *org = (struct org){.limit_count = 0};
    for (uint32_t i = 0; i < table->column_count; i++) {
        enum column_role role = table->columns[i].role;
        if (role == COLUMN_CODE)
            is_good &= cell_code(table, row, i, &org->code);
        else if (role == COLUMN_NAME)
            org->name = compile_copy(table->compile, csv_cell(row, i));
        else if (role == COLUMN_AREA)
            org->area = compile_copy(table->compile, csv_cell(row, i));
        else if (role == COLUMN_SUPERVISOR)
            org->supervisor = compile_copy(table->compile, csv_cell(row, i));
        else if (role == COLUMN_CALENDAR)
            is_good &= cell_calendar(table, row, i, &org->calendar);
        else if (role == COLUMN_LIMITS)
            is_good &= cell_limits(table, row, i, org);
    }
    return is_good;
}

int org_order(const void *a, const void *b)
{
    const struct org *left = a;
    const struct org *right = b;
    return slice_order(left->code, right->code);
}

/* The last row of a code, and the cell it stands in. */
static void tell_double_org(const struct table *table, struct slice code)
{
    uint32_t column = table_column(table, COLUMN_CODE);
    uint32_t row = table->csv.count - 1;
    while (row > 0 && !slice_is_equal(csv_cell(&table->csv.rows[row], column - 1), code))
        row--;
    problem_error(table->compile->problems, table->file, table->csv.rows[row].line, column,
                  "org \"%.*s\" stands twice", "机构“%.*s”重复", SLICE_ARG(code));
}

/* Every supervisor has a row of its own: a code with a slip in it would send cards nowhere. */
static bool check_supervisors(struct table *table)
{
    bool is_good = true;
    uint32_t column = table_column(table, COLUMN_SUPERVISOR);
    for (uint32_t i = 1; column > 0 && i < table->csv.count; i++) {
        struct slice code = csv_cell(&table->csv.rows[i], column - 1);
        if (slice_is_empty(code) || ruleset_org(table->compile->ruleset, code) != NULL)
            continue;
        problem_error(table->compile->problems, table->file, table->csv.rows[i].line, column,
                      "supervisor \"%.*s\" is no org of this table: give it a row of its own",
                      "主管机构“%.*s”不在本表中：请为其另列一行", SLICE_ARG(code));
        is_good = false;
    }
    return is_good;
}

static bool read_orgs(struct compile *compile, struct table *table)
{
    bool is_good = true;
    uint32_t count = 0;
    struct org *orgs = compile_take(compile, table->csv.count, sizeof *orgs);
    for (uint32_t i = 1; orgs != NULL && i < table->csv.count; i++)
        is_good &= read_org(table, &table->csv.rows[i], &orgs[count++]);
    if (!is_good || orgs == NULL)
        return false;
    qsort(orgs, count, sizeof *orgs, org_order);
    for (uint32_t i = 1; i < count; i++) {
        if (!slice_is_equal(orgs[i].code, orgs[i - 1].code))
            continue;
        tell_double_org(table, orgs[i].code);
        is_good = false;
    }
    compile->ruleset->orgs = orgs;
    compile->ruleset->org_count = count;
    return is_good && check_supervisors(table);
}

bool orgs_read(struct compile *compile, const struct document *documents, uint32_t count)
{
    const struct document *only = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (documents[i].kind != DOCUMENT_ORGS)
            continue;
        if (only != NULL) {
            problem_error(compile->problems, documents[i].file, 0, 0,
                          "a second table of orgs, beside %s: there is one",
                          "机构表只能有一张，已有 %s", only->file);
            return false;
        }
        only = &documents[i];
    }
    struct table table;
    return only == NULL ||
           (table_open(&table, compile, only, org_words, COUNT_OF(org_words), false) &&
            table_needs(&table, COLUMN_CODE, "org_code") && read_orgs(compile, &table));
}
