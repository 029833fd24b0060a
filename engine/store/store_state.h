/* store_state.h - the insides that the files of engine/store share. */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include "engine/store/store.h"

#include <lmdb.h>

enum store_table {
    TABLE_JOURNAL,
    TABLE_CARDS,
    TABLE_CARD_IDS,
    TABLE_SOURCES,
    TABLE_BATCHES,
    TABLE_REFUSED,
    TABLE_META,
    TABLE_MOVED,
    TABLE_COUNT
};

/* Where the turn began: see room.c. */
struct store_room {
    uint64_t page_bytes;
    uint64_t used_pages;
    uint64_t table_pages;
    uint64_t id_pages;
    uint64_t card_last;
    uint64_t disk_bytes; /* free on the disk */
};

struct store {
    MDB_env *environment;
    MDB_dbi tables[TABLE_COUNT];
    MDB_txn *write; /* of the turn; NULL between turns */
    MDB_txn *read;  /* kept, reset and renewed */
    bool is_reading;
    bool has_moved; /* a store that only older versions have written to has no such table */
    int lock_fd;
    uint64_t map_bytes_max;
    struct store_room room; /* of the turn */
    uint64_t entry_last;
    uint64_t card_last;
    uint64_t refused_last;
    char instance[17];
};

/* store_code - an LMDB code to ours, logged once; 0 stays 0. */
MUST_USE int store_code(const char *call, int code);

/* store_value - a slice as LMDB wants it. */
MDB_val store_value(struct slice slice);

/* store_room_begin - look how much room there is, at the beginning of a turn. */
void store_room_begin(struct store *store);

/* store_txn - the turn's, or the reading one. */
MDB_txn *store_txn(struct store *store);

#endif
