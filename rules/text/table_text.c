/* table_text.c - see table_text.h. A message's column is the number of the cell, as in a
 * spreadsheet, not of the character.
 */
#include "rules/text/table_text.h"

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

bool cell_is_chinese(struct slice text)
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
        if (cell_is_chinese(slice_of(words[i].text)) == cell_is_chinese(text))
            names[count++] = words[i].text;
    for (size_t i = 0; with_limits && cell_is_chinese(text) && i < COUNT_OF(limit_zh); i++)
        names[count++] = limit_zh[i].zh;
    for (uint32_t i = 0; with_limits && i < compile->limit_name_count && count < NAMES_MAX; i++)
        names[count++] = compile->limit_names[i];
    tell_unknown(compile->problems, table->file, table->csv.rows[0].line, column + 1, text, names,
                 count, with_limits ? "column, and no rule has a limit of this name," : "column",
                 with_limits ? "列（也没有规则使用此名称的时限）" : "列");
}

/* Which of two columns would hold for a row, nobody could say. Notes may be several. */
static bool check_column_once(struct table *table, uint32_t column, struct slice text)
{
    const struct table_column *own = &table->columns[column];
    for (uint32_t i = 0; i < column && own->role != COLUMN_NOTE; i++) {
        if (table->columns[i].role != own->role || table->columns[i].limit != own->limit)
            continue;
        problem_refuse(table->compile->problems, table->file, table->csv.rows[0].line, column + 1,
                       "column %u says this already: \"%.*s\" stands here twice",
                       "第 %u 列已是此项：“%.*s”重复出现", i + 1, SLICE_ARG(text));
        return table->compile->problems->is_in_force;
    }
    return true;
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
        if (column->role != COLUMN_NONE) {
            is_good &= check_column_once(table, i, text);
            continue;
        }
        tell_column(table, i, text, words, word_count, with_limits);
        is_good = false;
    }
    table->is_open = true;
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
    uint32_t line = table->csv.rows[0].line;
    if (table_column(table, role) > 0)
        return true;
    if (problem_is_told(table->compile->problems, table->file, line, 0))
        return false; /* it may be that one */
    problem_error(table->compile->problems, table->file, line, 1, "the column %s is missing",
                  "缺少 %s 列", name);
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
    if (index < 0 && compile->calendar_count == 0) {
        problem_error(compile->problems, table->file, row->line, column + 1,
                      "the calendar \"%.*s\" is not here: give its file too, or --calendars DIR",
                      "没有日历“%.*s”：请一并给出其文件，或用 --calendars 目录", SLICE_ARG(text));
        return false;
    }
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
    if (text.count == 0 &&
        problem_is_told(table->compile->problems, table->file, row->line, column + 1))
        return false;
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

/* ---- all tables of a kind ---------------------------------------------------------------------
 */

static bool has_needs(struct table *table, const struct table_form *form)
{
    bool is_good = true;
    for (size_t i = 0; i < COUNT_OF(form->needs) && form->needs[i].name != NULL; i++)
        is_good = is_good && table_needs(table, form->needs[i].role, form->needs[i].name);
    return is_good;
}

bool tables_open(struct compile *compile, const struct document *documents, uint32_t count,
                 const struct table_form *form, struct tables *tables_out)
{
    *tables_out = (struct tables){.at = arena_take(compile->scratch, count, sizeof(struct table))};
    if (tables_out->at == NULL) {
        compile->is_short = true;
        return false;
    }
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++) {
        if (documents[i].kind != form->kind)
            continue;
        struct table *table = &tables_out->at[tables_out->count];
        is_good &= table_open(table, compile, &documents[i], form->words, form->word_count,
                              form->with_limits);
        if (table->is_open && has_needs(table, form)) {
            tables_out->row_count += table->csv.count - 1;
            tables_out->count++;
        } else {
            is_good = false;
        }
    }
    return is_good;
}
