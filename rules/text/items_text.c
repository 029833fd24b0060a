/* items_text.c - the catalogue of items as a table: one row an item, one column a limit.
 *
 *     item_code,item_name,kind,org,calendar,promised,statutory
 *     350100-01,取水许可,promised,ORG-7,,7 workday,20 workday
 *
 * A message's column is the number of the cell, as in a spreadsheet, not of the character. Steps
 * and orgs are read in steps_text.c.
 */
#include "rules/text/items_text.h"

#include <stdlib.h>

static const struct table_word item_words[] = {
    {"item_code", COLUMN_CODE},    {"事项编码", COLUMN_CODE}, {"item_name", COLUMN_NAME},
    {"事项名称", COLUMN_NAME},     {"kind", COLUMN_KIND},     {"事项类型", COLUMN_KIND},
    {"org", COLUMN_ORG},           {"org_code", COLUMN_ORG},  {"部门", COLUMN_ORG},
    {"calendar", COLUMN_CALENDAR}, {"日历", COLUMN_CALENDAR}, {"note", COLUMN_NOTE},
    {"备注", COLUMN_NOTE},
};

static const struct {
    const char *zh;
    const char *name;
} limit_zh[] = {{"承诺时限", "promised"}, {"法定时限", "statutory"}};

/* ---- the header ------------------------------------------------------------------------------ */

static int limit_column(const struct compile *compile, struct slice text)
{
    for (size_t i = 0; i < COUNT_OF(limit_zh); i++)
        if (slice_is_equal(text, slice_of(limit_zh[i].zh)))
            text = slice_of(limit_zh[i].name);
    for (uint32_t i = 0; i < compile->limit_name_count; i++)
        if (slice_is_equal(slice_of(compile->limit_names[i]), text))
            return (int)i;
    return -1;
}

/* Who writes Chinese is answered with the Chinese headings. */
static bool is_chinese(struct slice text)
{
    return text.count > 0 && (unsigned char)text.start[0] >= 0x80;
}

static void tell_column(struct table *table, uint32_t column, struct slice text,
                        const struct table_word *words, size_t word_count, bool with_limits)
{
    enum { NAMES_MAX = 96 };
    const struct compile *compile = table->compile;
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < word_count && count < NAMES_MAX; i++)
        if (is_chinese(slice_of(words[i].text)) == is_chinese(text))
            names[count++] = words[i].text;
    for (size_t i = 0; with_limits && is_chinese(text) && i < COUNT_OF(limit_zh); i++)
        names[count++] = limit_zh[i].zh;
    for (uint32_t i = 0; with_limits && i < compile->limit_name_count && count < NAMES_MAX; i++)
        names[count++] = compile->limit_names[i];
    tell_unknown(compile->problems, table->file, table->csv.rows[0].line, column + 1, text, names,
                 count, with_limits ? "column, and no rule has a limit of this name," : "column",
                 with_limits ? "列（也没有规则使用此名称的时限）" : "列");
}

bool table_open(struct table *table, struct compile *compile, const struct document *document,
                const struct table_word *words, size_t word_count, bool with_limits)
{
    *table = (struct table){.compile = compile, .file = document->file};
    int status = csv_table_parse(compile->scratch, document->file, document->text,
                                 compile->problems, &table->csv);
    if (status != 0) {
        compile->is_short = compile->is_short || status < 0;
        return false;
    }
    if (table->csv.count == 0) {
        problem_error(compile->problems, table->file, 0, 0, "the table is empty", "表是空的");
        return false;
    }
    const struct csv_row *header = table->csv.rows;
    bool is_good = true;
    for (uint32_t i = 0; i < header->count; i++) {
        struct slice text = header->cells[i];
        if (i == TABLE_COLUMNS_MAX) {
            problem_error(compile->problems, table->file, header->line, i + 1,
                          "more than %d columns", "超过 %d 列", TABLE_COLUMNS_MAX);
            return false;
        }
        struct table_column *column = &table->columns[table->column_count++];
        *column = (struct table_column){.role = COLUMN_NONE, .limit = -1};
        for (size_t j = 0; j < word_count; j++)
            if (slice_is_equal(text, slice_of(words[j].text)))
                column->role = words[j].role;
        if (column->role == COLUMN_NONE && with_limits)
            column->limit = limit_column(compile, text);
        if (column->limit >= 0)
            column->role = COLUMN_LIMIT;
        if (column->role == COLUMN_NONE && slice_is_empty(text))
            column->role = COLUMN_NOTE; /* nothing says what it is, and nobody asks */
        if (column->role != COLUMN_NONE)
            continue;
        tell_column(table, i, text, words, word_count, with_limits);
        is_good = false;
    }
    return is_good;
}

uint32_t table_column(const struct table *table, enum column_role role)
{
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].role == role)
            return i + 1;
    return 0;
}

bool table_needs(struct table *table, enum column_role role, const char *name)
{
    if (table_column(table, role) > 0)
        return true;
    problem_error(table->compile->problems, table->file, table->csv.rows[0].line, 1,
                  "the column %s is missing", "缺少 %s 列", name);
    return false;
}

bool table_check_width(struct table *table, const struct csv_row *row)
{
    for (uint32_t i = table->column_count; i < row->count; i++) {
        if (slice_is_empty(row->cells[i]))
            continue;
        problem_error(table->compile->problems, table->file, row->line, i + 1,
                      "more cells than the header has: is a comma not in quotes?",
                      "单元格多于表头：是否有逗号未加引号？");
        return false;
    }
    return true;
}

/* ---- cells ----------------------------------------------------------------------------------- */

bool cell_term(struct table *table, const struct csv_row *row, uint32_t column,
               struct term *term_out)
{
    struct slice text = csv_cell(row, column);
    struct slice name = csv_cell(table->csv.rows, column);
    struct problem_list *problems = table->compile->problems;
    int status = term_parse(text, term_out);
    if (status == 0 && term_out->n > 0)
        return true;
    if (slice_is_equal(text, SLICE("same day")) || slice_is_equal(text, SLICE("当日"))) {
        *term_out = (struct term){.n = 0, .unit = UNIT_DAY};
        return true;
    }
    if (status == 0)
        problem_error(problems, table->file, row->line, column + 1,
                      "%.*s: a limit of zero: write at least 1, or leave the cell empty",
                      "%.*s：时限为零：至少为 1，或留空", SLICE_ARG(name));
    else if (status == TERM_E_NO_UNIT)
        problem_error(problems, table->file, row->line, column + 1,
                      "%.*s: %.*s has no unit: write %.*s workday or %.*s day",
                      "%.*s：%.*s 没有单位：请写 %.*s workday（工作日）或 %.*s day（自然日）",
                      SLICE_ARG(name), SLICE_ARG(text), SLICE_ARG(text), SLICE_ARG(text));
    else
        problem_error(problems, table->file, row->line, column + 1,
                      "%.*s: \"%.*s\" is no limit: write a number and a unit, such as 7 workday",
                      "%.*s：“%.*s”不是时限：请写数字和单位，例如 7 workday", SLICE_ARG(name),
                      SLICE_ARG(text));
    return false;
}

bool cell_calendar(struct table *table, const struct csv_row *row, uint32_t column,
                   const struct calendar **calendar_out)
{
    struct compile *compile = table->compile;
    struct slice text = csv_cell(row, column);
    if (slice_is_empty(text))
        return true;
    int index = compile_calendar_named(compile, text);
    if (index < 0) {
        tell_unknown(compile->problems, table->file, row->line, column + 1, text,
                     compile->calendar_names, compile->calendar_count, "calendar", "日历");
        return false;
    }
    *calendar_out = compile->calendars[index];
    return *calendar_out != NULL;
}

bool cell_code(struct table *table, const struct csv_row *row, uint32_t column,
               struct slice *code_out)
{
    struct slice text = csv_cell(row, column);
    if (text.count > 0 && text.count <= EVENT_CODE_BYTES_MAX) {
        *code_out = compile_copy(table->compile, text);
        return true;
    }
    problem_error(table->compile->problems, table->file, row->line, column + 1,
                  "%.*s must be given, and at most %d bytes long",
                  "%.*s 必须填写，且不超过 %d 字节", SLICE_ARG(csv_cell(table->csv.rows, column)),
                  EVENT_CODE_BYTES_MAX);
    return false;
}

bool table_limit(struct table *table, const struct csv_row *row, uint32_t column,
                 struct item_limit *limits, uint32_t *count_io)
{
    struct term term;
    if (slice_is_empty(csv_cell(row, column)))
        return true;
    if (!cell_term(table, row, column, &term))
        return false;
    if (*count_io == ITEM_LIMITS_MAX) {
        problem_error(table->compile->problems, table->file, row->line, column + 1,
                      "more than %d limits in one row", "一行中的时限超过 %d 个", ITEM_LIMITS_MAX);
        return false;
    }
    limits[(*count_io)++] =
        (struct item_limit){.name = (uint16_t)table->columns[column].limit, .term = term};
    return true;
}

/* ---- items ----------------------------------------------------------------------------------- */

static bool cell_kind(struct table *table, const struct csv_row *row, uint32_t column,
                      enum item_kind *kind_out)
{
    struct slice text = csv_cell(row, column);
    if (slice_is_empty(text))
        return true; /* promised, the usual kind */
    for (int i = 0; i < ITEM_KIND_COUNT; i++) {
        if (slice_is_equal(text, slice_of(item_kind_name[i])) ||
            slice_is_equal(text, slice_of(item_kind_zh[i]))) {
            *kind_out = (enum item_kind)i;
            return true;
        }
    }
    tell_unknown(table->compile->problems, table->file, row->line, column + 1, text,
                 is_chinese(text) ? item_kind_zh : item_kind_name, ITEM_KIND_COUNT, "kind of item",
                 "事项类型");
    return false;
}

static bool read_item(struct table *table, const struct csv_row *row, struct item *item)
{
    bool is_good = table_check_width(table, row);
    *item = (struct item){.kind = ITEM_PROMISED};
    for (uint32_t i = 0; i < table->column_count; i++) {
        switch (table->columns[i].role) {
        case COLUMN_CODE:
            is_good &= cell_code(table, row, i, &item->code);
            break;
        case COLUMN_NAME:
            item->name = compile_copy(table->compile, csv_cell(row, i));
            break;
        case COLUMN_ORG:
            item->org = compile_copy(table->compile, csv_cell(row, i));
            break;
        case COLUMN_KIND:
            is_good &= cell_kind(table, row, i, &item->kind);
            break;
        case COLUMN_CALENDAR:
            is_good &= cell_calendar(table, row, i, &item->calendar);
            break;
        case COLUMN_LIMIT:
            is_good &= table_limit(table, row, i, item->limits, &item->limit_count);
            break;
        case COLUMN_NONE:
        case COLUMN_NOTE:
        case COLUMN_AREA:
        case COLUMN_LIMITS:
        case COLUMN_SUPERVISOR:
        case COLUMN_STEP:
        case COLUMN_PLACE:
        case COLUMN_RULE:
        case COLUMN_REVISION:
        case COLUMN_ISSUE:
            break;
        }
    }
    return is_good;
}

/* A row on its way into the sorted catalogue. */
struct draft {
    struct item item;
    const char *file;
    uint32_t line;
    uint32_t column; /* of its code */
};

static int by_code(const void *a, const void *b)
{
    const struct draft *left = a;
    const struct draft *right = b;
    int order = slice_order(left->item.code, right->item.code);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static bool check_codes(struct compile *compile, const struct draft *drafts, uint32_t count)
{
    bool is_good = true;
    for (uint32_t i = 1; i < count; i++) {
        if (!slice_is_equal(drafts[i].item.code, drafts[i - 1].item.code))
            continue;
        const struct draft *other = &drafts[i - 1];
        char place[PROBLEM_TEXT_BYTES];
        problem_error(compile->problems, drafts[i].file, drafts[i].line, drafts[i].column,
                      "item \"%.*s\" stands twice: the other is at %s",
                      "事项“%.*s”重复：另一处在 %s", SLICE_ARG(drafts[i].item.code),
                      problem_row(compile->problems, other->file, other->line, other->column, place,
                                  sizeof place));
        is_good = false;
    }
    return is_good;
}

bool items_read(struct compile *compile, const struct document *documents, uint32_t count)
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
        if (documents[i].kind != DOCUMENT_ITEMS)
            continue;
        if (table_open(&tables[i], compile, &documents[i], item_words, COUNT_OF(item_words),
                       true) &&
            table_needs(&tables[i], COLUMN_CODE, "item_code"))
            row_count += tables[i].csv.count - 1;
        else
            is_good = false;
    }
    struct draft *drafts = arena_take(compile->scratch, row_count, sizeof *drafts);
    struct item *items = compile_take(compile, row_count, sizeof *items);
    if (drafts == NULL || items == NULL || !is_good) {
        compile->is_short = compile->is_short || drafts == NULL;
        return false;
    }
    uint32_t draft_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 1; j < tables[i].csv.count; j++) {
            struct draft *draft = &drafts[draft_count++];
            draft->file = tables[i].file;
            draft->line = tables[i].csv.rows[j].line;
            draft->column = table_column(&tables[i], COLUMN_CODE);
            is_good &= read_item(&tables[i], &tables[i].csv.rows[j], &draft->item);
        }
    }
    if (!is_good)
        return false;
    qsort(drafts, draft_count, sizeof *drafts, by_code);
    for (uint32_t i = 0; i < draft_count; i++)
        items[i] = drafts[i].item;
    compile->items = items;
    compile->ruleset->items = items;
    compile->ruleset->item_count = draft_count;
    return check_codes(compile, drafts, draft_count);
}
