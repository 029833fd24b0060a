/* test_core_links.c - what one clock has to do with another, and that it comes to the same in
 * whatever order the events arrive: cards that dismiss, raised(), counts by step, a change of item,
 * clocks that begin with a card.
 */
#include "tests/unit/engine/core_fixture.h"

#include <stdlib.h>

static const char items_text[] = "item_code,kind,promised\n"
                                 "NOW,immediate,1 workday\n"
                                 "LATER,promised,7 workday\n"
                                 "LONG,promised,12 workday\n";

/* No card depends on when it was found. */
static const char rules_text[] =
    "set: test\n"
    "calendar: test\n"
    "levels: [warn, yellow, red]\n"
    "rules:\n"
    "  - rule: answer\n"
    "    clock: {start: apply, stop: [accept, reject], count: day, limits: {statutory: 5 "
    "workday}}\n"
    "    cards:\n"
    "      - yellow: after statutory\n"
    "  - rule: deemed\n"
    "    clock:\n"
    "      start: apply\n"
    "      stop: {on: [accept, finish], when: 'kind = finish or not raised(answer, yellow)'}\n"
    "      count: day\n"
    "      limits: {statutory: 8 workday}\n"
    "    cards:\n"
    "      - red: {when: after statutory, dismisses: [answer, once]}\n"
    "  - rule: decide\n"
    "    applies: {kinds: [promised]}\n"
    "    clock: {start: accept, stop: finish, count: day, limits: {promised: from item}}\n"
    "    cards:\n"
    "      - yellow: after promised\n"
    "  - rule: once\n"
    "    fact: {on: return, is: 'count(return, step) = 1', per: step}\n"
    "    card: warn\n"
    "  - rule: again\n"
    "    fact: {on: return, is: 'count(return, step) = 2', per: step}\n"
    "    card: {level: yellow, dismisses: once}\n"
    "  - rule: order\n"
    "    clock: {start: {after: yellow of decide}, stop: supervise, limits: {statutory: 2 "
    "workday}}\n"
    "    cards:\n"
    "      - red: after statutory\n"
    "  - rule: reply\n"
    "    clock: {start: {after: yellow of again}, stop: [feedback, finish], limits: {statutory: 1 "
    "workday}}\n"
    "    cards:\n"
    "      - yellow: after statutory\n"
    "  - rule: against\n"
    "    fact: {on: step_end, is: result != last_result}\n"
    "    card: warn\n";

static void begin(void)
{
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "t", .text = SLICE(calendar_text), .file = "t.yaml"},
        {.kind = DOCUMENT_RULES, .name = "r", .text = SLICE(rules_text), .file = "r.yaml"},
        {.kind = DOCUMENT_ITEMS, .name = "i", .text = SLICE(items_text), .file = "i.csv"}};
    compile(documents, COUNT_OF(documents));
}

static struct event event_at(enum event_kind kind, int hour, const char *item, const char *step)
{
    return (struct event){.case_no = SLICE("C"),
                          .kind = kind,
                          .at = {.ms = monday_ms + (int64_t)hour * HOUR_MS},
                          .entered_at = INSTANT_NONE,
                          .item = slice_of(item),
                          .step = slice_of(step),
                          .due_at = INSTANT_NONE,
                          .fee_due = EVENT_FEE_NONE,
                          .fee_paid = EVENT_FEE_NONE};
}

static void a_higher_card_of_another_rule_dismisses(void)
{
    static struct play play;
    const struct event events[] = {
        event_at(EVENT_APPLY, 10, "NOW", ""), event_at(EVENT_RETURN, 12, "", "a"),
        event_at(EVENT_RETURN, 13, "", "b"), event_at(EVENT_RETURN, 14, "", "a")};
    begin();
    play_events(&play, NULL, events, NULL, 3);
    check_card(&play, "once/b#0:warn", 13, CARD_DISMISSED); /* by the red of the case, at the end */
    play_events(&play, NULL, events, NULL, COUNT_OF(events));
    check_card(&play, "once/a#0:warn", 12, CARD_DISMISSED);
    check_card(&play, "again/a#0:yellow", 14, CARD_ISSUED);
    check_card(&play, "answer#0:yellow", 8 * 24, CARD_DISMISSED);
    check_card(&play, "deemed#0:red", 11 * 24, CARD_ISSUED);
    end();
}

static void a_card_of_one_step_dismisses_none_of_another(void)
{
    static struct play play;
    const struct event events[] = {
        event_at(EVENT_APPLY, 10, "NOW", ""), event_at(EVENT_ACCEPT, 11, "", ""),
        event_at(EVENT_RETURN, 12, "", "a"), event_at(EVENT_RETURN, 13, "", "b"),
        event_at(EVENT_RETURN, 14, "", "a")};
    begin();
    play_events(&play, NULL, events, NULL, COUNT_OF(events));
    check_card(&play, "once/a#0:warn", 12, CARD_DISMISSED);
    check_card(&play, "once/b#0:warn", 13, CARD_ISSUED);
    end();
}

static void a_clock_that_stopped_in_time_has_raised_nothing(void)
{
    static struct play play;
    struct event events[] = {event_at(EVENT_APPLY, 10, "NOW", ""),
                             event_at(EVENT_REJECT, 30, "", ""),
                             event_at(EVENT_ACCEPT, 9 * 24, "", "")};
    begin();
    play_events(&play, NULL, events, NULL, COUNT_OF(events));
    CHECK(find(&play, "deemed#0:red") == NULL); /* the acceptance ended it */
    events[1].kind = EVENT_FEE;
    play_events(&play, NULL, events, NULL, COUNT_OF(events));
    check_card(&play, "deemed#0:red", 11 * 24, CARD_ISSUED);
    events[2] = event_at(EVENT_ACCEPT, 8 * 24, "", ""); /* at the very instant: in time */
    play_events(&play, NULL, events, NULL, COUNT_OF(events));
    CHECK(find(&play, "deemed#0:red") == NULL);
    end();
}

static void a_change_of_item_keeps_the_time_used(void)
{
    static struct play play;
    struct event events[] = {event_at(EVENT_ACCEPT, 10, "NOW", ""),
                             event_at(EVENT_FEE, 50, "LATER", ""),
                             event_at(EVENT_FEE, 11 * 24, "LONG", "")};
    begin();
    play_events(&play, NULL, events, NULL, 1);
    CHECK(find(&play, "decide#0:yellow") == NULL); /* immediate: the rule is not for it */
    play_events(&play, NULL, events, NULL, 2);
    check_card(&play, "decide#0:yellow", 10 * 24, CARD_ISSUED); /* from the acceptance */
    play_events(&play, NULL, events, NULL, 3);
    check_card(&play, "decide#0:yellow", 17 * 24, CARD_ISSUED);
    end();
}

static uint32_t make_life(struct event *events, uint32_t *seed)
{
    static const enum event_kind kinds[] = {
        EVENT_APPLY,    EVENT_ACCEPT,   EVENT_RETURN,    EVENT_RETURN,  EVENT_RETURN,
        EVENT_STEP_END, EVENT_STEP_END, EVENT_FEE,       EVENT_REJECT,  EVENT_FINISH,
        EVENT_REOPEN,   EVENT_ACCEPT,   EVENT_SUPERVISE, EVENT_FEEDBACK};
    static const char *const items[] = {"", "", "NOW", "LATER", "LONG"};
    static const char *const steps[] = {"", "a", "b"};
    static const char *const results[] = {"0", "1"};
    uint32_t count = 4 + random_below(seed, EVENT_MAX - 3);
    int hour = 10;
    for (uint32_t i = 0; i < count; i++) {
        enum event_kind kind = i == 0 ? EVENT_APPLY : kinds[random_below(seed, COUNT_OF(kinds))];
        events[i] = event_at(kind, hour, items[random_below(seed, COUNT_OF(items))],
                             steps[random_below(seed, COUNT_OF(steps))]);
        events[i].result = slice_of(results[random_below(seed, COUNT_OF(results))]);
        hour += 1 + (int)random_below(seed, 60);
    }
    return count;
}

static void the_order_of_arrival_changes_nothing(void)
{
    enum { ROUNDS = 150 };
    static struct play straight;
    static struct play shuffled;
    struct event events[EVENT_MAX + 1];
    uint32_t order[EVENT_MAX + 1];
    uint32_t seed = 7;
    begin();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t round_seed = seed;
        uint32_t count = make_life(events, &seed);
        for (uint32_t i = 0; i < count; i++)
            order[i] = i;
        for (uint32_t i = count - 1; i > 0; i--) {
            uint32_t other = random_below(&seed, i + 1);
            uint32_t kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        play_events(&straight, NULL, events, NULL, count);
        play_events(&shuffled, NULL, events, order, count);
        bool is_same = plays_agree(&straight, &shuffled);
        if (!is_same)
            printf("round %u, seed %u\n", round, round_seed);
        CHECK(is_same);
    }
    end();
}

CHECK_MAIN("unit/core_links", TEST(a_higher_card_of_another_rule_dismisses),
           TEST(a_card_of_one_step_dismisses_none_of_another),
           TEST(a_clock_that_stopped_in_time_has_raised_nothing),
           TEST(a_change_of_item_keeps_the_time_used), TEST(the_order_of_arrival_changes_nothing))
