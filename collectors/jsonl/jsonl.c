/* jsonl.c - each line stands alone; a bad one is told and stepped over. Without a mapping a line is
 * one event; with one it is a row of named values and may give several.
 */
#include "collectors/jsonl/jsonl.h"

#include "collectors/map/map.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

struct jsonl {
    struct files *files;
    struct event_reader *reader;
    const char *source;
    const struct map *map; /* NULL: canonical names */
    struct applier *applier;
    struct bytes text; /* the values of the row, one after the other */
    struct slice *values;
    size_t *ends;
    struct event event;
    const struct event *events; /* of the row, not all given out yet */
    size_t event_count;
    size_t event_index;
};

static void jsonl_close(void *ctx)
{
    struct jsonl *jsonl = ctx;
    files_destroy(&jsonl->files);
    event_reader_destroy(&jsonl->reader);
    applier_destroy(&jsonl->applier);
    bytes_clear(&jsonl->text);
    free(jsonl->values);
    free(jsonl->ends);
    free(jsonl);
}

static void json_drop(json_t **json_p)
{
    json_decref(*json_p);
}

/* ---- one line -------------------------------------------------------------------------------- */

static void refuse(struct jsonl *jsonl, struct slice code, struct slice field, const char *en,
                   const char *zh)
{
    struct fault fault = {
        .file = files_name(jsonl->files),
        .row = files_place(jsonl->files).row,
        .code = code,
        .field = field,
    };
    (void)snprintf(fault.en, sizeof fault.en, "%s", en);
    (void)snprintf(fault.zh, sizeof fault.zh, "%s", zh);
    report_add(files_report(jsonl->files), &fault);
}

static bool is_ours(struct jsonl *jsonl, struct slice source)
{
    if (jsonl->source == NULL || slice_is_empty(source) ||
        slice_is_equal(source, slice_of(jsonl->source)))
        return true;
    char en[REPORT_TEXT_BYTES];
    char zh[REPORT_TEXT_BYTES];
    int count =
        (int)(source.count < EVENT_SOURCE_BYTES_MAX ? source.count : EVENT_SOURCE_BYTES_MAX);
    (void)snprintf(en, sizeof en,
                   "source: the line is of \"%.*s\", this collector speaks for \"%s\"", count,
                   source.start, jsonl->source);
    (void)snprintf(zh, sizeof zh, "source：此行属于“%.*s”，本采集器代表“%s”", count, source.start,
                   jsonl->source);
    refuse(jsonl, SLICE("foreign_source"), SLICE("source"), en, zh);
    return false;
}

static void refuse_event(struct jsonl *jsonl, enum refusal refusal, const struct text_refusal *said)
{
    refuse(jsonl, slice_of(refusal_name[refusal]), slice_of(said->field), said->en, said->zh);
}

static void take_canonical(struct jsonl *jsonl, struct slice line)
{
    struct slice source;
    uint64_t seq;
    struct text_refusal said = {0};
    enum refusal refusal =
        event_from_json(jsonl->reader, line, NULL, &jsonl->event, &source, &seq, &said);
    if (refusal == REFUSAL_NONE) {
        const char *field = "";
        refusal = event_check(&jsonl->event, INSTANT_NONE, &field);
        if (refusal != REFUSAL_NONE)
            refusal_text(refusal, field, (struct slice){0}, &said);
    }
    if (refusal != REFUSAL_NONE) {
        refuse_event(jsonl, refusal, &said);
        return;
    }
    if (!is_ours(jsonl, source))
        return;
    jsonl->events = &jsonl->event;
    jsonl->event_count = 1;
}

/* "a.b" finds {"a": {"b": …}}, unless there is a name with that very point in it. */
static const json_t *find_value(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *point = strchr(name, '.');
    char part[64];
    if (value != NULL || point == NULL || (size_t)(point - name) >= sizeof part)
        return value;
    (void)snprintf(part, sizeof part, "%.*s", (int)(point - name), name);
    const json_t *inner = json_object_get(object, part);
    return json_is_object(inner) ? json_object_get(inner, point + 1) : NULL;
}

static int append_value(struct bytes *text, const json_t *value)
{
    if (json_is_string(value))
        return bytes_append(text, (struct slice){.start = json_string_value(value),
                                                 .count = json_string_length(value)});
    if (json_is_integer(value))
        return bytes_printf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_real(value))
        return bytes_printf(text, "%.15g", json_real_value(value));
    if (json_is_boolean(value))
        return bytes_append(text, json_is_true(value) ? SLICE("true") : SLICE("false"));
    return 0; /* null, absent, a list or an object: nothing that a field could hold */
}

static int take_mapped(struct jsonl *jsonl, struct slice line)
{
    json_error_t error;
    OWNED(json_drop)
    json_t *object = json_loadb(line.start, line.count, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        char zh[REPORT_TEXT_BYTES];
        char en[REPORT_TEXT_BYTES];
        const char *why = object == NULL ? error.text : "not an object";
        (void)snprintf(en, sizeof en, "cannot be decoded as JSON: %s", why);
        (void)snprintf(zh, sizeof zh, "无法按 JSON 解码：%s", why);
        refuse(jsonl, SLICE("malformed"), (struct slice){0}, en, zh);
        return 0;
    }
    size_t count = map_column_count(jsonl->map);
    jsonl->text.count = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = find_value(object, map_column(jsonl->map, i).start);
        int status = append_value(&jsonl->text, value);
        if (status != 0)
            return status;
        jsonl->ends[i] = jsonl->text.count;
    }
    for (size_t i = 0; i < count; i++) {
        size_t begin = i == 0 ? 0 : jsonl->ends[i - 1];
        jsonl->values[i] =
            (struct slice){.start = begin == jsonl->ends[i] ? "" : jsonl->text.start + begin,
                           .count = jsonl->ends[i] - begin};
    }
    const struct row row = {
        .file = files_name(jsonl->files),
        .number = files_place(jsonl->files).row,
        .per = MAP_PER_ROW,
        .values = jsonl->values,
    };
    jsonl->event_count = applier_apply(jsonl->applier, &row, &jsonl->events);
    return 0;
}

static struct slice without_end(struct slice line)
{
    while (line.count > 0 && strchr(" \t\r\n", line.start[line.count - 1]) != NULL)
        line.count--;
    return line;
}

static int take_line(struct jsonl *jsonl, int status, struct slice line)
{
    jsonl->event_index = jsonl->event_count = 0;
    if (status == FILES_E_TOO_LONG) {
        refuse(jsonl, SLICE("too_long"), (struct slice){0},
               "the line is longer than 1 MiB: each event is a line of its own",
               "此行超过 1 MiB：每个事件应单独成行");
        return 0;
    }
    if (status == FILES_E_ENCODING) {
        refuse(jsonl, SLICE("not_text"), (struct slice){0},
               "not text in the encoding expected; save it as UTF-8, or name the encoding",
               "不是所要求编码的文本；请存为 UTF-8，或指明编码");
        return 0;
    }
    line = without_end(line);
    if (slice_is_empty(line))
        return 0;
    if (jsonl->map != NULL)
        return take_mapped(jsonl, line);
    take_canonical(jsonl, line);
    return 0;
}

/* ---- the input ------------------------------------------------------------------------------- */

static int jsonl_next(void *ctx, struct item *item_out)
{
    struct jsonl *jsonl = ctx;
    while (jsonl->event_index == jsonl->event_count) {
        struct slice line;
        int status = files_next(jsonl->files, &line);
        if (status == FILES_E_NEW)
            continue;
        if (status != 0 && status != FILES_E_ENCODING && status != FILES_E_TOO_LONG)
            return status;
        status = take_line(jsonl, status, line);
        if (status != 0)
            return status;
    }
    files_count(jsonl->files);
    item_out->event = jsonl->events[jsonl->event_index++];
    item_out->after = files_place(jsonl->files);
    item_out->row = item_out->after.row;
    item_out->ends_row = jsonl->event_index == jsonl->event_count;
    return 0;
}

static int jsonl_seek(void *ctx, const struct place *place)
{
    struct jsonl *jsonl = ctx;
    jsonl->event_index = jsonl->event_count = 0;
    return files_seek(jsonl->files, place);
}

static struct progress jsonl_progress(void *ctx)
{
    const struct jsonl *jsonl = ctx;
    return files_progress(jsonl->files);
}

static const char *jsonl_print(void *ctx, const struct place *place)
{
    struct jsonl *jsonl = ctx;
    return files_print(jsonl->files, place);
}

static bool jsonl_find(void *ctx, const char *print, struct place *place_io)
{
    struct jsonl *jsonl = ctx;
    return files_find(jsonl->files, print, place_io);
}

static const char *jsonl_path(void *ctx, const struct place *place)
{
    struct jsonl *jsonl = ctx;
    return files_path(jsonl->files, place);
}

static int prepare(struct jsonl *jsonl, const struct files_options *options)
{
    if (jsonl->map == NULL) {
        jsonl->reader = event_reader_create();
        if (jsonl->reader == NULL)
            return -ENOMEM;
    } else {
        size_t count = map_column_count(jsonl->map);
        jsonl->values = calloc(count + 1, sizeof *jsonl->values);
        jsonl->ends = calloc(count + 1, sizeof *jsonl->ends);
        if (jsonl->values == NULL || jsonl->ends == NULL)
            return -ENOMEM;
        int status = applier_create(jsonl->map, options->report, &jsonl->applier);
        if (status != 0)
            return status;
    }
    return files_create(options, &jsonl->files);
}

int jsonl_open(const struct files_options *options, const struct map *map, const char *source,
               struct input *input_out)
{
    struct jsonl *jsonl = calloc(1, sizeof *jsonl);
    if (jsonl == NULL)
        return -ENOMEM;
    jsonl->map = map;
    jsonl->source = source;
    int status = prepare(jsonl, options);
    if (status != 0) {
        jsonl_close(jsonl);
        return status;
    }
    *input_out = (struct input){
        .ctx = jsonl,
        .name = "jsonl",
        .seek = jsonl_seek,
        .next = jsonl_next,
        .progress = jsonl_progress,
        .print = jsonl_print,
        .find = jsonl_find,
        .path = jsonl_path,
        .close = jsonl_close,
    };
    return 0;
}
