/* table.c - see table.h. A cell is cut at 48 columns, the last of a row never. */
#include "viewer/feed/table.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { CELL_COLUMNS_MAX = 48, FACT_COLUMNS = 12 };

static _Noreturn void memory_is_short(void)
{
    (void)fputs(say("memory is short\n", "内存不足\n"), stderr);
    exit(EX_OSERR);
}

void table_add(struct table *table, const char *const *cells)
{
    assert(table->column_count <= TABLE_COLUMNS_MAX);
    if (table->cell_count + table->column_count > table->cell_room) {
        size_t room = 2 * table->cell_room + TABLE_COLUMNS_MAX;
        char **grown = realloc(table->cells, room * sizeof *grown);
        if (grown == NULL)
            memory_is_short();
        table->cells = grown;
        table->cell_room = room;
    }
    for (size_t i = 0; i < table->column_count; i++) {
        char *copy = strdup(cells[i]);
        if (copy == NULL)
            memory_is_short();
        table->cells[table->cell_count++] = copy;
    }
}

static int width_of(const struct table *table, size_t column)
{
    int width = table->names[0] == NULL ? 0 : fit_columns(slice_of(table->names[column]));
    for (size_t i = column; i < table->cell_count; i += table->column_count) {
        int columns = fit_columns(slice_of(table->cells[i]));
        width = columns > width ? columns : width;
    }
    return width < CELL_COLUMNS_MAX ? width : CELL_COLUMNS_MAX;
}

static void row_print(FILE *out, const struct table *table, const char *const *cells,
                      const int *widths, int indent)
{
    char line[TABLE_COLUMNS_MAX * FIT_BYTES];
    size_t used = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        bool is_last = i + 1 == table->column_count;
        char room[FIT_BYTES];
        const char *cell = fit_text(slice_of(cells[i]), is_last ? 240 : widths[i], !is_last, room);
        int count = snprintf(line + used, sizeof line - used, "%s%s", i == 0 ? "" : "  ", cell);
        used += count > 0 ? (size_t)count : 0;
    }
    while (used > 0 && line[used - 1] == ' ')
        line[--used] = '\0';
    (void)fprintf(out, "%*s%s\n", indent, "", line);
}

void table_print(FILE *out, struct table *table, int indent)
{
    int widths[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = width_of(table, i);
    if (table->names[0] != NULL)
        row_print(out, table, table->names, widths, indent);
    for (size_t i = 0; i < table->cell_count; i += table->column_count)
        row_print(out, table, (const char *const *)(table->cells + i), widths, indent);
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i]);
    free(table->cells);
    table->cells = NULL;
    table->cell_count = 0;
    table->cell_room = 0;
}

void fact_print(FILE *out, const char *name, const char *value)
{
    char label[FIT_BYTES];
    char text[FIT_BYTES];
    if (value[0] == '\0')
        return;
    (void)fprintf(out, "  %s  %s\n", fit_text(slice_of(name), FACT_COLUMNS, true, label),
                  fit_text(slice_of(value), 240, false, text));
}
