/* grid.c - one worksheet as CSV, row by row while it is parsed.
 *
 *     <row r="17"><c r="C17" t="s"><v>4</v></c>…
 *
 * Cells that are empty are not there, and rows and cells need not say where they stand: then they
 * follow the one before. A row is written when it ends, after a line for each that was left out.
 */
#include "rules/sheet/number.h"
#include "rules/sheet/workbook.h"

#include <errno.h>
#include <stdlib.h>

enum { COLUMN_LETTERS = 26, COLUMN_MAX = 16384 };

struct grid {
    struct package *package;
    struct sheet *sheet;
    const struct strings *strings;
    struct problem_list *problems;
    struct text_room text; /* the CSV */
    uint32_t lines;        /* in it */
    uint32_t row;          /* now, from 1 */
    uint32_t column;       /* from 1 */
    uint32_t written;      /* cells of this row that are in the text, empty ones among them */
    uint32_t cell_count;   /* not empty, of the sheet */
    char type;             /* of the cell: n s i(nlineStr) t(str) b e d */
    bool is_in_cell;
    bool is_value; /* within <v> */
    bool has_value;
    bool has_formula;
    struct rich_text rich;
    struct text_room value; /* of the cell */
};

static struct problem here(const struct grid *grid)
{
    return (struct problem){.file = grid->sheet->place,
                            .line = grid->row,
                            .column = grid->column == 0 ? 1 : grid->column};
}

/* The sheet cannot be read on. */
TOLD_LIKE(2, 3, 4)
static void refuse(struct grid *grid, const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = here(grid);
    problem_tell(grid->problems, &place, en, zh, arguments);
    va_end(arguments);
    package_stop(grid->package, SHEET_E_BAD);
}

/* One cell says nothing, and the others are read for their mistakes: to these it is empty. */
TOLD_LIKE(2, 3, 4)
static void refuse_cell(struct grid *grid, const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = here(grid);
    problem_tell(grid->problems, &place, en, zh, arguments);
    va_end(arguments);
    grid->problems->cell_count++;
    if (grid->sheet->first_row == 0)
        grid->sheet->first_row = grid->row;
}

/* "C17" → 3, 17. Returns: false: it is no reference. */
static bool reference_of(const char *text, uint32_t *column_out, uint32_t *row_out)
{
    uint32_t column = 0;
    uint32_t row = 0;
    for (; *text >= 'A' && *text <= 'Z' && column <= COLUMN_MAX; text++)
        column = column * COLUMN_LETTERS + (uint32_t)(*text - 'A') + 1;
    for (; *text >= '0' && *text <= '9' && row <= SHEET_ROWS_MAX; text++)
        row = row * 10 + (uint32_t)(*text - '0');
    *column_out = column;
    *row_out = row;
    return column >= 1 && column <= COLUMN_MAX && row >= 1 && row <= SHEET_ROWS_MAX;
}

/* ---- the text ---------------------------------------------------------------------------------
 */

static void add(struct grid *grid, struct slice text)
{
    if (grid->text.count + text.count > SHEET_TEXT_BYTES_MAX)
        refuse(grid, "more than %d MB of text in one sheet: split the table",
               "一张工作表中的文本超过 %d MB：请拆分表格", SHEET_TEXT_BYTES_MAX / 1024 / 1024);
    else if (!text_room_add(&grid->text, text))
        package_stop(grid->package, -ENOMEM);
}

/* In quotes where CSV needs them. What breaks lines is a blank: a row stays a line. */
static void add_quoted(struct grid *grid, struct slice value)
{
    bool is_quoted = memchr(value.start, ',', value.count) != NULL ||
                     memchr(value.start, '"', value.count) != NULL;
    size_t from = 0;
    if (is_quoted)
        add(grid, SLICE("\""));
    for (size_t i = 0; i < value.count; i++) {
        if (value.start[i] != '"')
            continue;
        add(grid, (struct slice){.start = value.start + from, .count = i + 1 - from});
        add(grid, SLICE("\""));
        from = i + 1;
    }
    add(grid, (struct slice){.start = value.start + from, .count = value.count - from});
    if (is_quoted)
        add(grid, SLICE("\""));
}

static void end_line(struct grid *grid)
{
    add(grid, SLICE("\n"));
    grid->lines++;
    grid->written = 0;
}

static void write_cell(struct grid *grid, struct slice value)
{
    if (grid->cell_count++ == SHEET_CELLS_MAX) {
        refuse(grid, "more than %d cells in one sheet: split the table",
               "一张工作表中的单元格超过 %d 个：请拆分表格", SHEET_CELLS_MAX);
        return;
    }
    if (grid->column > SHEET_COLUMNS_MAX) {
        refuse(grid, "more than %d columns", "超过 %d 列", SHEET_COLUMNS_MAX);
        return;
    }
    if (grid->sheet->first_row == 0)
        grid->sheet->first_row = grid->row;
    while (grid->lines + 1 < grid->row)
        end_line(grid);
    for (; grid->written < grid->column; grid->written++)
        if (grid->written > 0)
            add(grid, SLICE(","));
    add_quoted(grid, value);
}

/* ---- one cell ---------------------------------------------------------------------------------
 */

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "_x000D_", as spreadsheets write what XML cannot hold: the character, or -1. */
static int escape_at(struct slice text, size_t at)
{
    enum { ESCAPE_BYTES = 7 };
    int code = 0;
    if (text.count - at < ESCAPE_BYTES || text.start[at] != '_' || text.start[at + 1] != 'x' ||
        text.start[at + ESCAPE_BYTES - 1] != '_')
        return -1;
    for (size_t i = at + 2; i < at + ESCAPE_BYTES - 1; i++) {
        if (hex_of(text.start[i]) < 0)
            return -1;
        code = code * 16 + hex_of(text.start[i]);
    }
    return code;
}

/* Without escapes, control characters, and blanks at both ends; in place. */
static struct slice cleaned(struct slice value)
{
    enum { ESCAPE_BYTES = 7, FIRST_PRINTED = 0x20, LAST_ASCII = 0x7E };
    union {
        const char *start;
        char *bytes;
    } place = {.start = value.start};
    size_t count = 0;
    for (size_t i = 0; i < value.count; i++) {
        char c = value.start[i];
        int code = c == '_' ? escape_at(value, i) : -1;
        if (code >= 0 && code <= LAST_ASCII) {
            c = (char)code;
            i += ESCAPE_BYTES - 1;
        }
        c = (unsigned char)c < FIRST_PRINTED ? ' ' : c;
        if (c != ' ' || count > 0)
            place.bytes[count++] = c;
    }
    while (count > 0 && place.bytes[count - 1] == ' ')
        count--;
    return (struct slice){.start = value.start, .count = count};
}

static void write_number(struct grid *grid, struct slice value)
{
    char plain[NUMBER_TEXT_BYTES];
    int status = number_plain(value, plain);
    if (status == 0)
        write_cell(grid, slice_of(plain));
    else if (status == NUMBER_E_LONG)
        refuse_cell(
            grid,
            "this number has more than 15 digits, and the spreadsheet has rounded it: format the "
            "column as text and type it again",
            "该数字超过 15 位，电子表格已将其舍入：请将该列设为文本格式后重新输入");
    else
        refuse(grid, "\"%.*s\" is no number: the workbook is damaged",
               "“%.*s”不是数字：工作簿已损坏", SLICE_ARG(value));
}

static void write_shared(struct grid *grid, struct slice value)
{
    enum { INDEX_DIGITS = 9 };
    uint64_t index = 0;
    bool is_good = value.count > 0 && value.count <= INDEX_DIGITS;
    for (size_t i = 0; is_good && i < value.count; i++) {
        is_good = value.start[i] >= '0' && value.start[i] <= '9';
        index = index * 10 + (uint64_t)(value.start[i] - '0');
    }
    struct slice text = is_good ? strings_at(grid->strings, index) : (struct slice){0};
    if (text.start == NULL) {
        refuse(grid, "the text of this cell is not in the workbook: it is damaged",
               "工作簿中没有该单元格的文本：工作簿已损坏");
        return;
    }
    grid->value.count = 0;
    if (!text_room_add(&grid->value, text)) {
        package_stop(grid->package, -ENOMEM);
        return;
    }
    text = cleaned(text_room_slice(&grid->value));
    if (text.count > 0)
        write_cell(grid, text);
}

static void end_cell(struct grid *grid)
{
    struct slice value = cleaned(text_room_slice(&grid->value));
    grid->is_in_cell = false;
    if (grid->type == 'e')
        refuse_cell(grid, "the cell holds the error %.*s", "该单元格的内容是错误 %.*s",
                    SLICE_ARG(value));
    else if (grid->has_formula && !grid->has_value)
        refuse_cell(grid,
                    "the formula of this cell has no result stored with it: open the workbook in a "
                    "spreadsheet program and save it",
                    "该单元格的公式没有保存计算结果：请用电子表格软件打开后重新保存");
    else if (value.count == 0)
        return;
    else if (grid->type == 's')
        write_shared(grid, value);
    else if (grid->type == 'n')
        write_number(grid, value);
    else if (grid->type == 'b')
        write_cell(grid, value.start[0] == '0' ? SLICE("FALSE") : SLICE("TRUE"));
    else
        write_cell(grid, value);
}

static void begin_cell(struct grid *grid, const char **attributes)
{
    const char *place = package_attribute(attributes, "r");
    const char *type = package_attribute(attributes, "t");
    uint32_t column = grid->column + 1;
    uint32_t row = grid->row;
    bool is_good = place == NULL || reference_of(place, &column, &row);
    if (!is_good || row == 0 || row != grid->row || column <= grid->column || column > COLUMN_MAX) {
        refuse(grid, "the cell after this one is not in its place: the workbook is damaged",
               "其后的单元格位置有误：工作簿已损坏");
        return;
    }
    grid->column = column;
    grid->value.count = 0;
    grid->is_in_cell = true;
    grid->has_value = false;
    grid->has_formula = false;
    grid->type = type == NULL ? 'n' : strcmp(type, "str") == 0 ? 't' : type[0];
}

static void begin_row(struct grid *grid, const char **attributes)
{
    const char *place = package_attribute(attributes, "r");
    uint64_t row = (uint64_t)grid->row + 1;
    if (place != NULL) {
        char *end = NULL;
        row = place[0] >= '0' && place[0] <= '9' ? strtoull(place, &end, 10) : 0;
    }
    if (row <= grid->row || row > SHEET_ROWS_MAX) {
        refuse(grid, "the row after this one is not in its place: the workbook is damaged",
               "其后的行位置有误：工作簿已损坏");
        return;
    }
    grid->row = (uint32_t)row;
    grid->column = 0;
}

/* ---- expat ------------------------------------------------------------------------------------
 */

static void refuse_merged(struct grid *grid, const char **attributes)
{
    const char *cells = package_attribute(attributes, "ref");
    (void)reference_of(cells == NULL ? "A1" : cells, &grid->column, &grid->row);
    refuse(grid, "merged cells (%s): take them apart, and write the text into each of them",
           "合并的单元格（%s）：请取消合并，并在每个单元格中填写内容", cells == NULL ? "?" : cells);
}

static void on_start(void *ctx, const char *name, const char **attributes)
{
    struct grid *grid = ctx;
    if (strcmp(name, "row") == 0)
        begin_row(grid, attributes);
    else if (strcmp(name, "c") == 0)
        begin_cell(grid, attributes);
    else if (strcmp(name, "mergeCell") == 0)
        refuse_merged(grid, attributes);
    else if (!grid->is_in_cell)
        return;
    else if (strcmp(name, "v") == 0)
        grid->is_value = grid->has_value = true;
    else if (strcmp(name, "f") == 0)
        grid->has_formula = true;
    else
        rich_start(&grid->rich, name);
}

static void on_end(void *ctx, const char *name)
{
    struct grid *grid = ctx;
    if (strcmp(name, "c") == 0)
        end_cell(grid);
    else if (strcmp(name, "row") == 0 && grid->written > 0)
        end_line(grid);
    else if (strcmp(name, "v") == 0)
        grid->is_value = false;
    rich_end(&grid->rich, name);
}

static void on_text(void *ctx, struct slice text)
{
    struct grid *grid = ctx;
    bool counts = grid->is_value || rich_counts(&grid->rich);
    if (grid->is_in_cell && counts && !text_room_add(&grid->value, text))
        package_stop(grid->package, -ENOMEM);
}

int grid_read(struct arena *arena, struct package *package, const char *part,
              const struct strings *strings, struct problem_list *problems, struct sheet *sheet)
{
    struct grid grid = {
        .package = package, .sheet = sheet, .strings = strings, .problems = problems};
    const struct package_reader reader = {
        .ctx = &grid, .start = on_start, .end = on_end, .text = on_text};
    int status = package_parse(package, part, &reader);
    if (status == 0 && !arena_copy(arena, text_room_slice(&grid.text), &sheet->text))
        status = -ENOMEM;
    text_room_clear(&grid.text);
    text_room_clear(&grid.value);
    return status;
}
