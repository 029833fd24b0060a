/* room.c - is there room for more events? Asked before an event is hooked onto its case: found out
 * half-way, the state in memory would be ahead of the disk.
 *
 * What the turn has written so far is not yet counted by the environment, so it is reckoned from
 * the tables' own pages. A page of card_ids that a card's id falls into is copied first, and its
 * old copy is free only after the commit: it is counted too. Free pages are not: the answer is on
 * the safe side.
 */
#include "engine/store/store_state.h"

#include <sys/statvfs.h>

enum {
    DISK_RESERVE_BYTES = 64 * 1024 * 1024, /* for cards, when others fill the disk */
    PAGES_COPIED_MIN = 64,                 /* roots, branches and last pages of every table */
};

static uint64_t pages_of(struct store *store, enum store_table first, enum store_table last)
{
    uint64_t pages = 0;
    for (unsigned int table = first; table <= last; table++) {
        MDB_stat stat;
        if (mdb_stat(store->write, store->tables[table], &stat) == 0)
            pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    }
    return pages;
}

void store_room_begin(struct store *store)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct statvfs disk;
    struct store_room *room = &store->room;
    *room = (struct store_room){.page_bytes = 4096, .disk_bytes = UINT64_MAX};
    if (mdb_env_stat(store->environment, &stat) == 0)
        room->page_bytes = stat.ms_psize;
    if (mdb_env_info(store->environment, &info) == 0)
        room->used_pages = (uint64_t)info.me_last_pgno + 1;
    if (fstatvfs(store->lock_fd, &disk) == 0)
        room->disk_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    room->table_pages = pages_of(store, TABLE_JOURNAL, TABLE_MOVED);
    room->id_pages = pages_of(store, TABLE_CARD_IDS, TABLE_CARD_IDS);
    room->card_last = store->card_last;
}

bool store_has_room(struct store *store, size_t bytes)
{
    const struct store_room *room = &store->room;
    assert(store->write != NULL);
    uint64_t cards = store->card_last - room->card_last;
    uint64_t copied = (cards < room->id_pages ? cards : room->id_pages) + PAGES_COPIED_MIN;
    uint64_t now = pages_of(store, TABLE_JOURNAL, TABLE_MOVED);
    uint64_t grown = now > room->table_pages ? now - room->table_pages : 0;
    uint64_t more = (grown + copied) * room->page_bytes + bytes;
    return room->used_pages * room->page_bytes + more <= store->map_bytes_max / 20 * 19 &&
           more + DISK_RESERVE_BYTES <= room->disk_bytes;
}
