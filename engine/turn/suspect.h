/* suspect.h - what the engine was doing when it died, so that no event kills it for ever.
 *
 * Layer: turn. A small file, mapped into memory: plain stores say which event is in hand, and the
 * system keeps them when the program dies of its own fault (a failed assert, a bad address). The
 * next start reads them. An event under which the engine died twice is poison: it is set aside,
 * counted and told, and the engine goes on without it. A death from outside (kill, power) is held
 * against nobody.
 */
#ifndef TURN_SUSPECT_H
#define TURN_SUSPECT_H

#include "engine/base/slice.h"
#include "engine/model/event.h"

enum { SUSPECT_DEATHS_MAX = 2, SUSPECT_SLOTS = 32 };

enum suspect_phase {
    SUSPECT_NOTHING, /* between turns: whatever happens is no event's fault */
    SUSPECT_TAKING,  /* a batch that has come in */
    SUSPECT_REPLAY,  /* an entry of the journal, after a start */
    SUSPECT_TIME,    /* time passes: no event is in hand */
};

/* What one event is known by: entry 0: by its source's own number, not yet in the journal. */
struct suspect_slot {
    uint64_t seq;
    uint64_t entry;
    uint32_t deaths;
    uint32_t is_reported;
    uint32_t source_bytes;
    char source[EVENT_SOURCE_BYTES_MAX];
};

struct suspect_page {
    char mark[8];
    volatile uint32_t fault; /* the signal of which it died; 0: it did not */
    volatile uint32_t phase;
    volatile uint64_t seq;
    volatile uint64_t entry;
    uint32_t source_bytes;
    char source[EVENT_SOURCE_BYTES_MAX];
    uint32_t slot_next;
    struct suspect_slot slots[SUSPECT_SLOTS];
};

struct suspect {
    struct suspect_page *page;
    bool is_file;
    uint32_t poison_count; /* slots with SUSPECT_DEATHS_MAX deaths */
};

/* suspect_open - map the file (path NULL: remember nothing beyond this run), and hold the last
 * death against the event that was in hand. One at a time in a program: it watches its signals.
 * is_private: know what the file says, and do not touch it; it need not be there.
 * Returns: 0, a negative errno (logged). */
MUST_USE int suspect_open(struct suspect *suspect, const char *path, bool is_private);
void suspect_close(struct suspect *suspect);

/* suspect_begin - from now on events of this source are in hand, or those of a journal entry. */
void suspect_begin(struct suspect *suspect, enum suspect_phase phase, struct slice source,
                   uint64_t entry);

/* suspect_at - the event in hand. Cost: one store. */
static inline void suspect_at(struct suspect *suspect, uint64_t seq)
{
    suspect->page->seq = seq;
}

static inline void suspect_end(struct suspect *suspect)
{
    suspect->page->phase = SUSPECT_NOTHING;
}

/* suspect_slot - what is held against this event; NULL: nothing that sets it aside. entry: 0, or
 * where it stands in the journal; source: looked at only with entry 0. */
struct suspect_slot *suspect_slot(struct suspect *suspect, struct slice source, uint64_t seq,
                                  uint64_t entry);

static inline bool suspect_is_poison(struct suspect *suspect, struct slice source, uint64_t seq,
                                     uint64_t entry)
{
    return suspect->poison_count > 0 && suspect_slot(suspect, source, seq, entry) != NULL;
}

#endif
