/* Text on a terminal: widths, cutting, what is made harmless, and times as they are shown. */
#include "engine/sys/columns.h"
#include "engine/sys/lang.h"
#include "tests/lib/check.h"
#include "viewer/feed/card_view.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/held.h"
#include "viewer/feed/words.h"

#include <stdlib.h>

static char room[FIT_BYTES];

static void han_is_two_columns_wide(void)
{
    CHECK_EQ_INT(fit_columns(SLICE("")), 0);
    CHECK_EQ_INT(fit_columns(SLICE("red")), 3);
    CHECK_EQ_INT(fit_columns(SLICE("红牌")), 4);
    CHECK_EQ_INT(fit_columns(SLICE("〔2025〕1号")), 4 + 4 + 1 + 2);
    CHECK_EQ_INT(fit_columns(SLICE("▲■⬢…→↩–")), 7);
    CHECK_EQ_INT(fit_columns(SLICE("e\u0301")), 1);
}

static void text_is_cut_and_filled_to_the_column(void)
{
    fit_init(true);
    CHECK_EQ_STR(fit_text(SLICE("red"), 5, true, room), "red  ");
    CHECK_EQ_STR(fit_text(SLICE("red"), 3, true, room), "red");
    CHECK_EQ_STR(fit_text(SLICE("yellow"), 4, true, room), "yel…");
    CHECK_EQ_STR(fit_text(SLICE("市规划局"), 8, true, room), "市规划局");
    CHECK_EQ_STR(fit_text(SLICE("市规划局"), 7, true, room), "市规划…");
    CHECK_EQ_STR(fit_text(SLICE("市规划局"), 6, true, room), "市规… ");
    CHECK_EQ_STR(fit_text(SLICE("市规划局"), 6, false, room), "市规…");
    CHECK_EQ_STR(fit_text(SLICE("市"), 1, true, room), "…");
    CHECK_EQ_STR(fit_text(SLICE("市"), 0, true, room), "");
    CHECK_EQ_STR(fit_text((struct slice){0}, 2, true, room), "  ");
    fit_init(false);
    CHECK_EQ_STR(fit_text(SLICE("yellow"), 4, true, room), "yel~");
    fit_init(true);
    CHECK_EQ_INT(fit_bytes(SLICE("市规划局"), 5), 6);
    CHECK_EQ_INT(fit_bytes(SLICE("abc"), 5), 3);
}

static void nothing_in_text_moves_the_cursor(void)
{
    CHECK_EQ_STR(fit_text(SLICE("a\033[31mb"), 20, false, room), "a?[31mb");
    CHECK_EQ_STR(fit_text(SLICE("a\r\n\t\x7f"), 20, false, room), "a????");
    CHECK_EQ_STR(fit_text(SLICE("\xc2\x9b"
                                "1m"),
                          20, false, room),
                 "?1m");
    CHECK_EQ_STR(fit_text(SLICE("\u202eabc"), 20, false, room), "?abc");
    CHECK_EQ_STR(fit_text(SLICE("\xe5\xb8"), 20, false, room), "??");
    CHECK_EQ_STR(fit_text(SLICE("\xc0\xaf\xff"), 20, false, room), "???");
    CHECK_EQ_STR(fit_text(SLICE("a\0b"), 20, false, room), "a?b");
}

static void long_text_stays_within_its_room(void)
{
    char text[4000];
    for (size_t i = 0; i + 3 <= sizeof text; i += 3)
        memcpy(text + i, "e\xcc\x81", 3);
    CHECK(strlen(fit_text((struct slice){text, sizeof text}, 240, true, room)) < FIT_BYTES);
    memset(text, 'x', sizeof text);
    CHECK_EQ_INT(strlen(fit_text((struct slice){text, sizeof text}, 240, true, room)), 239 + 3);
}

static void times_are_shown_at_the_writers_offset(void)
{
    char text[MOMENT_TEXT_BYTES];
    struct moment moment = moment_of("2025-01-20T23:59:59+08:00");
    CHECK_EQ_STR(moment_text(moment, MOMENT_FULL, text), "2025-01-20 23:59:59");
    CHECK_EQ_STR(moment_text(moment, MOMENT_SHORT, text), "01-20 23:59");
    CHECK_EQ_STR(moment_text(moment, MOMENT_TIME, text), "23:59:59");
    moment = moment_of("1969-12-31T23:59:59.500-05:30");
    CHECK_EQ_STR(moment_text(moment, MOMENT_FULL, text), "1969-12-31 23:59:59");
    CHECK_EQ_STR(moment_text(moment_of("2025-01-20T01:00:00Z"), MOMENT_FULL, text),
                 "2025-01-20 01:00:00");
    CHECK_EQ_STR(moment_text(moment_of("2025-01-20"), MOMENT_FULL, text), "");
    CHECK_EQ_STR(moment_text(moment_of(""), MOMENT_FULL, text), "");
    CHECK_EQ_INT(moment_day(moment_of("1970-01-02T00:30:00+08:00")), 1);
}

static void spans_and_terms_have_words(void)
{
    char span[SPAN_TEXT_BYTES];
    char term[TERM_ROOM_BYTES];
    CHECK(lang_init("en"));
    CHECK_EQ_STR(span_text(999, span), "999 ms");
    CHECK_EQ_STR(span_text(119999, span), "119 s");
    CHECK_EQ_STR(span_text(7200000, span), "2 h");
    CHECK_EQ_STR(span_text(INT64_C(172800000), span), "2 d");
    CHECK_EQ_STR(term_text("20 workday", term), "20 workday");
    CHECK(lang_init("zh"));
    CHECK_EQ_STR(span_text(5000, span), "5 秒");
    CHECK_EQ_STR(term_text("20 workday", term), "20 个工作日");
    CHECK_EQ_STR(term_text("1 workday 30 workminutes", term), "1 个工作日 30 工作分钟");
    CHECK_EQ_STR(term_text("", term), "");
    CHECK_EQ_STR(kind_text("accept"), "受理");
    CHECK_EQ_STR(state_text("no such state"), "no such state");
    CHECK(lang_init("en"));
}

static void what_is_missing_or_wrong_reads_as_empty(void)
{
    json_t *card = json_pack("{s:i,s:n,s:s}", "case", 7, "org", "seq", "9");
    struct card_view view = card_view_of(card);
    CHECK_EQ_STR(view.case_no, "");
    CHECK_EQ_STR(view.org, "");
    CHECK_EQ_INT(view.seq, 0);
    CHECK(!instant_is_set(view.due.at));
    json_decref(card);
    view = card_view_of(NULL);
    CHECK_EQ_STR(view.level, "");
}

/* The last of all: what is learned stays learned. */
static void instants_in_utc_are_shown_at_the_engines_place(void)
{
    char text[MOMENT_TEXT_BYTES];
    json_t *card = json_pack("{s:{s:s}}", "case", "due_at", "2025-01-20T10:00:00+08:00");
    CHECK(!moment_learn(NULL));
    CHECK(moment_learn(card));
    CHECK_EQ_STR(moment_text(moment_of("2025-01-20T01:00:00Z"), MOMENT_FULL, text),
                 "2025-01-20 09:00:00");
    json_decref(card);
    json_t *pulse = json_pack("{s:s}", "zone", "Europe/Amsterdam");
    CHECK(moment_learn(pulse));
    CHECK_EQ_STR(moment_text(moment_of("2025-01-20T01:00:00Z"), MOMENT_SHORT, text), "01-20 02:00");
    CHECK_EQ_STR(moment_text(moment_of("2025-07-20T01:00:00Z"), MOMENT_SHORT, text), "07-20 03:00");
    CHECK_EQ_STR(moment_text(moment_of("2025-07-20T01:00:00+08:00"), MOMENT_SHORT, text),
                 "07-20 01:00");
    CHECK(!moment_zone("../etc/passwd"));
    CHECK(moment_zone("Asia/Shanghai"));
    CHECK_EQ_STR(moment_text(moment_of("2025-07-20T01:00:00+02:00"), MOMENT_SHORT, text),
                 "07-20 07:00");
    json_decref(pulse);
}

static void states_are_said_as_the_rules_say_them(void)
{
    CHECK(lang_init("zh"));
    CHECK_EQ_STR(word_text("cancelled"), "已终止");
    CHECK_EQ_STR(reason_text("the clock was cancelled"), "时钟已终止");
    CHECK(lang_init("en"));
    CHECK_EQ_STR(word_text("cancelled"), "cancelled");
}

static void rungs_are_told_in_the_readers_language(void)
{
    static const char *const rows[][2] = {
        {"2 workday before promised", "“承诺时限”届满前 2 个工作日"},
        {"after promised", "“承诺时限”届满"},
        {"at feedback", "“反馈时限”届满"},
        {"1 workday after statutory", "“法定时限”届满后 1 个工作日"},
        {"87.5% of promised", "用去“承诺时限”的 87.5%"},
        {"30 minute before 12:00", "期满当日 12:00 前 30 分钟"},
        {"at 12:00", "期满当日 12:00"},
        {"5 workday after yellow", "黄牌发出后 5 个工作日仍未结束"},
        {"5 workday after y1 card, unless closed", "y1发出后 5 个工作日仍未结束"},
        {"over promised > 1", "“承诺时限”超出 2 个工作日及以上"},
        {"over(statutory) >= 1 workday", "“法定时限”超出 1 个工作日及以上"},
        {"over promised > 0", "“承诺时限”超出 1 个工作日及以上"},
        {"over promised >= -2", "“承诺时限”剩 2 个工作日及以下"},
        {"over promised ≥ −2", "“承诺时限”剩 2 个工作日及以下"},
        {"over promised >= 0", "“承诺时限”剩 0 个工作日"},
        {"over promised = 1", "over promised = 1"},
        {"", ""},
    };
    char said[WORDS_BYTES];
    CHECK(lang_init("zh"));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_EQ_STR(rung_text(rows[i][0], said), rows[i][1]);
    CHECK_EQ_STR(limit_title("step"), "环节时限");
    CHECK(lang_init("en"));
    CHECK_EQ_STR(rung_text("87.5% of promised", said), "87.5% of promised");
}

static void words_are_joined_without_the_empty_ones(void)
{
    char text[WORDS_BYTES];
    CHECK_EQ_STR(JOINED(text, " · ", "a", "", "b"), "a · b");
    CHECK_EQ_STR(JOINED(text, " · ", "", ""), "");
    CHECK_EQ_STR(labelled(text, "from", "x"), "from x");
    CHECK_EQ_STR(labelled(text, "from", ""), "");
}

static const char *wrapped(const char *text, size_t at, size_t wide)
{
    static char said[512];
    memset(said, 0, sizeof said);
    FILE *to = fmemopen(said, sizeof said - 1, "w");
    CHECK(to != NULL);
    text_wrap(to, slice_of(text), at, wide);
    CHECK_EQ_INT(fclose(to), 0);
    return said;
}

static void a_long_text_goes_on_below_where_it_began(void)
{
    static const char text[] = "it waits for the order of the other office";
    CHECK_EQ_STR(wrapped(text, 4, 0), text);
    CHECK_EQ_STR(wrapped(text, 4, 46), text);
    CHECK_EQ_STR(wrapped(text, 4, 45), "it waits for the order of the other\n    office");
    CHECK_EQ_STR(wrapped(text, 4, 29), "it waits for the order of\n    the other office");
    CHECK_EQ_STR(wrapped(text, 10, 25), text); /* too narrow for it: left to the terminal */
    CHECK_EQ_STR(wrapped("不分词的一行文字也要换行的，标点不在行首", 0, 28),
                 "不分词的一行文字也要换行的，\n标点不在行首");
    CHECK_EQ_STR(wrapped("一二三四五六七八九十一二三，四", 0, 26),
                 "一二三四五六七八九十一二\n三，四");
    CHECK_EQ_STR(wrapped("0123456789 · 0123456789 · 0123456789", 0, 30),
                 "0123456789 · 0123456789 ·\n0123456789");
    CHECK_EQ_STR(wrapped("0123456789 · 012345678901 34 · x", 0, 28),
                 "0123456789 · 012345678901\n34 · x");
    CHECK_EQ_STR(wrapped("01234567890123456789012345678901", 0, 24),
                 "012345678901234567890123\n45678901");
    CHECK_EQ_STR(wrapped("", 0, 24), "");
}

static void held_cards_are_one_run_without_gaps(void)
{
    static struct held held;
    struct held_card card;
    json_t *object = json_object();
    for (uint64_t seq = 10; seq < 15; seq++)
        CHECK_EQ_INT(held_append(&held, seq, false, SLICE("{}"), object), 0);
    CHECK_EQ_INT(held_append(&held, 12, false, SLICE("{}"), object), 0);
    CHECK_EQ_INT(held.count, 5);
    CHECK(!held_take(&held, 9, &card));
    CHECK(held_take(&held, 12, &card));
    CHECK_EQ_INT(card.seq, 12);
    CHECK_EQ_INT(held.count, 2);
    held_card_clear(&card);
    CHECK_EQ_INT(held_append(&held, 20, true, SLICE(""), object), 0);
    CHECK_EQ_INT(held.count, 1);
    for (uint64_t seq = 21; seq < 20 + HELD_CARDS_MAX; seq++)
        CHECK_EQ_INT(held_append(&held, seq, false, SLICE("{}"), object), 0);
    CHECK_EQ_INT(held.count, HELD_CARDS_MAX);
    CHECK_EQ_INT(held_append(&held, 20 + HELD_CARDS_MAX, false, SLICE("{}"), object), 0);
    CHECK_EQ_INT(held.count, 1);
    held_clear(&held);
    CHECK_EQ_INT(held.count, 0);
    json_decref(object);
}

CHECK_MAIN("unit/viewer_text", TEST(a_long_text_goes_on_below_where_it_began),
           TEST(han_is_two_columns_wide), TEST(text_is_cut_and_filled_to_the_column),
           TEST(nothing_in_text_moves_the_cursor), TEST(long_text_stays_within_its_room),
           TEST(times_are_shown_at_the_writers_offset), TEST(spans_and_terms_have_words),
           TEST(what_is_missing_or_wrong_reads_as_empty),
           TEST(states_are_said_as_the_rules_say_them),
           TEST(rungs_are_told_in_the_readers_language),
           TEST(words_are_joined_without_the_empty_ones), TEST(held_cards_are_one_run_without_gaps),
           TEST(instants_in_utc_are_shown_at_the_engines_place))
