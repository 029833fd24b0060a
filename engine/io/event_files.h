/* event_files.h - recorded events out of files: canonical JSON Lines or CSV, plain or gzip, or
 * standard input.
 *
 * Layer: io. For replays and back-tests.
 */
#ifndef IO_EVENT_FILES_H
#define IO_EVENT_FILES_H

#include "engine/model/event.h"
#include "engine/wire/text.h"

enum { EVENT_FILES_SOURCES_MAX = 64 };

/* Begin with the callbacks, all else {0}; ends with event_files_clear. */
struct event_files {
    void *ctx;
    /* an event. source: numbered from 1 in the order in which their names came; lines without a
     * name are of one source. seq: 0 where the line has none. Returns 0 or a negative errno. */
    int (*event)(void *ctx, uint32_t source, uint64_t seq, const struct event *event);
    /* a line that is not an event: file, line number and why */
    void (*refused)(void *ctx, const char *file, uint64_t line, const struct text_refusal *refusal);
    char *sources[EVENT_FILES_SOURCES_MAX];
    uint32_t source_count;
};

/* event_files_read - one file. path "-": standard input. CSV is known by its first line, which
 * names `case` and `kind` in columns. Returns 0 or a negative errno (-ENOENT and so on, from
 * opening). */
MUST_USE int event_files_read(struct event_files *files, const char *path);
void event_files_clear(struct event_files *files);

#endif
