/* test_core_across.c - cases that have to do with each other, in groups and as a joint case: the
 * same after an image as before it, at whatever event it is taken; the order of marks against a
 * plain list.
 */
#include "engine/across/marks.h"
#include "engine/core/offline.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static const char calendar_text[] = "calendar: test\n"
                                    "zone: Asia/Shanghai\n"
                                    "known: {from: 2024-01-01, to: 2026-12-31}\n"
                                    "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";

static const char rules_text[] =
    "set: test\n"
    "calendar: test\n"
    "rules:\n"
    "  - rule: limit\n"
    "    clock: {start: accept, stop: finish, count: day, limits: {promised: 3 workday}}\n"
    "    cards:\n"
    "      - yellow: after promised\n"
    "  - rule: share\n"
    "    across: {per: org, window: day, of: finish, share: 'raised(limit, yellow)', over: 20%, "
    "judged: 30 hour after}\n"
    "    card: red\n"
    "  - rule: count\n"
    "    across: {per: org, window: month, of: [return, finish], if: seen(return), count: 4 case}\n"
    "    card: warn\n"
    "  - rule: row\n"
    "    across: {per: handler, window: month, of: finish, in_a_row: 3, if: 'raised(limit, "
    "yellow)'}\n"
    "    card: red\n"
    "  - rule: running\n"
    "    across: {per: handler, of: finish, in_a_row: 2, if: 'raised(limit, yellow)'}\n"
    "    card: red\n"
    "  - rule: quarter\n"
    "    across: {per: org, window: quarter, of: [return, finish], count: 9}\n"
    "    card: warn\n"
    "  - rule: cards\n"
    "    across: {per: org, window: month, cards: yellow, count: 3 card}\n"
    "    card: red\n"
    "  - rule: total\n"
    "    clock: {start: accept, stop: finish, last_child: stop, count: day, limits: {promised: 4 "
    "workday}}\n"
    "    cards:\n"
    "      - red: after promised\n"
    "  - rule: early\n"
    "    fact: {on: finish, is: children_open > 0}\n"
    "    card: warn\n"
    "  - rule: recent\n"
    "    fact: {on: return, is: 'count(return, step, within 2 workday) >= 2'}\n"
    "    card: warn\n"
    "  - rule: same\n"
    "    fact: {on: [accept, finish], is: handler = last_step_handler}\n"
    "    card: warn\n"
    "  - rule: batch\n"
    "    fact: {on: finish, is: same_arrival(accept)}\n"
    "    card: warn\n";

enum { EVENT_MAX = 120, CASE_MAX = 25, LAST_MAX = 4096, HOUR_MS = 3600000, IMAGE_BYTES = 1 << 26 };

/* 2025-03-03 00:00 in Shanghai, a Monday. */
static const int64_t monday_ms = INT64_C(1740931200000);

static struct ruleset *ruleset;
static struct ruleset *ruleset_next; /* the same rules as another edition */

static void begin(void)
{
    static struct problem_list problems;
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "t", .text = SLICE(calendar_text), .file = "t.yaml"},
        {.kind = DOCUMENT_RULES, .name = "r", .text = SLICE(rules_text), .file = "r.yaml"}};
    problem_list_init(&problems);
    int status = ruleset_compile(documents, COUNT_OF(documents), 1, &problems, &ruleset);
    for (uint32_t i = 0; i < problems.error_count; i++)
        printf("%u: %s\n", problems.at[i].line, problems.at[i].en);
    CHECK_EQ_INT(status, 0);
    CHECK_EQ_INT(ruleset_compile(documents, COUNT_OF(documents), 2, &problems, &ruleset_next), 0);
    problem_list_clear(&problems);
}

static void end(void)
{
    ruleset_destroy(&ruleset);
    ruleset_destroy(&ruleset_next);
}

static uint32_t random_below(uint64_t *state, uint32_t bound)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % bound;
}

/* ---- an image at any event ---------------------------------------------------------------------
 */

/* A core with its events at hand and a sum of its cards. */
struct town {
    struct core *core;
    struct past_event past[EVENT_MAX];
    uint64_t previous[EVENT_MAX + 1];
    uint64_t cards;
    uint32_t card_count;
    uint32_t across_count;
    uint64_t standing; /* a sum over the cards that stand, in whatever order they came */
    struct {
        uint64_t card;
        uint64_t adds;
    } last[LAST_MAX];
};

static uint64_t hash_of(const struct card *card)
{
    return table_hash(card->case_no) * 31 + table_hash(card->rung) * 17 + table_hash(card->clock) +
           card->cycle * UINT64_C(977);
}

/* What the newest record of a card adds to the sum; its record before is taken away again. */
static void standing_note(struct town *town, const struct card *card)
{
    uint64_t hash = hash_of(card);
    uint64_t adds = card->state == CARD_WITHDRAWN ? 0 : hash * 7 + (uint64_t)card->due_at.ms;
    uint32_t at = (uint32_t)(hash % LAST_MAX);
    while (town->last[at].card != 0 && town->last[at].card != hash)
        at = (at + 1) % LAST_MAX;
    town->standing += adds - town->last[at].adds;
    town->last[at].card = hash;
    town->last[at].adds = adds;
}

static void on_card(void *ctx, const struct card *card)
{
    struct town *town = ctx;
    standing_note(town, card);
    town->card_count++;
    town->across_count += memchr(card->case_no.start, '/', card->case_no.count) != NULL;
    town->cards = town->cards * 31 + table_hash(card->case_no) + table_hash(card->rung) +
                  table_hash(card->rule) + (uint64_t)card->due_at.ms + (uint64_t)card->state +
                  (uint64_t)card->issued_at.ms + table_hash(card->used);
}

static uint32_t history(void *ctx, struct event_ref newest, struct past_event *past, uint32_t room)
{
    struct town *town = ctx;
    uint32_t count = 0;
    for (uint64_t place = newest.place; place != 0; place = town->previous[place], count++)
        if (count < room)
            past[count] = town->past[place - 1];
    return count;
}

static void town_open(struct town *town)
{
    struct core_ports ports = {.ctx = town, .card = on_card, .history = history};
    town->core = core_create(&(struct core_limits){.is_stepping = true}, &ports);
    CHECK(town->core != NULL);
    CHECK_EQ_INT(core_set_rules(town->core, ruleset), 0);
}

static char names[EVENT_MAX][16]; /* of the cases, as the events of both towns borrow them */

/* The same events are given to two towns. */
static void towns_open(struct town towns[2])
{
    memset(towns, 0, 2 * sizeof *towns);
    town_open(&towns[0]);
    town_open(&towns[1]);
}

static void towns_close(struct town towns[2])
{
    core_destroy(&towns[0].core);
    core_destroy(&towns[1].core);
}

/* Until long after all that can fall due has fallen due. */
static void towns_end(struct town towns[2], int64_t now_ms)
{
    for (int i = 0; i < 2; i++)
        core_advance(towns[i].core, (struct instant){.ms = now_ms + 900 * (int64_t)HOUR_MS});
}

static struct event event_make(uint64_t *dice, char name[16], int64_t now_ms)
{
    static const enum event_kind kinds[] = {EVENT_ACCEPT, EVENT_ACCEPT, EVENT_RETURN, EVENT_FINISH,
                                            EVENT_FINISH};
    static const char *const orgs[] = {"A", "B", ""};
    static const char *const parents[] = {"C0", "C1", "C2", "C99"};
    int64_t late_ms = random_below(dice, 4) == 0 ? random_below(dice, 240) * (int64_t)HOUR_MS : 0;
    uint32_t number = random_below(dice, CASE_MAX);
    uint32_t parent = random_below(dice, 8);
    (void)snprintf(name, 16, "C%u", number);
    return (struct event){.case_no = slice_of(name),
                          .parent = slice_of(parent < number && parent < 4 ? parents[parent] : ""),
                          .kind = kinds[random_below(dice, COUNT_OF(kinds))],
                          .at = {.ms = now_ms - late_ms},
                          .org =
                              slice_of(orgs[number % 2]), /* a card is of the org it is told of */
                          .handler = slice_of(orgs[random_below(dice, 2)]),
                          .step = slice_of(now_ms / HOUR_MS % 2 == 0 ? "s" : "t"),
                          .entered_at = INSTANT_NONE,
                          .due_at = INSTANT_NONE,
                          .fee_due = EVENT_FEE_NONE,
                          .fee_paid = EVENT_FEE_NONE};
}

static void town_take(struct town *town, uint32_t index, struct instant now,
                      const struct event *event)
{
    uint32_t kase;
    struct event_ref previous;
    struct event_ref ref = {.place = index + 1};
    CHECK_EQ_INT(core_admit(town->core, event, ref, 1, &kase, &previous), 0);
    town->previous[index + 1] = previous.place;
    town->past[index] = (struct past_event){
        .event = *event, .ref = ref, .source = 1, .seq = index + 1, .arrived_at = now};
    core_apply(town->core, now, kase, event, ref, false);
}

struct image {
    unsigned char *bytes;
    size_t count;
    size_t read;
};

static int image_write(void *ctx, const void *bytes, size_t count)
{
    struct image *image = ctx;
    CHECK(image->count + count <= IMAGE_BYTES);
    memcpy(image->bytes + image->count, bytes, count);
    image->count += count;
    return 0;
}

static int image_read(void *ctx, void *bytes, size_t count)
{
    struct image *image = ctx;
    CHECK(image->read + count <= image->count);
    memcpy(bytes, image->bytes + image->read, count);
    image->read += count;
    return 0;
}

/* The next event of both, made by the dice. */
static void towns_take(struct town towns[2], uint64_t *dice, uint32_t index, int64_t now_ms)
{
    struct instant now = {.ms = now_ms};
    struct event event = event_make(dice, names[index], now_ms);
    town_take(&towns[0], index, now, &event);
    town_take(&towns[1], index, now, &event);
}

static void town_restart(struct town *town, struct image *image)
{
    image->count = image->read = 0;
    CHECK_EQ_INT(core_save(town->core, image_write, image), 0);
    core_destroy(&town->core);
    town_open(town);
    CHECK_EQ_INT(core_load(town->core, image_read, image), 0);
}

static void an_image_at_any_event_changes_nothing(void)
{
    static struct town towns[2];
    struct image image = {.bytes = malloc(IMAGE_BYTES)};
    uint32_t across = 0;
    CHECK(image.bytes != NULL);
    begin();
    for (uint64_t seed = 1; seed <= 25; seed++) {
        uint64_t dice = seed;
        int64_t now_ms = monday_ms;
        towns_open(towns);
        for (uint32_t i = 0; i < EVENT_MAX; i++) {
            now_ms += (int64_t)random_below(&dice, 20) * HOUR_MS / 2;
            towns_take(towns, &dice, i, now_ms);
            if (random_below(&dice, 12) == 0)
                town_restart(&towns[1], &image);
            CHECK(core_digest(towns[0].core) == core_digest(towns[1].core));
        }
        towns_end(towns, now_ms);
        CHECK(core_digest(towns[0].core) == core_digest(towns[1].core));
        CHECK_EQ_INT(towns[0].card_count, towns[1].card_count);
        CHECK(towns[0].cards == towns[1].cards);
        across += towns[0].across_count;
        towns_close(towns);
    }
    CHECK(across > 200);
    end();
    free(image.bytes);
}

/* ---- events of one message ---------------------------------------------------------------------
 */

/* Judged one by one, or together at the end of their message: what stands in the end is the same.
 */
static void events_held_together_come_to_the_same(void)
{
    static struct town towns[2];
    uint32_t fewer = 0;
    begin();
    for (uint64_t seed = 101; seed <= 140; seed++) {
        uint64_t dice = seed;
        int64_t now_ms = monday_ms;
        towns_open(towns);
        for (uint32_t i = 0; i < EVENT_MAX; i++) {
            if (random_below(&dice, 5) == 0) {
                core_release(towns[1].core);
                now_ms += (int64_t)random_below(&dice, 60) * HOUR_MS;
                core_advance(towns[1].core, (struct instant){.ms = now_ms});
                core_hold(towns[1].core);
            }
            towns_take(towns, &dice, i, now_ms);
        }
        core_release(towns[1].core);
        towns_end(towns, now_ms);
        CHECK(towns[0].standing == towns[1].standing);
        fewer += towns[1].card_count < towns[0].card_count;
        towns_close(towns);
    }
    CHECK(fewer > 10); /* and what would have been taken back is not told */
    end();
}

/* ---- another edition ---------------------------------------------------------------------------
 */

/* Returns how many cases have moved. */
static uint32_t town_move(struct town *town, int64_t now_ms)
{
    struct core_counts counts;
    uint32_t moved = 0;
    CHECK_EQ_INT(core_set_rules(town->core, ruleset_next), 0);
    core_count(town->core, &counts);
    for (uint32_t i = 1; i <= counts.cases; i++)
        moved += core_move(town->core, (struct instant){.ms = now_ms}, i, 1);
    return moved;
}

/* Under an edition with the same rules nothing is another card, whoever belongs to whom. */
static void a_move_to_the_same_rules_changes_no_card(void)
{
    static struct town towns[2];
    uint32_t moved = 0;
    begin();
    for (uint64_t seed = 201; seed <= 240; seed++) {
        uint64_t dice = seed;
        int64_t now_ms = monday_ms;
        uint32_t moving = 20 + random_below(&dice, EVENT_MAX - 30);
        towns_open(towns);
        for (uint32_t i = 0; i < EVENT_MAX; i++) {
            now_ms += (int64_t)random_below(&dice, 20) * HOUR_MS / 2;
            towns_take(towns, &dice, i, now_ms);
            if (i != moving)
                continue;
            moved += town_move(&towns[1], now_ms);
            CHECK(towns[0].standing == towns[1].standing);
        }
        towns_end(towns, now_ms);
        CHECK(towns[0].standing == towns[1].standing);
        CHECK_EQ_INT(towns[0].card_count, towns[1].card_count);
        towns_close(towns);
    }
    CHECK(moved > 200);
    end();
}

/* ---- marks -------------------------------------------------------------------------------------
 */

enum { MARK_MAX = 300 };

/* Rows in order of instant, of two at one instant the older case first. */
struct plain_list {
    uint32_t count;
    uint32_t rows[MARK_MAX];
};

static struct core_mark *mark_of(const struct core *core, uint32_t row)
{
    return pool_row(&core->marks, row);
}

static void plain_add(const struct core *core, struct plain_list *list, uint32_t row)
{
    const struct core_mark *mark = mark_of(core, row);
    uint32_t at = list->count++;
    for (; at > 0; at--) {
        const struct core_mark *before = mark_of(core, list->rows[at - 1]);
        if (before->at_ms < mark->at_ms ||
            (before->at_ms == mark->at_ms && before->case_key < mark->case_key))
            break;
        list->rows[at] = list->rows[at - 1];
    }
    list->rows[at] = row;
}

static uint32_t plain_run(const struct core *core, const struct plain_list *list, uint32_t length)
{
    uint32_t running = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        running = mark_of(core, list->rows[i])->is_so ? running + 1 : 0;
        if (running == length)
            return i + 1;
    }
    return 0;
}

/* How many running from a place on, forward or back. */
static uint32_t plain_stretch(const struct core *core, const struct plain_list *list,
                              uint32_t place, int step)
{
    uint32_t running = 0;
    for (int64_t at = (int64_t)place - 1; at >= 0 && at < list->count; at += step, running++)
        if (!mark_of(core, list->rows[at])->is_so)
            break;
    return running;
}

static uint32_t plain_before(const struct core *core, const struct plain_list *list, int64_t at_ms)
{
    uint32_t before = 0;
    while (before < list->count && mark_of(core, list->rows[before])->at_ms < at_ms)
        before++;
    return before;
}

static void compare(const struct core *core, uint32_t root, const struct plain_list *list)
{
    CHECK_EQ_INT(marks_count(core, root), list->count);
    for (uint32_t i = 0; i <= list->count + 1; i++)
        CHECK_EQ_INT(marks_at(core, root, i), i == 0 || i > list->count ? 0 : list->rows[i - 1]);
    for (uint32_t length = 1; length < 8; length++)
        CHECK_EQ_INT(marks_run(core, root, length), plain_run(core, list, length));
    for (uint32_t place = 0; place <= list->count + 1; place += 1 + place / 8) {
        CHECK_EQ_INT(marks_behind(core, root, place), plain_stretch(core, list, place, -1));
        CHECK_EQ_INT(marks_ahead(core, root, place), plain_stretch(core, list, place, 1));
    }
    for (int64_t at_ms = -1; at_ms < 62; at_ms += 7)
        CHECK_EQ_INT(marks_before(core, root, at_ms), plain_before(core, list, at_ms));
}

static void marks_stand_as_in_a_plain_list(void)
{
    static struct core core;
    struct plain_list list = {.count = 0};
    uint64_t dice = 5;
    uint32_t root = 0;
    uint32_t key = 0;
    CHECK_EQ_INT(pool_init(&core.marks, sizeof(struct core_mark), 100000, false), 0);
    for (int round = 0; round < 4000; round++) {
        uint32_t what = random_below(&dice, 8);
        uint32_t place = list.count == 0 ? 0 : random_below(&dice, list.count);
        if (what < 4 && list.count < MARK_MAX) {
            uint32_t row = pool_add(&core.marks);
            *mark_of(&core, row) = (struct core_mark){.at_ms = random_below(&dice, 60),
                                                      .case_key = ++key,
                                                      .is_so = random_below(&dice, 3) > 0};
            plain_add(&core, &list, row);
            root = marks_add(&core, root, row);
        } else if (what == 4 && list.count > 0) {
            mark_of(&core, list.rows[place])->is_so ^= true;
            marks_renew(&core, root, list.rows[place]);
        } else if (list.count > 0) {
            root = marks_remove(&core, root, list.rows[place]);
            pool_free(&core.marks, list.rows[place]);
            list.count--;
            memmove(list.rows + place, list.rows + place + 1,
                    (list.count - place) * sizeof list.rows[0]);
        }
        compare(&core, root, &list);
    }
    pool_clear(&core.marks);
}

CHECK_MAIN("unit/core_across", TEST(an_image_at_any_event_changes_nothing),
           TEST(events_held_together_come_to_the_same),
           TEST(a_move_to_the_same_rules_changes_no_card), TEST(marks_stand_as_in_a_plain_list))
