/* table.h - rows of text in aligned columns, Han characters counted as two.
 *
 * Layer: viewer/feed. Rows are kept until they are printed, since the width of a column is known
 * only then.
 */
#ifndef FEED_TABLE_H
#define FEED_TABLE_H

#include "engine/base/base.h"

#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 10 };

struct table {
    size_t column_count;
    const char *names[TABLE_COLUMNS_MAX]; /* NULL: the table has no head */
    char **cells;
    size_t cell_count;
    size_t cell_room;
};

/* table_add - one row: column_count texts, copied. Ends the program if memory is short. */
void table_add(struct table *table, const char *const *cells);
#define TABLE_ADD(table, ...) table_add((table), (const char *const[]){__VA_ARGS__})

/* table_print - each line behind `indent` blanks; then the table is empty. */
void table_print(FILE *out, struct table *table, int indent);

/* The same head, name and value, for single facts: an empty value is left out. */
void fact_print(FILE *out, const char *name, const char *value);

#endif
