/* columns.h - aligned tables for people: columns as wide as their widest cell, on a terminal where
 * Chinese characters take two places.
 *
 * Layer: sys.
 */
#ifndef SYS_COLUMNS_H
#define SYS_COLUMNS_H

#include "engine/base/slice.h"

#include <stdio.h>

enum { COLUMNS_MAX = 16 };

/* Cells are added one after the other; rows need not be of equal length. Begin with {0}. */
struct columns {
    size_t count; /* cells */
    size_t room;
    char **cells; /* NULL: the end of a row */
    bool is_short;
    bool is_wrapping; /* on a terminal, the last cell of a row goes on below where it began; a cell
                         that has no room beside the others stands below the second */
};

/* columns_add - one more cell of the row. */
PRINTF_LIKE(2, 3) void columns_add(struct columns *columns, const char *format, ...);

/* columns_end - the row is complete. */
void columns_end(struct columns *columns);

/* columns_print - all rows, two blanks between columns, none at the end of a line; then the table
 * is empty again. Returns: 0, -ENOMEM (a cell was lost before). */
MUST_USE int columns_print(struct columns *columns, FILE *to);

/* columns_clear - the table is empty again, without being printed. */
void columns_clear(struct columns *columns);

/* terminal_columns - how wide the terminal is; 0: it is none. */
size_t terminal_columns(FILE *to);

/* text_wrap - print a text that begins in the column `at`; where it does not fit into `wide`
 * columns, it goes on in further lines that begin at `at`, too. wide: 0: it is one line. */
void text_wrap(FILE *to, struct slice text, size_t at, size_t wide);

/* text_columns - how many places a terminal gives a UTF-8 text. */
size_t text_columns(struct slice text);

#endif
