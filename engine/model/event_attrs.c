/* event_attrs.c - one attr of an event, looked up in the canonical JSON text that it comes as:
 * names and values are texts, no blanks between, only " and \\ escaped.
 */
#include "engine/model/event.h"

/* The text that begins behind its quote, with its escapes; *text_io moves behind the end quote. */
static bool take_text(struct slice *text_io, struct slice *raw_out)
{
    size_t end = 0;
    while (end < text_io->count && text_io->start[end] != '"')
        end += text_io->start[end] == '\\' ? 2 : 1;
    if (end >= text_io->count)
        return false;
    *raw_out = (struct slice){.start = text_io->start, .count = end};
    *text_io = (struct slice){.start = text_io->start + end + 1, .count = text_io->count - end - 1};
    return true;
}

static bool is_name(struct slice raw, struct slice name)
{
    size_t at = 0;
    for (size_t i = 0; i < raw.count; i++, at++) {
        if (raw.start[i] == '\\')
            i++;
        if (at == name.count || raw.start[i] != name.start[at])
            return false;
    }
    return at == name.count;
}

static bool unescape(struct slice raw, char **room_io, size_t *room_bytes_io,
                     struct slice *value_out)
{
    *value_out = raw;
    if (raw.count == 0 || memchr(raw.start, '\\', raw.count) == NULL)
        return true;
    size_t count = 0;
    for (size_t i = 0; i < raw.count; i++) {
        if (raw.start[i] == '\\')
            i++;
        if (count == *room_bytes_io)
            return false;
        (*room_io)[count++] = raw.start[i];
    }
    *value_out = (struct slice){.start = *room_io, .count = count};
    *room_io += count;
    *room_bytes_io -= count;
    return true;
}

bool event_attr(const struct event *event, struct slice name, char **room_io, size_t *room_bytes_io,
                struct slice *value_out)
{
    enum { BEFORE_NAME = 2, BEFORE_VALUE = 2 }; /* {" or ," and :" */
    struct slice rest = event->attrs;
    while (rest.count > BEFORE_NAME) {
        struct slice raw_name;
        struct slice raw_value;
        rest.start += BEFORE_NAME;
        rest.count -= BEFORE_NAME;
        if (!take_text(&rest, &raw_name) || rest.count < BEFORE_VALUE)
            return false;
        rest.start += BEFORE_VALUE;
        rest.count -= BEFORE_VALUE;
        if (!take_text(&rest, &raw_value))
            return false;
        if (is_name(raw_name, name))
            return unescape(raw_value, room_io, room_bytes_io, value_out);
    }
    return false;
}
