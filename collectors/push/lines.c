/* lines.c - a window over the file's bytes that begins at the line to be given out next.
 *
 * Offsets are counted in unpacked bytes as they stand in the file, before any change of encoding,
 * so that an offset found once is good for ever. A line end is the byte 0x0A; neither UTF-8 nor
 * GB18030 has that byte inside a character, so lines are cut before they are decoded.
 */
#include "collectors/push/lines.h"

#include "collectors/push/lines_file.h"
#include "engine/sys/clock.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_BYTES = LINE_BYTES_MAX + 65536,
    TURN_QUIET_MS = 1000, /* a writer may go on with the old file for a moment after its renaming */
};

struct lines {
    struct lines_options options;
    struct raw_file *file;
    struct raw_chain chain; /* files to be read before the one at the path */
    bool is_converted;      /* it is not UTF-8 */
    iconv_t convert;
    char *window;
    size_t start; /* of the window: the line to be given out next */
    size_t end;
    size_t seen;          /* up to here there is no line end */
    uint64_t offset;      /* in the file, of window[start] */
    bool is_over;         /* the file gave its last byte */
    bool is_dropping;     /* in the middle of a line that is too long */
    int64_t turned_at_ms; /* when it was first seen that another file stands at the path; 0: not */
    char *text;           /* the line, decoded */
    size_t text_room;
};

static int prepare(struct lines *lines)
{
    lines->window = malloc(WINDOW_BYTES);
    if (lines->window == NULL)
        return -ENOMEM;
    const char *encoding = lines->options.encoding;
    if (encoding != NULL && strcmp(encoding, "UTF-8") != 0) {
        lines->convert = iconv_open("UTF-8", encoding);
        if (lines->convert == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): so says POSIX */
            return -errno;
        lines->is_converted = true;
    }
    return raw_open(lines->options.path, &lines->file);
}

int lines_open(const struct lines_options *options, struct lines **lines_out)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL)
        return -ENOMEM;
    lines->options = *options;
    int status = prepare(lines);
    if (status != 0) {
        lines_close(&lines);
        return status;
    }
    *lines_out = lines;
    return 0;
}

void lines_close(struct lines **lines_p)
{
    struct lines *lines = *lines_p;
    if (lines == NULL)
        return;
    raw_close(&lines->file);
    if (lines->is_converted)
        (void)iconv_close(lines->convert);
    free(lines->window);
    free(lines->text);
    free(lines);
    *lines_p = NULL;
}

static void forget_window(struct lines *lines, uint64_t offset)
{
    lines->start = lines->end = lines->seen = 0;
    lines->offset = offset;
    lines->is_over = false;
    lines->is_dropping = false;
    lines->turned_at_ms = 0;
}

int lines_seek(struct lines *lines, uint64_t offset)
{
    if (offset == lines->offset && !lines->is_dropping)
        return 0;
    int status = raw_seek(lines->file, offset);
    if (status == RAW_E_SHORT)
        return LINES_E_END;
    if (status == RAW_E_DAMAGED)
        return LINES_E_FORMAT;
    if (status == 0)
        forget_window(lines, offset);
    return status;
}

/* ---- decoding -------------------------------------------------------------------------------- */

static size_t utf8_length(const unsigned char *at, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = at[0];
    size_t need = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (need == 0 || need > left || first > 0xF4)
        return 0;
    if (need == 1)
        return 1;
    uint32_t code = first & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3Fu);
    }
    bool is_code = code >= least[need] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return is_code ? need : 0;
}

static bool utf8_is_right(struct slice line)
{
    const unsigned char *at = (const unsigned char *)line.start;
    size_t i = 0;
    while (i < line.count) {
        if (at[i] < 0x80) {
            i++;
            continue;
        }
        size_t length = utf8_length(at + i, line.count - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

static bool text_reserve(struct lines *lines, size_t bytes)
{
    if (lines->text_room >= bytes)
        return true;
    char *text = realloc(lines->text, bytes * 2);
    if (text == NULL)
        return false;
    lines->text = text;
    lines->text_room = bytes * 2;
    return true;
}

static size_t put_unknown(char *to)
{
    static const char unknown[] = {'\xEF', '\xBF', '\xBD'}; /* U+FFFD */
    memcpy(to, unknown, sizeof unknown);
    return sizeof unknown;
}

static int mend_utf8(struct lines *lines, struct slice line, struct slice *line_out)
{
    if (!text_reserve(lines, line.count * 3 + 1))
        return -ENOMEM;
    size_t count = 0;
    for (size_t i = 0; i < line.count;) {
        size_t length = utf8_length((const unsigned char *)line.start + i, line.count - i);
        if (length == 0) {
            count += put_unknown(lines->text + count);
            i++;
            continue;
        }
        memcpy(lines->text + count, line.start + i, length);
        count += length;
        i += length;
    }
    *line_out = (struct slice){.start = lines->text, .count = count};
    return LINES_E_ENCODING;
}

static int convert_line(struct lines *lines, struct slice line, struct slice *line_out)
{
    if (!text_reserve(lines, line.count * 3 + 16))
        return -ENOMEM;
    char *from = line.count == 0 ? lines->window : lines->window + (line.start - lines->window);
    size_t from_left = line.count;
    char *to = lines->text;
    size_t to_left = lines->text_room;
    int status = 0;
    (void)iconv(lines->convert, NULL, NULL, NULL, NULL);
    while (from_left > 0) {
        if (iconv(lines->convert, &from, &from_left, &to, &to_left) != (size_t)-1)
            break;
        if (errno == E2BIG)
            return -ENOMEM; /* cannot be: no character of these encodings grows more than 3 times */
        status = LINES_E_ENCODING;
        if (from_left == 0 || to_left < 3)
            break;
        size_t length = put_unknown(to);
        to += length;
        to_left -= length;
        from++;
        from_left--;
    }
    *line_out = (struct slice){.start = lines->text, .count = (size_t)(to - lines->text)};
    return status;
}

/* The first character may be a mark of the encoding; in UTF-8 it was stepped over before. */
static void drop_mark(const struct lines *lines, size_t raw_count, struct slice *line)
{
    bool is_first = lines->offset == raw_count;
    if (is_first && line->count >= 3 && memcmp(line->start, "\xEF\xBB\xBF", 3) == 0) {
        line->start += 3;
        line->count -= 3;
    }
}

static int decode_line(struct lines *lines, struct slice line, struct slice *line_out)
{
    if (lines->is_converted) {
        int status = convert_line(lines, line, line_out);
        drop_mark(lines, line.count, line_out);
        return status;
    }
    if (!utf8_is_right(line))
        return mend_utf8(lines, line, line_out);
    *line_out = line;
    return 0;
}

/* ---- the window ------------------------------------------------------------------------------ */

/* More bytes into the window. Returns 0, LINES_E_END (none now), LINES_E_FORMAT, -errno. */
static int fill(struct lines *lines)
{
    if (lines->start > 0) {
        memmove(lines->window, lines->window + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->seen -= lines->start;
        lines->start = 0;
    }
    assert(lines->end < WINDOW_BYTES);
    size_t count = 0;
    int status =
        raw_read(lines->file, lines->window + lines->end, WINDOW_BYTES - lines->end, &count);
    if (status == RAW_E_DAMAGED)
        return LINES_E_FORMAT;
    if (status != 0)
        return status;
    lines->end += count;
    return count == 0 ? LINES_E_END : 0;
}

/* The mark of UTF-16, or of UTF-8, at the very beginning. */
static int look_at_mark(struct lines *lines)
{
    const char *at = lines->window + lines->start;
    size_t count = lines->end - lines->start;
    if (count >= 2 && (memcmp(at, "\xFF\xFE", 2) == 0 || memcmp(at, "\xFE\xFF", 2) == 0))
        return LINES_E_FORMAT;
    if (count >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
        lines->start += 3;
        lines->offset += 3;
        lines->seen = lines->start;
    }
    return 0;
}

static struct slice take(struct lines *lines, size_t count)
{
    struct slice line = {.start = lines->window + lines->start, .count = count};
    lines->start += count;
    lines->offset += count;
    lines->seen = lines->start;
    return line;
}

static int open_next(struct lines *lines)
{
    const char *path = raw_chain_next(&lines->chain, lines->options.path);
    struct raw_file *file = NULL;
    int status = raw_open(path, &file);
    if (status != 0)
        return LINES_E_WAIT; /* it was moved away again, or is not there yet: ask later */
    raw_chain_step(&lines->chain);
    raw_close(&lines->file);
    lines->file = file;
    forget_window(lines, 0);
    return LINES_E_TURNED;
}

/* Nothing more to read at the moment: is that the end, and of what? */
static int at_end(struct lines *lines, struct slice *line_out)
{
    size_t left = lines->end - lines->start;
    bool is_turned =
        lines->options.follow && raw_is_turned(lines->file, &lines->chain, lines->options.path);
    if (lines->options.follow && !is_turned) {
        if (!raw_is_cut(lines->file))
            return LINES_E_WAIT;
        int status = raw_seek(lines->file, 0);
        forget_window(lines, 0);
        return status == 0 ? LINES_E_CUT : LINES_E_WAIT;
    }
    if (is_turned && lines->turned_at_ms == 0)
        lines->turned_at_ms = clock_monotonic_ms();
    if (is_turned && clock_monotonic_ms() - lines->turned_at_ms < TURN_QUIET_MS &&
        raw_chain_is_empty(&lines->chain))
        return LINES_E_WAIT;
    if (left > 0 && !lines->is_dropping)
        return decode_line(lines, take(lines, left), line_out);
    (void)take(lines, left);
    return is_turned ? open_next(lines) : LINES_E_END;
}

static int drop_or_take(struct lines *lines, size_t count, struct slice *line_out)
{
    struct slice line = take(lines, count);
    if (!lines->is_dropping)
        return decode_line(lines, line, line_out);
    lines->is_dropping = false;
    line_out->count = 0;
    return LINES_E_TOO_LONG;
}

int lines_next(struct lines *lines, struct slice *line_out)
{
    *line_out = (struct slice){0};
    for (;;) {
        if (lines->offset == 0 && lines->seen == lines->start) {
            int mark = look_at_mark(lines);
            if (mark != 0)
                return mark;
        }
        const char *at = lines->window + lines->seen;
        const char *found =
            lines->end == lines->seen ? NULL : memchr(at, '\n', lines->end - lines->seen);
        if (found != NULL)
            return drop_or_take(lines, (size_t)(found - (lines->window + lines->start)) + 1,
                                line_out);
        lines->seen = lines->end;
        if (lines->end - lines->start > LINE_BYTES_MAX) {
            (void)take(lines, lines->end - lines->start);
            lines->is_dropping = true;
        }
        bool was_empty = lines->end == lines->start;
        int status = fill(lines);
        if (status == LINES_E_END)
            return at_end(lines, line_out);
        if (status != 0)
            return status;
        lines->turned_at_ms = 0;
        if (was_empty && lines->offset == 0)
            lines->seen = lines->start; /* the first bytes: look for a mark */
    }
}

/* ---- what it is ------------------------------------------------------------------------------ */

uint64_t lines_offset(const struct lines *lines)
{
    return lines->offset;
}

uint64_t lines_bytes_done(const struct lines *lines)
{
    return raw_done(lines->file, lines->offset);
}

char *lines_print(struct lines *lines, uint64_t offset, char text[LINES_PRINT_BYTES])
{
    size_t count = offset < LINES_PRINT_OF ? (size_t)offset : LINES_PRINT_OF;
    raw_print(lines->file, count, text);
    return text;
}

bool lines_turn_back(struct lines *lines, const char *print)
{
    struct raw_file *file = NULL;
    if (!raw_chain_find(lines->options.path, print, &lines->chain, &file))
        return false;
    raw_close(&lines->file);
    lines->file = file;
    forget_window(lines, 0);
    return true;
}
