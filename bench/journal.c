/* journal.c - see journal.h. */
#include "bench/journal.h"

#include <lmdb.h>
#include <stdlib.h>

struct journal {
    char folder[MEASURE_PATH_BYTES];
    MDB_env *environment;
    MDB_txn *transaction; /* NULL: nothing was appended since the commit */
    MDB_dbi table;
    uint64_t number;
};

struct journal *journal_open(void)
{
    struct journal *journal = calloc(1, sizeof *journal);
    measure_must(journal != NULL, "memory is short");
    measure_folder(journal->folder);
    MDB_txn *transaction;
    measure_must(mdb_env_create(&journal->environment) == 0 &&
                     mdb_env_set_mapsize(journal->environment, (size_t)16 << 30) == 0 &&
                     mdb_env_open(journal->environment, journal->folder, 0, 0600) == 0 &&
                     mdb_txn_begin(journal->environment, NULL, 0, &transaction) == 0 &&
                     mdb_dbi_open(transaction, NULL, MDB_INTEGERKEY, &journal->table) == 0 &&
                     mdb_txn_commit(transaction) == 0,
                 "no journal");
    return journal;
}

void journal_append(struct journal *journal, struct slice value)
{
    union {
        const char *in;
        void *out;
    } bytes = {.in = value.start}; /* LMDB does not write through it */
    measure_must(journal->transaction != NULL ||
                     mdb_txn_begin(journal->environment, NULL, 0, &journal->transaction) == 0,
                 "no transaction");
    journal->number++;
    MDB_val key = {.mv_size = sizeof journal->number, .mv_data = &journal->number};
    MDB_val data = {.mv_size = value.count, .mv_data = bytes.out};
    measure_must(mdb_put(journal->transaction, journal->table, &key, &data, MDB_APPEND) == 0,
                 "cannot append");
}

void journal_commit(struct journal *journal)
{
    measure_must(journal->transaction == NULL || mdb_txn_commit(journal->transaction) == 0,
                 "cannot commit");
    journal->transaction = NULL;
}

void journal_close(struct journal **journal_p)
{
    journal_commit(*journal_p);
    mdb_env_close((*journal_p)->environment);
    measure_folder_remove((*journal_p)->folder);
    free(*journal_p);
    *journal_p = NULL;
}
