/* columns.c - the widths come from the ranges of Unicode's East Asian Width that matter here, and
 * not from wcwidth, which knows them only under a locale that is set up for it.
 */
#include "engine/sys/columns.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

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

size_t text_columns(struct slice text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.count;) {
        unsigned char c = (unsigned char)text.start[i++];
        uint32_t character = c < 0x80 ? c : c < 0xE0 ? c & 0x1FU : c < 0xF0 ? c & 0x0FU : c & 0x07U;
        for (; i < text.count && ((unsigned char)text.start[i] & 0xC0) == 0x80; i++)
            character = character << 6 | ((unsigned char)text.start[i] & 0x3FU);
        columns += character_columns(character);
    }
    return columns;
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

int columns_print(struct columns *columns, FILE *to)
{
    size_t widest[COLUMNS_MAX] = {0};
    size_t column = 0;
    size_t blanks = 0;
    measure(columns, widest);
    for (size_t i = 0; i < columns->count; i++) {
        char *cell = columns->cells[i];
        if (cell == NULL) {
            (void)fputc('\n', to);
            column = 0;
            blanks = 0;
            continue;
        }
        if (cell[0] != '\0')
            (void)fprintf(to, "%*s%s", (int)blanks, "", cell);
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
