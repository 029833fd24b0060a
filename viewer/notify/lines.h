/* lines.h - an append-only file of JSON records, each on a line behind its checksum.
 *
 * Layer: viewer/notify. "<16 hexadecimal digits> <JSON>\n"; a checksum is BLAKE2b over the one
 * before it and the JSON. The last line may be torn by a kill: it is cut off, for it was never
 * said to be written. Anything else that is wrong is damage and is not mended silently. Called by
 * outbox.c.
 */
#ifndef NOTIFY_LINES_H
#define NOTIFY_LINES_H

#include "engine/base/base.h"

#include <jansson.h>

enum {
    LINES_E_DAMAGED = 1,
    LINES_E_IN_USE, /* another process has it open */
};

struct lines;

/* lines_open - take calls for each record that is there; what it returns, if not 0, ends the
 * reading and is returned. Returns: 0, LINES_E_…, or a negative errno; all logged. */
MUST_USE int lines_open(const char *path, int (*take)(void *ctx, const json_t *record), void *ctx,
                        struct lines **lines_out);
void lines_close(struct lines **lines_p);

/* lines_append - on disk when this returns 0. A failure leaves the file as it was, or with a torn
 * last line; then nothing more is taken (-EIO). */
MUST_USE int lines_append(struct lines *lines, const json_t *record);

/* lines_rewrite - a new file with these records (an array) in the old one's place, on disk. */
MUST_USE int lines_rewrite(struct lines *lines, const json_t *records);

size_t lines_bytes(const struct lines *lines);

#endif
