/* fit.c - one pass over the text, code point by code point. */
#include "viewer/feed/fit.h"
#include "engine/sys/columns.h"

#include <stdlib.h>
#include <strings.h>

static bool is_utf8 = true;

/* Broken UTF-8 counts as one "?" for each byte that does not belong. */
struct point {
    uint32_t value;
    uint8_t bytes;
    bool is_broken;
};

static struct point point_at(struct slice text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.start + at;
    size_t left = text.count - at;
    uint8_t lead = bytes[0];
    uint8_t count = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    struct point broken = {.value = '?', .bytes = 1, .is_broken = true};
    if (count == 0 || lead > 0xf4 || count > left)
        return broken;
    uint32_t value = count == 1 ? lead : lead & (0xffU >> (count + 1));
    for (uint8_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return broken;
        value = value << 6 | (bytes[i] & 0x3fU);
    }
    bool is_control = value < 0x20 || (value >= 0x7f && value < 0xa0) ||
                      (value >= 0x2028 && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069);
    if (is_control)
        return (struct point){.value = '?', .bytes = count, .is_broken = true};
    return (struct point){.value = value, .bytes = count};
}

/* "?" stands for what is broken. */
static int point_columns(struct slice text, size_t at, struct point point)
{
    if (point.is_broken || point.value < 0x300)
        return 1;
    return (int)text_columns((struct slice){.start = text.start + at, .count = point.bytes});
}

int fit_columns(struct slice text)
{
    int columns = 0;
    for (size_t at = 0; at < text.count;) {
        struct point point = point_at(text, at);
        columns += point_columns(text, at, point);
        at += point.bytes;
    }
    return columns;
}

size_t fit_bytes(struct slice text, int columns)
{
    size_t at = 0;
    while (at < text.count) {
        struct point point = point_at(text, at);
        columns -= point_columns(text, at, point);
        if (columns < 0)
            break;
        at += point.bytes;
    }
    return at;
}

/* Room is kept for the cut mark (3 bytes) and for the filling. */
static size_t put(char *room, size_t used, const char *bytes, size_t count)
{
    assert(used + count < FIT_BYTES);
    memcpy(room + used, bytes, count);
    return used + count;
}

char *fit_text(struct slice text, int columns, bool is_filled, char room[FIT_BYTES])
{
    assert(columns >= 0);
    assert(columns <= 240);
    enum { TEXT_BYTES_MAX = FIT_BYTES - 240 - 8 };
    bool is_cut = fit_columns(text) > columns;
    int budget = is_cut && columns > 0 ? columns - 1 : columns;
    int taken = 0;
    size_t used = 0;
    for (size_t at = 0; at < text.count && used < TEXT_BYTES_MAX;) {
        struct point point = point_at(text, at);
        int width = point_columns(text, at, point);
        if (taken + width > budget)
            break;
        used = put(room, used, point.is_broken ? "?" : text.start + at,
                   point.is_broken ? 1 : point.bytes);
        taken += width;
        at += point.bytes;
    }
    if (is_cut && columns > 0) {
        used = is_utf8 ? put(room, used, "…", strlen("…")) : put(room, used, "~", 1);
        taken++;
    }
    for (; is_filled && taken < columns; taken++)
        used = put(room, used, " ", 1);
    room[used] = '\0';
    return room;
}

void fit_init(bool terminal_is_utf8)
{
    is_utf8 = terminal_is_utf8;
}

bool fit_is_utf8(void)
{
    return is_utf8;
}

bool fit_locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        const char *charset = strrchr(value, '.');
        return charset != NULL &&
               (strncasecmp(charset, ".utf-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0);
    }
    return false;
}
