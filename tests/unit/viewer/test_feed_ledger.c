/* test_feed_ledger.c - what shows a viewer that the ledger is another one, and what does not. */
#include "engine/sys/lang.h"
#include "tests/lib/check.h"
#include "viewer/feed/ledger.h"

static json_t *card(int seq, const char *org)
{
    return json_pack("{s:i,s:s}", "seq", seq, "org", org);
}

static void pulse(struct ledger *ledger, const char *name, const char *began, int head,
                  uint64_t next)
{
    json_t *json = json_pack("{s:s,s:s,s:i}", "instance", name, "started_at", began, "head", head);
    ledger_pulse(ledger, json, next);
    json_decref(json);
}

/* Cards 1 to 5 of ledger L were handed on, and a pulse came behind them. */
static struct ledger seen_five(void)
{
    struct ledger ledger = {0};
    ledger_begin(&ledger, "");
    json_t *fifth = card(5, "A");
    ledger_card(&ledger, fifth);
    json_decref(fifth);
    pulse(&ledger, "L", "10:00", 5, 6);
    return ledger;
}

static void a_pulse_raises_a_doubt_by_name_by_start_and_by_where_it_ends(void)
{
    static const struct {
        const char *name;
        const char *began;
        int head;
        bool is_doubted;
    } rows[] = {
        {"L", "10:00", 5, false}, {"L", "10:00", 6, false}, {"", "", 5, false},
        {"M", "10:00", 5, true},  {"L", "10:01", 5, true},  {"L", "10:00", 4, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ledger ledger = seen_five();
        CHECK(!ledger_is_doubted(&ledger));
        pulse(&ledger, rows[i].name, rows[i].began, rows[i].head, 6);
        CHECK_EQ_INT(ledger_is_doubted(&ledger), rows[i].is_doubted);
        CHECK_EQ_INT(ledger_from(&ledger, 6), 5); /* the card that must still stand there */
        ledger_clear(&ledger);
    }
}

static void an_answer_shows_another_ledger_by_what_was_known_when_it_was_asked_for(void)
{
    enum { SAME = -1 };
    static const struct {
        uint64_t asked_next;
        const char *name;
        int head;
        int seq; /* of the one card of the page */
        const char *org;
        int kind;
    } rows[] = {
        {6, "L", 5, 5, "A", SAME},
        {4, "L", 3, 3, "A", SAME}, /* cards have overtaken it since */
        {6, "", 5, 5, "A", SAME},
        {6, "L", 9, 6, "B", SAME}, /* the proof is not on the page */
        {6, "M", 5, 5, "A", FEED_OTHER_LEDGER},
        {6, "M", 9, 5, "A", FEED_OTHER_LEDGER},
        {6, "L", 4, 4, "A", FEED_LEDGER_SHORTER},
        {6, "L", 9, 5, "B", FEED_LEDGER_FORKED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ledger ledger = seen_five();
        struct feed_change change = {.head = 0};
        struct ledger_asked asked = {.next = rows[i].asked_next, .doubts = ledger.doubts};
        json_t *answer = json_pack("{s:s,s:i,s:[o]}", "instance", rows[i].name, "head",
                                   rows[i].head, "cards", card(rows[i].seq, rows[i].org));
        CHECK_EQ_INT(ledger_judge(&ledger, &asked, answer, &change), rows[i].kind != SAME);
        if (rows[i].kind != SAME) {
            CHECK_EQ_INT((int)change.kind, rows[i].kind);
            CHECK_EQ_INT(change.head, rows[i].head);
            CHECK_EQ_INT(change.seen, 5);
        }
        json_decref(answer);
        ledger_clear(&ledger);
    }
}

static void an_answer_settles_no_doubt_that_came_after_its_question(void)
{
    struct ledger ledger = seen_five();
    struct feed_change change;
    json_t *answer = json_pack("{s:s,s:i}", "instance", "L", "head", 5);
    ledger_doubt(&ledger);
    struct ledger_asked asked = {.next = 6, .doubts = ledger.doubts};
    pulse(&ledger, "L", "10:01", 5, 6);
    CHECK(!ledger_judge(&ledger, &asked, answer, &change));
    CHECK(ledger_is_doubted(&ledger));
    asked.doubts = ledger.doubts;
    CHECK(!ledger_judge(&ledger, &asked, answer, &change));
    CHECK(!ledger_is_doubted(&ledger));
    json_decref(answer);
    ledger_clear(&ledger);
}

/* A new engine's card may come before its first pulse: it proves nothing. */
static void what_comes_in_doubt_is_no_proof(void)
{
    struct ledger ledger = seen_five();
    json_t *sixth = card(6, "B");
    ledger_card(&ledger, sixth);
    pulse(&ledger, "L", "10:01", 6, 7);
    CHECK_EQ_INT(ledger_from(&ledger, 7), 5);
    json_decref(sixth);
    ledger_clear(&ledger);
}

static void a_change_is_told_in_both_languages(void)
{
    static const struct {
        struct feed_change change;
        const char *en;
        const char *zh;
    } rows[] = {
        {{.kind = FEED_OTHER_LEDGER, .name = "9a", .head = 7, .seen = 31},
         "another ledger: 9a, up to card 7",
         "台账已换成另一本：9a，至第 7 号牌"},
        {{.kind = FEED_LEDGER_SHORTER, .name = "9a", .head = 7, .seen = 31},
         "an older copy of the ledger: it ends at card 7, below 31 that was seen",
         "台账已被较早的副本替换：只到第 7 号牌，低于已见的第 31 号"},
        {{.kind = FEED_LEDGER_FORKED, .name = "9a", .head = 50, .seen = 31, .forked = 30},
         "an older copy of the ledger that went on: its card 30 is not the one that was seen",
         "台账已被较早的副本替换，并已继续发牌：其第 30 号牌与已见的不同"},
    };
    char text[FEED_CHANGE_BYTES];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(lang_init("en"));
        CHECK_EQ_STR(feed_change_text(&rows[i].change, text), rows[i].en);
        CHECK(lang_init("zh"));
        CHECK_EQ_STR(feed_change_text(&rows[i].change, text), rows[i].zh);
    }
    CHECK(lang_init("en"));
}

CHECK_MAIN("unit/feed_ledger", TEST(a_pulse_raises_a_doubt_by_name_by_start_and_by_where_it_ends),
           TEST(an_answer_shows_another_ledger_by_what_was_known_when_it_was_asked_for),
           TEST(an_answer_settles_no_doubt_that_came_after_its_question),
           TEST(what_comes_in_doubt_is_no_proof), TEST(a_change_is_told_in_both_languages))
