/* text.c - why something was refused, in words; and the pieces of CSV and JSON that are written. */
#include "engine/wire/text.h"

#include "engine/base/utf8.h"
#include "engine/wire/fields.h"

#include <stdio.h>

enum { VALUE_BYTES_SHOWN = 60 };

/* Does it help to see the value? A text that is too long or no text does not; what is missing
 * cannot be shown. */
static bool shows_value(enum refusal refusal)
{
    return refusal != REFUSAL_TOO_LONG && refusal != REFUSAL_NOT_TEXT &&
           refusal != REFUSAL_MISSING && refusal != REFUSAL_UNKNOWN_FIELD;
}

/* As much of the value as is shown, cut between two characters; "" when it cannot be printed. */
static void value_clip(struct slice value, char clipped[VALUE_BYTES_SHOWN + 4])
{
    size_t count = 0;
    clipped[0] = '\0';
    if (!text_is_clean(value, false))
        return;
    while (count < value.count) {
        size_t extent = utf8_extent((const uint8_t *)value.start + count, value.count - count);
        if (count + extent > VALUE_BYTES_SHOWN)
            break;
        count += extent;
    }
    if (count > 0)
        memcpy(clipped, value.start, count);
    memcpy(clipped + count, count < value.count ? "…" : "", count < value.count ? 4 : 1);
}

void refusal_text(enum refusal refusal, const char *field, struct slice value,
                  struct text_refusal *refusal_out)
{
    char clipped[VALUE_BYTES_SHOWN + 4];
    value_clip(shows_value(refusal) ? value : SLICE(""), clipped);
    bool has_value = clipped[0] != '\0';
    bool has_field = field[0] != '\0';
    refusal_out->refusal = refusal;
    (void)snprintf(refusal_out->field, sizeof refusal_out->field, "%s", field);
    (void)snprintf(refusal_out->en, sizeof refusal_out->en, "%s%s%s%s%s%s", refusal_out->field,
                   has_field ? ": " : "", refusal_en[refusal], has_value ? ": \"" : "", clipped,
                   has_value ? "\"" : "");
    (void)snprintf(refusal_out->zh, sizeof refusal_out->zh, "%s%s%s%s%s%s", refusal_out->field,
                   has_field ? "：" : "", refusal_zh[refusal], has_value ? "：“" : "", clipped,
                   has_value ? "”" : "");
}

/* One byte of a JSON string that cannot stand as it is; 0xfffd for what is no text at all. */
static int put_escaped(struct bytes *bytes, uint8_t byte)
{
    switch (byte) {
    case '"':
        return bytes_append(bytes, SLICE("\\\""));
    case '\\':
        return bytes_append(bytes, SLICE("\\\\"));
    case '\n':
        return bytes_append(bytes, SLICE("\\n"));
    case '\t':
        return bytes_append(bytes, SLICE("\\t"));
    case '\r':
        return bytes_append(bytes, SLICE("\\r"));
    default:
        return byte < 0x20 ? bytes_printf(bytes, "\\u%04x", byte)
                           : bytes_append(bytes, SLICE("\\ufffd"));
    }
}

/* Runs that need nothing are appended whole. Bytes that are no UTF-8 become U+FFFD: a line of ours
 * is JSON whatever was in the store. */
int json_text(struct bytes *bytes, struct slice text)
{
    const uint8_t *at = (const uint8_t *)text.start;
    size_t run = 0;
    size_t count = 0;
    int result = bytes_append(bytes, SLICE("\""));
    while (result == 0 && count < text.count) {
        uint8_t byte = at[count];
        size_t extent = byte < 0x80 ? 1 : utf8_extent(at + count, text.count - count);
        if (extent > 0 && byte >= 0x20 && byte != '"' && byte != '\\') {
            count += extent;
            continue;
        }
        result = bytes_append(bytes, (struct slice){text.start + run, count - run});
        if (result == 0)
            result = put_escaped(bytes, byte);
        run = ++count;
    }
    if (result == 0 && count > run)
        result = bytes_append(bytes, (struct slice){text.start + run, count - run});
    return result != 0 ? result : bytes_append(bytes, SLICE("\""));
}

static bool is_json_number(enum field field)
{
    return field_type[field] == FIELD_IS_NUMBER;
}

int event_to_json(struct bytes *bytes, const struct event *event)
{
    char room[FIELD_TEXT_BYTES];
    size_t before = bytes->count;
    int result = bytes_append(bytes, SLICE("{"));
    for (int i = 0; result == 0 && i < FIELD_SOURCE; i++) {
        enum field field = (enum field)i;
        struct slice text = field_format(field, event, room);
        if (slice_is_empty(text))
            continue;
        result = bytes_printf(bytes, "%s\"%s\":", bytes->count > before + 1 ? "," : "",
                              field_name[field]);
        if (result == 0 && (is_json_number(field) || field == FIELD_ATTRS))
            result = bytes_append(bytes, text); /* attrs are JSON already */
        else if (result == 0)
            result = json_text(bytes, text);
    }
    if (result == 0)
        result = bytes_append(bytes, SLICE("}"));
    if (result != 0)
        bytes->count = before;
    return result;
}
