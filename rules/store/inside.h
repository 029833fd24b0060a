/* inside.h - what the files of the store share; nobody else's.
 *
 * Layer: rules/store.
 */
#ifndef RULES_STORE_INSIDE_H
#define RULES_STORE_INSIDE_H

#include "rules/store/environment.h"
#include "rules/store/record.h"

struct rule_store {
    struct environment *environment;
};

/* store_last - the greatest number of a table; 0: it is empty. */
MUST_USE int store_last(struct transaction *transaction, enum environment_table table,
                        uint32_t *number_out);

/* store_edition - RULE_STORE_E_UNKNOWN where there is none. */
MUST_USE int store_edition(struct transaction *transaction, uint32_t number, struct arena *arena,
                           struct rule_edition *edition_out);

/* store_documents - the documents of an edition, or of a draft, with their texts. */
MUST_USE int store_documents(struct transaction *transaction, const struct rule_edition *edition,
                             struct arena *arena, struct document **documents_out,
                             uint32_t *count_out);

/* store_approval - the setting in force. */
MUST_USE int store_approval(struct transaction *transaction, struct arena *arena,
                            struct rule_approval *approval_out);

/* store_put - a record under a number. */
MUST_USE int store_put(struct transaction *transaction, enum environment_table table,
                       uint32_t number, struct slice record);

/* store_put_draft - a new draft, of the next number. */
MUST_USE int store_put_draft(struct transaction *transaction, struct arena *arena,
                             const struct rule_draft *draft, uint32_t *number_out);

/* store_write - an act in a transaction of its own, which is committed if the act returns 0; done
 * again from its beginning where the map had to grow. Returns: what the act returned. */
typedef int store_act(struct transaction *transaction, struct arena *arena, void *ctx);
MUST_USE int store_write(struct rule_store *store, store_act *act, void *ctx);

#endif
