/* trace.c - a path of keys says which attribute a tag is; the mapping's columns are compared with
 * it.
 *
 * The first event's tag opens after the attributes of its trace: that tag completes the trace's
 * row, and the event goes on when that row has been taken. Its attributes come later, so nothing is
 * lost.
 */
#include "collectors/xes/trace.h"

#include "collectors/xes/xes.h"
#include "engine/wire/intake.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 512 };

enum scope { OUTSIDE, IN_TRACE, IN_EVENT };

struct value {
    size_t offset;
    size_t count;
    bool is_of_event;
};

struct trace {
    const struct map *map;
    enum scope scope;
    uint32_t depth; /* of attributes inside attributes */
    char path[PATH_BYTES];
    size_t path_ends[XES_DEPTH_MAX];
    struct bytes text;
    size_t trace_bytes;  /* of text: what belongs to the trace */
    struct value *found; /* one per column */
    struct slice *values;
    uint64_t trace_line;
    uint64_t event_line;
    bool is_told;      /* the row of this trace was given out */
    bool has_case_row; /* both can be: an empty <event/> closes before anybody can stop it */
    bool has_event_row;
    bool is_cut;
    int failure;
    uint64_t count;
};

struct trace *trace_create(const struct map *map)
{
    struct trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL)
        return NULL;
    trace->map = map;
    trace->found = calloc(map_column_count(map) + 1, sizeof *trace->found);
    trace->values = calloc(map_column_count(map) + 1, sizeof *trace->values);
    if (trace->found == NULL || trace->values == NULL)
        trace_destroy(&trace);
    return trace;
}

void trace_destroy(struct trace **trace_p)
{
    struct trace *trace = *trace_p;
    if (trace == NULL)
        return;
    bytes_clear(&trace->text);
    free(trace->found);
    free(trace->values);
    free(trace);
    *trace_p = NULL;
}

static void forget(struct trace *trace, bool with_trace)
{
    size_t count = map_column_count(trace->map);
    for (size_t i = 0; i < count; i++)
        if (with_trace || trace->found[i].is_of_event)
            trace->found[i] = (struct value){0};
    trace->text.count = with_trace ? 0 : trace->trace_bytes;
    if (with_trace)
        trace->trace_bytes = 0;
}

void trace_clear(struct trace *trace)
{
    forget(trace, true);
    trace->scope = OUTSIDE;
    trace->depth = 0;
    trace->has_case_row = trace->has_event_row = trace->is_told = trace->is_cut = false;
    trace->count = 0;
}

/* ---- attributes ------------------------------------------------------------------------------ */

static bool is_attribute(const char *tag)
{
    static const char *const tags[] = {"string",  "date", "int",  "float",
                                       "boolean", "id",   "list", "container"};
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (strcmp(tag, tags[i]) == 0)
            return true;
    return false;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void keep(struct trace *trace, size_t column, const char *value)
{
    struct slice text = slice_of(value);
    if (text.count > XES_VALUE_BYTES_MAX || trace->text.count > XES_TRACE_BYTES_MAX) {
        trace->is_cut = true;
        return;
    }
    trace->found[column] = (struct value){
        .offset = trace->text.count, .count = text.count, .is_of_event = trace->scope == IN_EVENT};
    int status = bytes_append(&trace->text, text);
    if (status != 0)
        trace->failure = status;
}

/* A column "case:key" is of the trace, one without is of the event. */
static bool is_column(const struct trace *trace, struct slice column)
{
    struct slice path = slice_of(trace->path);
    if (trace->scope == IN_EVENT)
        return slice_is_equal(column, path);
    return column.count == path.count + 5 && memcmp(column.start, "case:", 5) == 0 &&
           memcmp(column.start + 5, path.start, path.count) == 0;
}

static void take_value(struct trace *trace, const char *value)
{
    size_t count = map_column_count(trace->map);
    for (size_t i = 0; i < count; i++)
        if (is_column(trace, map_column(trace->map, i)))
            keep(trace, i, value);
}

/* The path grows by a key. A key too long for it, or too deep, is a column of nobody. */
static void path_add(struct trace *trace, const char *key, const char *value)
{
    size_t end = trace->depth == 0 ? 0 : trace->path_ends[trace->depth - 1];
    size_t count = key == NULL ? 0 : strlen(key);
    size_t used = end + (end > 0) + count;
    trace->path_ends[trace->depth] = end;
    if (count == 0 || used >= PATH_BYTES)
        return;
    if (end > 0)
        trace->path[end++] = '/';
    memcpy(trace->path + end, key, count + 1);
    trace->path_ends[trace->depth] = used;
    if (value != NULL)
        take_value(trace, value);
}

static void open_attribute(struct trace *trace, const char **attributes)
{
    if (trace->depth < XES_DEPTH_MAX)
        path_add(trace, attribute(attributes, "key"), attribute(attributes, "value"));
    trace->depth++;
}

static void close_attribute(struct trace *trace)
{
    if (trace->depth == 0)
        return;
    trace->depth--;
    if (trace->depth < XES_DEPTH_MAX)
        trace->path[trace->depth == 0 ? 0 : trace->path_ends[trace->depth - 1]] = '\0';
}

/* ---- tags ------------------------------------------------------------------------------------ */

static int open_event(struct trace *trace, uint64_t line)
{
    trace->scope = IN_EVENT;
    trace->event_line = line;
    if (trace->is_told)
        return 0;
    trace->is_told = true;
    trace->trace_bytes = trace->text.count;
    trace->has_case_row = true;
    return TRACE_E_ROW;
}

int trace_open(struct trace *trace, const char *tag, const char **attributes, uint64_t line)
{
    if (trace->scope == OUTSIDE && strcmp(tag, "trace") == 0) {
        forget(trace, true);
        trace->scope = IN_TRACE;
        trace->trace_line = line;
        trace->is_told = false;
        trace->count++;
        return 0;
    }
    if (trace->scope == IN_TRACE && trace->depth == 0 && strcmp(tag, "event") == 0)
        return open_event(trace, line);
    if (trace->scope != OUTSIDE && is_attribute(tag))
        open_attribute(trace, attributes);
    return 0;
}

int trace_close(struct trace *trace, const char *tag)
{
    if (trace->scope != OUTSIDE && is_attribute(tag)) {
        close_attribute(trace);
        return 0;
    }
    if (trace->scope == IN_EVENT && strcmp(tag, "event") == 0) {
        trace->scope = IN_TRACE;
        trace->has_event_row = true;
        return TRACE_E_ROW;
    }
    if (trace->scope == IN_TRACE && strcmp(tag, "trace") == 0) {
        trace->scope = OUTSIDE;
        trace->has_case_row = !trace->is_told;
    }
    return trace->has_case_row ? TRACE_E_ROW : 0;
}

/* ---- the row --------------------------------------------------------------------------------- */

int trace_failure(const struct trace *trace)
{
    return trace->failure;
}

bool trace_has_row(const struct trace *trace)
{
    return trace->has_case_row || trace->has_event_row;
}

enum map_per trace_row_per(const struct trace *trace)
{
    return trace->has_case_row ? MAP_PER_CASE : MAP_PER_EVENT;
}

uint64_t trace_row_line(const struct trace *trace)
{
    return trace->has_case_row ? trace->trace_line : trace->event_line;
}

const struct slice *trace_row_values(struct trace *trace)
{
    size_t count = map_column_count(trace->map);
    for (size_t i = 0; i < count; i++) {
        const struct value *found = &trace->found[i];
        trace->values[i] = (struct slice){
            .start = found->count == 0 ? NULL : trace->text.start + found->offset,
            .count = found->count,
        };
    }
    return trace->values;
}

bool trace_row_is_cut(const struct trace *trace)
{
    return trace->is_cut;
}

void trace_row_done(struct trace *trace)
{
    trace->is_cut = false;
    if (trace->has_case_row) {
        trace->has_case_row = false;
        return;
    }
    trace->has_event_row = false;
    forget(trace, false);
}

uint64_t trace_count(const struct trace *trace)
{
    return trace->count;
}
