/* turn_state.h - the insides that the files of engine/turn share. */
#ifndef TURN_STATE_H
#define TURN_STATE_H

#include "engine/explain/explain.h"
#include "engine/turn/suspect.h"
#include "engine/turn/turn.h"
#include "engine/wire/text.h"

#include <sys/types.h>

enum { PEER_BYTES_MAX = 64, CARD_TOPIC_BYTES = 256 };

/* What one peer is told at the end of the turn about one source. */
struct pending_answer {
    unsigned char peer[PEER_BYTES_MAX];
    size_t peer_bytes;
    uint32_t source; /* index */
    uint32_t refused_count;
    uint32_t refused_room;
    struct refused *refused;
};

/* A card on its way: its line and topic lie in turn.card_bytes. */
struct pending_card {
    uint64_t seq;
    char id[CARD_ID_BYTES];
    size_t topic_at;
    size_t topic_bytes;
    size_t line_at;
    size_t line_bytes;
    bool is_stored;
};

enum { ENTRY_INDEXES = 16 };

/* What has been found out about the events of one entry; the entries that were asked about last. */
struct entry_index {
    uint64_t number; /* of the entry; 0: none */
    uint32_t count;  /* events that are known */
    uint32_t end;    /* of the last of them, in the body */
    struct instant now;
    uint32_t at[BATCH_EVENTS_MAX];
    struct instant arrived_at[BATCH_EVENTS_MAX];
};

/* Open cases come under another edition, slice by slice. kind: MOVE_NONE when none do. */
struct turn_moving {
    uint32_t kind;    /* enum edition_move */
    uint32_t edition; /* the one that asked for it */
    uint32_t next;    /* the case that is looked at next */
    uint32_t end;     /* the case behind the last: younger ones are under it already */
};

struct turn {
    struct turn_options options;
    struct turn_ports ports;
    struct store *store;
    struct core *core;
    struct suspect suspect;
    struct turn_counts counts;
    struct instant wall; /* of this turn */
    bool is_recovering;
    bool is_full; /* no events are taken in, cards are raised */

    struct source *sources;
    uint32_t source_count;
    uint32_t source_room;

    struct event *events; /* of the batch at hand */
    struct slice *event_bytes;
    uint64_t *words;
    uint32_t *cases;
    char *attrs_room;            /* of the event decoded last */
    struct bytes past_attrs;     /* of the history given to the core last, where it asks for them */
    struct entry_index *indexes; /* ENTRY_INDEXES, by number of the entry */

    struct pending_answer *answers;
    uint32_t answer_count;
    uint32_t answer_room;

    struct pending_card *cards;
    uint32_t card_count;
    uint32_t card_room;
    uint32_t card_stored; /* cards before this are in the store's transaction */
    struct bytes card_bytes;
    uint64_t card_seq;
    struct bytes scratch;

    struct turn_moving moving;
    const struct turn_preview *preview; /* instead of the ledger and the feed; NULL: live */

    uint64_t *left_out; /* places, rising */
    uint64_t left_out_count;
    uint64_t left_out_room;

    uint64_t image_entry; /* the newest image holds the journal up to here */
    uint64_t bytes_since_image;
    pid_t image_child;
    uint64_t image_child_entry;
};

/* apply.c: the same for a live entry and for one that is replayed. */
MUST_USE int turn_apply_batch(struct turn *turn, uint64_t number, const struct entry *entry,
                              const struct event *events, const uint32_t *cases);
void turn_card_on(void *ctx, const struct card *card);
uint32_t turn_history_port(void *ctx, struct event_ref newest, struct past_event *past,
                           uint32_t room);
MUST_USE int turn_cards_store(struct turn *turn);

/* turn_place_is_left_out - the event at this place of the journal was set aside: it is poison, or
 * the other rules do not take it in. */
bool turn_place_is_left_out(struct turn *turn, uint64_t place);

/* refused.c - keep a refused event. source: its name. */
MUST_USE int turn_refuse(struct turn *turn, struct slice source, const struct refused *refused,
                         struct slice bytes);

/* sources.c */
MUST_USE int turn_source_find(struct turn *turn, struct slice name, uint32_t *index_out);
MUST_USE int turn_sources_load(struct turn *turn);
MUST_USE int turn_sources_store(struct turn *turn);

/* intake.c */
MUST_USE int turn_take_batch(struct turn *turn, struct slice peer, const struct message *message);

/* answers.c: turn_answer_error logs what turn_answer_refusal says */
MUST_USE int turn_answer_note(struct turn *turn, struct slice peer, uint32_t source,
                              const struct refused *refused);
void turn_answer_error(struct turn *turn, struct slice peer, enum refusal refusal,
                       const char *text);
void turn_answer_refusal(struct turn *turn, struct slice peer, enum refusal refusal,
                         const char *text);
void turn_answers_send(struct turn *turn);
void turn_answers_clear(struct turn *turn);

/* recover.c, image_file.c */
MUST_USE int turn_recover(struct turn *turn);
MUST_USE int turn_image_load(struct turn *turn, uint64_t *entry_out);

/* move.c: turn_rules_apply - an edition comes into force, live or replayed; turn_move_apply - the
 * next slice of cases. number: of its entry. */
MUST_USE int turn_rules_apply(struct turn *turn, const struct ruleset *ruleset);
MUST_USE int turn_move_apply(struct turn *turn, uint64_t number, uint32_t first, uint32_t count);

/* moved.c: turn_moved_look - a case as it stands before a move; turn_moved_store - keep with the
 * case what the move came to. cards_before: the last card before it. */
enum { MOVED_LIMITS_MAX = 64 };
struct turn_moved {
    uint32_t edition;
    uint32_t calendars_edition;
    uint32_t limit_count;
    struct limit_instant limits[MOVED_LIMITS_MAX];
};
void turn_moved_look(const struct turn *turn, uint32_t case_index, struct turn_moved *moved_out);
MUST_USE int turn_moved_store(struct turn *turn, uint32_t case_index, uint64_t entry,
                              uint64_t cards_before, const struct turn_moved *was);

#endif
