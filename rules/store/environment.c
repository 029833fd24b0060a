/* environment.c - LMDB's codes (about -30,799) look like -errno and are not: they end here.
 *
 * The map begins small and doubles when it is full. It can be set only while no transaction is
 * open, hence ENVIRONMENT_E_AGAIN: the caller aborts, and begins the whole act again. When another
 * process has grown it, beginning a transaction says so, and the new size is taken over.
 */
#include "rules/store/environment.h"

#include "engine/sys/log.h"

#include <errno.h>
#include <lmdb.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAP_BYTES_FIRST = 16 * 1024 * 1024 };

struct environment {
    MDB_env *env;
    MDB_dbi tables[TABLE_COUNT];
    bool is_there[TABLE_COUNT];
    char *folder;
};

struct transaction {
    struct environment *environment;
    MDB_txn *txn;
};

static const char *const table_names[TABLE_COUNT] = {"documents", "editions", "drafts", "decisions",
                                                     "approvals"};

/* Our code for a code of LMDB's, logged with the words that only this place knows. */
static int failure(const struct environment *environment, const char *call, int code)
{
    log_error("rule store failed: %s: %s: folder=%s", call, mdb_strerror(code),
              environment->folder == NULL ? "" : environment->folder);
    if (code > 0)
        return -code; /* an errno of the system's */
    if (code == MDB_CORRUPTED || code == MDB_INVALID || code == MDB_VERSION_MISMATCH ||
        code == MDB_PAGE_NOTFOUND)
        return -EBADMSG;
    return -EIO;
}

static MDB_val to_val(struct slice slice)
{
    /* LMDB does not write through it; its type is older than const. */
    union {
        const char *from;
        void *to;
    } data = {.from = slice.start};
    return (MDB_val){.mv_size = slice.count, .mv_data = data.to};
}

static int open_tables(struct environment *environment, bool is_writable)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(environment->env, NULL, is_writable ? 0 : MDB_RDONLY, &txn);
    if (code != 0)
        return failure(environment, "begin", code);
    for (int i = 0; i < TABLE_COUNT && code == 0; i++) {
        code = mdb_dbi_open(txn, table_names[i], is_writable ? MDB_CREATE : 0,
                            &environment->tables[i]);
        environment->is_there[i] = code == 0;
        if (code == MDB_NOTFOUND && i > TABLE_EDITIONS)
            code = 0; /* a store from before it */
    }
    if (code == 0)
        code = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    if (code == MDB_NOTFOUND)
        return ENVIRONMENT_E_NONE; /* made, but never written to */
    return code == 0 ? 0 : failure(environment, "open a table", code);
}

/* The folder, and those above it. */
static int make_folders(const char *folder)
{
    enum { FOLDER_MODE = 0750 };
    size_t count = strlen(folder);
    char *path = malloc(count + 1);
    int error = path == NULL ? ENOMEM : 0;
    for (size_t i = 1; error == 0 && i <= count; i++) {
        if (folder[i] != '/' && folder[i] != '\0')
            continue;
        memcpy(path, folder, i);
        path[i] = '\0';
        if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST)
            error = errno;
    }
    free(path);
    if (error != 0)
        log_error("rule store failed: cannot make the folder: %s: folder=%s", strerror(error),
                  folder);
    return -error;
}

static int open_env(struct environment *environment, const char *folder, bool is_writable)
{
    enum { MODE = 0640 };
    size_t count = strlen(folder) + 1;
    environment->folder = malloc(count);
    if (environment->folder == NULL)
        return -ENOMEM;
    memcpy(environment->folder, folder, count);
    int status = is_writable ? make_folders(folder) : 0;
    if (status != 0)
        return status;
    int code = mdb_env_create(&environment->env);
    if (code == 0)
        code = mdb_env_set_maxdbs(environment->env, TABLE_COUNT);
    if (code == 0 && is_writable)
        code = mdb_env_set_mapsize(environment->env, MAP_BYTES_FIRST);
    if (code != 0)
        return failure(environment, "create", code);
    code = mdb_env_open(environment->env, folder, is_writable ? 0 : MDB_RDONLY, MODE);
    if (code == ENOENT && !is_writable)
        return ENVIRONMENT_E_NONE;
    if (code != 0)
        return failure(environment, "open", code);
    int dead = 0;
    (void)mdb_reader_check(environment->env, &dead); /* a stale reader only costs room */
    return open_tables(environment, is_writable);
}

int environment_open(const char *folder, bool is_writable, struct environment **environment_out)
{
    struct environment *environment = calloc(1, sizeof *environment);
    if (environment == NULL)
        return -ENOMEM;
    int status = open_env(environment, folder, is_writable);
    if (status != 0)
        environment_close(&environment);
    else
        *environment_out = environment;
    return status;
}

void environment_close(struct environment **environment_p)
{
    struct environment *environment = *environment_p;
    *environment_p = NULL;
    if (environment == NULL)
        return;
    if (environment->env != NULL)
        mdb_env_close(environment->env);
    free(environment->folder);
    free(environment);
}

int environment_begin(struct environment *environment, bool is_writable,
                      struct transaction **transaction_out)
{
    struct transaction *transaction = calloc(1, sizeof *transaction);
    if (transaction == NULL)
        return -ENOMEM;
    transaction->environment = environment;
    unsigned flags = is_writable ? 0 : MDB_RDONLY;
    int code = mdb_txn_begin(environment->env, NULL, flags, &transaction->txn);
    if (code == MDB_MAP_RESIZED) {
        code = mdb_env_set_mapsize(environment->env, 0);
        if (code == 0)
            code = mdb_txn_begin(environment->env, NULL, flags, &transaction->txn);
    }
    if (code != 0) {
        free(transaction);
        return failure(environment, "begin", code);
    }
    *transaction_out = transaction;
    return 0;
}

static int grow(struct environment *environment)
{
    MDB_envinfo now;
    int code = mdb_env_info(environment->env, &now);
    if (code == 0)
        code = mdb_env_set_mapsize(environment->env, now.me_mapsize * 2);
    return code == 0 ? ENVIRONMENT_E_AGAIN : failure(environment, "grow", code);
}

int transaction_commit(struct transaction **transaction_p)
{
    struct transaction *transaction = *transaction_p;
    struct environment *environment = transaction->environment;
    *transaction_p = NULL;
    int code = mdb_txn_commit(transaction->txn);
    free(transaction);
    if (code == MDB_MAP_FULL)
        return grow(environment);
    return code == 0 ? 0 : failure(environment, "commit", code);
}

void transaction_abort(struct transaction **transaction_p)
{
    struct transaction *transaction = *transaction_p;
    *transaction_p = NULL;
    if (transaction == NULL)
        return;
    if (transaction->txn != NULL)
        mdb_txn_abort(transaction->txn);
    free(transaction);
}

int transaction_get(struct transaction *transaction, enum environment_table table, struct slice key,
                    struct slice *value_out)
{
    MDB_val value;
    MDB_val wanted = to_val(key);
    if (!transaction->environment->is_there[table])
        return ENVIRONMENT_E_NONE;
    int code = mdb_get(transaction->txn, transaction->environment->tables[table], &wanted, &value);
    if (code == MDB_NOTFOUND)
        return ENVIRONMENT_E_NONE;
    if (code != 0)
        return failure(transaction->environment, "get", code);
    *value_out = (struct slice){.start = value.mv_data, .count = value.mv_size};
    return 0;
}

int transaction_last(struct transaction *transaction, enum environment_table table,
                     struct slice *key_out)
{
    MDB_cursor *cursor = NULL;
    MDB_val key;
    MDB_val value;
    if (!transaction->environment->is_there[table])
        return ENVIRONMENT_E_NONE;
    int code = mdb_cursor_open(transaction->txn, transaction->environment->tables[table], &cursor);
    if (code != 0)
        return failure(transaction->environment, "open a cursor", code);
    code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return ENVIRONMENT_E_NONE;
    if (code != 0)
        return failure(transaction->environment, "find the last", code);
    *key_out = (struct slice){.start = key.mv_data, .count = key.mv_size};
    return 0;
}

int transaction_put(struct transaction *transaction, enum environment_table table, struct slice key,
                    struct slice value)
{
    struct environment *environment = transaction->environment;
    MDB_val at = to_val(key);
    MDB_val bytes = to_val(value);
    int code = mdb_put(transaction->txn, environment->tables[table], &at, &bytes, MDB_NOOVERWRITE);
    if (code == 0 || code == MDB_KEYEXIST)
        return 0;
    if (code != MDB_MAP_FULL)
        return failure(environment, "put", code);
    mdb_txn_abort(transaction->txn);
    transaction->txn = NULL; /* the map can be grown only while none is open */
    return grow(environment);
}
