/* position.h - how far a source has been acknowledged, on disk.
 *
 * Layer: collectors/push. One small JSON object, replaced as a whole (written beside, fsynced,
 * renamed, the folder fsynced), and moved only when the engine has acknowledged. It may lag behind
 * the engine, never be ahead: a restart reads on from it and leaves out what is committed already.
 */
#ifndef PUSH_POSITION_H
#define PUSH_POSITION_H

#include "collectors/push/input.h"

enum { POSITION_TEXT_BYTES = 512, POSITION_PRINT_BYTES = 128 };

struct position {
    struct place place;
    bool is_done; /* the input came to its end there */
    char source[EVENT_SOURCE_BYTES_MAX + 1];
    char file[POSITION_TEXT_BYTES];
    char print[POSITION_PRINT_BYTES]; /* of that file: input.h */
    char map[POSITION_PRINT_BYTES];   /* of the mapping: with another one, rows give other events */
};

enum {
    POSITION_E_NONE = 1, /* there is no such file yet */
    POSITION_E_BAD,      /* it is not a position file */
};

/* position_read - returns 0, POSITION_E_NONE, POSITION_E_BAD, or a negative errno. */
MUST_USE int position_read(const char *path, struct position *position_out);

/* position_write - durable when it returns 0; a crash at any moment leaves the old or the new one.
 *
 * Returns: 0 or a negative errno, and then the old one stands.
 */
MUST_USE int position_write(const char *path, const struct position *position);

#endif
