/* test_core_confirm.c - cards that wait for a supervisor: what is released, what is dismissed, and
 * what hangs on it comes to the same in whatever order the events arrive.
 */
#include "engine/explain/explain.h"
#include "tests/unit/engine/core_fixture.h"

#include <stdlib.h>

/* No card depends on when it was found. */
static const char rules_text[] =
    "set: test\n"
    "calendar: test\n"
    "rules:\n"
    "  - rule: one\n"
    "    supersede: dismiss\n"
    "    clock: {start: apply, stop: finish, pauses: [pause … resume], limits: {statutory: 5 "
    "workday}}\n"
    "    cards:\n"
    "      - yellow: {when: after statutory, issue: {confirm: 2 workday}}\n"
    "      - red: 2 workday after yellow card\n"
    "  - rule: two\n"
    "    clock: {start: step_start, stop: step_end, per: step, limits: {promised: 2 workday}}\n"
    "    cards:\n"
    "      - red: {when: after promised, issue: confirm, dismisses: three}\n"
    "  - rule: three\n"
    "    fact: {on: return, is: count(return) >= 1, per: step}\n"
    "    card: warn\n"
    "  - rule: four\n"
    "    fact: {on: fee, is: count(fee) >= 1}\n"
    "    card: {level: yellow, issue: confirm}\n"
    "  - rule: order\n"
    "    clock: {start: {after: yellow of one}, stop: supervise, limits: {statutory: 2 workday}}\n"
    "    cards:\n"
    "      - red: after statutory\n"
    "  - rule: reply\n"
    "    clock: {start: {after: yellow of four}, stop: feedback, limits: {statutory: 1 workday}}\n"
    "    cards:\n"
    "      - yellow: {when: after statutory, issue: confirm}\n"
    "  - rule: last\n"
    "    clock: {start: {after: yellow of reply}, stop: sign, limits: {statutory: 1 workday}}\n"
    "    cards:\n"
    "      - red: after statutory\n";

static void begin(void)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "t", .text = SLICE(calendar_text), .file = "t.yaml"},
        {.kind = DOCUMENT_RULES, .name = "r", .text = SLICE(rules_text), .file = "r.yaml"}};
    compile(documents, COUNT_OF(documents));
}

/* No two cards have the same. */
static void id_make(struct slice case_no, struct slice clock, uint32_t cycle, struct slice rung,
                    char id_out[CARD_ID_BYTES])
{
    uint64_t hash = 14695981039346656037u + cycle + case_no.count;
    for (size_t i = 0; i < clock.count; i++)
        hash = (hash ^ (unsigned char)clock.start[i]) * 1099511628211u;
    for (size_t i = 0; i < rung.count; i++)
        hash = (hash ^ (unsigned char)rung.start[i]) * 1099511628211u;
    (void)snprintf(id_out, CARD_ID_BYTES, "%016llx%016llx", (unsigned long long)hash,
                   (unsigned long long)~hash);
}

static struct event event_at(enum event_kind kind, int hour, const char *step, const char *card)
{
    return (struct event){.case_no = SLICE("C"),
                          .kind = kind,
                          .at = {.ms = monday_ms + (int64_t)hour * HOUR_MS},
                          .entered_at = INSTANT_NONE,
                          .step = slice_of(step),
                          .card = slice_of(card),
                          .due_at = INSTANT_NONE,
                          .fee_due = EVENT_FEE_NONE,
                          .fee_paid = EVENT_FEE_NONE};
}

/* 10:00 on Monday; five workdays end with the next Monday: the instant lies at hour 8 * 24. */
static void what_is_released_begins_what_hangs_on_it(void)
{
    static struct play play;
    struct event events[] = {event_at(EVENT_APPLY, 10, "", ""),
                             event_at(EVENT_RELEASE, 9 * 24 + 10, "", "yellow of one"),
                             event_at(EVENT_SUPERVISE, 60 * 24, "", "")};
    begin();
    play_events(&play, id_make, events, NULL, 1);
    check_card(&play, "one#0:yellow", 8 * 24, CARD_PENDING);
    CHECK(find(&play, "one#0:red") == NULL);
    CHECK(find(&play, "order#0:red") == NULL);
    play_events(&play, id_make, events, NULL,
                COUNT_OF(events)); /* on Wednesday: Thursday and Friday are two days */
    check_card(&play, "one#0:yellow", 8 * 24, CARD_DISMISSED); /* by the red of its clock */
    check_card(&play, "one#0:red", 12 * 24, CARD_ISSUED);
    check_card(&play, "order#0:red", 12 * 24, CARD_ISSUED);
    events[1].kind = EVENT_DISMISS;
    play_events(&play, id_make, events, NULL, COUNT_OF(events));
    check_card(&play, "one#0:yellow", 8 * 24, CARD_DISMISSED); /* by the supervisor */
    CHECK(find(&play, "one#0:red") == NULL);
    CHECK(find(&play, "order#0:red") == NULL);
    events[1] = event_at(EVENT_RELEASE, 8 * 24, "", "yellow of one"); /* at the very instant */
    play_events(&play, id_make, events, NULL, COUNT_OF(events));
    check_card(&play, "one#0:yellow", 8 * 24, CARD_PENDING);
    end();
}

/* A fact's card is raised with its event, and may be released at that very instant. */
static void of_two_alike_the_id_says_which(void)
{
    static struct play play;
    char id[CARD_ID_BYTES] = "";
    struct event events[] = {event_at(EVENT_FEE, 10, "", ""), event_at(EVENT_FEE, 11, "", ""),
                             event_at(EVENT_RELEASE, 11, "", "yellow of four"),
                             event_at(EVENT_RELEASE, 12, "", id)};
    id_make(SLICE("C"), SLICE("four"), 1, SLICE("yellow"), id);
    events[3].card = slice_of(id);
    begin();
    play_events(&play, id_make, events, NULL, 1);
    check_card(&play, "four#0:yellow", 10, CARD_PENDING);
    play_events(&play, id_make, events, NULL, 3);
    check_card(&play, "four#0:yellow", 10, CARD_PENDING);
    check_card(&play, "four#1:yellow", 11, CARD_PENDING);
    play_events(&play, id_make, events, NULL, 4);
    check_card(&play, "four#0:yellow", 10, CARD_PENDING);
    check_card(&play, "four#1:yellow", 11, CARD_ISSUED);
    events[1].kind = EVENT_RATING; /* now there is but one that is called so */
    play_events(&play, id_make, events, NULL, 3);
    check_card(&play, "four#0:yellow", 10, CARD_ISSUED);
    end();
}

static uint32_t make_life(struct event *events, uint32_t *seed)
{
    static const enum event_kind kinds[] = {
        EVENT_STEP_START, EVENT_STEP_START, EVENT_STEP_END, EVENT_RETURN,  EVENT_FEE,
        EVENT_PAUSE,      EVENT_RESUME,     EVENT_FINISH,   EVENT_REOPEN,  EVENT_SUPERVISE,
        EVENT_FEEDBACK,   EVENT_RELEASE,    EVENT_RELEASE,  EVENT_RELEASE, EVENT_RELEASE,
        EVENT_RELEASE,    EVENT_DISMISS,    EVENT_RELEASE,  EVENT_DISMISS};
    static const char *const cards[] = {"yellow of one", "red of two",      "yellow of four",
                                        "yellow of one", "yellow of reply", "red of order"};
    static const char *const steps[] = {"", "a", "b"};
    uint32_t count = 4 + random_below(seed, EVENT_MAX - 3);
    int hour = 10;
    for (uint32_t i = 0; i < count; i++) {
        enum event_kind kind = i == 0 ? EVENT_APPLY : kinds[random_below(seed, COUNT_OF(kinds))];
        const char *card = cards[random_below(seed, COUNT_OF(cards))];
        bool is_of_step = !event_is_of_card(kind) || strcmp(card, "red of two") == 0;
        events[i] =
            event_at(kind, hour, is_of_step ? steps[random_below(seed, COUNT_OF(steps))] : "",
                     event_is_of_card(kind) ? card : "");
        hour += 1 + (int)random_below(seed, 100);
    }
    return count;
}

/* A case begins with what is no act on a card: such an event would be refused. */
static void shuffle(const struct event *events, uint32_t *order, uint32_t count, uint32_t *seed)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count - 1; i > 0; i--) {
        uint32_t other = random_below(seed, i + 1);
        uint32_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    uint32_t first = 0;
    while (event_is_of_card(events[order[first]].kind))
        first++;
    uint32_t kept = order[0];
    order[0] = order[first];
    order[first] = kept;
}

static void the_order_of_arrival_changes_nothing(void)
{
    enum { ROUNDS = 400 };
    static struct play straight;
    static struct play shuffled;
    struct event events[EVENT_MAX + 1];
    uint32_t order[EVENT_MAX + 1];
    uint32_t seed = 11;
    uint32_t seen[CARD_STATE_COUNT] = {0};
    uint32_t followed = 0;
    begin();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t round_seed = seed;
        uint32_t count = make_life(events, &seed);
        shuffle(events, order, count, &seed);
        play_events(&straight, id_make, events, NULL, count);
        play_events(&shuffled, id_make, events, order, count);
        bool is_same = plays_agree(&straight, &shuffled);
        for (uint32_t i = 0; i < straight.count; i++) {
            seen[straight.kept[i].state]++;
            followed += strncmp(straight.kept[i].name, "last", 4) == 0;
        }
        if (!is_same)
            printf("round %u, seed %u\n", round, round_seed);
        CHECK(is_same);
    }
    CHECK(seen[CARD_PENDING] > ROUNDS / 4);
    CHECK(seen[CARD_ISSUED] > ROUNDS / 4);
    CHECK(seen[CARD_DISMISSED] > ROUNDS / 4);
    CHECK(followed > 0);
    end();
}

CHECK_MAIN("unit/explain_confirm", TEST(what_is_released_begins_what_hangs_on_it),
           TEST(of_two_alike_the_id_says_which), TEST(the_order_of_arrival_changes_nothing))
