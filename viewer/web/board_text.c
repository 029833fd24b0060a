/* board_text.c - a board as JSON for browsers. Only what is named here leaves the house: the list
 * of a card's public fields is the whole privacy of the page.
 */
#include "engine/base/date.h"
#include "viewer/feed/card_view.h"
#include "viewer/web/board.h"
#include "viewer/web/board_state.h"

#include <stdlib.h>

enum { CASE_TAIL_CHARACTERS = 4, FIELD_BYTES_MAX = 96 };

static bool is_inside_character(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The last characters (not bytes) of a text. */
static struct slice tail_of(struct slice text, size_t characters)
{
    size_t at = text.count;
    while (at > 0 && characters > 0) {
        at--;
        while (at > 0 && is_inside_character(text.start[at]))
            at--;
        characters--;
    }
    return (struct slice){text.start == NULL ? "" : text.start + at, text.count - at};
}

static struct slice head_of(struct slice text, size_t bytes_max)
{
    if (text.count <= bytes_max)
        return text;
    size_t count = bytes_max;
    while (count > 0 && is_inside_character(text.start[count]))
        count--;
    return (struct slice){text.start, count};
}

static json_t *json_of(struct slice text)
{
    text = head_of(text, FIELD_BYTES_MAX);
    return json_stringn(text.start == NULL ? "" : text.start, text.count);
}

char *board_card_text(const struct board *board, uint64_t seq, const json_t *card)
{
    static const char *const plain[] = {"level", "org",  "item",   "state",    "limit",
                                        "used",  "over", "due_at", "issued_at"};
    json_t *text = json_pack("{s:I}", "seq", (json_int_t)seq);
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        (void)json_object_set_new(text, plain[i], json_of(slice_of(field_text(card, plain[i]))));
    struct slice case_no = slice_of(field_text(card, "case"));
    if (!board->options.with_whole_case)
        case_no = tail_of(case_no, CASE_TAIL_CHARACTERS);
    (void)json_object_set_new(text, "case", json_of(case_no));
    (void)json_object_set_new(text, "whole", json_boolean(board->options.with_whole_case));
    char *line = json_dumps(text, JSON_COMPACT);
    json_decref(text);
    return line;
}

/* --- the numbers ---------------------------------------------------------------------------- */

static json_t *levels_json(const struct board *board)
{
    json_t *levels = json_array();
    for (uint8_t i = 0; i < board->level_count; i++)
        (void)json_array_append_new(levels, json_pack("{s:s,s:I,s:I}", "level", board->levels[i],
                                                      "standing", (json_int_t)board->standing[i],
                                                      "raised", (json_int_t)board->raised[i]));
    return levels;
}

static int64_t standing_of(const struct board_org *org)
{
    int64_t sum = 0;
    for (size_t i = 0; i < BOARD_LEVELS_MAX; i++)
        sum += org->standing[i];
    return sum;
}

struct ranked {
    const struct board_org *org;
    int64_t standing;
};

/* Most standing cards first; at the same number more of the higher levels; then by name, so that
 * the order of equals does not flicker. */
static int rank_order(const void *a_void, const void *b_void)
{
    const struct ranked *a = a_void, *b = b_void;
    int64_t difference = b->standing - a->standing;
    for (size_t i = BOARD_LEVELS_MAX; difference == 0 && i > 0; i--)
        difference = b->org->standing[i - 1] - a->org->standing[i - 1];
    if (difference == 0)
        return strcmp(a->org->name, b->org->name);
    return difference < 0 ? -1 : 1;
}

static json_t *orgs_json(const struct board *board)
{
    json_t *orgs = json_array();
    struct ranked *order = calloc(BOARD_ORGS_MAX, sizeof *order);
    if (order == NULL)
        return orgs;
    size_t count = 0;
    for (size_t i = 0; i < board->org_count; i++) {
        int64_t standing = standing_of(&board->orgs[i]);
        if (standing > 0)
            order[count++] = (struct ranked){&board->orgs[i], standing};
    }
    qsort(order, count, sizeof *order, rank_order);
    for (size_t i = 0; i < count && i < BOARD_RANKING_ORGS; i++) {
        const struct board_org *org = order[i].org;
        json_t *by = json_array();
        for (uint8_t level = 0; level < board->level_count; level++)
            (void)json_array_append_new(by, json_integer(org->standing[level]));
        (void)json_array_append_new(orgs, json_pack("{s:s,s:o}", "org", org->name, "by", by));
    }
    free(order);
    return orgs;
}

/* Silent sources first: they are the ones that must not fall off the end. */
static json_t *sources_json(const struct board *board)
{
    static const char *const names[] = {"source", "last_at", "silent_since"};
    const json_t *from = json_object_get(board->pulse, "sources");
    json_t *sources = json_array();
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < json_array_size(from); i++) {
            const json_t *source = json_array_get(from, i);
            bool is_silent = json_is_string(json_object_get(source, "silent_since"));
            if (is_silent != (pass == 0) || json_array_size(sources) >= BOARD_SOURCES_MAX)
                continue;
            json_t *one = json_object();
            for (size_t n = 0; n < COUNT_OF(names); n++)
                (void)json_object_set_new(one, names[n],
                                          json_of(slice_of(field_text(source, names[n]))));
            (void)json_array_append_new(sources, one);
        }
    }
    return sources;
}

static void add_numbers(const struct board *board, json_t *message)
{
    static const char *const counts[] = {"events", "cases", "cases_open"};
    (void)json_object_set_new(message, "levels", levels_json(board));
    (void)json_object_set_new(message, "withdrawn", json_integer(board->withdrawn));
    (void)json_object_set_new(message, "orgs", orgs_json(board));
    (void)json_object_set_new(message, "hours", bars_to_json(&board->hours, board->level_count));
    (void)json_object_set_new(message, "days", bars_to_json(&board->days, board->level_count));
    (void)json_object_set_new(message, "estimate", json_boolean(board->is_estimate));
    (void)json_object_set_new(message, "missed", json_integer((json_int_t)board->missed));
    if (board->pulse == NULL)
        return;
    (void)json_object_set_new(message, "now", json_of(slice_of(field_text(board->pulse, "now"))));
    (void)json_object_set_new(message, "clock",
                              json_of(slice_of(field_text(board->pulse, "clock"))));
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        json_t *count = json_object_get(board->pulse, counts[i]);
        if (json_is_integer(count))
            (void)json_object_set(message, counts[i], count);
    }
    size_t source_count = json_array_size(json_object_get(board->pulse, "sources"));
    (void)json_object_set_new(message, "sources", sources_json(board));
    (void)json_object_set_new(message, "source_count", json_integer((json_int_t)source_count));
    (void)json_object_set_new(message, "have", json_integer((json_int_t)board->have_seq));
    json_t *head = json_object_get(board->pulse, "head");
    if (json_is_integer(head))
        (void)json_object_set(message, "head", head);
}

static void add_sight(const struct board *board, json_t *message)
{
    char text[INSTANT_TEXT_BYTES] = "";
    if (instant_is_set(board->blind_since))
        (void)instant_format(board->blind_since, board->offset_s, text);
    (void)json_object_set_new(message, "blind", json_boolean(board->is_blind));
    (void)json_object_set_new(message, "since", json_string(board->is_blind ? text : ""));
}

static void add_cards(const struct board *board, json_t *message, uint64_t after)
{
    json_t *cards = json_array();
    assert(board->place - after <= BOARD_RING_CARDS);
    for (uint64_t place = after; place < board->place; place++) {
        const char *text = board->ring[place % BOARD_RING_CARDS];
        if (text != NULL)
            (void)json_array_append_new(cards, json_loads(text, 0, NULL));
    }
    (void)json_object_set_new(message, "cards", cards);
}

static char *written(json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    return text;
}

char *board_snapshot(const struct board *board)
{
    json_t *message = json_pack("{s:s,s:s,s:s}", "t", "snapshot", "build", board->options.build,
                                "title", board->options.title);
    uint64_t shown =
        board->place < BOARD_SNAPSHOT_CARDS ? board->place : (uint64_t)BOARD_SNAPSHOT_CARDS;
    add_numbers(board, message);
    add_sight(board, message);
    add_cards(board, message, board->place - shown);
    return written(message);
}

char *board_pulse(const struct board *board)
{
    json_t *message = json_pack("{s:s}", "t", "pulse");
    add_numbers(board, message);
    return written(message);
}

char *board_cards(const struct board *board, uint64_t after)
{
    json_t *message = json_pack("{s:s}", "t", "cards");
    (void)json_object_set_new(message, "levels", levels_json(board));
    (void)json_object_set_new(message, "withdrawn", json_integer(board->withdrawn));
    add_cards(board, message, after);
    return written(message);
}

char *board_sight(const struct board *board)
{
    json_t *message = json_pack("{s:s}", "t", "sight");
    add_sight(board, message);
    return written(message);
}
