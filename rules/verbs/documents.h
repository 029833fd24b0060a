/* documents.h - files and folders as they are given, on their way to be documents of an edition.
 *
 * Layer: rules/verbs.
 */
#ifndef RULES_DOCUMENTS_H
#define RULES_DOCUMENTS_H

#include "engine/base/arena.h"
#include "rules/text/ruleset_text.h"

/* Documents on their way: read from files, out of the store, out of the shipped calendars. */
struct document_set {
    struct arena *arena;
    uint32_t count;
    uint32_t room;
    struct document *at;
};

/* documents_init, documents_clear. Returns: 0, -ENOMEM. */
MUST_USE int documents_init(struct document_set *set);
void documents_clear(struct document_set *set);

/* documents_add - in the place of one of the same kind and name, else behind all. */
MUST_USE int documents_add(struct document_set *set, const struct document *document);

/* documents_read - the operands: files, and folders for all files in them whose ending
 * is that of a document. Says nothing: problems are added. Returns: 0, -ENOMEM. */
MUST_USE int documents_read(struct document_set *set, char *const *operands,
                            struct problem_list *problems);

/* documents_complete - add the documents of `base` that the set does not replace. */
MUST_USE int documents_complete(struct document_set *set, const struct document *base,
                                uint32_t count);

/* documents_add_calendars - calendars that are named and not there, from a folder; NULL: from those
 * shipped. Returns: 0, -ENOMEM. */
MUST_USE int documents_add_calendars(struct document_set *set, const char *folder,
                                     struct problem_list *problems);

/* documents_compile - operands and the calendars they name, as above, to a rule set. Says nothing:
 * problems are added.
 *
 * Owns:    the caller owns *ruleset_out and ends it with ruleset_destroy.
 * Returns: 0, RULESET_E_BAD, -ENOMEM.
 */
MUST_USE int documents_compile(char *const *operands, const char *calendars, uint32_t edition,
                               struct problem_list *problems, struct ruleset **ruleset_out);

#endif
