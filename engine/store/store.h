/* store.h - what the engine keeps on disk: journal, cards, sources, what was refused.
 *
 * Layer: store. The only file of the engine that speaks to LMDB; its error codes do not leave it.
 * One environment, default durable sync: what store_commit has returned for is on disk.
 *
 *     journal     entry number → entry: what the engine took in, in one order; the truth
 *     cards       seq → one line of JSON, as it went out on the feed
 *     card_ids    card id and seq → nothing: every record of one card
 *     sources     name → its number, what is committed, when it was last heard
 *     batches     source and first seq → entry number: where an event was written
 *     refused     number → a refused event with its reason
 *     moved       case and entry number → what a move to another edition came to for the case
 *     meta        form of the store, name of this engine instance
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"
#include "engine/model/card.h"

enum {
    STORE_E_NOT_FOUND = 1,
    STORE_E_FORM, /* made by another version, or not a store at all */
};

enum entry_kind {
    ENTRY_BATCH = 1, /* events of one source */
    ENTRY_ADVANCE,   /* only time passed, and something fell due */
    ENTRY_RULES,     /* an edition came into force */
    ENTRY_ACT,       /* an operator did something: who, what, why, as JSON in the body */
    ENTRY_MOVE,      /* cases came under the edition in force, or its calendars: source: how many;
                        first_seq: the first, in the order in which cases came */
};

/* One journal entry. In an entry of events, words[i] holds of event i: its case's event before
 * it (upper 56 bits, a place) and flags (lower 8). Borrows from the store, see store_entry. */
struct entry {
    enum entry_kind kind;
    uint32_t source;      /* BATCH: number of the source */
    uint64_t first_seq;   /* BATCH */
    struct instant now;   /* the engine's now of its turn */
    uint32_t edition;     /* RULES */
    uint32_t event_count; /* BATCH */
    const void *words;    /* BATCH: event_count words of 8 bytes, at any alignment: entry_word */
    struct slice body;    /* BATCH: the events as they came, msgpack */
};

enum {
    WORD_REFUSED = 1,    /* this event has no effect: see refused */
    WORD_CORRECTION = 2, /* it replaces an earlier one of the same source and seq */
    WORD_FLAG_BITS = 8,
    PLACE_INDEX_BITS = 12, /* place = entry number << 12 | index of the event */
};

/* entry_word - of event `index` of an entry of events. */
static inline uint64_t entry_word(const struct entry *entry, uint32_t index)
{
    uint64_t word;
    assert(index < entry->event_count);
    memcpy(&word, (const char *)entry->words + index * sizeof word, sizeof word);
    return word;
}

struct source_row {
    uint32_t number; /* from 1 */
    uint64_t committed;
    int64_t heard_ms;   /* wall clock of the last message */
    int64_t last_at_ms; /* newest `at` of its events */
};

struct store_options {
    const char *path;       /* a directory; made when absent */
    uint64_t map_bytes_max; /* how large the store may grow */
    bool is_reading;        /* beside a running engine, or of a copy: nothing is written, or made */
};

struct store;

/* store_open - open or make it. Logs what it cannot do.
 * Returns: 0, STORE_E_FORM, a negative errno (-EBUSY: another engine holds it; -ENOENT: there is
 * none to read). */
MUST_USE int store_open(const struct store_options *options, struct store **store_out);
void store_close(struct store **store_p);

/* store_instance - 16 hexadecimal digits, made with the store. Lives as long as the store. */
const char *store_instance(const struct store *store);

/* store_note, store_note_set - a word about this store, such as what clock its engine goes by;
 * empty: there is none. room: where it is copied to. */
enum { NOTE_BYTES = 32 };
MUST_USE int store_note(struct store *store, const char *name, char room[NOTE_BYTES]);
MUST_USE int store_note_set(struct store *store, const char *name, const char *text);

/* ---- one turn = one write transaction ----------------------------------------------------------
 */

/* store_begin - everything written until store_commit stands or falls together. Returns 0, -errno.
 */
MUST_USE int store_begin(struct store *store);
MUST_USE int store_commit(struct store *store);
void store_abort(struct store *store);

/* store_has_room - may events be taken in that write so many bytes? The last twentieth of the store
 * and the last 64 MiB of the disk are kept for cards: they are raised until the very end. */
bool store_has_room(struct store *store, size_t bytes);

/* store_append - write an entry behind the last. Its words and body are copied.
 * entry_out: its number. Returns: 0, -ENOSPC, -errno. Cost: one copy into the page. */
MUST_USE int store_append(struct store *store, const struct entry *entry, uint64_t *entry_out);

/* store_card - write one line behind the last card. seq: last plus one (asserted). */
MUST_USE int store_card(struct store *store, uint64_t seq, const char *id, struct slice line);

MUST_USE int store_source_set(struct store *store, struct slice name, const struct source_row *row);

/* store_batch_set - remember where a source's events from first_seq on were written. */
MUST_USE int store_batch_set(struct store *store, uint32_t source, uint64_t first_seq,
                             uint64_t entry);

MUST_USE int store_refuse(struct store *store, struct slice record);

/* store_moved_set - what a move, which is a journal entry, came to for one case: a JSON object. */
MUST_USE int store_moved_set(struct store *store, uint32_t case_index, uint64_t entry,
                             struct slice record);

/* ---- reading: inside a turn what the turn wrote is seen too -------------------------------------
 */

/* store_read_begin, store_read_end - reading outside a turn; short, or the file grows. Inside a
 * turn both do nothing. */
MUST_USE int store_read_begin(struct store *store);
void store_read_end(struct store *store);

/* store_entry - borrows until the next write of this turn, or store_read_end.
 * Returns: 0, STORE_E_NOT_FOUND, STORE_E_FORM (damaged), -errno. */
MUST_USE int store_entry(struct store *store, uint64_t number, struct entry *entry_out);

/* store_entry_last - number of the last entry; 0: none. */
uint64_t store_entry_last(struct store *store);

/* store_card_last - seq of the last card; 0: none. */
uint64_t store_card_last(struct store *store);

/* store_cards - lines from seq on, at most max; visit returns false to stop. */
MUST_USE int store_cards(struct store *store, uint64_t from, uint32_t max,
                         bool (*visit)(void *ctx, uint64_t seq, struct slice line), void *ctx);

/* store_card_records - the seqs of every record of one card, rising. id: 32 digits. */
MUST_USE int store_card_records(struct store *store, struct slice id,
                                bool (*visit)(void *ctx, uint64_t seq), void *ctx);

/* store_card_line - one line. Returns 0, STORE_E_NOT_FOUND, -errno. */
MUST_USE int store_card_line(struct store *store, uint64_t seq, struct slice *line_out);

MUST_USE int
store_sources(struct store *store,
              bool (*visit)(void *ctx, struct slice name, const struct source_row *row), void *ctx);

/* store_batch_find - the entry that holds this seq of a source. */
MUST_USE int store_batch_find(struct store *store, uint32_t source, uint64_t seq,
                              uint64_t *entry_out);

/* store_refused - records from a number on, at most max. */
MUST_USE int store_refused(struct store *store, uint64_t from, uint32_t max,
                           bool (*visit)(void *ctx, uint64_t number, struct slice record),
                           void *ctx);
MUST_USE int store_refused_remove(struct store *store, uint64_t number);

/* store_moved - the moves of one case in the order of their entries. None of those that an older
 * version has made. */
MUST_USE int store_moved(struct store *store, uint32_t case_index,
                         bool (*visit)(void *ctx, uint64_t entry, struct slice record), void *ctx);

struct store_facts {
    uint64_t used_bytes;
    uint64_t max_bytes;
    uint64_t entries;
    uint64_t cards;
    uint64_t refused;
};

void store_facts_get(struct store *store, struct store_facts *facts_out);

/* store_copy - a compacting copy of any environment of LMDB, also while others write to it, into a
 * folder that is made, or empty; it is on disk when this returns. Logs what it cannot do.
 * Returns: 0, -ENOENT (there is none), a negative errno. */
MUST_USE int store_copy(const char *from, const char *to);

#endif
