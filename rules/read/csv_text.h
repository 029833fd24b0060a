/* csv_text.h - a CSV file as a table of cells that remember their lines.
 *
 * Layer: rules/read. The one place that speaks to libcsv and to iconv. A file may be UTF-8, with or
 * without the mark that spreadsheets put in front, or GB18030 (with GBK and GB2312 in it).
 */
#ifndef READ_CSV_TEXT_H
#define READ_CSV_TEXT_H

#include "engine/base/arena.h"
#include "rules/read/problem.h"

struct csv_row {
    uint32_t line;
    uint32_t count;
    struct slice *cells; /* with end marks; blanks around them are cut off */
};

struct csv_table {
    uint32_t count; /* rows, the header among them; empty lines are left out */
    struct csv_row *rows;
};

enum {
    CSV_E_BAD = 1, /* told */
    CSV_BYTES_MAX = 64 * 1024 * 1024,
};

/* text_decode - the text as UTF-8, in the arena unless it was that already.
 *
 * Returns: 0, CSV_E_BAD (neither UTF-8 nor GB18030), -ENOMEM.
 */
MUST_USE int text_decode(struct arena *arena, const char *file, struct slice text,
                         struct problem_list *problems, struct slice *utf8_out);

/* csv_table_parse - decode and take apart. Returns: 0, CSV_E_BAD, -ENOMEM. */
MUST_USE int csv_table_parse(struct arena *arena, const char *file, struct slice text,
                             struct problem_list *problems, struct csv_table *table_out);

/* csv_cell - the text of a cell; empty where the row is too short. */
struct slice csv_cell(const struct csv_row *row, uint32_t column);

#endif
