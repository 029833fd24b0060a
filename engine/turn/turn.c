/* turn.c - the spine itself: begin, take, end. See turn.h. */
#include "engine/turn/turn.h"
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

static int turn_init(struct turn *turn)
{
    struct core_ports ports = {
        .ctx = turn, .card = turn_card_on, .history = turn_history_port, .card_id = card_id};
    turn->core = core_create(&turn->options.limits, &ports);
    turn->events = calloc(BATCH_EVENTS_MAX, sizeof *turn->events);
    turn->event_bytes = calloc(BATCH_EVENTS_MAX, sizeof *turn->event_bytes);
    turn->words = calloc(BATCH_EVENTS_MAX, sizeof *turn->words);
    turn->cases = calloc(BATCH_EVENTS_MAX, sizeof *turn->cases);
    turn->attrs_room = malloc(EVENT_ATTRS_BYTES_MAX);
    turn->indexes = calloc(ENTRY_INDEXES, sizeof *turn->indexes);
    if (turn->core == NULL || turn->events == NULL || turn->event_bytes == NULL ||
        turn->words == NULL || turn->cases == NULL || turn->attrs_room == NULL ||
        turn->indexes == NULL)
        return -ENOMEM;
    return suspect_open(&turn->suspect, turn->options.suspect_path, turn->options.is_verifying);
}

int turn_open(const struct turn_options *options, struct store *store,
              const struct turn_ports *ports, struct turn **turn_out)
{
    struct turn *turn = calloc(1, sizeof *turn);
    if (turn == NULL)
        return -ENOMEM;
    turn->options = *options;
    turn->ports = *ports;
    turn->store = store;
    int error = turn_init(turn);
    if (error == 0)
        error = turn_recover(turn);
    if (error != 0)
        turn_close(&turn);
    else
        *turn_out = turn;
    return error;
}

void turn_close(struct turn **turn_p)
{
    struct turn *turn = *turn_p;
    *turn_p = NULL;
    if (turn == NULL)
        return;
    if (turn->image_child > 0)
        (void)waitpid(turn->image_child, NULL, 0);
    suspect_close(&turn->suspect);
    core_destroy(&turn->core);
    for (uint32_t i = 0; i < turn->source_count; i++) {
        union {
            const char *in;
            void *out;
        } name = {.in = turn->sources[i].name.start}; /* allocated by source_add */
        free(name.out);
    }
    free(turn->sources);
    free(turn->events);
    free(turn->event_bytes);
    free(turn->words);
    free(turn->cases);
    free(turn->attrs_room);
    free(turn->indexes);
    free(turn->left_out);
    bytes_clear(&turn->past_attrs);
    free(turn->cards);
    turn_answers_clear(turn);
    bytes_clear(&turn->card_bytes);
    bytes_clear(&turn->scratch);
    free(turn);
}

/* Only time has passed: that too is an entry, or replay would differ. */
static int advance(struct turn *turn, struct instant now)
{
    struct entry entry = {.kind = ENTRY_ADVANCE, .now = now};
    uint64_t number;
    int error = store_append(turn->store, &entry, &number);
    if (error != 0)
        return error;
    suspect_begin(&turn->suspect, SUSPECT_TIME, (struct slice){0}, number);
    core_advance(turn->core, now);
    core_release(turn->core);
    suspect_end(&turn->suspect);
    return turn_cards_store(turn);
}

int turn_begin(struct turn *turn, struct instant wall)
{
    turn->wall = wall;
    turn->card_count = 0;
    turn->card_stored = 0;
    turn->card_bytes.count = 0;
    int error = store_begin(turn->store);
    if (error != 0 || turn->options.clock != TURN_WALL)
        return error;
    struct instant now = instant_later_of(wall, core_now(turn->core));
    if (now.ms >= core_next_deadline(turn->core).ms) {
        error = advance(turn, now);
        core_hold(turn->core);
        return error;
    }
    core_advance(turn->core, now); /* nothing falls due: it leaves no trace */
    core_hold(turn->core);
    return 0;
}

static int take_tick(struct turn *turn, struct slice peer, const struct message *message)
{
    uint32_t source;
    int error = turn_source_find(turn, message->source, &source);
    if (error == 0)
        error = turn_answer_note(turn, peer, source, NULL);
    if (error != 0)
        return error;
    turn->sources[source].row.heard_ms = turn->wall.ms;
    turn->sources[source].is_dirty = true;
    if (turn->options.clock != TURN_EVENTS || message->at.ms <= core_now(turn->core).ms)
        return 0;
    return advance(turn, message->at);
}

/* Whether there is room must be known before the first event is hooked onto its case. Every batch
 * asks for the same, however small it is, and twice that is asked for to begin again: so it is not
 * full and not full by turns. */
static bool is_full(struct turn *turn)
{
    bool was_full = turn->is_full;
    turn->is_full = !store_has_room(turn->store, (size_t)BATCH_BYTES_MAX * (was_full ? 2U : 1U));
    if (turn->is_full && !was_full)
        log_error("store: nearly full: no events are taken in, cards are still raised; make room "
                  "on the disk, or start with a larger --map-gib");
    if (was_full && !turn->is_full)
        log_info("store: there is room again, events are taken in");
    return turn->is_full;
}

bool turn_is_full(const struct turn *turn)
{
    return turn->is_full;
}

uint32_t turn_poison_count(const struct turn *turn)
{
    return turn->suspect.poison_count;
}

int turn_take(struct turn *turn, struct slice peer, struct slice message_bytes)
{
    struct message message;
    const char *text = "";
    uint32_t source;
    turn->counts.messages++;
    if (peer.count > PEER_BYTES_MAX)
        return 0; /* such a peer cannot be a ZeroMQ socket left to its defaults */
    enum refusal refusal = message_decode(message_bytes, &message, &text);
    if (refusal != REFUSAL_NONE) {
        turn_answer_error(turn, peer, refusal, text);
        return 0;
    }
    if (turn->ports.may_speak != NULL && !turn->ports.may_speak(turn->ports.ctx, message.source)) {
        turn_answer_error(turn, peer, REFUSAL_FOREIGN_SOURCE, refusal_en[REFUSAL_FOREIGN_SOURCE]);
        return 0;
    }
    if (core_rules(turn->core) == NULL && message.kind != MESSAGE_HELLO) {
        turn_answer_error(turn, peer, REFUSAL_MISSING, "no rules are in force yet: import some");
        return 0;
    }
    int error = 0;
    switch (message.kind) {
    case MESSAGE_HELLO:
        error = turn_source_find(turn, message.source, &source);
        if (error == 0) {
            turn->sources[source].row.heard_ms = turn->wall.ms;
            error = turn_answer_note(turn, peer, source, NULL);
        }
        return error;
    case MESSAGE_BATCH:
        if (is_full(turn)) /* the collector keeps them, and tries again after a while */
            turn_answer_refusal(turn, peer, REFUSAL_FULL, "the store is nearly full");
        else
            error = turn_take_batch(turn, peer, &message);
        suspect_end(&turn->suspect);
        break;
    case MESSAGE_TICK:
        error = take_tick(turn, peer, &message);
        break;
    }
    return error;
}

int turn_act(struct turn *turn, struct slice act)
{
    struct entry entry = {.kind = ENTRY_ACT, .now = core_now(turn->core), .body = act};
    uint64_t number;
    return store_append(turn->store, &entry, &number);
}

int turn_rules(struct turn *turn, const struct ruleset *ruleset)
{
    struct entry entry = {
        .kind = ENTRY_RULES, .now = core_now(turn->core), .edition = ruleset->edition};
    uint64_t number;
    int error = store_append(turn->store, &entry, &number);
    return error != 0 ? error : turn_rules_apply(turn, ruleset);
}

/* What the events of this turn showed late is judged now, all of them taken in: the entry marks the
 * place for a replay. */
static int release(struct turn *turn)
{
    if (core_has_held(turn->core))
        return advance(turn, core_now(turn->core));
    core_release(turn->core);
    return 0;
}

int turn_end(struct turn *turn)
{
    int error = release(turn);
    if (error == 0)
        error = turn_sources_store(turn);
    if (error == 0)
        error = store_commit(turn->store);
    if (error != 0)
        return error;
    turn_answers_send(turn);
    for (uint32_t i = 0; i < turn->card_count; i++) {
        const struct pending_card *card = &turn->cards[i];
        const char *bytes = turn->card_bytes.start;
        turn->ports.card(
            turn->ports.ctx, card->seq,
            (struct slice){.start = bytes + card->topic_at, .count = card->topic_bytes},
            (struct slice){.start = bytes + card->line_at, .count = card->line_bytes});
    }
    turn->card_count = 0;
    if (turn->options.image_every_bytes > 0 &&
        turn->bytes_since_image > turn->options.image_every_bytes)
        turn_image(turn);
    return 0;
}

struct instant turn_deadline(const struct turn *turn)
{
    if (turn_cases_to_move(turn) > 0)
        return core_now(turn->core);
    return turn->options.clock == TURN_WALL ? core_next_deadline(turn->core) : INSTANT_NEVER;
}

const struct core *turn_core(const struct turn *turn)
{
    return turn->core;
}

struct store *turn_store(const struct turn *turn)
{
    return turn->store;
}

const struct turn_counts *turn_counts(const struct turn *turn)
{
    return &turn->counts;
}

uint64_t turn_card_seq(const struct turn *turn)
{
    return turn->card_seq;
}
