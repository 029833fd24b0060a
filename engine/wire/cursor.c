/* cursor.c - one table tells for each first byte what it begins and how its extent is known; a
 * skip counts what is still owed instead of calling itself.
 */
#include "engine/wire/cursor.h"

/* A head: what the first byte begins. */
struct head {
    enum cursor_type type;
    uint8_t length_bytes; /* size of the length field behind it; 0: the length is known already */
    uint8_t fixed;        /* bytes of body when there is no length field */
    uint8_t extra;        /* bytes of body on top of the length: the type byte of ext */
    uint8_t children;     /* things inside for each one counted: 1 array, 2 map */
};

static const struct head long_heads[32] = {
    [0xc0 - 0xc0] = {CURSOR_NIL, 0, 0, 0, 0},    [0xc1 - 0xc0] = {CURSOR_NOTHING, 0, 0, 0, 0},
    [0xc2 - 0xc0] = {CURSOR_OTHER, 0, 0, 0, 0},  [0xc3 - 0xc0] = {CURSOR_OTHER, 0, 0, 0, 0},
    [0xc4 - 0xc0] = {CURSOR_OTHER, 1, 0, 0, 0},  [0xc5 - 0xc0] = {CURSOR_OTHER, 2, 0, 0, 0},
    [0xc6 - 0xc0] = {CURSOR_OTHER, 4, 0, 0, 0},  [0xc7 - 0xc0] = {CURSOR_OTHER, 1, 0, 1, 0},
    [0xc8 - 0xc0] = {CURSOR_OTHER, 2, 0, 1, 0},  [0xc9 - 0xc0] = {CURSOR_OTHER, 4, 0, 1, 0},
    [0xca - 0xc0] = {CURSOR_OTHER, 0, 4, 0, 0},  [0xcb - 0xc0] = {CURSOR_OTHER, 0, 8, 0, 0},
    [0xcc - 0xc0] = {CURSOR_NUMBER, 0, 1, 0, 0}, [0xcd - 0xc0] = {CURSOR_NUMBER, 0, 2, 0, 0},
    [0xce - 0xc0] = {CURSOR_NUMBER, 0, 4, 0, 0}, [0xcf - 0xc0] = {CURSOR_NUMBER, 0, 8, 0, 0},
    [0xd0 - 0xc0] = {CURSOR_NUMBER, 0, 1, 0, 0}, [0xd1 - 0xc0] = {CURSOR_NUMBER, 0, 2, 0, 0},
    [0xd2 - 0xc0] = {CURSOR_NUMBER, 0, 4, 0, 0}, [0xd3 - 0xc0] = {CURSOR_NUMBER, 0, 8, 0, 0},
    [0xd4 - 0xc0] = {CURSOR_OTHER, 0, 2, 0, 0},  [0xd5 - 0xc0] = {CURSOR_OTHER, 0, 3, 0, 0},
    [0xd6 - 0xc0] = {CURSOR_OTHER, 0, 5, 0, 0},  [0xd7 - 0xc0] = {CURSOR_OTHER, 0, 9, 0, 0},
    [0xd8 - 0xc0] = {CURSOR_OTHER, 0, 17, 0, 0}, [0xd9 - 0xc0] = {CURSOR_TEXT, 1, 0, 0, 0},
    [0xda - 0xc0] = {CURSOR_TEXT, 2, 0, 0, 0},   [0xdb - 0xc0] = {CURSOR_TEXT, 4, 0, 0, 0},
    [0xdc - 0xc0] = {CURSOR_ARRAY, 2, 0, 0, 1},  [0xdd - 0xc0] = {CURSOR_ARRAY, 4, 0, 0, 1},
    [0xde - 0xc0] = {CURSOR_MAP, 2, 0, 0, 2},    [0xdf - 0xc0] = {CURSOR_MAP, 4, 0, 0, 2},
};

static uint64_t big_endian(const uint8_t *at, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

/* What stands at the front, told apart: its body's extent in bytes, its children, and where the
 * body begins. */
struct piece {
    enum cursor_type type;
    const uint8_t *body;
    uint64_t body_bytes;
    uint64_t children;
    uint64_t length; /* as declared: of a text, of an array, of a map */
};

static struct piece short_piece(uint8_t first, const uint8_t *body)
{
    if (first < 0x80 || first >= 0xe0)
        return (struct piece){.type = CURSOR_NUMBER, .body = body};
    if (first >= 0xa0) {
        uint64_t count = first & 0x1fu;
        return (struct piece){CURSOR_TEXT, body, count, 0, count};
    }
    uint64_t count = first & 0x0fu;
    if (first >= 0x90)
        return (struct piece){CURSOR_ARRAY, body, 0, count, count};
    return (struct piece){CURSOR_MAP, body, 0, 2 * count, count};
}

/* False when nothing can stand there, or its bytes are not all there. Children are only held
 * against the bytes left: each has at least one. */
static bool piece_read(const struct cursor *cursor, struct piece *piece_out)
{
    if (cursor->at == cursor->end)
        return false;
    uint8_t first = *cursor->at;
    struct piece piece;
    if (first < 0xc0 || first >= 0xe0) {
        piece = short_piece(first, cursor->at + 1);
    } else {
        const struct head *head = &long_heads[first - 0xc0];
        if (head->type == CURSOR_NOTHING || cursor_left(cursor) < 1u + head->length_bytes)
            return false;
        uint64_t length = big_endian(cursor->at + 1, head->length_bytes);
        bool is_counted = head->children != 0;
        piece = (struct piece){.type = head->type,
                               .body = cursor->at + 1 + head->length_bytes,
                               .body_bytes = is_counted ? 0 : head->fixed + head->extra + length,
                               .children = length * head->children,
                               .length = length};
    }
    uint64_t left = (uint64_t)(cursor->end - piece.body);
    if (piece.body_bytes > left || piece.children > left)
        return false;
    *piece_out = piece;
    return true;
}

enum cursor_type cursor_type(const struct cursor *cursor)
{
    struct piece piece;
    return piece_read(cursor, &piece) ? piece.type : CURSOR_NOTHING;
}

/* The piece, if it is of the type asked for. */
static bool take(struct cursor *cursor, enum cursor_type type, struct piece *piece_out)
{
    if (!piece_read(cursor, piece_out) || piece_out->type != type)
        return false;
    cursor->at = piece_out->body + piece_out->body_bytes;
    return true;
}

bool cursor_take_long_text(struct cursor *cursor, struct slice *text_out)
{
    struct piece piece;
    if (!take(cursor, CURSOR_TEXT, &piece))
        return false;
    *text_out = (struct slice){.start = (const char *)piece.body, .count = piece.body_bytes};
    return true;
}

/* The value of a signed form, its sign bit carried up to 64 bits. */
static int64_t sign_extended(uint64_t number, size_t bytes)
{
    uint64_t sign = UINT64_C(1) << (8 * bytes - 1);
    return (int64_t)((number ^ sign) - sign);
}

static bool is_signed_form(uint8_t first)
{
    return first >= 0xd0; /* int 8 to 64, and the short negative numbers */
}

bool cursor_take_long_number(struct cursor *cursor, int64_t *number_out)
{
    struct cursor before = *cursor;
    struct piece piece;
    if (!take(cursor, CURSOR_NUMBER, &piece))
        return false;
    uint8_t first = *before.at;
    if (first < 0x80 || first >= 0xe0) {
        *number_out = first < 0x80 ? first : first - 256;
        return true;
    }
    uint64_t number = big_endian(piece.body, piece.body_bytes);
    if (is_signed_form(first)) {
        *number_out = sign_extended(number, piece.body_bytes);
    } else if (number <= INT64_MAX) {
        *number_out = (int64_t)number;
    } else {
        *cursor = before;
        return false;
    }
    return true;
}

bool cursor_take_unsigned(struct cursor *cursor, uint64_t *number_out)
{
    struct cursor before = *cursor;
    int64_t number = 0;
    if (cursor_take_number(cursor, &number)) {
        if (number >= 0) {
            *number_out = (uint64_t)number;
            return true;
        }
        *cursor = before;
        return false;
    }
    struct piece piece;
    if (!take(cursor, CURSOR_NUMBER, &piece))
        return false;
    *number_out = big_endian(piece.body, piece.body_bytes);
    return true;
}

bool cursor_take_array(struct cursor *cursor, uint32_t *count_out)
{
    struct piece piece;
    if (!take(cursor, CURSOR_ARRAY, &piece))
        return false;
    *count_out = (uint32_t)piece.length;
    return true;
}

bool cursor_take_map(struct cursor *cursor, uint32_t *count_out)
{
    struct piece piece;
    if (!take(cursor, CURSOR_MAP, &piece))
        return false;
    *count_out = (uint32_t)piece.length;
    return true;
}

bool cursor_skip(struct cursor *cursor)
{
    struct cursor ahead = *cursor;
    uint64_t owed = 1;
    while (owed > 0) {
        struct piece piece;
        if (!piece_read(&ahead, &piece))
            return false;
        ahead.at = piece.body + piece.body_bytes;
        /* Everything owed needs a byte: what cannot be paid is known before it is walked. */
        owed += piece.children - 1;
        if (owed > cursor_left(&ahead))
            return false;
    }
    *cursor = ahead;
    return true;
}
