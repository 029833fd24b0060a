/* apply.c - the columns of a row are laid out under the canonical names and read by
 * event_from_columns, so that a mapped source and a canonical file are judged by the same code.
 * Times are read here, because only the mapping knows how they are written.
 */
#include "collectors/map/map_parts.h"

#include "engine/base/date.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAMES_MAX = FIELD_COUNT + 1 + MAP_ATTRS_MAX };

struct applier {
    const struct map *map;
    struct report *report;
    const struct row *row;
    struct event events[MAP_EVENTS_MAX];
    struct event_reader *readers[MAP_EVENTS_MAX]; /* each event borrows from one of its own */
    char times[MAP_EVENTS_MAX][FIELD_COUNT][INSTANT_TEXT_BYTES];
};

int applier_create(const struct map *map, struct report *report, struct applier **applier_out)
{
    struct applier *applier = calloc(1, sizeof *applier);
    if (applier == NULL)
        return -ENOMEM;
    applier->map = map;
    applier->report = report;
    for (uint32_t i = 0; i < map->event_count; i++) {
        applier->readers[i] = event_reader_create();
        if (applier->readers[i] == NULL) {
            applier_destroy(&applier);
            return -ENOMEM;
        }
    }
    *applier_out = applier;
    return 0;
}

void applier_destroy(struct applier **applier_p)
{
    if (*applier_p == NULL)
        return;
    for (uint32_t i = 0; i < MAP_EVENTS_MAX; i++)
        event_reader_destroy(&(*applier_p)->readers[i]);
    free(*applier_p);
    *applier_p = NULL;
}

/* ---- values ---------------------------------------------------------------------------------- */

static struct slice trim(struct slice value)
{
    while (value.count > 0 && strchr(" \t\r\n", value.start[value.count - 1]) != NULL)
        value.count--;
    while (value.count > 0 && strchr(" \t\r\n", value.start[0]) != NULL) {
        value.start++;
        value.count--;
    }
    return value;
}

/* What stands in a column; empty when it is a text that means nothing. */
static struct slice value_at(const struct applier *applier, int column)
{
    struct slice value = trim(applier->row->values[column]);
    for (uint32_t i = 0; i < applier->map->blank_count; i++)
        if (slice_is_equal(value, applier->map->blanks[i]))
            return (struct slice){0};
    return value;
}

static struct slice value_of(const struct applier *applier, const struct field_from *from)
{
    return from->column == COLUMN_NONE ? from->constant : value_at(applier, from->column);
}

static struct fault fault_at(const struct applier *applier, int column, const char *field,
                             enum refusal code)
{
    const struct row *row = applier->row;
    struct fault fault = {
        .file = row->file,
        .row = row->number,
        .field = slice_of(field),
        .code = slice_of(refusal_name[code]),
    };
    if (column != COLUMN_NONE) {
        fault.name = applier->map->columns[column];
        fault.column = row->positions == NULL ? 0 : row->positions[column];
        fault.value = trim(row->values[column]);
    }
    return fault;
}

enum { SHOWN_BYTES = 60 };

static int shown_bytes(struct slice value)
{
    size_t count = value.count < SHOWN_BYTES ? value.count : SHOWN_BYTES;
    while (count < value.count && count > 0 && ((unsigned char)value.start[count] & 0xC0) == 0x80)
        count--;
    return (int)count;
}

#define SHOWN(value) shown_bytes(value), ((value).count == 0 ? "" : (value).start)

/* ---- times ----------------------------------------------------------------------------------- */

static void refuse_time(struct applier *applier, int column, int field, int outcome)
{
    static const enum refusal codes[] = {REFUSAL_NONE, REFUSAL_BAD_TIME, REFUSAL_OUT_OF_RANGE,
                                         REFUSAL_NO_ZONE, REFUSAL_DATE_ONLY};
    struct fault fault = fault_at(applier, column, map_field_name[field], codes[outcome]);
    struct slice value = fault.value;
    const char *name = map_field_name[field];
    switch (outcome) {
    case TIMES_E_NO_ZONE:
        fault_say(&fault,
                  "%s: \"%.*s\" has no offset from UTC; name its zone in the mapping, such as "
                  "\"zone: Asia/Shanghai\"",
                  "%s：“%.*s”没有时区；请在映射中指明，例如“zone: Asia/Shanghai”", name,
                  SHOWN(value));
        break;
    case TIMES_E_DATE_ONLY:
        fault_say(
            &fault,
            "%s: \"%.*s\" is a date without a time of day; say in the mapping \"date_only: "
            "start of day\" or \"end of day\"",
            "%s：“%.*s”只有日期，没有时刻；请在映射中写明“date_only: start of day”或“end of day”",
            name, SHOWN(value));
        break;
    case TIMES_E_RANGE:
        fault_say(&fault, "%s: \"%.*s\": there is no such day or time of day",
                  "%s：“%.*s”：没有这样的日期或时刻", name, SHOWN(value));
        break;
    default:
        fault_say(
            &fault,
            "%s: \"%.*s\" is in none of the forms of the mapping; add its form under \"times:\"",
            "%s：“%.*s”不符合映射中的任何时间格式；请在“times:”下加入其格式", name, SHOWN(value));
        break;
    }
    report_add(applier->report, &fault);
}

/* The value of a time as RFC 3339. Returns false after a refusal. */
static bool time_text(struct applier *applier, uint32_t index, int field, struct slice *value_io)
{
    const struct map_event *entry = &applier->map->events[index];
    struct instant at;
    int outcome = times_parse(&applier->map->times, *value_io, entry->date_only, &at);
    if (outcome != 0) {
        refuse_time(applier, entry->fields[field].column, field, outcome);
        return false;
    }
    *value_io = slice_of(instant_format(at, 0, applier->times[index][field]));
    return true;
}

/* No field is as long as this, and none of the columns' values may make the whole row too long: so
 * the column is named here, where it is known. Returns false after a refusal. */
static bool check_bytes(struct applier *applier, int column, const char *field, struct slice value)
{
    if (value.count <= EVENT_ATTRS_BYTES_MAX)
        return true;
    struct fault fault = fault_at(applier, column, field, REFUSAL_TOO_LONG);
    fault_say(&fault, "%s: %zu bytes; no field may be longer than %d",
              "%s：有 %zu 字节；任何字段不得超过 %d 字节", field, value.count,
              EVENT_ATTRS_BYTES_MAX);
    report_add(applier->report, &fault);
    return false;
}

/* ---- one event ------------------------------------------------------------------------------- */

static bool is_wanted(const struct applier *applier, const struct map_event *entry)
{
    if (entry->per != applier->row->per)
        return false;
    for (uint32_t i = 0; i < entry->when_count; i++) {
        const struct map_when *when = &entry->when[i];
        struct slice value = trim(applier->row->values[when->column]);
        bool is_among = false;
        for (uint32_t j = 0; j < when->count; j++)
            is_among = is_among || slice_is_equal(value, when->texts[j]);
        if (is_among == when->has_not)
            return false;
    }
    return !entry->is_optional || !slice_is_empty(value_of(applier, &entry->fields[FIELD_AT]));
}

static void refuse_word(struct applier *applier, const struct map_event *entry)
{
    const char *words[WORDS_MAX];
    struct fault fault = fault_at(applier, entry->kind_column, "kind", REFUSAL_UNKNOWN_KIND);
    for (uint32_t i = 0; i < entry->word_count; i++)
        words[i] = entry->words[i].word.start;
    const char *nearest = text_nearest(fault.value, words, entry->word_count);
    if (slice_is_empty(fault.value))
        fault_say(&fault, "kind: empty; it must be one of the words of the mapping",
                  "kind：为空；必须是映射中的词之一");
    else if (nearest != NULL)
        fault_say(&fault, "kind: \"%.*s\" is not among the words of the mapping; \"%s\" is",
                  "kind：“%.*s”不在映射的词表中；有“%s”", SHOWN(fault.value), nearest);
    else
        fault_say(&fault,
                  "kind: \"%.*s\" is not among the words of the mapping; add it under \"words:\"",
                  "kind：“%.*s”不在映射的词表中；请加入“words:”", SHOWN(fault.value));
    report_add(applier->report, &fault);
}

/* Which kind, and which step if the word says one. Returns false: no event (told, if it is wrong).
 */
static bool choose_kind(struct applier *applier, const struct map_event *entry,
                        enum event_kind *kind_out, struct slice *step_out)
{
    *kind_out = entry->kind;
    if (entry->kind_column == COLUMN_NONE)
        return true;
    struct slice word = value_at(applier, entry->kind_column);
    const struct map_word *found = map_word_find(entry, word);
    if (found != NULL && found->kind == EVENT_NONE)
        return false;
    if (found == NULL && entry->other == OTHER_SKIP)
        return false;
    if (found == NULL && (entry->other == OTHER_REFUSE || slice_is_empty(word))) {
        refuse_word(applier, entry);
        return false;
    }
    *kind_out = found == NULL ? entry->other_kind : found->kind;
    if (found != NULL && !slice_is_empty(found->step))
        *step_out = found->step;
    else if ((*kind_out == EVENT_STEP_START || *kind_out == EVENT_STEP_END) &&
             slice_is_empty(value_of(applier, &entry->fields[FIELD_STEP])))
        *step_out = word;
    return true;
}

struct layout {
    size_t count;
    struct slice names[NAMES_MAX];
    struct slice values[NAMES_MAX];
};

static void lay(struct layout *layout, struct slice name, struct slice value)
{
    if (slice_is_empty(value))
        return;
    assert(layout->count < NAMES_MAX);
    layout->names[layout->count] = name;
    layout->values[layout->count++] = value;
}

static bool lay_out(struct applier *applier, uint32_t index, struct layout *layout)
{
    const struct map_event *entry = &applier->map->events[index];
    enum event_kind kind;
    struct slice step = {0};
    layout->count = 0;
    if (!choose_kind(applier, entry, &kind, &step))
        return false;
    lay(layout, SLICE("kind"), slice_of(event_kind_name[kind]));
    for (int i = 0; i < FIELD_COUNT; i++) {
        struct slice value = value_of(applier, &entry->fields[i]);
        if (i == FIELD_STEP && !slice_is_empty(step))
            value = step;
        if (map_field_is_time[i] && !slice_is_empty(value) && !time_text(applier, index, i, &value))
            return false;
        if (!check_bytes(applier, entry->fields[i].column, map_field_name[i], value))
            return false;
        lay(layout, slice_of(map_field_name[i]), value);
    }
    for (uint32_t i = 0; i < applier->map->attr_count; i++) {
        const struct map_attr *attr = &applier->map->attrs[i];
        struct slice value = value_at(applier, attr->column);
        if (!check_bytes(applier, attr->column, attr->name.start, value))
            return false;
        lay(layout, attr->name, value);
    }
    return true;
}

static int column_of_field(const struct map *map, const struct map_event *entry, const char *field)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (strcmp(field, map_field_name[i]) == 0)
            return entry->fields[i].column;
    if (strcmp(field, "kind") == 0)
        return entry->kind_column;
    for (uint32_t i = 0; i < map->attr_count; i++)
        if (slice_is_equal(map->attrs[i].name, slice_of(field)))
            return map->attrs[i].column;
    return COLUMN_NONE;
}

static bool make_event(struct applier *applier, uint32_t index, struct event *event_out)
{
    struct layout layout;
    struct text_refusal said = {0};
    if (!lay_out(applier, index, &layout))
        return false;
    enum refusal refusal = event_from_columns(applier->readers[index], layout.names, layout.values,
                                              layout.count, true, NULL, event_out, &said);
    if (refusal == REFUSAL_NONE) {
        const char *field = "";
        refusal = event_check(event_out, INSTANT_NONE, &field);
        if (refusal != REFUSAL_NONE)
            refusal_text(refusal, field, (struct slice){0}, &said);
    }
    if (refusal == REFUSAL_NONE)
        return true;
    int column = column_of_field(applier->map, &applier->map->events[index], said.field);
    struct fault fault = fault_at(applier, column, "", refusal);
    fault.field = slice_of(said.field);
    (void)snprintf(fault.en, sizeof fault.en, "%s", said.en);
    (void)snprintf(fault.zh, sizeof fault.zh, "%s", said.zh);
    report_add(applier->report, &fault);
    return false;
}

/* A case that ended before it began: the events are sent as they are, the engine judges; but
 * whoever looks after the source should know. */
static void note_order(struct applier *applier, size_t count)
{
    const struct event *begin = NULL;
    const struct event *end = NULL;
    for (size_t i = 0; i < count; i++) {
        enum event_kind kind = applier->events[i].kind;
        if (kind == EVENT_APPLY || kind == EVENT_ACCEPT)
            begin = &applier->events[i];
        if (kind == EVENT_FINISH)
            end = &applier->events[i];
    }
    if (begin == NULL || end == NULL || !instant_is_before(end->at, begin->at))
        return;
    struct fault fault = fault_at(applier, COLUMN_NONE, "at", REFUSAL_OUT_OF_RANGE);
    char began[INSTANT_TEXT_BYTES];
    char ended[INSTANT_TEXT_BYTES];
    fault.is_note = true;
    fault_say(&fault, "case %.*s is finished at %s, before it begins at %s; sent as it is",
              "办件 %.*s 于 %s 办结，早于其开始 %s；照原样发送", (int)begin->case_no.count,
              begin->case_no.start, instant_format(end->at, 0, ended),
              instant_format(begin->at, 0, began));
    report_add(applier->report, &fault);
}

size_t applier_apply(struct applier *applier, const struct row *row,
                     const struct event **events_out)
{
    size_t count = 0;
    applier->row = row;
    for (uint32_t i = 0; i < applier->map->event_count; i++) {
        if (is_wanted(applier, &applier->map->events[i]) &&
            make_event(applier, i, &applier->events[count]))
            count++;
    }
    note_order(applier, count);
    *events_out = applier->events;
    return count;
}
