/* sheet.h - tables as sheets of a workbook (.xlsx): read into the text of a CSV file, and written
 * out of one.
 *
 * Layer: rules/sheet. The one place that speaks to libzip, to libxlsxwriter, and, for workbooks, to
 * expat. A sheet becomes exactly one line for each of its rows and one cell for each of its
 * columns, from A1 on, so that line 17, cell 3 of the text is C17 of the sheet.
 */
#ifndef SHEET_SHEET_H
#define SHEET_SHEET_H

#include "engine/base/arena.h"
#include "rules/read/problem.h"

enum {
    SHEET_ROWS_MAX = 1048576,                    /* of one sheet, as spreadsheets have it */
    SHEET_COLUMNS_MAX = 64,                      /* that are not empty */
    SHEET_CELLS_MAX = 4 * 1024 * 1024,           /* of one sheet, not empty */
    SHEET_TEXT_BYTES_MAX = 48 * 1024 * 1024,     /* of one sheet, as CSV */
    SHEET_STRINGS_MAX = 4 * 1024 * 1024,         /* in the table of a workbook */
    WORKBOOK_ENTRIES_MAX = 1024,                 /* files within a workbook */
    WORKBOOK_PART_BYTES_MAX = 256 * 1024 * 1024, /* of one of them, unpacked */
    WORKBOOK_SHEETS_MAX = 64,
};

/* One sheet that is not empty. */
struct sheet {
    struct slice name;  /* 事项 */
    const char *place;  /* "catalogue.xlsx:事项": the file to be named in messages */
    struct slice text;  /* as CSV */
    uint32_t first_row; /* that is not empty, from 1 */
};

enum {
    SHEET_E_BAD = 1, /* told */
};

/* sheet_is_workbook - do the bytes begin as an .xlsx, or as an .xls or a locked workbook, does? */
bool sheet_is_workbook(struct slice bytes);

/* sheet_read - all sheets of a workbook that are not empty, hidden ones among them.
 *
 * Messages name cells. One that says nothing (an error, a formula without a result) is told, and
 * empty in the text: problem_list_is_readable still holds then. Owns: all lives in the arena.
 * Borrows: bytes during the call. Returns: 0, SHEET_E_BAD, -ENOMEM. Cost:    some 0.3 µs a cell;
 * memory for the strings of the workbook and the text of its sheets.
 */
MUST_USE int sheet_read(struct arena *arena, const char *file, struct slice bytes,
                        struct problem_list *problems, struct sheet **sheets_out,
                        uint32_t *count_out);

/* One table to be written: a CSV text, and the name of its sheet. */
struct sheet_table {
    const char *name;
    struct slice text;
};

/* sheet_name_is_good - may a sheet be called so? */
bool sheet_name_is_good(const char *name);

/* sheet_write - a workbook with one sheet for each table: every cell a text, the heading bold and
 * in place when the rest scrolls. The file must not be there yet.
 *
 * Returns: 0, SHEET_E_BAD (a text that is no table: told), -EEXIST, another negative errno.
 */
MUST_USE int sheet_write(const char *path, const struct sheet_table *tables, uint32_t count,
                         struct problem_list *problems);

#endif
