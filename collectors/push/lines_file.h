/* lines_file.h - one file under lines.c: plain or gzip, and whether it is still the one at its
 * path.
 *
 * Layer: collectors/push. Only lines.c and the XES reader come here.
 */
#ifndef PUSH_LINES_FILE_H
#define PUSH_LINES_FILE_H

#include "engine/base/base.h"

struct raw_file;

enum {
    RAW_E_SHORT = 1, /* the file has fewer bytes than that */
    RAW_E_DAMAGED,   /* the gzip stream is broken */
};

/* raw_open - "-" is standard input; a name that ends in .gz is unpacked. Returns 0, -errno. */
MUST_USE int raw_open(const char *path, struct raw_file **file_out);
void raw_close(struct raw_file **file_p);

/* raw_read - up to `room` bytes; *count_out 0: none at the moment. Returns 0, RAW_E_DAMAGED,
 * -errno. */
MUST_USE int raw_read(struct raw_file *file, char *to, size_t room, size_t *count_out);

/* raw_seek - an offset in unpacked bytes. Standard input can only stay where it is (-ESPIPE). */
MUST_USE int raw_seek(struct raw_file *file, uint64_t offset);

/* raw_done - how many bytes of it as it lies on disk come before an offset in unpacked bytes. */
uint64_t raw_done(const struct raw_file *file, uint64_t offset);

/* raw_is_cut - is it shorter now than what was read of it? */
bool raw_is_cut(const struct raw_file *file);

/* raw_print - "count:hash" of its first bytes, where it stands in LINES_PRINT_BYTES of text. */
void raw_print(struct raw_file *file, size_t count, char *text);

enum { RAW_CHAIN_MAX = 16, RAW_PATH_BYTES = 512 };

/* Files that log rotation moved away and that are still to be read, oldest first. */
struct raw_chain {
    uint32_t count;
    uint32_t next;
    char paths[RAW_CHAIN_MAX][RAW_PATH_BYTES];
};

/* raw_chain_find - beside `path`, the file whose first bytes have this print, and all that are
 * younger than it. *file_out is opened at its beginning. Returns whether there is one. */
MUST_USE bool raw_chain_find(const char *path, const char *print, struct raw_chain *chain_out,
                             struct raw_file **file_out);

/* raw_chain_next - what comes after the file that is open: the next of the chain, else `path`. */
const char *raw_chain_next(const struct raw_chain *chain, const char *path);
void raw_chain_step(struct raw_chain *chain);
bool raw_chain_is_empty(const struct raw_chain *chain);

/* raw_is_turned - does what comes next differ from the file that is open, and is it there? */
bool raw_is_turned(const struct raw_file *file, const struct raw_chain *chain, const char *path);

#endif
