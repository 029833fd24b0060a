/* card_log.h - the cards of one replay in a file, and what differs between two of them.
 *
 * Layer: rules/impact. A back-test plays history twice, each in a process of its own; every record
 * of a card goes to the log of its replay, and at the end those that stand are compared.
 */
#ifndef RULES_CARD_LOG_H
#define RULES_CARD_LOG_H

#include "engine/model/card.h"

struct card_log;

/* card_log_create - at this path, for writing. Returns: 0 or a negative errno. */
MUST_USE int card_log_create(const char *path, struct card_log **log_out);

/* card_log_add - one record. A failure is remembered, and told by card_log_end. */
void card_log_add(struct card_log *log, const struct card *card);

/* card_log_end - everything is in the file. Owns: *log_p is gone. Returns: 0, a negative errno. */
MUST_USE int card_log_end(struct card_log **log_p);

/* The cards that stand at the end of a log, by id. */
struct card_set;

/* card_set_load - of those due in [from, to). Returns: 0, a negative errno. Cost: a sort. */
MUST_USE int card_set_load(const char *path, struct instant from, struct instant to,
                           struct card_set **set_out);
void card_set_free(struct card_set **set_p);
uint64_t card_set_count(const struct card_set *set);

/* card_sets_compare - visit is called for every card that differs: before NULL: it is new; after
 * NULL: it is gone; both: its instant, level or feed is another. In the order of ids. */
void card_sets_compare(const struct card_set *before, const struct card_set *after, void *ctx,
                       void (*visit)(void *ctx, const struct card *before,
                                     const struct card *after));

#endif
