/* replay_input.h - events out of files: canonical JSON Lines or CSV, plain or gzip, or standard
 * input. Layer: engine's programs. */
#ifndef ENGINE_REPLAY_INPUT_H
#define ENGINE_REPLAY_INPUT_H

#include "engine/model/event.h"
#include "engine/wire/text.h"

struct replay_input {
    void *ctx;
    /* an event; source empty and seq 0 where the line has none. Returns 0 or a negative errno. */
    int (*event)(void *ctx, struct slice source, uint64_t seq, const struct event *event);
    /* a line that is not an event: file, line number and why */
    void (*refused)(void *ctx, const char *file, uint64_t line, const struct text_refusal *refusal);
};

/* replay_read - path "-": standard input. CSV is known by its first line, which names `case` and
 * `kind` in columns. Returns 0 or a negative errno (-ENOENT and so on, from opening). */
MUST_USE int replay_read(const struct replay_input *input, const char *path);

#endif
