/* xes.c - expat calls us for every tag; after each whole row the parser is stopped and asked to go
 * on when the row has been given out, so that a log of any size passes through the same few
 * buffers.
 *
 * Only attributes that the mapping reads are kept. Expat's own limits stand against entities that
 * multiply (billion laughs); documents with entities of their own are refused besides.
 */
#include "collectors/xes/xes.h"

#include "collectors/map/map.h"
#include "collectors/push/lines_file.h"
#include "collectors/xes/trace.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <expat.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { CHUNK_BYTES = 65536 };

struct xes {
    struct files_options options;
    const struct map *map;
    struct applier *applier;
    struct raw_file *file;
    XML_Parser parser;
    struct trace *trace;
    struct place place;
    bool is_stopped; /* the parser waits: a row is complete */
    bool is_last;    /* the last bytes were handed in */
    char *chunk;
    const struct event *events;
    size_t event_count;
    size_t event_index;
    uint64_t row;
    uint64_t bytes_before;
    uint64_t bytes_total;
};

static void file_close(struct xes *xes)
{
    if (xes->parser != NULL)
        XML_ParserFree(xes->parser);
    xes->parser = NULL;
    raw_close(&xes->file);
}

static void xes_close(void *ctx)
{
    struct xes *xes = ctx;
    file_close(xes);
    applier_destroy(&xes->applier);
    trace_destroy(&xes->trace);
    free(xes->chunk);
    free(xes);
}

static const char *name_of(const struct xes *xes)
{
    return xes->options.paths[xes->place.file_index];
}

static int tell_bad(struct xes *xes, const char *en, const char *zh, const char *why)
{
    struct fault fault = {.file = name_of(xes), .code = SLICE("malformed")};
    if (xes->parser != NULL)
        fault.row = XML_GetCurrentLineNumber(xes->parser);
    (void)snprintf(fault.en, sizeof fault.en, "%s: %s", en, why);
    (void)snprintf(fault.zh, sizeof fault.zh, "%s：%s", zh, why);
    report_add(xes->options.report, &fault);
    return INPUT_E_BAD;
}

/* ---- expat ----------------------------------------------------------------------------------- */

static void stop(struct xes *xes)
{
    xes->is_stopped = true;
    (void)XML_StopParser(xes->parser, XML_TRUE);
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct xes *xes = ctx;
    uint64_t line = XML_GetCurrentLineNumber(xes->parser);
    if (trace_open(xes->trace, name, attributes, line) == TRACE_E_ROW)
        stop(xes);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
    struct xes *xes = ctx;
    if (trace_close(xes->trace, name) == TRACE_E_ROW)
        stop(xes);
}

static void XMLCALL on_entity(void *ctx, const XML_Char *name, int is_parameter,
                              const XML_Char *value, int value_count, const XML_Char *base,
                              const XML_Char *system_id, const XML_Char *public_id,
                              const XML_Char *notation)
{
    struct xes *xes = ctx;
    (void)name;
    (void)is_parameter;
    (void)value;
    (void)value_count;
    (void)base;
    (void)system_id;
    (void)public_id;
    (void)notation;
    (void)XML_StopParser(xes->parser, XML_FALSE); /* an event log has no use for entities */
}

static int file_open(struct xes *xes, uint32_t index)
{
    file_close(xes);
    xes->place.file_index = index;
    xes->is_last = xes->is_stopped = false;
    trace_clear(xes->trace);
    int status = raw_open(name_of(xes), &xes->file);
    if (status != 0)
        return tell_bad(xes, "cannot be read", "无法读取", strerror(-status));
    xes->parser = XML_ParserCreate(NULL);
    if (xes->parser == NULL)
        return -ENOMEM;
    XML_SetUserData(xes->parser, xes);
    XML_SetElementHandler(xes->parser, on_start, on_end);
    XML_SetEntityDeclHandler(xes->parser, on_entity);
    return 0;
}

/* Hand the parser the next bytes, or let it go on. Returns 0, INPUT_E_END, INPUT_E_BAD, -errno. */
static int parse_more(struct xes *xes)
{
    enum XML_Status status;
    if (xes->is_stopped) {
        xes->is_stopped = false;
        status = XML_ResumeParser(xes->parser);
    } else if (xes->is_last) {
        return INPUT_E_END;
    } else {
        size_t count = 0;
        int outcome = raw_read(xes->file, xes->chunk, CHUNK_BYTES, &count);
        if (outcome == RAW_E_DAMAGED)
            return tell_bad(xes, "is cut off or damaged", "不完整或已损坏", "gzip");
        if (outcome != 0)
            return outcome;
        xes->is_last = count == 0;
        status = XML_Parse(xes->parser, xes->chunk, (int)count, xes->is_last);
    }
    if (trace_failure(xes->trace) != 0)
        return trace_failure(xes->trace);
    if (status != XML_STATUS_ERROR)
        return 0;
    enum XML_Error error = XML_GetErrorCode(xes->parser);
    if (error == XML_ERROR_NO_MEMORY)
        return -ENOMEM;
    const char *why =
        error == XML_ERROR_ABORTED ? "entities are not allowed" : XML_ErrorString(error);
    return tell_bad(xes, "is not XML that can be read on", "不是可继续读取的 XML", why);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void take_row(struct xes *xes)
{
    const struct row row = {
        .file = name_of(xes),
        .number = trace_row_line(xes->trace),
        .per = trace_row_per(xes->trace),
        .values = trace_row_values(xes->trace),
    };
    xes->row = row.number;
    if (trace_row_is_cut(xes->trace)) {
        struct fault fault = {.file = row.file, .row = row.number, .code = SLICE("too_long")};
        fault_say(&fault, "a value longer than %d bytes was left out", "超过 %d 字节的值已略去",
                  XES_VALUE_BYTES_MAX);
        report_add(xes->options.report, &fault);
    }
    xes->event_count = applier_apply(xes->applier, &row, &xes->events);
    xes->event_index = 0;
    trace_row_done(xes->trace);
}

static int next_file(struct xes *xes)
{
    if (trace_count(xes->trace) == 0) {
        int status = tell_bad(xes, "is no event log", "不是事件日志", "<log><trace>…");
        if (status != 0)
            return status;
    }
    if (xes->place.file_index + 1 == xes->options.count)
        return INPUT_E_END;
    xes->place.file_seq = xes->place.seq;
    xes->place.row = 0;
    return file_open(xes, xes->place.file_index + 1);
}

static int xes_next(void *ctx, struct item *item_out)
{
    struct xes *xes = ctx;
    while (xes->event_index == xes->event_count) {
        if (trace_has_row(xes->trace)) {
            take_row(xes);
            continue;
        }
        int status = parse_more(xes);
        if (status == INPUT_E_END)
            status = next_file(xes);
        if (status != 0)
            return status;
    }
    item_out->event = xes->events[xes->event_index++];
    item_out->row = xes->row;
    xes->place.seq++;
    xes->place.row = xes->row;
    item_out->ends_row = true; /* a seek counts events, not rows: see xes_seek */
    item_out->after = xes->place;
    return 0;
}

/* XML has to be read from its beginning: going on somewhere is reading to there again. */
static int xes_seek(void *ctx, const struct place *place)
{
    struct xes *xes = ctx;
    struct item item;
    xes->event_index = xes->event_count = 0;
    xes->place = (struct place){.seq = place->file_seq, .file_seq = place->file_seq};
    int status = file_open(xes, place->file_index);
    while (status == 0 && xes->place.seq < place->seq)
        status = xes_next(xes, &item);
    return status == INPUT_E_END ? 0 : status;
}

static struct progress xes_progress(void *ctx)
{
    const struct xes *xes = ctx;
    uint64_t done = 0;
    if (xes->file != NULL && xes->parser != NULL)
        done = raw_done(xes->file, (uint64_t)XML_GetCurrentByteIndex(xes->parser));
    return (struct progress){.done = done, .total = xes->bytes_total};
}

static const char *xes_print(void *ctx, const struct place *place)
{
    static char text[LINES_PRINT_BYTES];
    const struct xes *xes = ctx;
    if (xes->file == NULL || place->file_index != xes->place.file_index)
        return "";
    raw_print(xes->file, LINES_PRINT_OF, text);
    return text;
}

static bool xes_find(void *ctx, const char *print, struct place *place_io)
{
    struct xes *xes = ctx;
    for (uint32_t i = 0; i < xes->options.count; i++) {
        char text[LINES_PRINT_BYTES];
        struct raw_file *file = NULL;
        if (raw_open(xes->options.paths[i], &file) != 0)
            continue;
        raw_print(file, LINES_PRINT_OF, text);
        raw_close(&file);
        if (strcmp(text, print) == 0) {
            place_io->file_index = i;
            return true;
        }
    }
    return false;
}

static const char *xes_path(void *ctx, const struct place *place)
{
    const struct xes *xes = ctx;
    return xes->options.paths[place->file_index];
}

static int prepare(struct xes *xes)
{
    xes->chunk = malloc(CHUNK_BYTES);
    xes->trace = trace_create(xes->map);
    if (xes->chunk == NULL || xes->trace == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < xes->options.count; i++) {
        struct stat about;
        if (stat(xes->options.paths[i], &about) == 0 && S_ISREG(about.st_mode))
            xes->bytes_total += (uint64_t)about.st_size;
    }
    return applier_create(xes->map, xes->options.report, &xes->applier);
}

int xes_open(const struct files_options *options, const struct map *map, struct input *input_out)
{
    struct xes *xes = calloc(1, sizeof *xes);
    if (xes == NULL)
        return -ENOMEM;
    xes->options = *options;
    xes->map = map;
    int status = prepare(xes);
    if (status != 0) {
        xes_close(xes);
        return status;
    }
    *input_out = (struct input){
        .ctx = xes,
        .name = "xes",
        .seek = xes_seek,
        .next = xes_next,
        .progress = xes_progress,
        .print = xes_print,
        .find = xes_find,
        .path = xes_path,
        .close = xes_close,
    };
    return 0;
}
