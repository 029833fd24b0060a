/* receipt.c - a receipt as a count that a person can check with a calendar and a finger: where the
 * count starts, by which convention, every day or interval of it with its number, what was left
 * out and on which ground, and what it comes to.
 */
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

/* Who decided on the card, when, and why. */
static void show_decision(FILE *out, const json_t *confirm)
{
    const json_t *by = json_object_get(confirm, "by");
    const char *state = field_text(confirm, "state");
    bool is_released = strcmp(state, "released") == 0;
    char text[WORDS_BYTES];
    char when[WORDS_BYTES];
    if (json_is_object(by))
        fact_print(out,
                   is_released ? say("released by", "确认人") : say("dismissed by", "不予发牌"),
                   JOINED(text, " · ", field_text(by, "handler"), field_text(by, "org"),
                          field_when(by, "at", when), field_text(by, "ground")));
    else if (is_released)
        fact_print(out, say("released", "发出"),
                   JOINED(text, " ", say("nobody decided by", "期限内无人决定"),
                          field_when(confirm, "by_time", when)));
}

/* Since when it waits for a supervisor, until when it may, and what he does. */
static void show_confirm(FILE *out, const json_t *receipt)
{
    const json_t *confirm = json_object_get(receipt, "confirm");
    struct card_view view = card_view_of(json_object_get(receipt, "card"));
    char text[WORDS_BYTES];
    char when[WORDS_BYTES];
    char within[TERM_ROOM_BYTES];
    if (!json_is_object(confirm))
        return;
    show_decision(out, confirm);
    if (!view.is_pending)
        return;
    fact_print(out, say("waits since", "待发自"), field_when(confirm, "since", when));
    (void)field_when(confirm, "until", when);
    fact_print(out, say("decide by", "应决定于"),
               when[0] == '\0'
                   ? say("no time set", "未设期限")
                   : JOINED(text, " · ", when, term_text(field_text(confirm, "within"), within),
                            field_is_true(confirm, "overdue") ? say("! overdue", "！超期未定") : "",
                            strcmp(field_text(confirm, "then"), "issue") == 0
                                ? say("then it is issued", "逾期自动发出")
                                : ""));
    (void)fprintf(
        out, say("\nTo release it, add this line to a file and push the file (or dismiss, with a "
                 "\"reason\"):\n",
                 "\n确认发牌：把下面一行加入文件并推送（不予发牌用 dismiss，并写明 reason）：\n"));
    (void)fprintf(out,
                  "  {\"case\":\"%s\",\"kind\":\"release\",\"card\":\"%s\",\"at\":\"%s\","
                  "\"handler\":\"%s\"}\n",
                  view.case_no, view.id, say("NOW", "现在的时刻"), say("YOU", "确认人"));
    (void)fprintf(out, "  cardwatch collect jsonl --source supervisors --position decisions.pos "
                       "decisions.jsonl\n");
}

static void show_card(FILE *out, const json_t *card)
{
    struct card_view view = card_view_of(card);
    char head[WORDS_BYTES];
    char room[FIT_BYTES];
    char time[MOMENT_TEXT_BYTES];
    char label[WORDS_BYTES];
    char state[WORDS_BYTES];
    char late[SPAN_TEXT_BYTES];
    (void)JOINED(head, " · ", level_label(view.level, label),
                 state_label(view.state, view.is_shadow, state), view.case_no);
    (void)fprintf(out, "%s\n", fit_text(slice_of(head), 240, false, room));
    fact_print(out, say("card", "牌"), view.id);
    fact_print(out, say("item", "事项"), JOINED(head, " / ", view.item, view.step));
    fact_print(out, say("org", "部门"), JOINED(head, " · ", view.org, view.handler));
    fact_print(out, say("about", "所涉部门"), view.about_org);
    fact_print(out, say("due", "应于"), moment_text(view.due, MOMENT_FULL, time));
    head[0] = '\0';
    if (moment_text(view.issued, MOMENT_FULL, time)[0] != '\0')
        (void)snprintf(head, sizeof head, "%s  (+%s)", time, span_text(view.late_ms, late));
    fact_print(out, view.is_pending ? say("told", "最近记录") : say("issued", "发出"), head);
    fact_print(out, say("reason", "原因"), reason_text(view.reason));
}

/* A setting is a word of the contract, or a yes: then what the yes means. */
static const char *setting_text(const json_t *convention, const char *name, const char *yes)
{
    return field_is_true(convention, name) ? yes : word_text(field_text(convention, name));
}

static char *convention_text(const json_t *convention, char room[WORDS_BYTES])
{
    bool is_day = strcmp(field_text(convention, "count"), "day") == 0; /* a last day ends, rolls */
    return JOINED(room, " · ", word_text(field_text(convention, "count")),
                  setting_text(convention, "start", ""),
                  is_day ? setting_text(convention, "end", "") : "",
                  is_day ? setting_text(convention, "roll",
                                        say("moved to the next working day", "顺延至下一工作日"))
                         : "",
                  setting_text(convention, "start_moment",
                               say("from the next working moment", "自下一工作时刻起算")),
                  setting_text(convention, "day_off_same_time",
                               say("from a day off: the next working day, same time",
                                   "休息日起算的移至下一工作日同一时刻")));
}

static void show_grounds(FILE *out, const json_t *receipt)
{
    const json_t *rule = json_object_get(receipt, "rule");
    const json_t *calendar = json_object_get(receipt, "calendar");
    const json_t *convention = json_object_get(receipt, "convention");
    char text[WORDS_BYTES];
    char part[WORDS_BYTES];
    (void)snprintf(part, sizeof part, say("revision %lld", "第 %lld 次修订"),
                   (long long)field_number(rule, "revision"));
    fact_print(out, say("rule", "规则"),
               JOINED(text, " · ", field_text(rule, "name"), part,
                      field_text(rule, lang_is_zh() ? "title_zh" : "title_en"),
                      field_text(rule, "ground")));
    (void)labelled(part, say("known up to", "已知至"), field_text(calendar, "horizon"));
    fact_print(
        out, say("calendar", "日历"),
        JOINED(text, " · ", field_text(calendar, "name"), field_text(calendar, "zone"), part));
    fact_print(out, say("convention", "计算方法"), convention_text(convention, text));
}

static void show_count(FILE *out, const json_t *receipt)
{
    const json_t *start = json_object_get(receipt, "start");
    const json_t *limit = json_object_get(receipt, "limit");
    const json_t *rung = json_object_get(receipt, "rung");
    char text[WORDS_BYTES];
    char when[WORDS_BYTES];
    char from[WORDS_BYTES];
    char source[WORDS_BYTES];
    char after[WORDS_BYTES];
    char what[WORDS_BYTES];
    char term[TERM_ROOM_BYTES];
    bool is_fact = strcmp(field_text(rung, "form"), "fact") == 0;
    (void)labelled(from, say("counted from", "起算"),
                   is_fact ? "" : field_when(start, "counted_from", when));
    fact_print(out, say("start", "开始"),
               JOINED(text, " · ", kind_text(field_text(start, "kind")),
                      after_text(json_object_get(start, "after"), after),
                      field_when(start, "at", when), from));
    (void)labelled(source, say("from", "来自"), word_text(field_text(limit, "source")));
    const char *called = field_text(limit, "name");
    if (strcmp(called, "limit") == 0)
        called = "";
    fact_print(out, say("limit", "时限"),
               JOINED(text, " · ", term_text(field_text(limit, "term"), term), limit_title(called),
                      source, field_when(limit, "due_at", when)));
    char extended[WORDS_BYTES];
    if (json_array_size(json_object_get(receipt, "extensions")) > 0) {
        const json_t *asked = json_array_get(json_object_get(receipt, "extensions"), 0);
        fact_print(out, say("extended", "延期"),
                   JOINED(extended, " · ", term_text(field_text(limit, "extended"), term),
                          field_when(asked, "at", when), field_text(asked, "ground")));
    }
    fact_print(out, say("rung", "档"),
               JOINED(text, " · ", is_fact ? "" : rung_text(field_text(rung, "text"), what),
                      field_when(rung, "due_at", when)));
}

static void show_pauses(FILE *out, const json_t *pauses)
{
    if (json_array_size(pauses) == 0)
        return;
    (void)fprintf(out, "\n%s\n", say("Not counted", "不计入的期间"));
    struct table table = {.indent = 2,
                          .column_count = 4,
                          .names = {say("from", "自"), say("to", "至"),
                                    say("not counted", "不计入"), say("ground", "依据")}};
    for (size_t i = 0; i < json_array_size(pauses); i++) {
        const json_t *pause = json_array_get(pauses, i);
        char from[WORDS_BYTES];
        char to[WORDS_BYTES];
        char ground[WORDS_BYTES];
        char term[TERM_ROOM_BYTES];
        const char *excluded = field_text(pause, "excluded");
        TABLE_ADD(&table, field_when(pause, "from", from), field_when(pause, "to", to),
                  term_text(excluded[0] != '\0' ? excluded : field_text(pause, "term"), term),
                  JOINED(ground, " · ", kind_text(field_text(pause, "kind")),
                         field_text(pause, "ground")));
    }
    table_print(out, &table);
}

/* The number that a day has in the count: it counts when its number is above the last one's. */
static int64_t day_number(const json_t *day, int64_t before)
{
    const json_t *n = json_object_get(day, "n");
    bool is_told_no = json_is_false(json_object_get(day, "counted"));
    return json_is_integer(n) && !is_told_no ? json_integer_value(n) : before;
}

/* Why a day does not count, where neither its name nor its ground says it. */
static const char *day_reason(const json_t *day, bool is_counted)
{
    bool is_left_out = json_is_true(json_object_get(day, "workday")) &&
                       json_is_false(json_object_get(day, "counted"));
    const char *weekday = field_text(day, "weekday");
    bool is_weekend = strcmp(weekday, "Sat") == 0 || strcmp(weekday, "Sun") == 0;
    if (is_counted)
        return is_weekend && field_text(day, "ground")[0] != '\0'
                   ? say("make-up workday", "调休上班")
                   : "";
    if (field_is_true(day, "start"))
        return field_is_true(day, "counted") ? say("the day it starts", "起始日")
                                             : say("the day it starts", "起始日，不计");
    if (is_left_out)
        return say("paused", "暂停");
    return json_is_false(json_object_get(day, "workday")) ? say("day off", "休息日") : "";
}

/* The hours of a day that count, "09:00–12:00 13:30–17:30": the clock's part of each instant. */
static char *hours_text(const json_t *intervals, char room[WORDS_BYTES])
{
    enum { CLOCK_AT = 11, CLOCK_BYTES = 5, SHOWN_MAX = 8 };
    size_t used = 0;
    room[0] = '\0';
    for (size_t i = 0; i < json_array_size(intervals) && i < SHOWN_MAX; i++) {
        const json_t *interval = json_array_get(intervals, i);
        const char *from = field_text(interval, "from");
        const char *to = field_text(interval, "to");
        if (strlen(from) < CLOCK_AT + CLOCK_BYTES || strlen(to) < CLOCK_AT + CLOCK_BYTES)
            continue;
        bool is_midnight = strncmp(to + CLOCK_AT, "00:00", CLOCK_BYTES) == 0;
        int put = snprintf(room + used, WORDS_BYTES - used, "%s%.*s-%.*s", used == 0 ? "" : " ",
                           CLOCK_BYTES, from + CLOCK_AT, CLOCK_BYTES,
                           is_midnight ? "24:00" : to + CLOCK_AT);
        used += put > 0 ? (size_t)put : 0;
    }
    return room;
}

/* A day (date, weekday), or an interval (from, to, amount). Returns its number. */
static int64_t add_day(struct table *table, const json_t *day, int64_t before)
{
    char number[TERM_ROOM_BYTES];
    char from[WORDS_BYTES];
    char to[WORDS_BYTES];
    char when[WORDS_BYTES];
    char why[WORDS_BYTES];
    char hours[WORDS_BYTES];
    int64_t n = day_number(day, before);
    const char *name = field_text(day, "name");
    (void)JOINED(when, " - ", field_text(day, "date"), field_when(day, "from", from),
                 field_when(day, "to", to));
    if (field_text(day, "amount")[0] != '\0')
        (void)term_text(field_text(day, "amount"), number);
    else if (n > before)
        (void)snprintf(number, sizeof number, "%4lld", (long long)n);
    else
        (void)snprintf(number, sizeof number, "   %s", fit_is_utf8() ? "–" : "-");
    TABLE_ADD(table, when, word_text(field_text(day, "weekday")), number,
              JOINED(why, " · ", hours_text(json_object_get(day, "intervals"), hours),
                     name[0] != '\0' && n == before ? name : day_reason(day, n > before),
                     n > before ? name : "", field_text(day, "ground"),
                     field_is_true(day, "provisional")
                         ? say("provisional: beyond the calendar", "暂定：超出日历范围")
                         : ""));
    return n;
}

static void show_days(FILE *out, const json_t *days)
{
    if (json_array_size(days) == 0)
        return;
    (void)fprintf(out, "\n%s\n", say("The count, day by day", "逐日计算"));
    struct table table = {.column_count = 4,
                          .indent = 2,
                          .names = {say("date", "日期"), say("day", "星期"), say("counts", "计入"),
                                    say("why", "说明")}};
    int64_t number = 0;
    for (size_t i = 0; i < json_array_size(days); i++)
        number = add_day(&table, json_array_get(days, i), number);
    table_print(out, &table);
}

/* The card says what it was counted to, the receipt what it is counted to now. */
static const char *later_text(const json_t *receipt)
{
    const json_t *card = json_object_get(receipt, "card");
    bool is_same = strcmp(field_text(card, "used"), field_text(receipt, "used")) == 0 &&
                   strcmp(field_text(card, "over"), field_text(receipt, "over")) == 0 &&
                   strcmp(field_text(card, "due_at"), field_text(receipt, "due_at")) == 0;
    return is_same ? say("events came with the card or after it, and the count is the same",
                         "有事件与牌同时或在其后到达，计算结果不变")
                   : say("events that came after the card changed the count",
                         "发牌后才到的事件改变了计算");
}

static void show_sum(FILE *out, const json_t *receipt)
{
    char term[TERM_ROOM_BYTES];
    char edition[WORDS_BYTES];
    (void)fputc('\n', out);
    fact_print(out, say("used", "已用"), term_text(field_text(receipt, "used"), term));
    fact_print(out, say("over", "超出"), term_text(field_text(receipt, "over"), term));
    fact_print(out, say("edition", "规则库版次"), edition_text(receipt, edition));
    if (json_array_size(json_object_get(receipt, "learned_later")) > 0)
        fact_print(out, say("note", "说明"), later_text(receipt));
    if (field_is_true(receipt, "days_cut"))
        fact_print(out, say("note", "说明"), say("more days than are listed", "日数超出所列"));
    fact_print(out, say("digest", "摘要"), field_text(receipt, "digest"));
}

void show_explanation(FILE *out, const json_t *answer)
{
    const json_t *receipt = json_object_get(answer, "receipt");
    if (show_groups(out, answer))
        return;
    if (!json_is_object(receipt)) {
        show_clocks(out, answer);
        show_idle(out, answer);
        return;
    }
    show_card(out, json_object_get(receipt, "card"));
    show_confirm(out, receipt);
    (void)fputc('\n', out);
    show_grounds(out, receipt);
    if (json_is_object(json_object_get(receipt, "across"))) {
        show_across(out, answer);
        return;
    }
    show_count(out, receipt);
    show_asked(out, answer);
    show_past(out, receipt);
    show_pauses(out, json_object_get(receipt, "pauses"));
    show_days(out, json_object_get(receipt, "days"));
    show_moves(out, receipt);
    show_sum(out, receipt);
}
