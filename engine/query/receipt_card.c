/* receipt_card.c - the receipt of one card: counted under the edition that it was judged under, and
 * again under each to which its case has moved since.
 *
 * The case as it stood before a move is folded again by itself, from the events that were there.
 */
#include "engine/query/query_moves.h"
#include "engine/query/receipt.h"
#include "engine/wire/text.h"

#include <stdlib.h>

enum { COUNTS_AGAIN_MAX = 8, RECORDS_MAX = 1000 };

/* The card whose rung is looked for among the clocks of a case. */
struct wanted {
    const struct receipt_case *about;
    const char *clock;
    const char *rung;
    int64_t cycle;
    const json_t *records;
    json_t *card;  /* for a receipt; NULL: the count alone */
    json_t *found; /* NULL: the case has no such clock */
};

static void clock_look(void *ctx, const struct clock_view *clock)
{
    struct wanted *wanted = ctx;
    char name[CLOCK_NAME_BYTES];
    receipt_clock_name(clock, name);
    if (wanted->found != NULL || strcmp(name, wanted->clock) != 0 || clock->cycle != wanted->cycle)
        return;
    for (uint32_t i = 0; i < clock->rung_count && wanted->found == NULL; i++) {
        const struct rung_view *rung = &clock->rungs[i];
        if (!slice_is_equal(rung->rung->name, slice_of(wanted->rung)))
            continue;
        wanted->found = wanted->card != NULL
                            ? receipt_make(wanted->about, clock, rung, wanted->card)
                            : receipt_count(wanted->about, clock, rung);
    }
}

/* card: any record of it. */
static struct wanted wanted_of(const json_t *card, const json_t *records)
{
    return (struct wanted){.records = records,
                           .clock = json_string_value(json_object_get(card, "clock")),
                           .rung = json_string_value(json_object_get(card, "rung")),
                           .cycle = json_integer_value(json_object_get(card, "cycle"))};
}

static json_t *count_in(const struct query_world *world, const struct core *core,
                        const struct case_view *kase, struct event_ref upto, struct wanted wanted)
{
    struct receipt_case about;
    if (wanted.clock == NULL || wanted.rung == NULL)
        return NULL;
    receipt_case_open(&about, world, core, kase, upto);
    about.records = wanted.records;
    wanted.about = &about;
    explain_clocks(core, kase->index, clock_look, &wanted);
    receipt_case_close(&about);
    return wanted.found;
}

/* What had come before a move. */
static struct event_ref before_move(const json_t *move)
{
    uint64_t entry = (uint64_t)json_integer_value(json_object_get(move, "entry"));
    return (struct event_ref){.place = (entry << PLACE_INDEX_BITS) - 1};
}

/* Under the edition that `name` ("from", "to") of a move says, with what had come before the move
 * behind it; until: NULL: there is none. */
static json_t *count_under(const struct query_world *world, const struct case_view *kase,
                           const json_t *move, const char *name, const json_t *until,
                           struct wanted wanted)
{
    struct case_view view;
    uint32_t edition = moves_edition(world, json_object_get(move, name));
    struct event_ref upto = {.place = UINT64_MAX};
    if (until != NULL)
        upto = before_move(until);
    if (edition == UINT32_MAX)
        return NULL;
    struct core *alone = explain_alone(turn_core(world->turn), kase->index, edition, upto, &view);
    if (alone == NULL)
        return NULL;
    json_t *found = count_in(world, alone, &view, upto, wanted);
    core_destroy(&alone);
    return found;
}

/* ---- the card's records against the moves of its case ------------------------------------------
 */

static bool record_add(void *ctx, uint64_t seq)
{
    json_array_append_new(ctx, json_integer((json_int_t)seq));
    return json_array_size(ctx) < RECORDS_MAX;
}

/* Seqs become the records. */
static json_t *records_of(const struct query_world *world, const json_t *card)
{
    const char *id = json_string_value(json_object_get(card, "card"));
    json_t *seqs = json_array();
    json_t *records = json_array();
    struct slice line;
    if (store_card_records(turn_store(world->turn), slice_of(id), record_add, seqs) != 0)
        json_array_clear(seqs);
    for (size_t i = 0; i < json_array_size(seqs); i++) {
        uint64_t seq = (uint64_t)json_integer_value(json_array_get(seqs, i));
        if (store_card_line(turn_store(world->turn), seq, &line) == 0)
            json_array_append_new(records, json_loadb(line.start, line.count, 0, NULL));
    }
    json_decref(seqs);
    return records;
}

static json_int_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool is_state(const json_t *record, enum card_state state)
{
    const char *name = json_string_value(json_object_get(record, "state"));
    return name != NULL && strcmp(name, card_state_name[state]) == 0;
}

/* Did a move write it? Its reason says so. */
static bool is_of_move(const json_t *record)
{
    static const char said[] = ": the rules or the calendar of its case have changed";
    const char *reason = json_string_value(json_object_get(record, "reason"));
    size_t count = reason == NULL ? 0 : strlen(reason);
    return count >= sizeof said - 1 && strcmp(reason + count - (sizeof said - 1), said) == 0;
}

/* The newest record before a move, and the first that the move has written; NULL: there is none. */
static const json_t *record_before(const json_t *records, const json_t *move)
{
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(records); i++)
        if (number_of(json_array_get(records, i), "seq") <= number_of(move, "cards_before"))
            found = json_array_get(records, i);
    return found;
}

static const json_t *record_at(const json_t *records, const json_t *move, const json_t *next)
{
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *record = json_array_get(records, i);
        json_int_t seq = number_of(record, "seq");
        if (seq > number_of(move, "cards_before") && is_of_move(record) &&
            (next == NULL || seq <= number_of(next, "cards_before")))
            return record;
    }
    return NULL;
}

static const char *outcome_of(const json_t *before, const json_t *at)
{
    if (at == NULL)
        return is_state(before, CARD_WITHDRAWN) ? "withdrawn-before" : "stands";
    return is_state(at, CARD_WITHDRAWN) ? "withdrawn" : before == NULL ? "issued" : "moved";
}

/* The move behind which the card's newest record lies; the one that has withdrawn it is not: that
 * it was raised at all is what has to be shown. json_array_size: it lies behind all. */
static size_t judged_before(const json_t *moves, const json_t *card)
{
    size_t count = json_array_size(moves);
    size_t at = 0;
    while (at < count &&
           number_of(json_array_get(moves, at), "cards_before") < number_of(card, "seq"))
        at++;
    bool is_withdrawn = is_state(card, CARD_WITHDRAWN) && is_of_move(card);
    return is_withdrawn && at > 0 ? at - 1 : at;
}

/* What each move came to for this card. From `judged` on it was counted again. */
static json_t *moves_json(const struct query_world *world, const struct case_view *kase,
                          const json_t *moves, const json_t *records, size_t judged)
{
    static const char *const same[] = {"at",   "move", "by",    "approver",
                                       "from", "to",   "entry", "cards_before"};
    json_t *list = json_array();
    size_t count = json_array_size(moves);
    for (size_t i = 0; i < count; i++) {
        const json_t *move = json_array_get(moves, i);
        const json_t *next = json_array_get(moves, i + 1);
        const json_t *before = record_before(records, move);
        const json_t *at = record_at(records, move, next);
        if (at == NULL && before == NULL)
            continue;
        json_t *json = json_object();
        for (size_t k = 0; k < COUNT_OF(same); k++)
            json_object_set(json, same[k], json_object_get(move, same[k]));
        json_object_set_new(json, "outcome", json_string(outcome_of(before, at)));
        json_object_set_new(json, "due_before", json_null());
        if (before != NULL)
            json_object_set(json, "due_before", json_object_get(before, "due_at"));
        json_t *again = i < judged || i - judged >= COUNTS_AGAIN_MAX
                            ? NULL
                            : count_under(world, kase, move, "to", next,
                                          wanted_of(json_array_get(records, 0), records));
        json_object_set_new(json, "count", again == NULL ? json_null() : again);
        json_array_append_new(list, json);
    }
    return list;
}

/* NULL: the case has no such clock, or is no case. */
static json_t *receipt_of_clock(const struct query_world *world, json_t *card)
{
    struct case_view kase;
    const char *case_no = json_string_value(json_object_get(card, "case"));
    if (case_no == NULL || !explain_find(turn_core(world->turn), slice_of(case_no), &kase))
        return NULL;
    json_t *moves = query_moves(world, &kase);
    json_t *records = records_of(world, card);
    struct wanted wanted = wanted_of(card, records);
    wanted.card = card;
    size_t judged = judged_before(moves, card);
    const json_t *move = json_array_get(moves, judged);
    json_t *receipt = move == NULL ? count_in(world, turn_core(world->turn), &kase,
                                              (struct event_ref){.place = UINT64_MAX}, wanted)
                                   : count_under(world, &kase, move, "from", move, wanted);
    if (receipt != NULL && json_array_size(moves) > 0) {
        json_object_set_new(receipt, "moves", moves_json(world, &kase, moves, records, judged));
        receipt_sign(receipt);
    }
    json_decref(records);
    json_decref(moves);
    return receipt;
}

json_t *receipt_of_card(const struct query_world *world, json_t *card)
{
    json_t *receipt = receipt_of_clock(world, card);
    if (receipt == NULL)
        receipt = receipt_across(world, card);
    if (receipt == NULL) { /* withdrawn, and the clock is gone with the event that began it */
        receipt = json_pack("{s:i, s:O, s:O, s:O}", "receipt", 1, "card", card, "used",
                            json_object_get(card, "used"), "over", json_object_get(card, "over"));
        receipt_sign(receipt);
    }
    return receipt;
}
