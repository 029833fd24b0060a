/* cursor.h - msgpack read piece by piece, never past the end.
 *
 * Layer: wire. Allocates nothing and believes nothing: a declared length is held against the bytes
 * that are there before it is used. Short forms, which are nearly all there is, are read here
 * inline; the rest in cursor.c.
 */
#ifndef WIRE_CURSOR_H
#define WIRE_CURSOR_H

#include "engine/base/slice.h"

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

/* What stands at the front of a cursor. */
enum cursor_type {
    CURSOR_NOTHING, /* the end, or a byte that msgpack never uses */
    CURSOR_NIL,
    CURSOR_NUMBER, /* a whole number */
    CURSOR_TEXT,
    CURSOR_ARRAY,
    CURSOR_MAP,
    CURSOR_OTHER, /* bool, float, bin, ext: never asked for on our wire */
};

static inline struct cursor cursor_of(struct slice bytes)
{
    const uint8_t *start = (const uint8_t *)bytes.start;
    return (struct cursor){.at = start, .end = bytes.count == 0 ? start : start + bytes.count};
}

static inline size_t cursor_left(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* cursor_between - the bytes from one cursor to a later one on the same bytes. */
static inline struct slice cursor_between(const struct cursor *from, const struct cursor *to)
{
    return (struct slice){.start = (const char *)from->at, .count = (size_t)(to->at - from->at)};
}

enum cursor_type cursor_type(const struct cursor *cursor);

/* Each of these takes one thing and moves past it; false: something else stands there, or its
 * bytes are not all there, and the cursor has not moved. */
bool cursor_take_long_text(struct cursor *cursor, struct slice *text_out);
bool cursor_take_long_number(struct cursor *cursor, int64_t *number_out);

/* cursor_take_unsigned - also above INT64_MAX. */
bool cursor_take_unsigned(struct cursor *cursor, uint64_t *number_out);

/* cursor_take_array, cursor_take_map - the head alone: so many elements, or pairs, follow. False
 * also when there cannot be that many in what is left. */
bool cursor_take_array(struct cursor *cursor, uint32_t *count_out);
bool cursor_take_map(struct cursor *cursor, uint32_t *count_out);

/* cursor_skip - one whole thing with all that is in it, however deep, without recursion. */
bool cursor_skip(struct cursor *cursor);

static inline bool cursor_take_nil(struct cursor *cursor)
{
    if (cursor->at == cursor->end || *cursor->at != 0xc0)
        return false;
    cursor->at++;
    return true;
}

static inline bool cursor_take_text(struct cursor *cursor, struct slice *text_out)
{
    if (cursor->at == cursor->end)
        return false;
    size_t count = (size_t)(*cursor->at ^ 0xa0); /* 0 to 31 for a short text */
    if (count < 32 && count < cursor_left(cursor)) {
        *text_out = (struct slice){.start = (const char *)cursor->at + 1, .count = count};
        cursor->at += 1 + count;
        return true;
    }
    return cursor_take_long_text(cursor, text_out);
}

/* Milliseconds since 1970 stand in nine bytes: that form is read here too. */
static inline bool cursor_take_number(struct cursor *cursor, int64_t *number_out)
{
    if (cursor_left(cursor) >= 9 && (*cursor->at == 0xcf || *cursor->at == 0xd3)) {
        uint64_t number = 0;
        for (int i = 1; i < 9; i++)
            number = number << 8 | cursor->at[i];
        if (*cursor->at == 0xd3 || number <= INT64_MAX) {
            *number_out = (int64_t)number;
            cursor->at += 9;
            return true;
        }
    }
    return cursor_take_long_number(cursor, number_out);
}

#endif
