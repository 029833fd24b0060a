/* orgs_text.c - the orgs with settings of their own as a table: one row an org, one table.
 *
 *     org_code,org_name,area,supervisor,calendar,limits
 *     ORG-7,水利局,350100000000,,,promised=5 workday
 */
#include "rules/text/table_text.h"

#include <stdlib.h>

static const struct table_word org_words[] = {
    {"org_code", COLUMN_CODE},         {"机构编码", COLUMN_CODE},       {"org_name", COLUMN_NAME},
    {"机构名称", COLUMN_NAME},         {"area", COLUMN_AREA},           {"行政区划", COLUMN_AREA},
    {"calendar", COLUMN_CALENDAR},     {"日历", COLUMN_CALENDAR},       {"limits", COLUMN_LIMITS},
    {"时限", COLUMN_LIMITS},           {"note", COLUMN_NOTE},           {"备注", COLUMN_NOTE},
    {"supervisor", COLUMN_SUPERVISOR}, {"主管机构", COLUMN_SUPERVISOR},
};

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

/* A row on its way into the sorted table. */
struct org_draft {
    struct org org;
    uint32_t line;
};

static int draft_order(const void *a, const void *b)
{
    const struct org_draft *left = a;
    const struct org_draft *right = b;
    int order = org_order(&left->org, &right->org);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static bool check_orgs(const struct table *table, const struct org_draft *drafts, uint32_t count)
{
    bool is_good = true;
    for (uint32_t i = 1; i < count; i++) {
        if (!slice_is_equal(drafts[i].org.code, drafts[i - 1].org.code))
            continue;
        problem_error(table->compile->problems, table->file, drafts[i].line,
                      table_column(table, COLUMN_CODE), "org \"%.*s\" stands twice",
                      "机构“%.*s”重复", SLICE_ARG(drafts[i].org.code));
        is_good = false;
    }
    return is_good;
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
        problem_refuse(table->compile->problems, table->file, table->csv.rows[i].line, column,
                       "supervisor \"%.*s\" is no org of this table: give it a row of its own",
                       "主管机构“%.*s”不在本表中：请为其另列一行", SLICE_ARG(code));
        is_good = table->compile->problems->is_in_force;
    }
    return is_good;
}

static bool read_orgs(struct compile *compile, struct table *table)
{
    bool is_good = true;
    uint32_t count = 0;
    struct org *orgs = compile_take(compile, table->csv.count, sizeof *orgs);
    struct org_draft *drafts = arena_take(compile->scratch, table->csv.count, sizeof *drafts);
    compile->is_short = compile->is_short || drafts == NULL;
    if (orgs == NULL || drafts == NULL)
        return false;
    for (uint32_t i = 1; i < table->csv.count; i++) {
        drafts[count].line = table->csv.rows[i].line;
        is_good &= read_org(table, &table->csv.rows[i], &drafts[count].org);
        count += drafts[count].org.code.count > 0;
    }
    qsort(drafts, count, sizeof *drafts, draft_order);
    for (uint32_t i = 0; i < count; i++)
        orgs[i] = drafts[i].org;
    compile->ruleset->orgs = orgs;
    compile->ruleset->org_count = count;
    is_good &= check_orgs(table, drafts, count);
    bool has_all = count + 1 == table->csv.count; /* else it may be the one that was not read */
    return (!has_all || check_supervisors(table)) && is_good;
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
    if (only == NULL)
        return true;
    bool is_good = table_open(&table, compile, only, org_words, COUNT_OF(org_words), false);
    return table.is_open && table_needs(&table, COLUMN_CODE, "org_code") &&
           read_orgs(compile, &table) && is_good;
}
