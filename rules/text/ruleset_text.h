/* ruleset_text.h - documents, as people write them, to one compiled rule set.
 *
 * Layer: rules/text. A document is a YAML file of rules or of a calendar, a calendar notice (JSON
 * or ICS), or a CSV file of items, steps, orgs or promotions. Which of them it is, its content
 * says, not its name.
 */
#ifndef TEXT_RULESET_TEXT_H
#define TEXT_RULESET_TEXT_H

#include "rules/model/rule_test.h"
#include "rules/read/problem.h"

enum document_kind {
    DOCUMENT_UNKNOWN,
    DOCUMENT_CALENDAR,
    DOCUMENT_RULES,
    DOCUMENT_ITEMS,
    DOCUMENT_STEPS,
    DOCUMENT_ORGS,
    DOCUMENT_NOTICE,
    DOCUMENT_PROMOTIONS,
    DOCUMENT_KIND_COUNT
};

extern const char *const document_kind_name[DOCUMENT_KIND_COUNT];

enum { DOCUMENT_NAME_BYTES = 96, DOCUMENT_MAX = 4096 };

/* document_is_of_calendars - does such a document say how time is counted? */
static inline bool document_is_of_calendars(enum document_kind kind)
{
    return kind == DOCUMENT_CALENDAR || kind == DOCUMENT_NOTICE;
}

struct document {
    enum document_kind kind;
    const char *name; /* a document of the same kind and name takes its place */
    struct slice text;
    const char *file;    /* for messages */
    const char *kept_as; /* a sheet of a workbook: the name of its text as a file; else NULL */
};

/* document_identify - what kind of document a text is, and its name: a calendar's or a rule set's
 * own; of a notice its calendar and year, cn-2027, and of one that amends also the file's; else
 * the file's, without folder and ending.
 *
 * Returns: DOCUMENT_UNKNOWN, and a problem, when it cannot be told.
 */
enum document_kind document_identify(struct slice text, const char *file,
                                     char name_out[DOCUMENT_NAME_BYTES],
                                     struct problem_list *problems);

/* document_base_name - of a file, without folder and ending. Borrows: file. */
struct slice document_base_name(const char *file);

/* document_table_kind - items, steps or orgs by the headings in the first line that is not empty;
 * DOCUMENT_UNKNOWN: they are none of these. */
enum document_kind document_table_kind(struct slice text);

enum {
    RULESET_E_BAD = 1, /* at least one error was added to the problems */
};

/* ruleset_compile - all documents of one edition to a rule set.
 *
 * Every mistake of every document is told. Borrows: nothing after the return.
 * Owns:    the caller owns *ruleset_out and ends it with ruleset_destroy.
 * Returns: 0, RULESET_E_BAD, -ENOMEM.
 * Cost:    some 2 µs an item, 1 ms and 1 MB a calendar.
 */
MUST_USE int ruleset_compile(const struct document *documents, uint32_t count, uint32_t edition,
                             struct problem_list *problems, struct ruleset **ruleset_out);

#endif
