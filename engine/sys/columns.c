/* columns.c - the widths come from the ranges of Unicode's East Asian Width that matter here, and
 * not from wcwidth, which knows them only under a locale that is set up for it.
 */
#include "engine/sys/columns.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct {
    uint32_t first;
    uint32_t last;
    size_t columns;
} widths[] = {
    {0x0300, 0x036F, 0}, {0x1100, 0x115F, 2}, {0x200B, 0x200F, 0},   {0x2E80, 0xA4CF, 2},
    {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2}, {0xFE00, 0xFE0F, 0},   {0xFE30, 0xFE4F, 2},
    {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
};

static size_t character_columns(uint32_t character)
{
    for (size_t i = 0; i < COUNT_OF(widths); i++)
        if (character >= widths[i].first && character <= widths[i].last)
            return widths[i].columns;
    return 1;
}

/* The width of the character at *at_io, which moves behind it. */
static size_t next_columns(struct slice text, size_t *at_io)
{
    unsigned char c = (unsigned char)text.start[(*at_io)++];
    uint32_t character = c < 0x80 ? c : c < 0xE0 ? c & 0x1FU : c < 0xF0 ? c & 0x0FU : c & 0x07U;
    for (; *at_io < text.count && ((unsigned char)text.start[*at_io] & 0xC0) == 0x80; (*at_io)++)
        character = character << 6 | ((unsigned char)text.start[*at_io] & 0x3FU);
    return character_columns(character);
}

size_t text_columns(struct slice text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.count;)
        columns += next_columns(text, &i);
    return columns;
}

/* What no line begins with: it stays with what stands before it. */
static bool is_closing(struct slice rest)
{
    static const char *const marks[] = {"，", "；", "：", "。", "、", "）", "”", "！", "·"};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (slice_starts(rest, slice_of(marks[i])))
            return true;
    return false;
}

/* How many bytes go into a line of so many columns: up to a blank, or to a wide character, which
 * may stand at a line's begin; rather up to the end of a part ("a · b"), if half a line is full by
 * then. A word that is longer than a line is cut. */
static size_t line_cut(struct slice text, size_t columns)
{
    size_t used = 0;
    size_t cut = 0;
    size_t part = 0;
    for (size_t i = 0; i < text.count;) {
        struct slice rest = {.start = text.start + i, .count = text.count - i};
        size_t before = i;
        size_t width = next_columns(text, &i);
        bool is_blank = rest.start[0] == ' ';
        struct slice word = {.start = rest.start + is_blank, .count = rest.count - is_blank};
        if (before > 0 && (is_blank || width == 2) && !is_closing(word))
            cut = before;
        if (is_blank && used > columns / 2 && before >= 2 &&
            memcmp(text.start + before - 2, "·", 2) == 0)
            part = before;
        if (used + width > columns)
            return part > 0 ? part : cut > 0 ? cut : before > 0 ? before : i;
        used += width;
    }
    return text.count;
}

enum { LINE_MIN = 20 };

void text_wrap(FILE *to, struct slice text, size_t at, size_t wide)
{
    size_t room = wide > at + LINE_MIN ? wide - at : SIZE_MAX;
    for (;;) {
        size_t cut = wide == 0 ? text.count : line_cut(text, room);
        (void)fprintf(to, "%.*s", (int)cut, text.start);
        text = (struct slice){.start = text.start + cut, .count = text.count - cut};
        while (text.count > 0 && text.start[0] == ' ')
            text = (struct slice){.start = text.start + 1, .count = text.count - 1};
        if (text.count == 0)
            return;
        (void)fprintf(to, "\n%*s", (int)at, "");
    }
}

size_t terminal_columns(FILE *to)
{
    struct winsize size;
    int fd = fileno(to);
    return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void add(struct columns *columns, char *cell)
{
    enum { ROOM_FIRST = 64 };
    if (columns->count == columns->room) {
        size_t room = columns->room == 0 ? ROOM_FIRST : columns->room * 2;
        char **cells = realloc(columns->cells, room * sizeof *cells);
        if (cells == NULL) {
            columns->is_short = true;
            free(cell);
            return;
        }
        columns->cells = cells;
        columns->room = room;
    }
    columns->cells[columns->count++] = cell;
}

void columns_add(struct columns *columns, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *cell = count < 0 ? NULL : malloc((size_t)count + 1);
    if (cell == NULL) {
        columns->is_short = true;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(cell, (size_t)count + 1, format, arguments);
    va_end(arguments);
    add(columns, cell);
}

void columns_end(struct columns *columns)
{
    add(columns, NULL);
}

static void measure(const struct columns *columns, size_t widest[COLUMNS_MAX])
{
    size_t column = 0;
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->cells[i] == NULL) {
            column = 0;
            continue;
        }
        size_t width = text_columns(slice_of(columns->cells[i]));
        if (column < COLUMNS_MAX && width > widest[column])
            widest[column] = width;
        column++;
    }
}

void columns_clear(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        free(columns->cells[i]);
    free(columns->cells);
    *columns = (struct columns){0};
}

/* Does a cell that begins at this place go beyond the line, and cannot go on below itself? */
static bool is_beyond(struct slice cell, size_t at, bool is_last, size_t wide)
{
    bool may_wrap = is_last && wide > at + LINE_MIN;
    return wide > 0 && !may_wrap && at + text_columns(cell) > wide;
}

int columns_print(struct columns *columns, FILE *to)
{
    size_t widest[COLUMNS_MAX] = {0};
    size_t column = 0;
    size_t blanks = 0;
    size_t at = 0;
    size_t wide = columns->is_wrapping ? terminal_columns(to) : 0;
    measure(columns, widest);
    for (size_t i = 0; i < columns->count; i++) {
        char *cell = columns->cells[i];
        if (cell == NULL) {
            (void)fputc('\n', to);
            column = 0;
            blanks = 0;
            at = 0;
            continue;
        }
        if (cell[0] != '\0') {
            bool is_last = columns->cells[i + 1] == NULL;
            if (is_beyond(slice_of(cell), at + blanks, is_last, wide) && column > 1) {
                (void)fputc('\n', to);
                at = 0;
                blanks = widest[0] + 2; /* below the second */
            }
            (void)fprintf(to, "%*s", (int)blanks, "");
            at += blanks;
            text_wrap(to, slice_of(cell), at, is_last ? wide : 0);
            at += text_columns(slice_of(cell));
        }
        size_t width = text_columns(slice_of(cell));
        size_t wanted = column < COLUMNS_MAX ? widest[column] : width;
        blanks = (cell[0] == '\0' ? blanks : 0) + wanted - width + 2;
        column++;
        free(cell);
    }
    free(columns->cells);
    int status = columns->is_short ? -ENOMEM : 0;
    *columns = (struct columns){0};
    return status;
}
