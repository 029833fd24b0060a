/* table.h - rows of text from elsewhere in aligned columns (engine/sys/columns.h), made safe.
 *
 * Layer: viewer/feed. A cell is cut at 48 columns, the last of a row at 240.
 */
#ifndef FEED_TABLE_H
#define FEED_TABLE_H

#include "engine/sys/columns.h"

enum { TABLE_COLUMNS_MAX = 10 };

/* Fill in the first three; the head is printed only above rows. */
struct table {
    size_t column_count;
    int indent;
    const char *names[TABLE_COLUMNS_MAX]; /* names[0] NULL: the table has no head */
    struct columns columns;
};

/* table_add - one row: column_count texts. */
void table_add(struct table *table, const char *const *cells);
#define TABLE_ADD(table, ...) table_add((table), (const char *const[]){__VA_ARGS__})

bool table_is_empty(const struct table *table);

/* table_print - all rows; then the table is empty again. */
void table_print(FILE *out, struct table *table);

/* fact_print - one name and its value; an empty value is left out. */
void fact_print(FILE *out, const char *name, const char *value);

#endif
