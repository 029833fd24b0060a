/* Are kinds found, text told from garbage, and impossible events refused for the right reason? */
#include "engine/base/utf8.h"
#include "engine/model/card.h"
#include "engine/model/event.h"
#include "tests/lib/check.h"

static const struct instant now = {.ms = 1737338400000}; /* 2025-01-20 10:00 +08:00 */

static struct event good_event(void)
{
    return (struct event){.case_no = SLICE("JX-1"),
                          .kind = EVENT_ACCEPT,
                          .at = now,
                          .entered_at = INSTANT_NONE,
                          .due_at = INSTANT_NONE,
                          .fee_due = EVENT_FEE_NONE,
                          .fee_paid = EVENT_FEE_NONE};
}

static void every_kind_finds_itself(void)
{
    for (int kind = EVENT_NONE + 1; kind < EVENT_KIND_COUNT; kind++) {
        CHECK_EQ_INT(event_kind_find(slice_of(event_kind_name[kind])), kind);
        CHECK(event_kind_zh[kind][0] != '\0');
    }
}

static void no_other_word_is_a_kind(void)
{
    static const char *const words[] = {
        "",           "a",           "ap",           "accepT",
        "Accept",     "acxept",      "accepts",      "step",
        "step_stort", "feee",        "fxe",          "void\1",
        "callback_",  "correct_don", "correct_ask ", "xxxxxxxxxxxxxxxxxxxxxxxx"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        CHECK_EQ_INT(event_kind_find(slice_of(words[i])), EVENT_NONE);
    /* One changed byte anywhere in any name makes it nobody's. */
    for (int kind = EVENT_NONE + 1; kind < EVENT_KIND_COUNT; kind++) {
        char name[16];
        size_t count = strlen(event_kind_name[kind]);
        for (size_t i = 0; i < count; i++) {
            memcpy(name, event_kind_name[kind], count);
            name[i] = (char)(name[i] ^ 1);
            CHECK_EQ_INT(event_kind_find((struct slice){name, count}), EVENT_NONE);
        }
    }
}

static void words_are_all_there(void)
{
    for (int state = 0; state < CARD_STATE_COUNT; state++) {
        CHECK(card_state_name[state] != NULL);
        CHECK(card_state_zh[state] != NULL);
    }
    for (int refusal = 1; refusal < REFUSAL_COUNT; refusal++) {
        CHECK(refusal_name[refusal][0] != '\0');
        CHECK(refusal_en[refusal][0] != '\0');
        CHECK(refusal_zh[refusal][0] != '\0');
    }
}

static void clean_text(void)
{
    static const char *const clean[] = {"",
                                        "a",
                                        "plain ascii of some length, with ~ and blank",
                                        "杭州市市场监督管理局",
                                        "é",
                                        "\xc2\xa0",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf",
                                        "12345678€",
                                        "1234567\xc2\xa0"};
    for (size_t i = 0; i < COUNT_OF(clean); i++)
        CHECK(text_is_clean(slice_of(clean[i]), false));
    CHECK(text_is_clean(SLICE("two\nlines, the first short"), true));
    CHECK(!text_is_clean(SLICE("two\nlines, the first short"), false));
    CHECK(!text_is_clean(SLICE("a tab\tis none"), true));
}

static void dirty_text(void)
{
    static const char *const dirty[] = {"\x01",
                                        "\x1f",
                                        "\x7f",
                                        "12345678\x7f",
                                        "1234567\x7f",
                                        "1234\n5678",
                                        "\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc2",
                                        "\xc2\x80",
                                        "\xc2\x9f",
                                        "\xc2\x41",
                                        "\xe0\x9f\xbf",
                                        "\xe4\xb8",
                                        "\xe4\x41\xad",
                                        "\xed\xa0\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf0\x90\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xff",
                                        "\xfe",
                                        "\xba\xbc\xd6\xdd" /* 杭州 in GB18030 */,
                                        "abc\xd6\xd0" /* 中 in GB18030 */};
    for (size_t i = 0; i < COUNT_OF(dirty); i++)
        CHECK(!text_is_clean(slice_of(dirty[i]), false));
    CHECK(!text_is_clean((struct slice){"nul\0inside", 10}, true));
    CHECK(!text_is_clean((struct slice){"nulinside\0and more", 18}, true));
}

/* The word-wise way through ASCII agrees with a byte-wise one at every place of every byte. */
static void every_byte_at_every_place(void)
{
    for (int byte = 0; byte < 128; byte++) {
        for (size_t place = 0; place < 17; place++) {
            char text[17];
            memset(text, 'x', sizeof text);
            text[place] = (char)byte;
            bool is_clean = byte >= 0x20 && byte != 0x7f;
            CHECK_EQ_INT(text_is_clean((struct slice){text, sizeof text}, false), is_clean);
        }
    }
}

static void a_good_event_passes(void)
{
    const char *field = "untouched";
    struct event event = good_event();
    CHECK_EQ_INT(event_check(&event, now, &field), REFUSAL_NONE);
    event.reason = SLICE("first line\nsecond line");
    event.at.ms = now.ms + 86400000; /* a day ahead to the millisecond is still taken */
    event.due_at.ms = INSTANT_LAST_MS;
    event.limit = (struct term){.n = 20, .unit = UNIT_WORKDAY};
    event.rating = 5;
    event.fee_due = 0;
    CHECK_EQ_INT(event_check(&event, now, &field), REFUSAL_NONE);
    event.at.ms = INSTANT_LAST_MS;
    CHECK_EQ_INT(event_check(&event, INSTANT_NONE, &field), REFUSAL_NONE);
    CHECK_EQ_STR(field, "untouched");
}

static struct slice long_slice(size_t count)
{
    static char filled[EVENT_ATTRS_BYTES_MAX + 2];
    memset(filled, 'x', sizeof filled);
    assert(count <= sizeof filled);
    return (struct slice){filled, count};
}

/* One change each to a good event: its texts and instants … */
static void break_text(int which, struct event *event)
{
    switch (which) {
    case 0:
        event->case_no = SLICE("");
        break;
    case 1:
        event->kind = EVENT_NONE;
        break;
    case 2:
        event->at = INSTANT_NONE;
        break;
    case 3:
        event->at.ms = INSTANT_FIRST_MS - 1;
        break;
    case 4:
        event->at.ms = INSTANT_LAST_MS + 1;
        break;
    case 5:
        event->at.ms = now.ms + 86400001;
        break;
    case 6:
        event->case_no = long_slice(65);
        break;
    case 7:
        event->item = long_slice(65);
        break;
    case 8:
        event->reason = long_slice(1025);
        break;
    case 9:
        event->attrs = long_slice(2049);
        break;
    case 10:
        event->handler = SLICE("z\n1");
        break;
    case 11:
        event->org = SLICE("\xba\xbc\xd6\xdd");
        break;
    default:
        break;
    }
}

/* … and its amounts. */
static void break_amount(int which, struct event *event)
{
    switch (which) {
    case 12:
        event->term = (struct term){.n = -3, .unit = UNIT_DAY};
        break;
    case 13:
        event->limit = (struct term){.n = 0, .unit = UNIT_WORKDAY};
        break;
    case 14:
        event->limit = (struct term){.n = TERM_MAX + 1, .unit = UNIT_WORKDAY};
        break;
    case 15:
        event->rating = 6;
        break;
    case 16:
        event->rating = -1;
        break;
    case 17:
        event->fee_due = -1;
        break;
    case 18:
        event->fee_paid = INT64_MAX;
        break;
    case 19:
        event->entered_at.ms = now.ms + 86400001;
        break;
    case 20:
        event->entered_at.ms = INSTANT_FIRST_MS - 1;
        break;
    case 21:
        event->due_at = INSTANT_NEVER;
        break;
    case 22:
        event->kind = EVENT_STEP_START;
        break;
    case 23:
        event->kind = EVENT_STEP_END;
        break;
    case 24:
        event->parent = event->case_no;
        break;
    case 25:
        event->reason = SLICE("a\ttab");
        break;
    default:
        break;
    }
}

static void a_broken_event_is_refused_for_its_reason(void)
{
    static const struct {
        enum refusal refusal;
        const char *field;
    } should[] = {
        {REFUSAL_MISSING, "case"},
        {REFUSAL_MISSING, "kind"},
        {REFUSAL_MISSING, "at"},
        {REFUSAL_OUT_OF_RANGE, "at"},
        {REFUSAL_OUT_OF_RANGE, "at"},
        {REFUSAL_FUTURE, "at"},
        {REFUSAL_TOO_LONG, "case"},
        {REFUSAL_TOO_LONG, "item"},
        {REFUSAL_TOO_LONG, "reason"},
        {REFUSAL_TOO_LONG, "attrs"},
        {REFUSAL_NOT_TEXT, "handler"},
        {REFUSAL_NOT_TEXT, "org"},
        {REFUSAL_BAD_TERM, "term"},
        {REFUSAL_OUT_OF_RANGE, "limit"},
        {REFUSAL_BAD_TERM, "limit"},
        {REFUSAL_OUT_OF_RANGE, "rating"},
        {REFUSAL_OUT_OF_RANGE, "rating"},
        {REFUSAL_OUT_OF_RANGE, "fee_due"},
        {REFUSAL_OUT_OF_RANGE, "fee_paid"},
        {REFUSAL_FUTURE, "entered_at"},
        {REFUSAL_OUT_OF_RANGE, "entered_at"},
        {REFUSAL_OUT_OF_RANGE, "due_at"},
        {REFUSAL_MISSING, "step"},
        {REFUSAL_MISSING, "step"},
        {REFUSAL_OUT_OF_RANGE, "parent"},
        {REFUSAL_NOT_TEXT, "reason"},
    };
    for (size_t i = 0; i < COUNT_OF(should); i++) {
        struct event event = good_event();
        const char *field = "";
        break_text((int)i, &event);
        break_amount((int)i, &event);
        CHECK_EQ_INT(event_check(&event, now, &field), should[i].refusal);
        CHECK_EQ_STR(field, should[i].field);
    }
}

static void an_attr_is_found_by_its_name(void)
{
    static const struct {
        const char *attrs;
        const char *name;
        const char *value; /* NULL: there is none */
    } rows[] = {
        {"{\"channel\":\"web\",\"floor\":\"12\"}", "channel", "web"},
        {"{\"channel\":\"web\",\"floor\":\"12\"}", "floor", "12"},
        {"{\"channel\":\"web\"}", "chan", NULL},
        {"{\"channel\":\"web\"}", "channels", NULL},
        {"{\"channel\":\"web\"}", "web", NULL},
        {"{\"a\":\"\"}", "a", ""},
        {"{\"a\":\"b\\\"c\\\\\"}", "a", "b\"c\\"},
        {"{\"a\\\"\":\"1\",\"b\":\"2\"}", "a\"", "1"},
        {"{\"a\\\"\":\"1\",\"b\":\"2\"}", "b", "2"},
        {"", "a", NULL},
        {"{", "a", NULL},
        {"{\"a", "a", NULL},
        {"{\"a\":\"\\", "a", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char bytes[4];
        char *room = bytes;
        size_t room_bytes = sizeof bytes;
        struct slice value = {0};
        struct event event = good_event();
        event.attrs = slice_of(rows[i].attrs);
        bool is_there = event_attr(&event, slice_of(rows[i].name), &room, &room_bytes, &value);
        CHECK(is_there == (rows[i].value != NULL));
        if (is_there && rows[i].value != NULL)
            CHECK(slice_is_equal(value, slice_of(rows[i].value)));
        CHECK_EQ_INT(room_bytes, sizeof bytes - (size_t)(room - bytes));
    }
}

static void an_attr_too_long_for_the_room_is_none(void)
{
    char bytes[3];
    char *room = bytes;
    size_t room_bytes = sizeof bytes;
    struct slice value;
    struct event event = good_event();
    event.attrs = SLICE("{\"a\":\"\\\"234\"}");
    CHECK(!event_attr(&event, SLICE("a"), &room, &room_bytes, &value));
}

/* What acts on a card says on which, and who answers for it; taking one away, also why. */
static void what_acts_on_a_card_names_it_and_who_acts(void)
{
    static const struct {
        enum event_kind kind;
        const char *card;
        const char *handler;
        const char *reason;
        const char *missing; /* NULL: it passes */
    } rows[] = {
        {EVENT_RELEASE, "red of one", "Li", "", NULL},
        {EVENT_RELEASE, "", "Li", "seen", "card"},
        {EVENT_RELEASE, "red of one", "", "seen", "handler"},
        {EVENT_DISMISS, "red of one", "Li", "a flood", NULL},
        {EVENT_DISMISS, "red of one", "Li", "", "reason"},
        {EVENT_DISMISS, "", "Li", "a flood", "card"},
        {EVENT_SUPERVISE, "", "", "", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *field = "none";
        struct event event = good_event();
        event.kind = rows[i].kind;
        event.card = slice_of(rows[i].card);
        event.handler = slice_of(rows[i].handler);
        event.reason = slice_of(rows[i].reason);
        CHECK_EQ_INT(event_check(&event, now, &field),
                     rows[i].missing == NULL ? REFUSAL_NONE : REFUSAL_MISSING);
        CHECK_EQ_STR(field, rows[i].missing == NULL ? "none" : rows[i].missing);
    }
    struct event event = good_event();
    const char *field = "none";
    event.card = long_slice(EVENT_CARD_BYTES_MAX + 1);
    CHECK_EQ_INT(event_check(&event, now, &field), REFUSAL_TOO_LONG);
    CHECK_EQ_STR(field, "card");
}

CHECK_MAIN("unit/event", TEST(an_attr_is_found_by_its_name),
           TEST(an_attr_too_long_for_the_room_is_none), TEST(every_kind_finds_itself),
           TEST(no_other_word_is_a_kind), TEST(words_are_all_there), TEST(clean_text),
           TEST(dirty_text), TEST(every_byte_at_every_place), TEST(a_good_event_passes),
           TEST(a_broken_event_is_refused_for_its_reason),
           TEST(what_acts_on_a_card_names_it_and_who_acts))
