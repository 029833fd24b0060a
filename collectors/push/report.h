/* report.h - rows that gave no event, and why: told once per run, with what would be right.
 *
 * Layer: collectors/push. Every bad row is one line on standard error (the first few) and one JSON
 * object in the report file (all of them). A refused row is never silent and never stops the rest.
 */
#ifndef PUSH_REPORT_H
#define PUSH_REPORT_H

#include "engine/model/event.h"

enum { REPORT_TEXT_BYTES = 320, REPORT_SHOWN_MAX = 20 };

struct fault {
    const char *file;
    uint64_t row;               /* from 1; 0: the file as a whole */
    uint64_t seq;               /* of the event, where the engine refused it; else 0 */
    uint32_t column;            /* from 1; 0: not one column */
    struct slice name;          /* of the column, in the source's words */
    struct slice field;         /* of the event */
    struct slice code;          /* a word of engine/model/refusals.def */
    struct slice value;         /* what stood there */
    bool is_note;               /* worth knowing; the event was sent all the same */
    char en[REPORT_TEXT_BYTES]; /* what is wrong, and what would be right */
    char zh[REPORT_TEXT_BYTES];
};

struct report;

/* report_open - path: a file to append JSON lines to, NULL: none. quiet: nothing on stderr.
 *
 * Owns:    the caller ends it with report_close.
 * Returns: 0; -ENOMEM; or the errno of a path that cannot be written.
 */
MUST_USE int report_open(const char *path, bool quiet, struct report **report_out);
void report_close(struct report **report_p);

/* report_add - tell one. Writes at once: a report that is lost in a crash is of no use. */
void report_add(struct report *report, const struct fault *fault);

/* fault_say - fill in en and zh of a fault; both formats take the same arguments. */
PRINTF_LIKE(2, 4)
PRINTF_LIKE(3, 4) void fault_say(struct fault *fault, const char *en, const char *zh, ...);

/* report_refused, report_notes - how many so far. */
uint64_t report_refused(const struct report *report);
uint64_t report_notes(const struct report *report);

#endif
