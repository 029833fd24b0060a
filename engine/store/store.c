/* store.c - see store.h. Keys that count upwards are native integers (MDB_INTEGERKEY), so that
 * appending touches the last page only; keys that are looked up are big-endian, so that they sort.
 */
#include "engine/store/store.h"
#include "engine/store/entry.h"
#include "engine/store/store_state.h"
#include "engine/sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char store_form[] = "cardwatch store 1";

int store_code(const char *call, int code)
{
    if (code == 0)
        return 0;
    if (code == MDB_NOTFOUND)
        return STORE_E_NOT_FOUND;
    log_error("store: %s failed: %s", call, mdb_strerror(code));
    if (code == MDB_MAP_FULL)
        return -ENOSPC;
    return code > 0 ? -code : -EIO;
}

MDB_val store_value(struct slice slice)
{
    union {
        const void *in;
        void *out;
    } bytes = {.in = slice.start}; /* LMDB does not write through it */
    return (MDB_val){.mv_size = slice.count, .mv_data = bytes.out};
}

static int lock_take(struct store *store, const char *path)
{
    char name[4096];
    (void)snprintf(name, sizeof name, "%s/engine.lock", path);
    store->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0) {
        int error = errno;
        log_error("store: cannot make %s: %s", name, strerror(error));
        return -error;
    }
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        log_error("store: another engine works in %s", path);
        return -EBUSY;
    }
    return 0;
}

static int folder_take(struct store *store, const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        int error = errno;
        log_error("store: cannot make %s: %s", path, strerror(error));
        return -error;
    }
    return lock_take(store, path);
}

static int tables_open(struct store *store, bool is_reading)
{
    static const struct {
        const char *name;
        unsigned int flags;
    } tables[TABLE_COUNT] = {
        [TABLE_JOURNAL] = {"journal", MDB_INTEGERKEY},
        [TABLE_CARDS] = {"cards", MDB_INTEGERKEY},
        [TABLE_CARD_IDS] = {"card_ids", 0},
        [TABLE_SOURCES] = {"sources", 0},
        [TABLE_BATCHES] = {"batches", 0},
        [TABLE_REFUSED] = {"refused", MDB_INTEGERKEY},
        [TABLE_META] = {"meta", 0},
        [TABLE_MOVED] = {"moved", 0},
    };
    unsigned int more = is_reading ? 0 : MDB_CREATE;
    int error = is_reading ? store_read_begin(store) : store_begin(store);
    for (int i = 0; error == 0 && i < TABLE_COUNT; i++) {
        MDB_dbi *table = &store->tables[i];
        int code = mdb_dbi_open(store_txn(store), tables[i].name, tables[i].flags | more, table);
        if (i == TABLE_MOVED && (store->has_moved = code != MDB_NOTFOUND, code == MDB_NOTFOUND))
            code = 0;
        error = store_code("mdb_dbi_open", code);
    }
    if (error != 0 || !is_reading)
        return error == STORE_E_NOT_FOUND ? STORE_E_FORM : error;
    /* handles opened in a transaction outlive it when it is committed, also one that only reads */
    error = store_code("mdb_txn_commit (read)", mdb_txn_commit(store->read));
    store->read = NULL;
    store->is_reading = false;
    return error != 0 ? error : store_read_begin(store);
}

static int meta_read(struct store *store)
{
    MDB_val key = store_value(SLICE("form"));
    MDB_val value;
    int code = mdb_get(store_txn(store), store->tables[TABLE_META], &key, &value);
    if (code == MDB_NOTFOUND && store->write != NULL) {
        unsigned char random[8];
        randombytes_buf(random, sizeof random);
        sodium_bin2hex(store->instance, sizeof store->instance, random, sizeof random);
        value = store_value(slice_of(store_form));
        code = mdb_put(store->write, store->tables[TABLE_META], &key, &value, 0);
        key = store_value(SLICE("instance"));
        value = store_value(slice_of(store->instance));
        if (code == 0)
            code = mdb_put(store->write, store->tables[TABLE_META], &key, &value, 0);
        return store_code("mdb_put", code);
    }
    if (code != 0)
        return store_code("mdb_get", code);
    if (value.mv_size != sizeof store_form - 1 ||
        memcmp(value.mv_data, store_form, sizeof store_form - 1) != 0) {
        log_error("store: was made by another version: %.*s", (int)value.mv_size,
                  (const char *)value.mv_data);
        return STORE_E_FORM;
    }
    key = store_value(SLICE("instance"));
    code = mdb_get(store_txn(store), store->tables[TABLE_META], &key, &value);
    if (code == 0 && value.mv_size < sizeof store->instance)
        memcpy(store->instance, value.mv_data, value.mv_size);
    return store_code("mdb_get", code);
}

static uint64_t last_number(struct store *store, enum store_table table)
{
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    uint64_t number = 0;
    if (mdb_cursor_open(store_txn(store), store->tables[table], &cursor) != 0)
        return 0;
    if (mdb_cursor_get(cursor, &key, &value, MDB_LAST) == 0)
        memcpy(&number, key.mv_data, sizeof number);
    mdb_cursor_close(cursor);
    return number;
}

static int environment_open(struct store *store, const struct store_options *options)
{
    int dead = 0;
    int code = mdb_env_create(&store->environment);
    if (code == 0)
        code = mdb_env_set_maxdbs(store->environment, TABLE_COUNT);
    if (code == 0 && !options->is_reading) /* a reader takes the size that it finds */
        code = mdb_env_set_mapsize(store->environment, options->map_bytes_max);
    if (code == 0)
        code = mdb_env_open(store->environment, options->path,
                            MDB_NOTLS | (options->is_reading ? MDB_RDONLY : 0), 0600);
    if (code == 0)
        code = mdb_reader_check(store->environment, &dead);
    return store_code("opening the environment", code);
}

int store_open(const struct store_options *options, struct store **store_out)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return -ENOMEM;
    store->lock_fd = -1;
    store->map_bytes_max = options->map_bytes_max;
    int error = 0;
    if (sodium_init() < 0)
        error = -EIO;
    if (error == 0 && !options->is_reading)
        error = folder_take(store, options->path);
    if (error == 0)
        error = environment_open(store, options);
    if (error == 0)
        error = tables_open(store, options->is_reading);
    if (error == 0)
        error = meta_read(store);
    if (error == 0) {
        store->entry_last = last_number(store, TABLE_JOURNAL);
        store->card_last = last_number(store, TABLE_CARDS);
        store->refused_last = last_number(store, TABLE_REFUSED);
        if (!options->is_reading)
            error = store_commit(store);
    }
    if (error != 0)
        store_close(&store);
    else
        *store_out = store;
    return error;
}

void store_close(struct store **store_p)
{
    struct store *store = *store_p;
    *store_p = NULL;
    if (store == NULL)
        return;
    store_abort(store);
    if (store->read != NULL)
        mdb_txn_abort(store->read);
    if (store->environment != NULL)
        mdb_env_close(store->environment);
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd);
    free(store);
}

int store_note(struct store *store, const char *name, char room[NOTE_BYTES])
{
    bool was_reading = store->is_reading;
    int error = store_read_begin(store);
    MDB_val key = store_value(slice_of(name));
    MDB_val value;
    room[0] = '\0';
    if (error == 0) {
        int code = mdb_get(store_txn(store), store->tables[TABLE_META], &key, &value);
        if (code == 0 && value.mv_size < NOTE_BYTES)
            memcpy(room, value.mv_data, value.mv_size);
        if (code == 0 && value.mv_size < NOTE_BYTES)
            room[value.mv_size] = '\0';
        error = code == MDB_NOTFOUND ? 0 : store_code("mdb_get", code);
    }
    if (!was_reading)
        store_read_end(store);
    return error;
}

int store_note_set(struct store *store, const char *name, const char *text)
{
    MDB_val key = store_value(slice_of(name));
    MDB_val value = store_value(slice_of(text));
    assert(strlen(text) < NOTE_BYTES);
    int error = store_begin(store);
    if (error == 0)
        error = store_code("mdb_put",
                           mdb_put(store->write, store->tables[TABLE_META], &key, &value, 0));
    if (error == 0)
        return store_commit(store);
    store_abort(store);
    return error;
}

const char *store_instance(const struct store *store)
{
    return store->instance;
}

int store_begin(struct store *store)
{
    assert(store->write == NULL);
    assert(!store->is_reading);
    int code = mdb_txn_begin(store->environment, NULL, 0, &store->write);
    if (code == 0)
        store_room_begin(store);
    return store_code("mdb_txn_begin", code);
}

int store_commit(struct store *store)
{
    assert(store->write != NULL);
    int code = mdb_txn_commit(store->write);
    store->write = NULL;
    return store_code("mdb_txn_commit", code);
}

void store_abort(struct store *store)
{
    if (store->write != NULL)
        mdb_txn_abort(store->write);
    store->write = NULL;
}

int store_read_begin(struct store *store)
{
    if (store->write != NULL || store->is_reading)
        return 0;
    int code = store->read == NULL
                   ? mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &store->read)
                   : mdb_txn_renew(store->read);
    store->is_reading = code == 0;
    return store_code("mdb_txn_begin (read)", code);
}

void store_read_end(struct store *store)
{
    if (store->is_reading)
        mdb_txn_reset(store->read);
    store->is_reading = false;
}

MDB_txn *store_txn(struct store *store)
{
    assert(store->write != NULL || store->is_reading);
    return store->write != NULL ? store->write : store->read;
}

void store_facts_get(struct store *store, struct store_facts *facts_out)
{
    MDB_envinfo info;
    MDB_stat stat;
    *facts_out = (struct store_facts){.max_bytes = store->map_bytes_max};
    if (mdb_env_info(store->environment, &info) == 0 &&
        mdb_env_stat(store->environment, &stat) == 0)
        facts_out->used_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    facts_out->entries = store->entry_last;
    facts_out->cards = store->card_last;
    if (store_read_begin(store) == 0) {
        if (mdb_stat(store_txn(store), store->tables[TABLE_REFUSED], &stat) == 0)
            facts_out->refused = stat.ms_entries;
        store_read_end(store);
    }
}
