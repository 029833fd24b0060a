/* tables.c - writing and reading the tables of the store, row by row. */
#include "engine/store/entry.h"
#include "engine/store/store_state.h"

#include <errno.h>
#include <sodium.h>

enum { ID_BYTES = 16, ID_KEY_BYTES = ID_BYTES + 8, BATCH_KEY_BYTES = 12, MOVED_KEY_BYTES = 12 };

static MDB_val number_key(uint64_t *number)
{
    return (MDB_val){.mv_size = sizeof *number, .mv_data = number};
}

static struct slice slice_of_value(MDB_val value)
{
    return (struct slice){.start = value.mv_data, .count = value.mv_size};
}

static void put_big(unsigned char *place, uint64_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, number >>= 8)
        place[i] = (unsigned char)number;
}

static uint64_t get_big(const unsigned char *place, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | place[i];
    return number;
}

int store_append(struct store *store, const struct entry *entry, uint64_t *entry_out)
{
    uint64_t number = store->entry_last + 1;
    MDB_val key = number_key(&number);
    MDB_val value = {.mv_size = entry_bytes(entry)};
    int code =
        mdb_put(store->write, store->tables[TABLE_JOURNAL], &key, &value, MDB_APPEND | MDB_RESERVE);
    if (code != 0)
        return store_code("mdb_put (journal)", code);
    entry_write(entry, value.mv_data);
    store->entry_last = number;
    *entry_out = number;
    return 0;
}

static bool id_key(struct slice id, uint64_t seq, unsigned char key[ID_KEY_BYTES])
{
    size_t count = 0;
    if (sodium_hex2bin(key, ID_BYTES, id.start, id.count, NULL, &count, NULL) != 0 ||
        count != ID_BYTES)
        return false;
    put_big(key + ID_BYTES, seq, 8);
    return true;
}

int store_card(struct store *store, uint64_t seq, const char *id, struct slice line)
{
    unsigned char id_bytes[ID_KEY_BYTES];
    assert(seq == store->card_last + 1);
    MDB_val key = number_key(&seq);
    MDB_val value = store_value(line);
    int code = mdb_put(store->write, store->tables[TABLE_CARDS], &key, &value, MDB_APPEND);
    bool is_id = id_key(slice_of(id), seq, id_bytes);
    assert(is_id);
    key = (MDB_val){.mv_size = sizeof id_bytes, .mv_data = id_bytes};
    value = (MDB_val){0};
    if (code == 0)
        code = mdb_put(store->write, store->tables[TABLE_CARD_IDS], &key, &value, 0);
    if (code == 0)
        store->card_last = seq;
    return store_code("mdb_put (cards)", code);
}

int store_source_set(struct store *store, struct slice name, const struct source_row *row)
{
    MDB_val key = store_value(name);
    MDB_val value = store_value((struct slice){.start = (const char *)row, .count = sizeof *row});
    return store_code("mdb_put (sources)",
                      mdb_put(store->write, store->tables[TABLE_SOURCES], &key, &value, 0));
}

int store_batch_set(struct store *store, uint32_t source, uint64_t first_seq, uint64_t entry)
{
    unsigned char bytes[BATCH_KEY_BYTES];
    put_big(bytes, source, 4);
    put_big(bytes + 4, first_seq, 8);
    MDB_val key = {.mv_size = sizeof bytes, .mv_data = bytes};
    MDB_val value = number_key(&entry);
    return store_code("mdb_put (batches)",
                      mdb_put(store->write, store->tables[TABLE_BATCHES], &key, &value, 0));
}

int store_refuse(struct store *store, struct slice record)
{
    uint64_t number = store->refused_last + 1;
    MDB_val key = number_key(&number);
    MDB_val value = store_value(record);
    int code = mdb_put(store->write, store->tables[TABLE_REFUSED], &key, &value, MDB_APPEND);
    if (code == 0)
        store->refused_last = number;
    return store_code("mdb_put (refused)", code);
}

int store_refused_remove(struct store *store, uint64_t number)
{
    MDB_val key = number_key(&number);
    return store_code("mdb_del (refused)",
                      mdb_del(store->write, store->tables[TABLE_REFUSED], &key, NULL));
}

static void moved_key(uint32_t case_index, uint64_t entry, unsigned char key[MOVED_KEY_BYTES])
{
    put_big(key, case_index, 4);
    put_big(key + 4, entry, 8);
}

int store_moved_set(struct store *store, uint32_t case_index, uint64_t entry, struct slice record)
{
    unsigned char bytes[MOVED_KEY_BYTES];
    moved_key(case_index, entry, bytes);
    MDB_val key = {.mv_size = sizeof bytes, .mv_data = bytes};
    MDB_val value = store_value(record);
    return store_code("mdb_put (moved)",
                      mdb_put(store->write, store->tables[TABLE_MOVED], &key, &value, 0));
}

/* ---- reading -----------------------------------------------------------------------------------
 */

int store_entry(struct store *store, uint64_t number, struct entry *entry_out)
{
    MDB_val key = number_key(&number);
    MDB_val value;
    int code = mdb_get(store_txn(store), store->tables[TABLE_JOURNAL], &key, &value);
    if (code != 0)
        return store_code("mdb_get (journal)", code);
    return entry_read(slice_of_value(value), entry_out);
}

uint64_t store_entry_last(struct store *store)
{
    return store->entry_last;
}

uint64_t store_card_last(struct store *store)
{
    return store->card_last;
}

int store_card_line(struct store *store, uint64_t seq, struct slice *line_out)
{
    MDB_val key = number_key(&seq);
    MDB_val value;
    int code = mdb_get(store_txn(store), store->tables[TABLE_CARDS], &key, &value);
    if (code == 0)
        *line_out = slice_of_value(value);
    return store_code("mdb_get (cards)", code);
}

/* Walk a table whose keys are numbers. */
static int numbers_walk(struct store *store, enum store_table table, uint64_t from, uint32_t max,
                        bool (*visit)(void *ctx, uint64_t number, struct slice value), void *ctx)
{
    MDB_cursor *cursor;
    MDB_val key = number_key(&from);
    MDB_val value;
    int code = mdb_cursor_open(store_txn(store), store->tables[table], &cursor);
    if (code != 0)
        return store_code("mdb_cursor_open", code);
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (uint32_t i = 0; code == 0 && i < max; i++) {
        uint64_t number;
        memcpy(&number, key.mv_data, sizeof number);
        if (!visit(ctx, number, slice_of_value(value)))
            break;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : store_code("mdb_cursor_get", code);
}

int store_cards(struct store *store, uint64_t from, uint32_t max,
                bool (*visit)(void *ctx, uint64_t seq, struct slice line), void *ctx)
{
    return numbers_walk(store, TABLE_CARDS, from, max, visit, ctx);
}

int store_refused(struct store *store, uint64_t from, uint32_t max,
                  bool (*visit)(void *ctx, uint64_t number, struct slice record), void *ctx)
{
    return numbers_walk(store, TABLE_REFUSED, from, max, visit, ctx);
}

int store_card_records(struct store *store, struct slice id, bool (*visit)(void *ctx, uint64_t seq),
                       void *ctx)
{
    unsigned char bytes[ID_KEY_BYTES];
    MDB_cursor *cursor;
    MDB_val value;
    if (!id_key(id, 0, bytes))
        return 0;
    MDB_val key = {.mv_size = sizeof bytes, .mv_data = bytes};
    int code = mdb_cursor_open(store_txn(store), store->tables[TABLE_CARD_IDS], &cursor);
    if (code != 0)
        return store_code("mdb_cursor_open", code);
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0 && key.mv_size == ID_KEY_BYTES && memcmp(key.mv_data, bytes, ID_BYTES) == 0) {
        if (!visit(ctx, get_big((const unsigned char *)key.mv_data + ID_BYTES, 8)))
            break;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : store_code("mdb_cursor_get", code);
}

int store_moved(struct store *store, uint32_t case_index,
                bool (*visit)(void *ctx, uint64_t entry, struct slice record), void *ctx)
{
    unsigned char bytes[MOVED_KEY_BYTES];
    MDB_cursor *cursor;
    MDB_val key = {.mv_size = sizeof bytes, .mv_data = bytes};
    MDB_val value;
    if (!store->has_moved)
        return 0;
    moved_key(case_index, 0, bytes);
    int code = mdb_cursor_open(store_txn(store), store->tables[TABLE_MOVED], &cursor);
    if (code != 0)
        return store_code("mdb_cursor_open", code);
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0 && key.mv_size == MOVED_KEY_BYTES && get_big(key.mv_data, 4) == case_index) {
        if (!visit(ctx, get_big((const unsigned char *)key.mv_data + 4, 8), slice_of_value(value)))
            break;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : store_code("mdb_cursor_get", code);
}

int store_sources(struct store *store,
                  bool (*visit)(void *ctx, struct slice name, const struct source_row *row),
                  void *ctx)
{
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    int code = mdb_cursor_open(store_txn(store), store->tables[TABLE_SOURCES], &cursor);
    if (code != 0)
        return store_code("mdb_cursor_open", code);
    code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (code == 0 && value.mv_size == sizeof(struct source_row)) {
        struct source_row row;
        memcpy(&row, value.mv_data, sizeof row);
        if (!visit(ctx, slice_of_value(key), &row))
            break;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : store_code("mdb_cursor_get", code);
}

int store_batch_find(struct store *store, uint32_t source, uint64_t seq, uint64_t *entry_out)
{
    unsigned char bytes[BATCH_KEY_BYTES];
    MDB_cursor *cursor;
    MDB_val value;
    put_big(bytes, source, 4);
    put_big(bytes + 4, seq, 8);
    MDB_val key = {.mv_size = sizeof bytes, .mv_data = bytes};
    int code = mdb_cursor_open(store_txn(store), store->tables[TABLE_BATCHES], &cursor);
    if (code != 0)
        return store_code("mdb_cursor_open", code);
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND)
        code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    else if (code == 0 && memcmp(key.mv_data, bytes, sizeof bytes) != 0)
        code = mdb_cursor_get(cursor, &key, &value, MDB_PREV);
    if (code == 0 && get_big(key.mv_data, 4) != source)
        code = MDB_NOTFOUND;
    if (code == 0)
        memcpy(entry_out, value.mv_data, sizeof *entry_out);
    mdb_cursor_close(cursor);
    return store_code("mdb_cursor_get (batches)", code);
}
