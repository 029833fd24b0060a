/* row.c - libcsv is fed one line at a time, so that after each row the place in the file is known.
 *
 * A row may go on over several lines inside quotes. If it does not end within CSV_ROW_BYTES_MAX, or
 * at the end of the file, the quote was a mistake: then the line in which it opened is given up,
 * and reading goes on with the line behind it, so that one stray quote costs one row.
 */
#include "collectors/csv/row.h"

#include "collectors/csv/csv.h"
#include "engine/wire/text.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>

struct row_reader {
    struct files *files;
    struct csv_parser parser;
    bool has_parser;
    char delimiter;
    struct bytes text; /* the fields, one behind the other */
    size_t ends[CSV_FIELDS_MAX];
    struct slice fields[CSV_FIELDS_MAX];
    size_t count;
    size_t row_bytes; /* read of the row so far */
    bool is_row;      /* the parser reported the end of a row */
    bool is_open;     /* … or has begun one that goes on in the next line */
    bool is_bad_text;
    bool is_too_wide;
    int failure;
    bool is_new;        /* to be told with the next call: another file has begun */
    uint64_t first_row; /* the line in which the row began */
    struct place retry; /* behind that line */
};

static void on_field(void *text, size_t count, void *ctx)
{
    struct row_reader *reader = ctx;
    if (reader->count == CSV_FIELDS_MAX) {
        reader->is_too_wide = true;
        return;
    }
    int status = bytes_append(&reader->text, (struct slice){.start = text, .count = count});
    if (status != 0)
        reader->failure = status;
    reader->ends[reader->count++] = reader->text.count;
}

static void on_row(int end, void *ctx)
{
    struct row_reader *reader = ctx;
    (void)end;
    reader->is_row = true;
}

/* Blanks belong to the field: only the mapping decides what may be trimmed. */
static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static int parser_begin(struct row_reader *reader)
{
    if (reader->has_parser)
        csv_free(&reader->parser);
    reader->has_parser = csv_init(&reader->parser, CSV_STRICT_FINI) == 0;
    if (!reader->has_parser)
        return -ENOMEM;
    csv_set_delim(&reader->parser, (unsigned char)reader->delimiter);
    csv_set_space_func(&reader->parser, no_space);
    return 0;
}

static void row_begin(struct row_reader *reader)
{
    reader->text.count = 0;
    reader->count = 0;
    reader->row_bytes = 0;
    reader->is_row = false;
    reader->is_open = false;
    reader->is_bad_text = false;
    reader->is_too_wide = false;
    reader->failure = 0;
}

int row_reader_create(const struct files_options *options, char delimiter,
                      struct row_reader **reader_out)
{
    OWNED(row_reader_destroy) struct row_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return -ENOMEM;
    reader->delimiter = delimiter;
    int status = parser_begin(reader);
    if (status == 0)
        status = files_create(options, &reader->files);
    if (status != 0)
        return status;
    *reader_out = reader;
    reader = NULL;
    return 0;
}

void row_reader_destroy(struct row_reader **reader_p)
{
    struct row_reader *reader = *reader_p;
    if (reader == NULL)
        return;
    if (reader->has_parser)
        csv_free(&reader->parser);
    files_destroy(&reader->files);
    bytes_clear(&reader->text);
    free(reader);
    *reader_p = NULL;
}

struct files *row_reader_files(struct row_reader *reader)
{
    return reader->files;
}

int row_reader_seek(struct row_reader *reader, const struct place *place)
{
    row_begin(reader);
    int status = parser_begin(reader);
    return status != 0 ? status : files_seek(reader->files, place);
}

static int give_out(struct row_reader *reader, struct fields *fields_out)
{
    size_t begin = 0;
    for (size_t i = 0; i < reader->count; i++) {
        reader->fields[i] =
            (struct slice){.start = begin == reader->ends[i] ? "" : reader->text.start + begin,
                           .count = reader->ends[i] - begin};
        begin = reader->ends[i];
    }
    *fields_out = (struct fields){
        .count = reader->count,
        .at = reader->fields,
        .row = reader->first_row,
        .spans_lines = files_place(reader->files).row != reader->first_row,
    };
    if (reader->is_too_wide)
        return ROW_E_TOO_WIDE;
    return reader->is_bad_text ? ROW_E_ENCODING : 0;
}

/* The quote was a mistake: go back to the line behind the one in which it opened. (Where following
 * has gone on to another file there is no way back, and none of its rows is lost: a row that was
 * cut off by a rotation was never whole.) */
static int give_up_row(struct row_reader *reader, struct fields *fields_out)
{
    struct place place = files_place(reader->files);
    bool is_turned = reader->is_new && place.file_index == reader->retry.file_index;
    *fields_out = (struct fields){.row = reader->first_row};
    row_begin(reader);
    int status = parser_begin(reader);
    if (status == 0 && !is_turned) {
        reader->is_new = false;
        status = files_seek(reader->files, &reader->retry);
    }
    return status != 0 ? status : ROW_E_OPEN;
}

static bool has_line_end(struct slice line)
{
    return line.count > 0 && line.start[line.count - 1] == '\n';
}

static int take_line(struct row_reader *reader, struct slice line)
{
    struct csv_parser *parser = &reader->parser;
    if (csv_parse(parser, line.start, line.count, on_field, on_row, reader) != line.count)
        return -ENOMEM;
    bool is_last = !reader->is_row && !has_line_end(line);
    reader->is_open = !reader->is_row && (parser->quoted != 0 || reader->count > 0);
    if (is_last && csv_fini(parser, on_field, on_row, reader) == 0)
        reader->is_open = false; /* else a quote is open, and the end of the file will say so */
    return reader->failure;
}

/* A line that is no part of a row. */
static int lost_line(struct row_reader *reader, struct fields *fields_out)
{
    *fields_out = (struct fields){.row = files_place(reader->files).row};
    row_begin(reader);
    int status = parser_begin(reader);
    return status != 0 ? status : ROW_E_TOO_LONG;
}

static int new_file(struct row_reader *reader)
{
    reader->is_new = false;
    row_begin(reader);
    int status = parser_begin(reader);
    return status != 0 ? status : ROW_E_NEW;
}

/* One line into the parser. Returns 0, or what row_next shall return. */
static int next_line(struct row_reader *reader, struct fields *fields_out)
{
    struct slice line;
    if (reader->is_new)
        return new_file(reader);
    int status = files_next(reader->files, &line);
    reader->is_new = status == FILES_E_NEW;
    if ((status == FILES_E_NEW || status == INPUT_E_END) && reader->is_open)
        return give_up_row(reader, fields_out);
    if (status == FILES_E_NEW)
        return new_file(reader);
    if (status == FILES_E_TOO_LONG)
        return lost_line(reader, fields_out);
    if (status != 0 && status != FILES_E_ENCODING)
        return status;
    if (!reader->is_open) {
        row_begin(reader);
        reader->retry = files_place(reader->files);
        reader->first_row = reader->retry.row;
    }
    reader->is_bad_text = reader->is_bad_text || status == FILES_E_ENCODING;
    reader->row_bytes += line.count;
    status = take_line(reader, line);
    if (status != 0)
        return status;
    return reader->is_open && reader->row_bytes > CSV_ROW_BYTES_MAX
               ? give_up_row(reader, fields_out)
               : 0;
}

int row_next(struct row_reader *reader, struct fields *fields_out)
{
    for (;;) {
        int status = next_line(reader, fields_out);
        if (status != 0)
            return status;
        if (reader->is_row && reader->count > 0)
            return give_out(reader, fields_out);
        reader->is_row = false;
    }
}

int row_again(struct row_reader *reader)
{
    row_begin(reader);
    int status = parser_begin(reader);
    return status != 0 ? status : files_seek(reader->files, &reader->retry);
}
