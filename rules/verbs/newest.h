/* newest.h - given documents beside those of the newest edition.
 *
 * Layer: rules/verbs.
 */
#ifndef RULES_NEWEST_H
#define RULES_NEWEST_H

#include "rules/verbs/verbs.h"

/* newest_settle - a table out of a workbook that holds what the newest edition's table of its name
 * holds takes that one's text, so that nothing changes by the way a file was written. store: NULL:
 * there is none yet.
 *
 * Returns: 0, a negative errno.
 */
MUST_USE int newest_settle(struct rule_store *store, struct document_set *set, uint32_t count);

/* newest_say - what the first count documents would change in the newest edition, on standard
 * output, as text or JSON.
 *
 * Returns: 0, a negative errno.
 */
MUST_USE int newest_say(struct rule_store *store, struct document_set *set, uint32_t count,
                        bool is_json);

#endif
