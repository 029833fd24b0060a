/* lists.c - the engine's state, and the lists: open cases, what falls due, refused events. */
#include "viewer/ask/lists.h"
#include "engine/model/stray.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

static void number_fact(FILE *out, const char *name, const json_t *answer, const char *field)
{
    char text[32];
    if (!json_is_integer(json_object_get(answer, field)))
        return;
    (void)snprintf(text, sizeof text, "%lld", (long long)field_number(answer, field));
    fact_print(out, name, text);
}

static void show_cards(FILE *out, const char *name, json_t *cards)
{
    const char *level;
    json_t *count;
    char text[WORDS_BYTES] = "";
    json_object_foreach(cards, level, count)
    {
        char label[WORDS_BYTES];
        char one[WORDS_BYTES];
        char before[WORDS_BYTES];
        (void)level_label(level, label);
        (void)snprintf(one, sizeof one, "%.100s %lld", label, (long long)json_integer_value(count));
        memcpy(before, text, sizeof before);
        (void)JOINED(text, "  ", before, one);
    }
    fact_print(out, name, text);
}

static void show_sources(FILE *out, const json_t *sources)
{
    if (json_array_size(sources) == 0)
        return;
    (void)fprintf(out, "\n%s\n", say("Sources", "来源"));
    struct table table = {.indent = 2,
                          .column_count = 4,
                          .names = {say("source", "来源"), say("events", "序号"),
                                    say("last", "最近事件"), say("state", "状态")}};
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *source = json_array_get(sources, i);
        char seq[32];
        char last[WORDS_BYTES];
        char since[WORDS_BYTES];
        char state[WORDS_BYTES];
        (void)snprintf(seq, sizeof seq, "%lld", (long long)field_number(source, "seq"));
        (void)field_when(source, "silent_since", since);
        (void)JOINED(state, " ",
                     since[0] == '\0' ? say("speaks", "正常")
                                      : say("! cannot judge since", "！无法判断，自"),
                     since);
        TABLE_ADD(&table, field_text(source, "source"), seq, field_when(source, "last_at", last),
                  state);
    }
    table_print(out, &table);
}

/* Events without effect, by reason: see `cardwatch case` for which and why. */
static void show_strays(FILE *out, const json_t *counts)
{
    for (int i = 0; i < STRAY_REASON_COUNT; i++) {
        char text[WORDS_BYTES];
        if (field_number(counts, stray_reason_name[i]) <= 0)
            continue;
        (void)snprintf(text, sizeof text, say("%lld: %s", "%lld：%s"),
                       (long long)field_number(counts, stray_reason_name[i]),
                       lang_is_zh() ? stray_reason_zh[i] : stray_reason_en[i]);
        fact_print(out, say("stray events", "无效事件"), text);
    }
}

/* Calendars whose last known day is near. */
static void show_calendars(FILE *out, const json_t *calendars)
{
    for (size_t i = 0; i < json_array_size(calendars); i++) {
        const json_t *calendar = json_array_get(calendars, i);
        char text[WORDS_BYTES];
        (void)snprintf(text, sizeof text,
                       say("%s is known until %s, %lld days: import the next notice",
                           "%s 已知至 %s，还有 %lld 天：请导入下一年的放假通知"),
                       field_text(calendar, "calendar"), field_text(calendar, "known_to"),
                       (long long)field_number(calendar, "days_left"));
        fact_print(out, say("calendar", "日历"), text);
    }
}

/* What cannot be judged, or was not, is told where there is any. */
static void show_blindness(FILE *out, const json_t *answer)
{
    static const struct {
        const char *field;
        const char *en;
        const char *zh;
    } rows[] = {
        {"unjudgeable", "clock(s) cannot be judged: no calendar, or it does not reach",
         "个时钟无法判断：没有日历，或超出日历范围"},
        {"kindless", "time(s) a rule for kinds of item met a case of which the kind is not known",
         "次：规则限定事项类型，而办件的类型不明"},
        {"unaddressed", "card(s) for the supervisor of an org that has none: its own instead",
         "张牌应发给主管机构，而该机构没有主管机构：仍发给本机构"},
        {"malformed", "message(s) could not be read", "条消息无法解读"},
        {"ledger_differs", "card(s) of the ledger are not as the journal gives them",
         "张牌与日志推算的不符"},
        {"poison", "event(s) set aside: the engine died of them", "个事件已搁置：曾使引擎崩溃"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[WORDS_BYTES];
        long long count = (long long)field_number(answer, rows[i].field);
        (void)snprintf(text, sizeof text, "%lld %s", count, say(rows[i].en, rows[i].zh));
        if (count > 0)
            fact_print(out, say("! note", "！注意"), text);
    }
    if (field_is_true(answer, "is_full"))
        fact_print(out, say("! note", "！注意"),
                   say("the disk or the store is full: no events are taken in",
                       "磁盘或存储已满：不再接收事件"));
}

/* "3.3 MB": bytes are for programs. */
static void show_bytes(FILE *out, const char *name, const json_t *answer, const char *field)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    char text[64];
    int64_t tenths = field_number(answer, field) * 10;
    size_t unit = 0;
    for (; tenths >= 10000 && unit + 1 < COUNT_OF(units); unit++)
        tenths /= 1000;
    (void)snprintf(text, sizeof text, "%lld.%lld %s", (long long)tenths / 10,
                   (long long)tenths % 10, units[unit]);
    if (json_is_integer(json_object_get(answer, field)))
        fact_print(out, name, text);
}

void show_status(FILE *out, const json_t *answer)
{
    char text[WORDS_BYTES];
    char span[SPAN_TEXT_BYTES];
    (void)fprintf(out, "%s\n", say("Engine", "引擎"));
    fact_print(out, say("now", "时间"), field_when(answer, "now", text));
    fact_print(out, say("clock", "时钟"), field_text(answer, "clock"));
    fact_print(out, say("instance", "实例"), field_text(answer, "instance"));
    if (field_number(answer, "uptime_s") > 0)
        fact_print(out, say("up for", "已运行"),
                   span_text(field_number(answer, "uptime_s") * 1000, span));
    number_fact(out, say("edition", "规则库版次"), answer, "edition");
    if (field_number(answer, "to_move") > 0)
        number_fact(out, say("cases to move", "待迁移办件"), answer, "to_move");
    show_calendars(out, json_object_get(answer, "calendars_ending"));
    number_fact(out, say("events", "事件"), answer, "events");
    number_fact(out, say("refused", "拒收"), answer, "refused");
    show_strays(out, json_object_get(answer, "stray"));
    number_fact(out, say("cases", "办件"), answer, "cases");
    number_fact(out, say("open cases", "在办"), answer, "cases_open");
    number_fact(out, say("last card", "末牌号"), answer, "head");
    if (field_number(answer, "unsent") > 0)
        number_fact(out, say("not taken", "未被取走的消息"), answer, "unsent");
    show_cards(out, say("cards", "发牌"), json_object_get(answer, "cards"));
    show_cards(out, say("pending", "待发"), json_object_get(answer, "cards_pending"));
    if (field_number(answer, "cards_overdue") > 0)
        number_fact(out, say("! overdue", "！超期未定"), answer, "cards_overdue");
    fact_print(out, say("next due", "下次到期"), field_when(answer, "due_next", text));
    show_bytes(out, say("journal", "日志"), answer, "journal_bytes");
    show_bytes(out, say("memory", "内存"), answer, "memory_bytes");
    if (json_is_integer(json_object_get(answer, "map_used_permille"))) {
        long long permille = (long long)field_number(answer, "map_used_permille");
        (void)snprintf(text, sizeof text, "%lld.%lld %%", permille / 10, permille % 10);
        fact_print(out, say("store used", "存储占用"), text);
    }
    show_blindness(out, answer);
    show_sources(out, json_object_get(answer, "sources"));
}

/* The next instant of a case stands in `next` (an object), or flat in `next_at`, `next_level`. */
void show_open(FILE *out, const json_t *answer)
{
    const json_t *cases = json_object_get(answer, "cases");
    struct table table = {.column_count = 6,
                          .names = {say("case", "办件"), say("item", "事项"), say("org", "部门"),
                                    say("handler", "承办人"), say("next", "下一档"),
                                    say("state", "状态")}};
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *row = json_array_get(cases, i);
        const json_t *next = json_object_get(row, "next");
        char when[WORDS_BYTES];
        char label[WORDS_BYTES];
        char state[WORDS_BYTES];
        char when_silent[WORDS_BYTES];
        if (json_is_object(next))
            (void)field_when(next, "due_at", when);
        else
            (void)field_when(row, json_is_string(next) ? "next" : "next_at", when);
        const json_t *due = json_is_object(next) ? next : row;
        const char *level = field_text(due, json_is_object(next) ? "level" : "next_level");
        char silent[WORDS_BYTES];
        (void)labelled(silent, say("! cannot judge since", "！无法判断，自"),
                       field_when(row, "silent_since", when_silent));
        TABLE_ADD(&table, field_text(row, "case"), field_text(row, "item"), field_text(row, "org"),
                  field_text(row, "handler"), when,
                  JOINED(state, "  ", level_label(level, label), silent));
    }
    if (table_is_empty(&table))
        (void)fprintf(out, "%s\n", say("no open cases", "没有在办办件"));
    else
        table_print(out, &table);
    if (json_is_string(json_object_get(answer, "next")))
        (void)fprintf(out, say("more: --after %s\n", "后续：--after %s\n"),
                      field_text(answer, "next"));
}

void show_soon(FILE *out, const json_t *answer)
{
    const json_t *due = json_object_get(answer, "due");
    struct table table = {.column_count = 6,
                          .names = {say("due", "到期"), say("level", "级别"), say("case", "办件"),
                                    say("item", "事项"), say("org", "部门"), say("rung", "档")}};
    for (size_t i = 0; i < json_array_size(due); i++) {
        const json_t *row = json_array_get(due, i);
        char when[WORDS_BYTES];
        char label[WORDS_BYTES];
        char rung[WORDS_BYTES];
        char what[WORDS_BYTES];
        TABLE_ADD(
            &table, field_when(row, "due_at", when), level_label(field_text(row, "level"), label),
            field_text(row, "case"), field_text(row, "item"), field_text(row, "org"),
            JOINED(rung, " · ", field_text(row, "clock"),
                   field_text(row, "text")[0] != '\0' ? rung_text(field_text(row, "text"), what)
                                                      : field_text(row, "rung")));
    }
    if (table_is_empty(&table))
        (void)fprintf(out, "%s\n", say("nothing falls due", "没有即将到期的办件"));
    else
        table_print(out, &table);
}

void show_pending(FILE *out, const json_t *answer)
{
    const json_t *pending = json_object_get(answer, "pending");
    struct table table = {.column_count = 6,
                          .names = {say("decide by", "应决定于"), say("level", "级别"),
                                    say("case", "办件"), say("org", "部门"),
                                    say("waits since", "待发自"), say("card", "牌")}};
    for (size_t i = 0; i < json_array_size(pending); i++) {
        const json_t *row = json_array_get(pending, i);
        char until[WORDS_BYTES];
        char by[WORDS_BYTES];
        char since[WORDS_BYTES];
        char label[WORDS_BYTES];
        (void)field_when(row, "until", until);
        TABLE_ADD(&table,
                  JOINED(by, " ", until[0] == '\0' ? say("no time set", "未设期限") : until,
                         field_is_true(row, "overdue") ? say("! overdue", "！超期") : ""),
                  level_label(field_text(row, "level"), label), field_text(row, "case"),
                  field_text(row, "org"), field_when(row, "since", since), field_text(row, "card"));
    }
    if (table_is_empty(&table)) {
        (void)fprintf(out, "%s\n", say("no card waits", "没有待发的牌"));
        return;
    }
    table_print(out, &table);
    long long total = (long long)field_number(answer, "total");
    if (total > (long long)json_array_size(pending))
        (void)fprintf(out, say("%lld in all: --max N\n", "共 %lld 张：--max N\n"), total);
}

void show_quarantine(FILE *out, const json_t *answer)
{
    const json_t *refused = json_object_get(answer, "refused");
    struct table table = {.column_count = 6,
                          .names = {say("number", "编号"), say("source", "来源"),
                                    say("seq", "序号"), say("case", "办件"), say("code", "代码"),
                                    say("why", "原因")}};
    for (size_t i = 0; i < json_array_size(refused); i++) {
        const json_t *row = json_array_get(refused, i);
        char number[32];
        char seq[32];
        char why[WORDS_BYTES];
        (void)snprintf(number, sizeof number, "%lld", (long long)field_number(row, "number"));
        (void)snprintf(seq, sizeof seq, "%lld", (long long)field_number(row, "seq"));
        TABLE_ADD(&table, number, field_text(row, "source"), seq,
                  field_text(json_object_get(row, "event"), "case"), field_text(row, "code"),
                  JOINED(why, ": ", field_text(row, "field"), field_text(row, "text")));
    }
    if (table_is_empty(&table))
        (void)fprintf(out, "%s\n", say("nothing was refused", "没有被拒收的事件"));
    else
        table_print(out, &table);
}

/* What was asked for and is not in the list was not there, or was refused once more. */
void show_requeued(FILE *out, const json_t *answer)
{
    const json_t *taken = json_object_get(answer, "taken");
    (void)fprintf(out, "%s", say("taken in again:", "已重新接收："));
    for (size_t i = 0; i < json_array_size(taken); i++)
        (void)fprintf(out, " %lld", (long long)json_integer_value(json_array_get(taken, i)));
    (void)fprintf(out, "%s\n", json_array_size(taken) == 0 ? say(" none", "无") : "");
}
