/* turn.h - the spine: one turn takes events in, judges, puts everything on disk, hands it out.
 *
 * Layer: turn. It knows the store and the core, and nothing of sockets or clocks: whoever calls it
 * (engine/io live, tests in a made-up world) says what time it is and carries bytes.
 *
 *     turn_begin(now)        time; what fell due is judged first
 *     turn_take(message) …   decode; malformed ones are refused with their reason; append; judge
 *     turn_end()             commit; and only then: answers to collectors, cards to the feed
 *
 * After a failure of the store the state in memory is ahead of the disk: the only right thing is
 * to end the program. The journal brings the state back.
 */
#ifndef TURN_TURN_H
#define TURN_TURN_H

#include "engine/core/core.h"
#include "engine/store/store.h"
#include "engine/wire/intake.h"

enum turn_clock {
    TURN_WALL,   /* now is the wall clock */
    TURN_EVENTS, /* now is the newest `at` of all events and ticks */
};

struct turn_ports {
    void *ctx;
    /* an answer for one peer, after the commit; peer: as given to turn_take */
    void (*answer)(void *ctx, struct slice peer, struct slice message);
    /* a card for the feed, after the commit, in order of seq */
    void (*card)(void *ctx, uint64_t seq, struct slice topic, struct slice line);
    /* the edition of this number, with the calendars of that one (the same number: its own); it
     * must stay until turn_close. 0 or a negative errno, logged. */
    int (*rules)(void *rules_ctx, uint32_t edition, uint32_t calendars,
                 const struct ruleset **ruleset_out);
    void *rules_ctx;
    /* may the peer whose message is being taken speak for this source? NULL: anybody may */
    bool (*may_speak)(void *ctx, struct slice source);
    /* a card of the journal's that stands otherwise in the ledger, or not at all (empty); NULL: it
     * is logged. What an engine finds at its start; with is_verifying, of the whole journal. */
    void (*differs)(void *ctx, uint64_t seq, struct slice is, struct slice should);
};

/* Play the journal again from its first event, but by other rules than were in force. */
struct turn_instead {
    const struct ruleset *ruleset;
    void *ctx;
    void (*card)(void *ctx, const struct card *card); /* in place of the ledger; without seq */
    void (*progress)(void *ctx, uint64_t entry, uint64_t entries); /* now and then */
};

struct turn_options {
    enum turn_clock clock;
    uint32_t credit;            /* events that a source may have under way */
    const char *image_path;     /* where images of the state are kept; NULL: nowhere */
    const char *suspect_path;   /* see suspect.h; NULL: nothing is remembered of a death */
    bool is_verifying;          /* the store is open for reading: recover, and write nothing */
    uint64_t image_every_bytes; /* a new image after so much journal; 0: never by itself */
    struct core_limits limits;
    const struct turn_instead *instead; /* only with is_verifying, and no image; NULL: recover */
};

struct level_count {
    char level[32];
    uint64_t issued;     /* standing: issued, not withdrawn or dismissed */
    uint64_t pending;    /* they wait for a supervisor */
    uint64_t withdrawn;  /* of those that were public */
    uint64_t taken_back; /* withdrawn while they waited: they never were public */
    uint64_t shadow;
};

struct turn_counts {
    uint64_t messages;
    uint64_t events;     /* taken in, refused ones not counted */
    uint64_t duplicates; /* sent again, without a second effect */
    uint64_t refused;
    uint64_t corrections;
    uint64_t malformed; /* whole messages */
    uint64_t cards;
    uint64_t left_out;       /* with `instead`: events that the other rules would have refused */
    uint64_t ledger_differs; /* cards that recovery computed otherwise than they stand: a fault */
    uint32_t level_count;
    struct level_count levels[16];
};

/* What is known of one source. */
struct source {
    struct slice name;
    struct source_row row;
    bool is_dirty;
};

struct turn;

/* turn_open - bring the state back: the newest image, then the journal behind it.
 *
 * Borrows: store, until turn_close.
 * Returns: 0, -ENOMEM, another negative errno (logged).
 * Cost:    an image is read at the disk's speed; the journal replays at some million events/s.
 */
MUST_USE int turn_open(const struct turn_options *options, struct store *store,
                       const struct turn_ports *ports, struct turn **turn_out);
void turn_close(struct turn **turn_p);

/* turn_begin - a turn starts. wall: the wall clock, read once. Returns 0 or a negative errno. */
MUST_USE int turn_begin(struct turn *turn, struct instant wall);

/* turn_take - one message of a collector. peer, message: borrowed for the call.
 * Returns: 0 (also when it was refused: the peer is told), or a negative errno. */
MUST_USE int turn_take(struct turn *turn, struct slice peer, struct slice message);

/* turn_rules - from this turn on new cases are judged by this edition; where it asks for that
 * (ruleset->move), open cases come under it with turn_move. Not while others still move. Returns as
 * above. */
MUST_USE int turn_rules(struct turn *turn, const struct ruleset *ruleset);

/* turn_move - the next cases that have to move, at most so many; at the beginning of a turn. */
MUST_USE int turn_move(struct turn *turn, uint32_t count_max);

/* turn_cases_to_move - how many cases have still to be looked at; 0: nothing moves. */
uint32_t turn_cases_to_move(const struct turn *turn);

/* turn_act - journal what an operator does in this turn. act: a JSON object with who, why and what.
 * Returns: 0, or a negative errno. */
MUST_USE int turn_act(struct turn *turn, struct slice act);

/* turn_requeue - take a refused event in again. taken_out: false when it was refused again, or is
 * not there. */
MUST_USE int turn_requeue(struct turn *turn, uint64_t refused_number, bool *taken_out);

/* turn_end - commit and hand out. */
MUST_USE int turn_end(struct turn *turn);

/* What a preview is told. The core may be asked in before and after. */
struct turn_preview {
    void *ctx;
    void (*before)(void *ctx, uint32_t case_index);   /* a case, before it is looked at … */
    void (*after)(void *ctx, uint32_t case_index);    /* … and when it has moved */
    void (*card)(void *ctx, const struct card *card); /* without seq */
};

/* turn_preview - what turn_rules with this rule set, and all turn_moves behind it, would do at
 * `now` to the cases there are, from case `first` on every `stride`th. Only with is_verifying:
 * nothing is written, and afterwards the state is that of the preview, good for questions alone.
 *
 * ruleset: its number is above that of any edition; ports.rules is asked for what it makes of
 *          others.
 * Returns: 0, or a negative errno. Cost: that of a late event for each case that can move.
 */
MUST_USE int turn_preview(struct turn *turn, struct instant now, const struct ruleset *ruleset,
                          uint32_t first, uint32_t stride, const struct turn_preview *preview);

/* turn_deadline - by the wall clock: a turn is due at this instant even if nothing arrives. While
 * cases have still to move, that is now. */
struct instant turn_deadline(const struct turn *turn);

/* turn_image - begin to write an image now (in a child process); turn_image_poll - look whether it
 * is done. Returns true while one is being written. */
void turn_image(struct turn *turn);
bool turn_image_poll(struct turn *turn);

/* turn_is_full - the store is nearly full: batches are answered with `full`, cards are raised. */
bool turn_is_full(const struct turn *turn);

/* turn_poison_count - events that were set aside because the engine died under them. */
uint32_t turn_poison_count(const struct turn *turn);

const struct core *turn_core(const struct turn *turn);
struct store *turn_store(const struct turn *turn);
const struct turn_counts *turn_counts(const struct turn *turn);
uint64_t turn_card_seq(const struct turn *turn);

/* turn_source - the sources, 0 … count - 1. */
uint32_t turn_source_count(const struct turn *turn);
const struct source *turn_source(const struct turn *turn, uint32_t index);

/* turn_came_before - the newest event of any case that had come before an instant; place 0: none
 * had. Must be called as turn_history. Cost: O(log(entries)), and one entry is decoded. */
struct event_ref turn_came_before(struct turn *turn, struct instant at);

/* turn_history - the events of a case, newest first, at most room; for questions. Must be called
 * between store_read_begin and store_read_end; borrows until then. Returns how many there are. */
uint32_t turn_history(struct turn *turn, struct event_ref newest, struct past_event *past,
                      uint32_t room);

#endif
