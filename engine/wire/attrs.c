/* attrs.c - a writer and a reader for exactly one form of JSON, both without memory of their own.
 */
#include "engine/wire/attrs.h"

#include "engine/base/utf8.h"

/* Shell sort: in place, no recursion, and fast enough for 256 names that arrive in the worst
 * order. Mostly they arrive sorted, and then it is one pass for each gap. */
static void sort(struct attr *attrs, size_t count)
{
    static const size_t gaps[] = {109, 41, 19, 5, 1};
    for (size_t g = 0; g < COUNT_OF(gaps); g++) {
        size_t gap = gaps[g];
        for (size_t i = gap; i < count; i++) {
            struct attr attr = attrs[i];
            size_t j = i;
            for (; j >= gap && slice_order(attr.name, attrs[j - gap].name) < 0; j -= gap)
                attrs[j] = attrs[j - gap];
            attrs[j] = attr;
        }
    }
}

/* The room left to write in; count stays at the limit once something did not fit. */
struct writer {
    char *room;
    size_t count;
    bool is_full;
};

static void put(struct writer *writer, char byte)
{
    if (writer->count == EVENT_ATTRS_BYTES_MAX)
        writer->is_full = true;
    else
        writer->room[writer->count++] = byte;
}

static void put_text(struct writer *writer, struct slice text)
{
    put(writer, '"');
    for (size_t i = 0; i < text.count && !writer->is_full; i++) {
        if (text.start[i] == '"' || text.start[i] == '\\')
            put(writer, '\\');
        put(writer, text.start[i]);
    }
    put(writer, '"');
}

enum refusal attrs_write(struct attr *attrs, size_t count, char *room, struct slice *text_out)
{
    if (count == 0) {
        *text_out = (struct slice){.count = 0};
        return REFUSAL_NONE;
    }
    struct writer writer = {.room = room};
    sort(attrs, count);
    put(&writer, '{');
    for (size_t i = 0; i < count && !writer.is_full; i++) {
        if (!text_is_clean(attrs[i].name, false) || !text_is_clean(attrs[i].value, false))
            return REFUSAL_NOT_TEXT;
        bool is_twice = i > 0 && slice_is_equal(attrs[i].name, attrs[i - 1].name);
        if (is_twice || slice_is_empty(attrs[i].name))
            return REFUSAL_MALFORMED;
        if (i > 0)
            put(&writer, ',');
        put_text(&writer, attrs[i].name);
        put(&writer, ':');
        put_text(&writer, attrs[i].value);
    }
    put(&writer, '}');
    if (writer.is_full)
        return REFUSAL_TOO_LONG;
    *text_out = (struct slice){.start = room, .count = writer.count};
    return REFUSAL_NONE;
}

struct reader {
    const char *at;
    const char *end;
    char *room; /* what is unescaped is never longer than what it was read from */
};

static bool take(struct reader *reader, char byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static bool take_text(struct reader *reader, struct slice *text_out)
{
    if (!take(reader, '"'))
        return false;
    char *start = reader->room;
    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at == '\\' && ++reader->at == reader->end)
            return false;
        *reader->room++ = *reader->at++;
    }
    *text_out = (struct slice){.start = start, .count = (size_t)(reader->room - start)};
    return take(reader, '"');
}

bool attrs_read(struct slice text, char *room, struct attr attrs[ATTRS_MAX], size_t *count_out)
{
    *count_out = 0;
    if (slice_is_empty(text))
        return true;
    if (text.count > EVENT_ATTRS_BYTES_MAX)
        return false;
    struct reader reader = {.at = text.start, .end = text.start + text.count, .room = room};
    if (!take(&reader, '{'))
        return false;
    size_t count = 0;
    do {
        struct attr *attr = &attrs[count];
        if (count++ == ATTRS_MAX || !take_text(&reader, &attr->name) || !take(&reader, ':') ||
            !take_text(&reader, &attr->value))
            return false;
    } while (take(&reader, ','));
    *count_out = count;
    return take(&reader, '}') && reader.at == reader.end;
}
