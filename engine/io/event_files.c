/* event_files.c - one line, one event; a CSV row may span lines, so libcsv is given the bytes. */
#include "engine/io/event_files.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { CHUNK_BYTES = 1 << 18, COLUMN_MAX = 64, ROW_BYTES_MAX = 1 << 17 };

struct reading {
    struct event_files *files;
    const char *path;
    struct event_reader *reader;
    uint64_t line;
    int error;
    /* CSV: the header's names, the row at hand */
    struct slice names[COLUMN_MAX];
    char *name_texts[COLUMN_MAX];
    size_t name_count;
    struct slice values[COLUMN_MAX];
    size_t value_count;
    char *row;
    size_t row_bytes;
};

/* Number of a source's name. */
static uint32_t source_number(struct event_files *files, struct slice name)
{
    for (uint32_t i = 0; i < files->source_count; i++)
        if (slice_is_equal(slice_of(files->sources[i]), name))
            return i + 1;
    char *copy = files->source_count == EVENT_FILES_SOURCES_MAX ? NULL : calloc(1, name.count + 1);
    if (copy == NULL)
        return EVENT_FILES_SOURCES_MAX;
    if (name.count > 0)
        memcpy(copy, name.start, name.count);
    files->sources[files->source_count++] = copy;
    return files->source_count;
}

static void take(struct reading *reading, enum refusal refusal, const struct text_refusal *words,
                 struct slice source, uint64_t seq, const struct event *event)
{
    if (refusal != REFUSAL_NONE)
        reading->files->refused(reading->files->ctx, reading->path, reading->line, words);
    else
        reading->error = reading->files->event(reading->files->ctx,
                                               source_number(reading->files, source), seq, event);
}

static void take_line(struct reading *reading, struct slice line)
{
    struct event event;
    struct text_refusal words;
    struct slice source = {0};
    uint64_t seq = 0;
    reading->line++;
    if (line.count > 0 && line.start[line.count - 1] == '\r')
        line.count--;
    if (line.count == 0)
        return;
    enum refusal refusal =
        event_from_json(reading->reader, line, NULL, &event, &source, &seq, &words);
    take(reading, refusal, &words, source, seq, &event);
}

static int read_lines(struct reading *reading, gzFile file, char *buffer, size_t filled)
{
    for (;;) {
        char *start = buffer;
        char *end;
        while (reading->error == 0 &&
               (end = memchr(start, '\n', filled - (size_t)(start - buffer))) != NULL) {
            take_line(reading, (struct slice){.start = start, .count = (size_t)(end - start)});
            start = end + 1;
        }
        if (reading->error != 0)
            return reading->error;
        filled -= (size_t)(start - buffer);
        memmove(buffer, start, filled);
        if (filled == CHUNK_BYTES)
            return -EMSGSIZE;
        int count = gzread(file, buffer + filled, (unsigned int)(CHUNK_BYTES - filled));
        if (count < 0)
            return -EIO;
        if (count == 0) {
            if (filled > 0)
                take_line(reading, (struct slice){.start = buffer, .count = filled});
            return reading->error;
        }
        filled += (size_t)count;
    }
}

static void on_field(void *text, size_t count, void *ctx)
{
    struct reading *reading = ctx;
    if (reading->value_count == COLUMN_MAX || reading->row_bytes + count > ROW_BYTES_MAX) {
        reading->error = -EMSGSIZE;
        return;
    }
    char *place = reading->row + reading->row_bytes;
    if (count > 0)
        memcpy(place, text, count);
    reading->row_bytes += count;
    reading->values[reading->value_count++] = (struct slice){.start = place, .count = count};
}

static void header_keep(struct reading *reading)
{
    reading->name_count = reading->value_count;
    for (size_t i = 0; i < reading->name_count; i++) {
        struct slice name = reading->values[i];
        reading->name_texts[i] = malloc(name.count + 1);
        if (reading->name_texts[i] == NULL) {
            reading->error = -ENOMEM;
            return;
        }
        memcpy(reading->name_texts[i], name.start, name.count);
        reading->names[i] = (struct slice){.start = reading->name_texts[i], .count = name.count};
    }
}

static void on_row(int end, void *ctx)
{
    struct reading *reading = ctx;
    struct event event;
    struct text_refusal words;
    (void)end;
    reading->line++;
    if (reading->error == 0 && reading->name_count == 0) {
        header_keep(reading);
    } else if (reading->error == 0) {
        /* a source's own name and number are columns of the file, not of the event */
        struct slice names[COLUMN_MAX];
        struct slice values[COLUMN_MAX];
        struct slice source = {0};
        uint64_t seq = 0;
        size_t count = 0;
        for (size_t i = 0; i < reading->value_count && i < reading->name_count; i++) {
            if (slice_is_equal(reading->names[i], SLICE("source"))) {
                source = reading->values[i];
            } else if (slice_is_equal(reading->names[i], SLICE("seq"))) {
                char number[24] = "";
                size_t digits = reading->values[i].count < 23 ? reading->values[i].count : 23;
                memcpy(number, reading->values[i].start, digits);
                seq = strtoull(number, NULL, 10);
            } else {
                names[count] = reading->names[i];
                values[count++] = reading->values[i];
            }
        }
        enum refusal refusal =
            event_from_columns(reading->reader, names, values, count, false, NULL, &event, &words);
        take(reading, refusal, &words, source, seq, &event);
    }
    reading->value_count = 0;
    reading->row_bytes = 0;
}

static int read_csv(struct reading *reading, gzFile file, char *buffer, size_t filled)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return -ENOMEM;
    int count = (int)filled;
    while (count > 0 && reading->error == 0) {
        if (csv_parse(&parser, buffer, (size_t)count, on_field, on_row, reading) != (size_t)count)
            reading->error = -EBADMSG;
        count = gzread(file, buffer, CHUNK_BYTES);
    }
    if (reading->error == 0 && csv_fini(&parser, on_field, on_row, reading) != 0)
        reading->error = -EBADMSG;
    csv_free(&parser);
    return reading->error;
}

static bool is_csv(const char *buffer, size_t filled)
{
    const char *end = memchr(buffer, '\n', filled);
    size_t count = end == NULL ? filled : (size_t)(end - buffer);
    return count > 0 && buffer[0] != '{' && memchr(buffer, ',', count) != NULL;
}

static int read_open(struct reading *reading, gzFile file)
{
    char *buffer = malloc(CHUNK_BYTES);
    reading->row = malloc(ROW_BYTES_MAX);
    reading->reader = event_reader_create();
    int error = -ENOMEM;
    if (buffer != NULL && reading->row != NULL && reading->reader != NULL) {
        int filled = gzread(file, buffer, CHUNK_BYTES / 2);
        if (filled < 0)
            error = -EIO;
        else if (is_csv(buffer, (size_t)filled))
            error = read_csv(reading, file, buffer, (size_t)filled);
        else
            error = read_lines(reading, file, buffer, (size_t)filled);
    }
    event_reader_destroy(&reading->reader);
    for (size_t i = 0; i < COLUMN_MAX; i++)
        free(reading->name_texts[i]);
    free(reading->row);
    free(buffer);
    return error;
}

int event_files_read(struct event_files *files, const char *path)
{
    struct reading reading = {.files = files, .path = path};
    bool is_stdin = strcmp(path, "-") == 0;
    errno = 0;
    gzFile file = is_stdin ? gzdopen(0, "rb") : gzopen(path, "rb");
    if (file == NULL)
        return errno != 0 ? -errno : -ENOMEM;
    int error = read_open(&reading, file);
    (void)gzclose(file);
    return error;
}

void event_files_clear(struct event_files *files)
{
    for (uint32_t i = 0; i < files->source_count; i++)
        free(files->sources[i]);
    files->source_count = 0;
}
