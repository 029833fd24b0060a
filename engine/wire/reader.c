/* reader.c - the ground of json.c and columns.c. */
#include "engine/wire/reader.h"

#include "engine/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

struct event_reader *event_reader_create(void)
{
    return calloc(1, sizeof(struct event_reader));
}

void event_reader_destroy(struct event_reader **reader_p)
{
    if (*reader_p != NULL)
        json_decref((*reader_p)->line);
    free(*reader_p);
    *reader_p = NULL;
}

void reader_reset(struct event_reader *reader)
{
    json_decref(reader->line);
    reader->line = NULL;
    reader->row_count = 0;
    reader->attr_count = 0;
}

enum refusal reader_refuse(enum refusal refusal, const char *field, struct slice value,
                           struct text_refusal *refusal_out)
{
    refusal_text(refusal, field, value, refusal_out);
    return refusal;
}

/* Which of jansson's complaints have a word of the contract of their own. */
static enum refusal refusal_of_json(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_invalid_utf8 || code == json_error_null_character ||
        code == json_error_null_byte_in_key)
        return REFUSAL_NOT_TEXT;
    return code == json_error_numeric_overflow ? REFUSAL_BAD_NUMBER : REFUSAL_MALFORMED;
}

enum refusal reader_parse(struct event_reader *reader, struct slice text, const char *field,
                          struct text_refusal *refusal_out)
{
    if (text.count > EVENT_BYTES_MAX)
        return reader_refuse(REFUSAL_TOO_LONG, field, SLICE(""), refusal_out);
    json_error_t error;
    reader->line =
        json_loadb(text.count == 0 ? "" : text.start, text.count, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(reader->line))
        return REFUSAL_NONE;
    if (reader->line != NULL)
        return reader_refuse(REFUSAL_MALFORMED, field, SLICE("not a JSON object"), refusal_out);
    enum refusal refusal = refusal_of_json(&error);
    /* jansson quotes what stood near: foreign bytes, shown only if they can be. */
    struct slice near = slice_of(error.text);
    bool is_shown = refusal == REFUSAL_MALFORMED && text_is_clean(near, false);
    refusal_text(refusal, field, SLICE(""), refusal_out);
    size_t en = strlen(refusal_out->en);
    size_t zh = strlen(refusal_out->zh);
    (void)snprintf(refusal_out->en + en, sizeof refusal_out->en - en, "%s%.100s (byte %d)",
                   is_shown ? ": " : "", is_shown ? error.text : "", error.position);
    (void)snprintf(refusal_out->zh + zh, sizeof refusal_out->zh - zh, "%s%.100s（第 %d 字节）",
                   is_shown ? "：" : "", is_shown ? error.text : "", error.position);
    return refusal;
}

enum refusal reader_attrs(struct event_reader *reader, json_t *object)
{
    if (!json_is_object(object))
        return REFUSAL_MALFORMED;
    if (json_object_size(object) > ATTRS_MAX - reader->attr_count)
        return REFUSAL_TOO_LONG;
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        if (!json_is_string(value))
            return REFUSAL_NOT_TEXT;
        reader->attrs[reader->attr_count++] = (struct attr){
            .name = slice_of(name), .value = {json_string_value(value), json_string_length(value)}};
    }
    return REFUSAL_NONE;
}

enum refusal reader_end(struct event_reader *reader, struct event *event,
                        struct text_refusal *refusal_out)
{
    const char *field = "";
    enum refusal refusal =
        attrs_write(reader->attrs, reader->attr_count, reader->attrs_room, &event->attrs);
    if (refusal != REFUSAL_NONE)
        return reader_refuse(refusal, "attrs", SLICE(""), refusal_out);
    refusal = event_check(event, INSTANT_NONE, &field);
    if (refusal == REFUSAL_NONE)
        return REFUSAL_NONE;
    char room[FIELD_TEXT_BYTES];
    struct slice value = field_format(field_find(slice_of(field)), event, room);
    return reader_refuse(refusal, field, value, refusal_out);
}
