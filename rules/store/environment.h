/* environment.h - LMDB behind a few functions: the one place that sees its codes.
 *
 * Layer: rules/store. Documents have their hash for a key, all others a number. A store that was
 * made before a table was thought of is read as if the table were there and empty.
 */
#ifndef RULES_STORE_ENVIRONMENT_H
#define RULES_STORE_ENVIRONMENT_H

#include "engine/base/slice.h"

enum {
    ENVIRONMENT_E_NONE = 1, /* no such environment; no such key */
    ENVIRONMENT_E_AGAIN =
        1000, /* the map was grown: begin again; apart from all codes of store.h */
};

enum environment_table {
    TABLE_DOCUMENTS, /* hash → text */
    TABLE_EDITIONS,
    TABLE_DRAFTS,
    TABLE_DECISIONS, /* by the number of the draft */
    TABLE_APPROVALS,
    TABLE_COUNT
};

struct environment;
struct transaction;

/* environment_open - ENVIRONMENT_E_NONE only when not writable. */
MUST_USE int environment_open(const char *folder, bool is_writable,
                              struct environment **environment_out);
void environment_close(struct environment **environment_p);

/* environment_begin - a transaction; writable ones wait for each other. End it with
 * transaction_commit or transaction_abort. */
MUST_USE int environment_begin(struct environment *environment, bool is_writable,
                               struct transaction **transaction_out);

/* transaction_commit - ends the transaction in any case. Returns: 0, ENVIRONMENT_E_AGAIN, a
 * negative errno. */
MUST_USE int transaction_commit(struct transaction **transaction_p);

/* transaction_abort - NULL already: does nothing. */
void transaction_abort(struct transaction **transaction_p);

/* transaction_get - Borrows: the value is good until the transaction ends, or writes. Returns: 0,
 * ENVIRONMENT_E_NONE, a negative errno. */
MUST_USE int transaction_get(struct transaction *transaction, enum environment_table table,
                             struct slice key, struct slice *value_out);

/* transaction_last - the greatest key of a table. Returns: as transaction_get. */
MUST_USE int transaction_last(struct transaction *transaction, enum environment_table table,
                              struct slice *key_out);

/* transaction_put - a key that is not there yet; there already: nothing changes. Returns: 0,
 * ENVIRONMENT_E_AGAIN (abort and begin again), a negative errno. */
MUST_USE int transaction_put(struct transaction *transaction, enum environment_table table,
                             struct slice key, struct slice value);

#endif
