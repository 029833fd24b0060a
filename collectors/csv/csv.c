/* csv.c - the header is looked up once per file; then a row is a handful of slices.
 */
#include "collectors/csv/csv.h"

#include "collectors/csv/row.h"
#include "collectors/map/map.h"
#include "engine/sys/nearest.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const canonical[] = {
    "case",   "kind",    "at",      "entered_at", "item",   "step",  "org",
    "area",   "handler", "result",  "reason",     "term",   "limit", "due_at",
    "parent", "card",    "fee_due", "fee_paid",   "rating", "attrs", "version"};

struct csv {
    struct row_reader *rows;
    struct files *files; /* of rows */
    struct report *report;
    const struct map *map; /* NULL: the header has canonical names */
    struct applier *applier;
    struct event_reader *reader;
    bool has_header;
    size_t column_count;                /* of the file */
    uint32_t name_count;                /* without a mapping: columns that are fields … */
    struct slice names[CSV_FIELDS_MAX]; /* … their names … */
    uint32_t indices[CSV_FIELDS_MAX]; /* … and where they stand; with one: of each of its columns */
    uint32_t positions[MAP_COLUMNS_MAX];
    struct slice values[CSV_FIELDS_MAX];
    struct event event;
    const struct event *events; /* of the row, not all given out yet */
    size_t event_count;
    size_t event_index;
    uint64_t row;
};

static void csv_close(void *ctx)
{
    struct csv *csv = ctx;
    row_reader_destroy(&csv->rows);
    applier_destroy(&csv->applier);
    event_reader_destroy(&csv->reader);
    free(csv);
}

/* ---- what is wrong --------------------------------------------------------------------------- */

static struct fault fault_at(const struct csv *csv, uint64_t row, enum refusal code)
{
    return (struct fault){
        .file = files_name(csv->files), .row = row, .code = slice_of(refusal_name[code])};
}

static int refuse_row(struct csv *csv, const struct fields *fields, int outcome)
{
    struct fault fault = fault_at(csv, fields->row, REFUSAL_MALFORMED);
    if (outcome == ROW_E_ENCODING) {
        fault.code = slice_of(refusal_name[REFUSAL_NOT_TEXT]);
        fault_say(&fault,
                  "not text in the encoding expected; save the file as UTF-8, or say \"encoding: "
                  "GB18030\" in the mapping",
                  "不是所要求编码的文本；请将文件存为 UTF-8，或在映射中写明“encoding: GB18030”");
    } else if (outcome == ROW_E_OPEN) {
        fault_say(&fault,
                  "a quote opens in this row and is never closed; close it, or write \"\" for a "
                  "quote inside a text",
                  "此行有一个引号未闭合；请补上，文本中的引号应写作 \"\"");
    } else if (outcome == ROW_E_TOO_LONG) {
        fault.code = slice_of(refusal_name[REFUSAL_TOO_LONG]);
        fault_say(&fault, "longer than %d bytes without a line end", "超过 %d 字节而没有换行",
                  LINE_BYTES_MAX);
    } else {
        fault_say(&fault, "more than %d columns", "超过 %d 列", CSV_FIELDS_MAX);
    }
    report_add(csv->report, &fault);
    return 0;
}

static void refuse_width(struct csv *csv, const struct fields *fields)
{
    struct fault fault = fault_at(csv, fields->row, REFUSAL_MALFORMED);
    fault_say(&fault,
              "%zu columns, the header has %zu; a comma or a line end inside a text needs quotes "
              "around it",
              "有 %zu 列，表头有 %zu 列；文本中的逗号或换行须用引号括起", fields->count,
              csv->column_count);
    report_add(csv->report, &fault);
}

/* ---- the header ------------------------------------------------------------------------------ */

static struct slice trim(struct slice value)
{
    while (value.count > 0 &&
           (value.start[value.count - 1] == ' ' || value.start[value.count - 1] == '\t'))
        value.count--;
    while (value.count > 0 && (value.start[0] == ' ' || value.start[0] == '\t')) {
        value.start++;
        value.count--;
    }
    return value;
}

static const char *nearest_of(struct slice name, const struct fields *fields)
{
    static char room[128];
    size_t best = 0;
    for (size_t i = 0; i < fields->count; i++) { /* text_nearest wants C strings: one at a time */
        struct slice field = trim(fields->at[i]);
        char text[128];
        const char *const words[] = {text};
        if (field.count == 0 || field.count >= sizeof text)
            continue;
        (void)snprintf(text, sizeof text, "%.*s", (int)field.count, field.start);
        if (text_nearest(name, words, 1) != NULL && best == 0) {
            memcpy(room, text, sizeof room);
            best = 1;
        }
    }
    return best == 0 ? NULL : room;
}

static int refuse_header(struct csv *csv, const struct fields *fields, struct slice name)
{
    struct fault fault = fault_at(csv, fields->row, REFUSAL_MISSING);
    const char *nearest = nearest_of(name, fields);
    fault.name = name;
    if (nearest != NULL)
        fault_say(&fault,
                  "the header has no column \"%.*s\", which the mapping reads; it has \"%s\"",
                  "表头没有映射所需的“%.*s”列；有“%s”", (int)name.count, name.start, nearest);
    else
        fault_say(&fault, "the header has no column \"%.*s\", which the mapping reads",
                  "表头没有映射所需的“%.*s”列", (int)name.count, name.start);
    report_add(csv->report, &fault);
    return INPUT_E_BAD;
}

static int take_mapped_header(struct csv *csv, const struct fields *fields)
{
    size_t count = map_column_count(csv->map);
    for (size_t i = 0; i < count; i++) {
        struct slice name = map_column(csv->map, i);
        uint32_t index = 0;
        while (index < fields->count && !slice_is_equal(trim(fields->at[index]), name))
            index++;
        if (index == fields->count)
            return refuse_header(csv, fields, name);
        csv->indices[i] = index;
        csv->positions[i] = index + 1;
    }
    return 0;
}

static const char *canonical_of(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(canonical); i++)
        if (slice_is_equal(name, slice_of(canonical[i])))
            return canonical[i];
    return NULL;
}

static int refuse_name(struct csv *csv, const struct fields *fields, uint32_t index,
                       struct slice name)
{
    struct fault fault = fault_at(csv, fields->row, REFUSAL_UNKNOWN_FIELD);
    const char *nearest = text_nearest(name, canonical, COUNT_OF(canonical));
    fault.column = index + 1;
    fault.name = name;
    if (nearest != NULL)
        fault_say(&fault,
                  "no field has this name; \"%s\" does. Columns of the source's own need a mapping "
                  "(--map FILE)",
                  "没有此名称的字段；有“%s”。来源自有的列需要映射（--map FILE）", nearest);
    else
        fault_say(&fault,
                  "no field has this name; columns of the source's own need a mapping (--map FILE)",
                  "没有此名称的字段；来源自有的列需要映射（--map FILE）");
    report_add(csv->report, &fault);
    return INPUT_E_BAD;
}

static int take_canonical_header(struct csv *csv, const struct fields *fields)
{
    csv->name_count = 0;
    for (uint32_t i = 0; i < fields->count; i++) {
        struct slice name = trim(fields->at[i]);
        if (slice_is_equal(name, SLICE("source")) || slice_is_equal(name, SLICE("seq")))
            continue; /* the collector numbers what it reads by itself */
        const char *known = canonical_of(name);
        if (known == NULL)
            return refuse_name(csv, fields, i, name);
        csv->names[csv->name_count] = slice_of(known);
        csv->indices[csv->name_count++] = i;
    }
    return 0;
}

/* Returns 0, INPUT_E_END (an empty file: told), or what row_next gave. */
static int take_header(struct csv *csv)
{
    struct fields fields;
    int status = row_next(csv->rows, &fields);
    if (status == INPUT_E_END || status == ROW_E_NEW) {
        struct fault fault = fault_at(csv, 0, REFUSAL_MISSING);
        fault_say(&fault, "is empty: it needs a first row with the names of the columns",
                  "为空：第一行须是列名");
        report_add(csv->report, &fault);
    }
    if (status == ROW_E_OPEN || status == ROW_E_TOO_LONG || status == ROW_E_ENCODING ||
        status == ROW_E_TOO_WIDE) {
        (void)refuse_row(csv, &fields, status);
        return INPUT_E_BAD; /* without its header nothing in the file can be told */
    }
    if (status != 0)
        return status;
    csv->column_count = fields.count;
    status =
        csv->map == NULL ? take_canonical_header(csv, &fields) : take_mapped_header(csv, &fields);
    csv->has_header = status == 0;
    return status;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void take_canonical(struct csv *csv, const struct fields *fields)
{
    struct text_refusal said = {0};
    for (uint32_t i = 0; i < csv->name_count; i++)
        csv->values[i] = trim(fields->at[csv->indices[i]]);
    enum refusal refusal = event_from_columns(csv->reader, csv->names, csv->values, csv->name_count,
                                              false, NULL, &csv->event, &said);
    if (refusal == REFUSAL_NONE) {
        const char *field = "";
        refusal = event_check(&csv->event, INSTANT_NONE, &field);
        if (refusal != REFUSAL_NONE)
            refusal_text(refusal, field, (struct slice){0}, &said);
    }
    if (refusal == REFUSAL_NONE) {
        csv->events = &csv->event;
        csv->event_count = 1;
        return;
    }
    struct fault fault = fault_at(csv, fields->row, refusal);
    fault.field = slice_of(said.field);
    for (uint32_t i = 0; i < csv->name_count; i++) {
        if (!slice_is_equal(csv->names[i], fault.field))
            continue;
        fault.column = csv->indices[i] + 1;
        fault.name = csv->names[i];
        fault.value = csv->values[i];
    }
    (void)snprintf(fault.en, sizeof fault.en, "%s", said.en);
    (void)snprintf(fault.zh, sizeof fault.zh, "%s", said.zh);
    report_add(csv->report, &fault);
}

static void take_mapped(struct csv *csv, const struct fields *fields)
{
    size_t count = map_column_count(csv->map);
    for (size_t i = 0; i < count; i++)
        csv->values[i] = fields->at[csv->indices[i]];
    const struct row row = {
        .file = files_name(csv->files),
        .number = fields->row,
        .per = MAP_PER_ROW,
        .values = csv->values,
        .positions = csv->positions,
    };
    csv->event_count = applier_apply(csv->applier, &row, &csv->events);
}

/* One row. Returns 0 (it gave event_count events) or what csv_next shall return. */
static int take_row(struct csv *csv)
{
    struct fields fields;
    csv->event_index = csv->event_count = 0;
    if (!csv->has_header) {
        int status = take_header(csv);
        if (status != 0)
            return status == ROW_E_NEW ? 0 : status;
    }
    int status = row_next(csv->rows, &fields);
    if (status == ROW_E_NEW) {
        csv->has_header = false;
        return 0;
    }
    if (status == ROW_E_ENCODING || status == ROW_E_OPEN || status == ROW_E_TOO_LONG ||
        status == ROW_E_TOO_WIDE)
        return refuse_row(csv, &fields, status);
    if (status != 0)
        return status;
    csv->row = fields.row;
    if (fields.count != csv->column_count && fields.spans_lines) {
        (void)refuse_row(csv, &fields, ROW_E_OPEN);
        return row_again(csv->rows);
    }
    if (fields.count != csv->column_count)
        refuse_width(csv, &fields);
    else if (csv->map == NULL)
        take_canonical(csv, &fields);
    else
        take_mapped(csv, &fields);
    return 0;
}

/* ---- the input ------------------------------------------------------------------------------- */

static int csv_next(void *ctx, struct item *item_out)
{
    struct csv *csv = ctx;
    while (csv->event_index == csv->event_count) {
        int status = take_row(csv);
        if (status != 0)
            return status;
    }
    files_count(csv->files);
    item_out->event = csv->events[csv->event_index++];
    item_out->row = csv->row;
    item_out->after = files_place(csv->files);
    item_out->ends_row = csv->event_index == csv->event_count;
    return 0;
}

/* The header of the file comes first, also when reading goes on in the middle of it. */
static int csv_seek(void *ctx, const struct place *place)
{
    struct csv *csv = ctx;
    struct place start = *place;
    start.offset = 0;
    start.row = 0;
    csv->event_index = csv->event_count = 0;
    csv->has_header = false;
    int status = row_reader_seek(csv->rows, &start);
    if (status != 0 || place->offset == 0)
        return status;
    status = take_header(csv);
    if (status != 0)
        return status < 0 ? status : INPUT_E_BAD;
    return row_reader_seek(csv->rows, place);
}

static struct progress csv_progress(void *ctx)
{
    const struct csv *csv = ctx;
    return files_progress(csv->files);
}

static const char *csv_print(void *ctx, const struct place *place)
{
    struct csv *csv = ctx;
    return files_print(csv->files, place);
}

static bool csv_find(void *ctx, const char *print, struct place *place_io)
{
    struct csv *csv = ctx;
    return files_find(csv->files, print, place_io);
}

static const char *csv_path(void *ctx, const struct place *place)
{
    struct csv *csv = ctx;
    return files_path(csv->files, place);
}

static int prepare(struct csv *csv, const struct files_options *options)
{
    int status = 0;
    if (csv->map != NULL) {
        status = applier_create(csv->map, options->report, &csv->applier);
    } else {
        csv->reader = event_reader_create();
        status = csv->reader == NULL ? -ENOMEM : 0;
    }
    if (status == 0)
        status = row_reader_create(options, csv->map == NULL ? ',' : map_delimiter(csv->map),
                                   &csv->rows);
    if (status == 0)
        csv->files = row_reader_files(csv->rows);
    return status;
}

int csv_open(const struct files_options *options, const struct map *map, struct input *input_out)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL)
        return -ENOMEM;
    csv->map = map;
    csv->report = options->report;
    int status = prepare(csv, options);
    if (status != 0) {
        csv_close(csv);
        return status;
    }
    *input_out = (struct input){
        .ctx = csv,
        .name = "csv",
        .seek = csv_seek,
        .next = csv_next,
        .progress = csv_progress,
        .print = csv_print,
        .find = csv_find,
        .path = csv_path,
        .close = csv_close,
    };
    return 0;
}
