/* utf8.c - well-formed UTF-8 by the table of the Unicode standard (3.9, table 3-7). */
#include "engine/base/utf8.h"

/* Eight bytes of printable ASCII: no high bit, none below blank, none DEL. A borrow of the
 * subtraction can only begin at a byte that is itself below blank, so no bad word slips through. */
static bool is_plain(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    uint64_t below_blank = word - ones * 0x20;
    uint64_t deletes = word ^ (ones * 0x7f);
    return ((word | below_blank | (deletes - ones)) & highs) == 0;
}

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t utf8_extent(const uint8_t *at, size_t count)
{
    uint8_t first = at[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || count < 2 || !is_tail(at[1]))
        return 0;
    if (first < 0xe0)
        return 2;
    if (count < 3 || !is_tail(at[2]))
        return 0;
    if (first < 0xf0) {
        bool is_overlong = first == 0xe0 && at[1] < 0xa0;
        bool is_surrogate = first == 0xed && at[1] >= 0xa0;
        return is_overlong || is_surrogate ? 0 : 3;
    }
    if (count < 4 || !is_tail(at[3]))
        return 0;
    bool is_small = first == 0xf0 && at[1] < 0x90;
    bool is_large = first > 0xf4 || (first == 0xf4 && at[1] >= 0x90);
    return is_small || is_large ? 0 : 4;
}

/* C0, DEL, and C1, which is C2 80 to C2 9F. */
static bool is_control(const uint8_t *at)
{
    return at[0] < 0x20 || at[0] == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0);
}

/* Printable ASCII from the front: words while there are any, the last one over bytes that were seen
 * already, so that a tail costs one look and not one for each byte. */
static const uint8_t *past_plain(const uint8_t *at, const uint8_t *end, size_t count)
{
    uint64_t word;
    while ((size_t)(end - at) >= sizeof word) {
        memcpy(&word, at, sizeof word);
        if (!is_plain(word))
            return at;
        at += sizeof word;
    }
    if (count >= sizeof word) {
        memcpy(&word, end - sizeof word, sizeof word);
        if (is_plain(word))
            return end;
    }
    while (at < end && *at >= 0x20 && *at < 0x7f)
        at++;
    return at;
}

bool text_is_clean(struct slice text, bool with_lines)
{
    if (text.count == 0)
        return true;
    const uint8_t *at = (const uint8_t *)text.start;
    const uint8_t *end = at + text.count;
    while ((at = past_plain(at, end, text.count)) < end) {
        size_t count = utf8_extent(at, (size_t)(end - at));
        if (count == 0 || (is_control(at) && !(with_lines && at[0] == '\n')))
            return false;
        at += count;
    }
    return true;
}

size_t text_digit(struct slice text, int *digit_out)
{
    static const char wide_zero[] = "０";
    enum { WIDE = sizeof wide_zero - 1 };
    *digit_out = text.count == 0 ? -1 : text.start[0] - '0';
    if (*digit_out >= 0 && *digit_out <= 9)
        return 1;
    if (text.count < WIDE || memcmp(text.start, wide_zero, WIDE - 1) != 0)
        return 0;
    *digit_out = (uint8_t)text.start[WIDE - 1] - (uint8_t)wide_zero[WIDE - 1];
    return *digit_out >= 0 && *digit_out <= 9 ? WIDE : 0;
}

size_t text_blank(struct slice text)
{
    static const char *const blanks[] = {" ", "\t", "\u3000", "\u00A0"};
    for (size_t i = 0; i < COUNT_OF(blanks); i++)
        if (slice_starts(text, slice_of(blanks[i])))
            return strlen(blanks[i]);
    return 0;
}
