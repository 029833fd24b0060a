/* row.h - one row of CSV after the other, out of lines: libcsv does the quoting.
 *
 * Layer: collectors/csv. Used by csv.c.
 */
#ifndef CSV_ROW_H
#define CSV_ROW_H

#include "collectors/push/files.h"

struct row_reader;

enum {
    ROW_E_NEW = 40, /* another file begins: its first row is a header */
    ROW_E_ENCODING, /* a row, but parts of it were not text */
    ROW_E_TOO_LONG, /* stepped over */
    ROW_E_OPEN,     /* a quote that is never closed: the line in which it opens was stepped over */
    ROW_E_TOO_WIDE, /* more than CSV_FIELDS_MAX fields; stepped over */
};

/* The fields of a row. Borrowed until the next call. */
struct fields {
    size_t count;
    const struct slice *at;
    uint64_t row;     /* the line in which it begins, from 1 */
    bool spans_lines; /* a text in it has line ends, or a quote is astray */
};

MUST_USE int row_reader_create(const struct files_options *options, char delimiter,
                               struct row_reader **reader_out);
void row_reader_destroy(struct row_reader **reader_p);

struct files *row_reader_files(struct row_reader *reader);

/* row_reader_seek - as files_seek; a row begins there. */
MUST_USE int row_reader_seek(struct row_reader *reader, const struct place *place);

/* row_next - returns 0, INPUT_E_END, INPUT_E_WAIT, INPUT_E_BAD, ROW_E_…, -errno. Empty lines are
 * stepped over. */
MUST_USE int row_next(struct row_reader *reader, struct fields *fields_out);

/* row_again - the row just given out is none: a stray quote tied lines together. Only its first
 * line is given up, and reading goes on behind that one.
 *
 * Returns: 0, or as row_next when there is no way back (standard input).
 */
MUST_USE int row_again(struct row_reader *reader);

#endif
