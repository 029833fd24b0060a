/* table.c - see table.h. */
#include "viewer/feed/table.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"

enum { CELL_COLUMNS_MAX = 48, LAST_COLUMNS_MAX = 240, FACT_COLUMNS = 12 };

static void row_add(struct table *table, const char *const *cells)
{
    for (size_t i = 0; i < table->column_count; i++) {
        bool is_last = i + 1 == table->column_count;
        char room[FIT_BYTES];
        (void)fit_text(slice_of(cells[i]), is_last ? LAST_COLUMNS_MAX : CELL_COLUMNS_MAX, false,
                       room);
        columns_add(&table->columns, "%*s%s", i == 0 ? table->indent : 0, "", room);
    }
    columns_end(&table->columns);
}

void table_add(struct table *table, const char *const *cells)
{
    assert(table->column_count <= TABLE_COLUMNS_MAX);
    if (table_is_empty(table) && table->names[0] != NULL)
        row_add(table, table->names);
    row_add(table, cells);
}

bool table_is_empty(const struct table *table)
{
    return table->columns.count == 0;
}

void table_print(FILE *out, struct table *table)
{
    table->columns.is_wrapping = true;
    if (columns_print(&table->columns, out) != 0)
        (void)fprintf(out, "%s\n",
                      say("(memory is short: some of it is missing)", "（内存不足：内容不全）"));
}

void fact_print(FILE *out, const char *name, const char *value)
{
    char label[FIT_BYTES];
    char text[FIT_BYTES];
    if (value[0] == '\0')
        return;
    (void)fprintf(out, "  %s  ", fit_text(slice_of(name), FACT_COLUMNS, true, label));
    text_wrap(out, slice_of(fit_text(slice_of(value), LAST_COLUMNS_MAX, false, text)),
              FACT_COLUMNS + 4, terminal_columns(out));
    (void)fputc('\n', out);
}
