/* files.h - the files of a command line, one after the other, as numbered lines.
 *
 * Layer: collectors/push. What csv and jsonl have in common: places, rows, following, and the words
 * for whatever is wrong with a file as such. lines.h deals with one file at a time.
 */
#ifndef PUSH_FILES_H
#define PUSH_FILES_H

#include "collectors/push/input.h"
#include "collectors/push/lines.h"
#include "collectors/push/report.h"

enum {
    FILES_E_NEW = 20, /* another file begins here: rows count from 1 again */
    FILES_E_ENCODING, /* a line, mended; the caller reports it */
    FILES_E_TOO_LONG, /* a line that was stepped over; the caller reports it */
};

struct files_options {
    char *const *paths;
    size_t count;
    const char *encoding; /* NULL: UTF-8 */
    bool follow;          /* the last one goes on growing */
    struct report *report;
};

struct files;

MUST_USE int files_create(const struct files_options *options, struct files **files_out);
void files_destroy(struct files **files_p);

/* files_seek, files_find, files_path, files_print - as input.h. files_seek gives no FILES_E_NEW for
 * the place it goes to; a caller that needs a header reads it there. */
MUST_USE int files_seek(struct files *files, const struct place *place);
bool files_find(struct files *files, const char *print, struct place *place_io);
const char *files_path(struct files *files, const struct place *place);
const char *files_print(struct files *files, const struct place *place);

/* files_next - the next line of all.
 *
 * Returns: 0, INPUT_E_END, INPUT_E_WAIT, INPUT_E_BAD (reported), FILES_E_…, -errno.
 */
MUST_USE int files_next(struct files *files, struct slice *line_out);

/* files_place - behind the last line. seq is what files_seek was given plus files_count calls. */
struct place files_place(const struct files *files);
void files_count(struct files *files); /* one event was made of what was read */

const char *files_name(const struct files *files); /* of the file that is open */
struct report *files_report(const struct files *files);
struct progress files_progress(const struct files *files);

#endif
