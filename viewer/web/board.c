/* board.c - the state. A card counts as raised when it is first seen in a public state, and as
 * standing while it is issued or under appeal; every change of state moves the counts by what the
 * card was before, so that they are the same in whatever pieces the feed was read.
 */
#include "viewer/web/board.h"
#include "engine/base/date.h"
#include "engine/model/card.h"
#include "viewer/feed/card_view.h"
#include "viewer/web/board_state.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const preset_levels[] = {"warn", "yellow", "red"};

static void reset(struct board *board)
{
    board->is_estimate = false;
    board->level_count = COUNT_OF(preset_levels);
    for (size_t i = 0; i < COUNT_OF(preset_levels); i++)
        (void)snprintf(board->levels[i], BOARD_NAME_BYTES, "%s", preset_levels[i]);
    memset(board->standing, 0, sizeof board->standing);
    memset(board->raised, 0, sizeof board->raised);
    board->withdrawn = 0;
    board->org_count = 0;
    memset(board->org_places, 0, sizeof board->org_places);
    bars_init(&board->hours, INT64_C(3600000), BOARD_HOURS);
    bars_init(&board->days, DATE_DAY_MS, BOARD_DAYS);
    for (size_t i = 0; i < BOARD_RING_CARDS; i++) {
        free(board->ring[i]);
        board->ring[i] = NULL;
    }
    board->have_seq = 0;
    board->missed = 0;
}

struct board *board_create(const struct board_options *options)
{
    struct board *board = calloc(1, sizeof *board);
    if (board == NULL)
        return NULL;
    board->options = *options;
    board->known = known_create(options->card_max);
    if (board->known == NULL) {
        free(board);
        return NULL;
    }
    board->is_blind = true;
    board->blind_since = INSTANT_NONE;
    reset(board);
    return board;
}

void board_destroy(struct board **board_p)
{
    struct board *board = *board_p;
    if (board == NULL)
        return;
    for (size_t i = 0; i < BOARD_RING_CARDS; i++)
        free(board->ring[i]);
    known_destroy(&board->known);
    json_decref(board->pulse);
    free(board);
    *board_p = NULL;
}

void board_forget(struct board *board)
{
    struct known *known = known_create(board->options.card_max);
    if (known != NULL) {
        known_destroy(&board->known);
        board->known = known;
    }
    reset(board);
    /* The places go on, or a browser would take the new cards for ones it has seen. */
    board->place += BOARD_RING_CARDS;
}

/* --- names ---------------------------------------------------------------------------------- */

/* Cut at a whole character: what follows a cut is never half of one. */
static void copy_name(char name[BOARD_NAME_BYTES], struct slice text)
{
    size_t count = text.count < BOARD_NAME_BYTES - 1 ? text.count : BOARD_NAME_BYTES - 1;
    while (count < text.count && count > 0 && ((unsigned char)text.start[count] & 0xC0) == 0x80)
        count--;
    if (count > 0)
        memcpy(name, text.start, count);
    name[count] = '\0';
}

static uint8_t level_index(struct board *board, struct slice text)
{
    char name[BOARD_NAME_BYTES];
    copy_name(name, text);
    for (uint8_t i = 0; i < board->level_count; i++)
        if (strcmp(board->levels[i], name) == 0)
            return i;
    if (board->level_count == BOARD_LEVELS_MAX)
        return BOARD_LEVELS_MAX - 1;
    memcpy(board->levels[board->level_count], name, sizeof name);
    return board->level_count++;
}

static uint16_t org_index(struct board *board, struct slice text)
{
    char name[BOARD_NAME_BYTES];
    copy_name(name, text);
    uint32_t hash = 2166136261u;
    for (size_t i = 0; name[i] != '\0'; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    uint32_t at = hash % BOARD_ORG_PLACES;
    while (board->org_places[at] != 0) {
        uint16_t index = (uint16_t)(board->org_places[at] - 1);
        if (strcmp(board->orgs[index].name, name) == 0)
            return index;
        at = (at + 1) % BOARD_ORG_PLACES;
    }
    if (board->org_count == BOARD_ORGS_MAX)
        return BOARD_ORGS_MAX - 1;
    bool is_rest = board->org_count == BOARD_ORGS_MAX - 1;
    struct board_org *org = &board->orgs[board->org_count++];
    *org = (struct board_org){.raised = 0};
    if (!is_rest) {
        memcpy(org->name, name, sizeof name);
        board->org_places[at] = board->org_count;
    }
    return (uint16_t)(board->org_count - 1);
}

/* --- counting ------------------------------------------------------------------------------- */

static bool state_of(struct slice text, uint8_t *state_out)
{
    for (int i = 0; i < CARD_STATE_COUNT; i++) {
        if (slice_is_equal(text, slice_of(card_state_name[i]))) {
            *state_out = (uint8_t)i;
            return true;
        }
    }
    return false;
}

static bool is_standing(uint8_t state)
{
    return state == CARD_ISSUED || state == CARD_APPEALED;
}

/* A dismissed card only made way for a higher one of the same clock: that one is the news. */
static bool is_taken_back(uint8_t state)
{
    return state == CARD_WITHDRAWN;
}

static void count_standing(struct board *board, const struct known_card *card, int64_t change)
{
    board->standing[card->level] += change;
    board->orgs[card->org].standing[card->level] += change;
}

/* Counts this record. Returns whether it is worth a line on the wall. */
static bool count_card(struct board *board, const json_t *json, struct slice id, uint8_t state,
                       int64_t local_ms)
{
    bool is_new = false;
    struct known_card *card = known_get(board->known, known_key(id), &is_new);
    struct known_card unknown = {.key = 1, .was_public = state != CARD_ISSUED};
    if (card == NULL) { /* no memory of it: a change is taken at its word */
        board->is_estimate = true;
        card = &unknown;
        card->state = is_standing(state) ? CARD_PENDING : CARD_ISSUED;
    }
    if (is_new || card == &unknown) {
        card->level = level_index(board, slice_of(field_text(json, "level")));
        card->org = org_index(board, slice_of(field_text(json, "org")));
        if (is_new)
            card->state = CARD_PENDING;
    }
    uint8_t before = card->state;
    card->state = state;
    if (is_standing(before) != is_standing(state))
        count_standing(board, card, is_standing(state) ? 1 : -1);
    if (is_taken_back(before) != is_taken_back(state) && card->was_public)
        board->withdrawn += is_taken_back(state) ? 1 : -1;
    if (state == CARD_PENDING || (is_taken_back(state) && !card->was_public))
        return false; /* never was public: it does not become so by being taken back */
    bool is_raised = !card->was_public;
    if (is_raised) {
        card->was_public = 1;
        board->raised[card->level]++;
        board->orgs[card->org].raised++;
        bars_add(&board->hours, local_ms, card->level);
        bars_add(&board->days, local_ms, card->level);
    }
    bool is_back = is_taken_back(before) && is_standing(state);
    return (is_raised && is_standing(state)) || is_back ||
           (is_taken_back(state) && before != state);
}

/* As the clock on the engine's wall shows it, counted like an instant. */
static bool local_ms_of(struct moment moment, int64_t *local_ms_out)
{
    if (!instant_is_set(moment.at))
        return false;
    *local_ms_out = moment.at.ms + (int64_t)moment.offset_s * 1000;
    return true;
}

bool board_take_card(struct board *board, uint64_t seq, const json_t *card)
{
    uint8_t state;
    int64_t local_ms;
    board->have_seq = seq;
    struct slice id = slice_of(field_text(card, "card"));
    if (!state_of(slice_of(field_text(card, "state")), &state) || slice_is_empty(id) ||
        !local_ms_of(field_moment(card, "issued_at"), &local_ms))
        return false;
    if (!count_card(board, card, id, state, local_ms))
        return false;
    char *text = board_card_text(board, seq, card);
    if (text == NULL)
        return false;
    char **place = &board->ring[board->place % BOARD_RING_CARDS];
    free(*place);
    *place = text;
    board->place++;
    return true;
}

/* --- the rest ------------------------------------------------------------------------------- */

void board_take_pulse(struct board *board, const json_t *pulse, uint64_t have_seq)
{
    json_t *copy = json_deep_copy(pulse);
    if (copy == NULL)
        return;
    json_decref(board->pulse);
    board->pulse = copy;
    board->have_seq = have_seq;
    struct moment now = field_moment(pulse, "now");
    int64_t local_ms;
    if (local_ms_of(now, &local_ms)) {
        board->offset_s = now.offset_s;
        bars_reach(&board->hours, local_ms);
        bars_reach(&board->days, local_ms);
    }
}

void board_take_gap(struct board *board, uint64_t from, uint64_t to)
{
    assert(from <= to);
    board->missed += to - from + 1;
    board->have_seq = to;
}

void board_take_sight(struct board *board, bool is_blind, struct instant since)
{
    board->is_blind = is_blind;
    board->blind_since = since;
}

uint64_t board_place(const struct board *board)
{
    return board->place;
}

bool board_is_behind(const struct board *board)
{
    json_int_t head = json_integer_value(json_object_get(board->pulse, "head"));
    return head > 0 && (uint64_t)head > board->have_seq;
}

bool board_is_blind(const struct board *board)
{
    return board->is_blind;
}
