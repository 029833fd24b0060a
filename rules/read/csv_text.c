/* csv_text.c - two passes of libcsv over the text: one counts, the other fills rooms of exactly
 * that size. Line numbers are counted from the line ends that libcsv reports, and from those inside
 * quoted cells.
 */
#include "rules/read/csv_text.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

/* ---- encodings ------------------------------------------------------------------------------- */

static int convert(struct arena *arena, const char *from, struct slice text, struct slice *out)
{
    iconv_t converter = iconv_open("UTF-8", from);
    if (converter == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): so says POSIX */
        return errno == ENOMEM ? -ENOMEM : CSV_E_BAD;
    size_t room = text.count * 2 + 16; /* two bytes of GB18030 become three, four become four */
    char *bytes = arena_take(arena, room, 1);
    int status = bytes == NULL ? -ENOMEM : 0;
    if (bytes != NULL) {
        /* iconv does not write to its input; its type is older than const. */
        union {
            const char *start;
            char *cursor;
        } in = {.start = text.start};
        char *cursor = bytes;
        size_t in_left = text.count;
        size_t out_left = room - 1;
        if (iconv(converter, &in.cursor, &in_left, &cursor, &out_left) == (size_t)-1)
            status = CSV_E_BAD;
        else
            *out = (struct slice){.start = bytes, .count = (size_t)(cursor - bytes)};
    }
    (void)iconv_close(converter); /* nothing can be lost */
    return status;
}

static bool is_utf8(struct slice text)
{
    size_t i = 0;
    while (i < text.count) {
        unsigned char c = (unsigned char)text.start[i++];
        size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : 3;
        if (more == 3 && (c < 0xF0 || c > 0xF4))
            return false;
        if (more > text.count - i)
            return false;
        for (; more > 0; more--)
            if (((unsigned char)text.start[i++] & 0xC0) != 0x80)
                return false;
    }
    return true;
}

int text_decode(struct arena *arena, const char *file, struct slice text,
                struct problem_list *problems, struct slice *utf8_out)
{
    static const char mark[] = {'\xEF', '\xBB', '\xBF'};
    if (text.count >= sizeof mark && memcmp(text.start, mark, sizeof mark) == 0) {
        text.start += sizeof mark;
        text.count -= sizeof mark;
    }
    bool has_nul = text.count > 0 && memchr(text.start, '\0', text.count) != NULL;
    int status = 0;
    if (!has_nul && is_utf8(text))
        *utf8_out = text;
    else
        status = has_nul ? CSV_E_BAD : convert(arena, "GB18030", text, utf8_out);
    if (status == CSV_E_BAD)
        problem_error(problems, file, 0, 0,
                      "neither UTF-8 nor GB18030 text: save it as UTF-8, a table as CSV (UTF-8)",
                      "既不是 UTF-8 也不是 GB18030 文本：请以 UTF-8 保存，表格另存为 CSV（UTF-8）");
    return status;
}

/* ---- rows and cells -------------------------------------------------------------------------- */

struct csv_reader {
    struct arena *arena;
    uint32_t line;
    uint32_t row_count;
    size_t cell_count;
    bool is_in_row;
    bool is_short;
    struct csv_row *rows; /* NULL: this is the pass that counts */
    struct slice *cells;
};

static struct slice trimmed(struct slice text)
{
    while (text.count > 0 && (text.start[0] == ' ' || text.start[0] == '\t'))
        text = (struct slice){.start = text.start + 1, .count = text.count - 1};
    while (text.count > 0 &&
           (text.start[text.count - 1] == ' ' || text.start[text.count - 1] == '\t'))
        text.count--;
    return text;
}

static void take_cell(void *text, size_t bytes, void *ctx)
{
    struct csv_reader *reader = ctx;
    struct slice cell = {.start = text, .count = bytes};
    if (reader->rows != NULL) {
        struct csv_row *row = &reader->rows[reader->row_count];
        if (!reader->is_in_row)
            *row =
                (struct csv_row){.line = reader->line, .cells = reader->cells + reader->cell_count};
        row->count++;
        if (!arena_copy(reader->arena, trimmed(cell), &reader->cells[reader->cell_count]))
            reader->is_short = true;
    }
    reader->is_in_row = true;
    reader->cell_count++;
    for (size_t i = 0; i < bytes; i++)
        reader->line += cell.start[i] == '\n';
}

static void end_row(int end, void *ctx)
{
    struct csv_reader *reader = ctx;
    reader->row_count += reader->is_in_row;
    reader->is_in_row = false;
    reader->line += end == '\n';
}

static int pass(struct csv_reader *reader, struct slice text)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        return -ENOMEM;
    reader->line = 1;
    reader->row_count = 0;
    reader->cell_count = 0;
    reader->is_in_row = false;
    size_t done = csv_parse(&parser, text.start, text.count, take_cell, end_row, reader);
    int status = 0;
    if (done != text.count || csv_fini(&parser, take_cell, end_row, reader) != 0)
        status = csv_error(&parser) == CSV_EPARSE ? CSV_E_BAD : -ENOMEM;
    csv_free(&parser);
    return reader->is_short ? -ENOMEM : status;
}

int csv_table_parse(struct arena *arena, const char *file, struct slice text,
                    struct problem_list *problems, struct csv_table *table_out)
{
    struct csv_reader reader = {.arena = arena};
    int status = text_decode(arena, file, text, problems, &text);
    if (status != 0)
        return status;
    if (text.count > CSV_BYTES_MAX) {
        problem_error(problems, file, 0, 0, "more than %d bytes", "超过 %d 字节", CSV_BYTES_MAX);
        return CSV_E_BAD;
    }
    status = pass(&reader, text);
    if (status == CSV_E_BAD)
        problem_error(problems, file, reader.line, 1,
                      "a quote is opened or closed in the middle of a cell",
                      "引号在单元格中间开始或结束");
    if (status != 0)
        return status;
    reader.rows = arena_take(arena, (size_t)reader.row_count + 1, sizeof *reader.rows);
    reader.cells = arena_take(arena, reader.cell_count + 1, sizeof *reader.cells);
    if (reader.rows == NULL || reader.cells == NULL)
        return -ENOMEM;
    status = pass(&reader, text);
    if (status != 0)
        return status;
    *table_out = (struct csv_table){.count = reader.row_count, .rows = reader.rows};
    return 0;
}

struct slice csv_cell(const struct csv_row *row, uint32_t column)
{
    return column < row->count ? row->cells[column] : SLICE("");
}
