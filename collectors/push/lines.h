/* lines.h - the bytes of a file as lines of UTF-8, at offsets that can be gone back to.
 *
 * Layer: collectors/push. Plain or gzip (by the name's end), UTF-8 (with or without BOM) or
 * GB18030; follows a growing file through truncation and rotation. It knows nothing of CSV or JSON.
 */
#ifndef PUSH_LINES_H
#define PUSH_LINES_H

#include "engine/base/slice.h"

enum { LINE_BYTES_MAX = 1024 * 1024, LINES_PRINT_BYTES = 48, LINES_PRINT_OF = 1024 };

enum {
    LINES_E_END = 1,  /* no more, and none will come */
    LINES_E_WAIT,     /* no whole line now: the file may grow */
    LINES_E_TOO_LONG, /* a line above LINE_BYTES_MAX: stepped over, *line_out is its beginning */
    LINES_E_ENCODING, /* not text in the encoding: *line_out has U+FFFD where it is not */
    LINES_E_FORMAT,   /* the file is no text at all: UTF-16, damaged gzip */
    LINES_E_TURNED,   /* following: another file stands at the path now; offset begins at 0 */
    LINES_E_CUT,      /* following: the file was cut off; offset begins at 0 */
};

struct lines;

struct lines_options {
    const char *path;     /* "-": standard input */
    const char *encoding; /* "UTF-8", "GB18030"; NULL: UTF-8 */
    bool follow;
};

/* lines_open - returns 0 or a negative errno (the file cannot be opened; nothing is logged). */
MUST_USE int lines_open(const struct lines_options *options, struct lines **lines_out);
void lines_close(struct lines **lines_p);

/* lines_seek - go on at an offset that lines_offset gave.
 *
 * Returns: 0, LINES_E_END when the file is shorter than that, LINES_E_FORMAT, -errno.
 */
MUST_USE int lines_seek(struct lines *lines, uint64_t offset);

/* lines_next - the next line, with its line end (the last one may have none).
 *
 * Borrows: until the next call.
 * Returns: 0 or an outcome; LINES_E_TOO_LONG and LINES_E_ENCODING have moved past the line.
 */
MUST_USE int lines_next(struct lines *lines, struct slice *line_out);

uint64_t lines_offset(const struct lines *lines);     /* behind the last line given out */
uint64_t lines_bytes_done(const struct lines *lines); /* of the file as it lies on disk */

/* lines_print - tells this file from others by its first bytes, no more than `offset` of them.
 * Returns text: "1024:9f31c2…", the number of bytes looked at and their hash. */
char *lines_print(struct lines *lines, uint64_t offset, char text[LINES_PRINT_BYTES]);

/* lines_turn_back - following, after a restart: the file the print was made of was moved away
 * (log rotation). Look for it beside the path, and read on there first; its end then leads on to
 * the file at the path, with LINES_E_TURNED.
 *
 * Returns: whether it was found.
 */
MUST_USE bool lines_turn_back(struct lines *lines, const char *print);

#endif
