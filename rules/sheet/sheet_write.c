/* sheet_write.c - tables as a workbook, every cell a text: a code keeps its leading zeros, and a
 * spreadsheet does not make a date out of 1-2.
 */
#include "rules/sheet/sheet.h"

#include "rules/read/csv_text.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { WIDTH_MIN = 8, WIDTH_MAX = 60 };

/* How many narrow characters wide a text is. */
static uint32_t width_of(struct slice text)
{
    uint32_t width = 0;
    for (size_t i = 0; i < text.count; i++) {
        unsigned char c = (unsigned char)text.start[i];
        width += (c & 0xC0) == 0x80 ? 0 : c < 0xE0 ? 1 : 2;
    }
    return width;
}

/* The rows stand where their lines stood. */
static bool write_rows(lxw_worksheet *sheet, lxw_format *bold, lxw_format *plain,
                       const struct csv_table *table, uint32_t widths[SHEET_COLUMNS_MAX])
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct csv_row *row = &table->rows[i];
        for (uint32_t j = 0; j < row->count && j < SHEET_COLUMNS_MAX; j++) {
            uint32_t width = width_of(row->cells[j]);
            if (row->cells[j].count == 0)
                continue;
            widths[j] = width > widths[j] ? width : widths[j];
            if (worksheet_write_string(sheet, row->line - 1, (lxw_col_t)j, row->cells[j].start,
                                       i == 0 ? bold : plain) != LXW_NO_ERROR)
                return false;
        }
    }
    return true;
}

static bool write_sheet(lxw_workbook *book, const char *name, const struct csv_table *table)
{
    uint32_t widths[SHEET_COLUMNS_MAX] = {0};
    lxw_worksheet *sheet = workbook_add_worksheet(book, name);
    lxw_format *bold = workbook_add_format(book);
    lxw_format *plain = workbook_add_format(book);
    if (sheet == NULL || bold == NULL || plain == NULL)
        return false;
    format_set_bold(bold);
    format_set_num_format(bold, "@");
    format_set_num_format(plain, "@");
    if (!write_rows(sheet, bold, plain, table, widths))
        return false;
    for (uint32_t i = 0; i < SHEET_COLUMNS_MAX && widths[i] > 0; i++) {
        uint32_t width = widths[i] + 2 < WIDTH_MIN ? WIDTH_MIN : widths[i] + 2;
        if (worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
                                 width > WIDTH_MAX ? WIDTH_MAX : width, plain) != LXW_NO_ERROR)
            return false;
    }
    worksheet_freeze_panes(sheet, table->rows[0].line, 0);
    return true;
}

/* Cells that a sheet cannot hold are said, not cut off. */
static bool check_cells(const struct sheet_table *from, const struct csv_table *table,
                        struct problem_list *problems)
{
    enum { CELL_CHARACTERS_MAX = 32767 };
    for (uint32_t i = 0; i < table->count; i++)
        for (uint32_t j = 0; j < table->rows[i].count; j++) {
            struct slice cell = table->rows[i].cells[j];
            bool is_wide = j >= SHEET_COLUMNS_MAX && cell.count > 0;
            if (!is_wide && cell.count <= CELL_CHARACTERS_MAX &&
                table->rows[i].line <= SHEET_ROWS_MAX)
                continue;
            problem_error(problems, from->name, table->rows[i].line, j + 1,
                          "a spreadsheet does not hold this cell: it is too long, or too far to "
                          "the right or down",
                          "电子表格放不下该单元格：过长，或过于靠右、靠下");
            return false;
        }
    return true;
}

static int fill(lxw_workbook *book, struct arena *arena, const struct sheet_table *tables,
                uint32_t count, struct problem_list *problems)
{
    for (uint32_t i = 0; i < count; i++) {
        struct csv_table table;
        int status = csv_table_parse(arena, tables[i].name, tables[i].text, problems, &table);
        if (status != 0)
            return status < 0 ? status : SHEET_E_BAD;
        if (!check_cells(&tables[i], &table, problems))
            return SHEET_E_BAD;
        if (table.count > 0 && !write_sheet(book, tables[i].name, &table))
            return -ENOMEM;
    }
    return 0;
}

int sheet_write(const char *path, const struct sheet_table *tables, uint32_t count,
                struct problem_list *problems)
{
    if (access(path, F_OK) == 0)
        return -EEXIST;
    struct arena *arena = arena_create();
    lxw_workbook *book = arena == NULL ? NULL : workbook_new(path);
    if (book == NULL) {
        arena_destroy(&arena);
        return -ENOMEM;
    }
    int status = fill(book, arena, tables, count, problems);
    if (status == 0) {
        errno = 0;
        lxw_error error = workbook_close(book);
        if (error != LXW_NO_ERROR)
            status = errno != 0 ? -errno : -EIO;
    } else {
        lxw_workbook_free(book);
    }
    arena_destroy(&arena);
    return status;
}
