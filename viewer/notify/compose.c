/* compose.c - subject and body in the recipient's own language (which is why say() is not used
 * here), and the JSON.
 */
#include "viewer/notify/compose.h"
#include "engine/base/date.h"
#include "engine/model/term.h"
#include "viewer/feed/card_view.h"
#include "viewer/feed/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTS_MAX = 8, NAME_BYTES = 128 };

struct tally {
    size_t count;
    size_t withdrawn;
    size_t overdue;
    struct {
        const char *level;
        size_t count;
    } levels[COUNTS_MAX];
    size_t org_count; /* different ones, counted up to two */
    const char *org;
};

static const char *in(const struct notice *notice, const char *en, const char *zh)
    __attribute__((format_arg(2), format_arg(3)));

static const char *in(const struct notice *notice, const char *en, const char *zh)
{
    return notice->is_zh ? zh : en;
}

static const char *level_name(const struct notice *notice, const char *level)
{
    static const char *const known[][3] = {{"warn", "warning", "预警"},
                                           {"yellow", "yellow card", "黄牌"},
                                           {"red", "red card", "红牌"}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(level, known[i][0]) == 0)
            return known[i][notice->is_zh ? 2 : 1];
    return level;
}

/* "20 workday" (or "7.5 day") as a person says it. */
static const char *term_name(const struct notice *notice, const char *text, char room[NAME_BYTES])
{
    static const char *const zh[UNIT_COUNT] = {"",   "分钟",     "小时", "工作分钟", "工作小时",
                                               "日", "个工作日", "个月", "年"};
    const char *unit = strchr(text, ' ');
    (void)snprintf(room, NAME_BYTES, "%s", text);
    for (size_t i = 1; notice->is_zh && unit != NULL && i < UNIT_COUNT; i++)
        if (strcmp(unit + 1, unit_name[i]) == 0)
            (void)snprintf(room, NAME_BYTES, "%.*s %s", (int)(unit - text), text, zh[i]);
    return room;
}

static bool is_back(const json_t *card)
{
    return strcmp(field_text(card, "state"), "withdrawn") == 0;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* It waits for a supervisor, longer than it may. */
static bool is_overdue(const json_t *card)
{
    return strcmp(field_text(card, "state"), "pending") == 0;
}

/* What happened to a card that had been told before, in a word; "" for one that is new. */
static const char *change_name(const struct notice *notice, const json_t *card)
{
    const char *reason = field_text(card, "reason");
    if (is_back(card))
        return in(notice, "withdrawn", "撤销");
    if (is_overdue(card))
        return in(notice, "not decided on", "超期未定");
    if (begins(reason, "moved:"))
        return in(notice, "moved", "改期");
    return begins(reason, "restored:") ? in(notice, "restored", "恢复") : "";
}

/* The engine's own sentence; in Chinese those that it is known to say. */
static const char *reason_name(const struct notice *notice, const char *reason)
{
    static const char *const zh[][2] = {
        {"late:", "迟发：事后到达的事件表明应当发牌"},
        {"moved:", "改期：到点时刻重新判定"},
        {"overdue:", "待发：应决定的时刻已过"},
        {"released: by a supervisor", "发牌：监察员确认"},
        {"released: its time", "发牌：期限内无人决定，自动发出"},
        {"released: the rules", "发牌：办件的规则已变更，无须确认"},
        {"restored:", "恢复：更高一级的牌已撤销"},
        {"withdrawn:", "撤销：事后到达的事件表明不应发牌"},
    };
    for (size_t i = 0; notice->is_zh && i < COUNT_OF(zh); i++)
        if (begins(reason, zh[i][0]))
            return zh[i][1];
    return reason;
}

static void tally_level(struct tally *tally, const char *level)
{
    for (size_t i = 0; i < tally->count; i++) {
        if (strcmp(tally->levels[i].level, level) == 0) {
            tally->levels[i].count++;
            return;
        }
    }
    if (tally->count < COUNTS_MAX) {
        tally->levels[tally->count].level = level;
        tally->levels[tally->count++].count = 1;
    }
}

static struct tally tally_of(const json_t *cards)
{
    static const char *const first[] = {"red", "yellow", "warn"};
    struct tally tally = {.org = ""};
    for (size_t i = 0; i < COUNT_OF(first); i++) /* the gravest come first, also in words */
        tally.levels[tally.count++].level = first[i];
    for (size_t i = 0; i < json_array_size(cards); i++) {
        const json_t *card = json_array_get(cards, i);
        const char *org = field_text(card, "org");
        if (tally.org_count == 0 || (tally.org_count == 1 && strcmp(org, tally.org) != 0))
            tally.org_count++;
        if (i == 0)
            tally.org = org;
        if (is_back(card))
            tally.withdrawn++;
        else if (is_overdue(card))
            tally.overdue++;
        else
            tally_level(&tally, field_text(card, "level"));
    }
    return tally;
}

static void write_tally(FILE *file, const struct notice *notice, const struct tally *tally)
{
    const char *between = "";
    for (size_t i = 0; i < tally->count; i++) {
        if (tally->levels[i].count == 0)
            continue;
        (void)fprintf(file, "%s%s %zu", between, level_name(notice, tally->levels[i].level),
                      tally->levels[i].count);
        between = in(notice, ", ", "，");
    }
    if (tally->withdrawn > 0) {
        (void)fprintf(file, "%s%s %zu", between, in(notice, "withdrawn", "撤销"), tally->withdrawn);
        between = in(notice, ", ", "，");
    }
    if (tally->overdue > 0)
        (void)fprintf(file, "%s%s %zu", between, in(notice, "not decided on", "超期未定"),
                      tally->overdue);
}

/* --- the subject ---------------------------------------------------------------------------- */

static void write_subject_of_one(FILE *file, const struct notice *notice, const json_t *card)
{
    const char *level = level_name(notice, field_text(card, "level"));
    const char *change = change_name(notice, card);
    (void)fprintf(file, in(notice, "[%s%s%s] ", "【%s%s%s】"), change,
                  change[0] == '\0' ? "" : in(notice, ": ", "："), level);
    (void)fprintf(file, in(notice, "%s: case %s, %s", "%s：办件 %s，%s"), field_text(card, "org"),
                  field_text(card, "case"), field_text(card, "item"));
}

char *compose_subject(const struct notice *notice)
{
    char *text = NULL;
    size_t count;
    FILE *file = open_memstream(&text, &count);
    if (file == NULL)
        return NULL;
    if (json_array_size(notice->cards) == 1) {
        write_subject_of_one(file, notice, json_array_get(notice->cards, 0));
    } else {
        struct tally tally = tally_of(notice->cards);
        (void)fputs(in(notice, "[", "【"), file);
        write_tally(file, notice, &tally);
        (void)fprintf(file, in(notice, "] %s%s", "】%s%s"), tally.org,
                      tally.org_count > 1 ? in(notice, " and others", "等多个部门") : "");
    }
    return fclose(file) == 0 ? text : NULL;
}

/* --- the body ------------------------------------------------------------------------------- */

static void write_field(FILE *file, const char *name, const char *value)
{
    char room[FIT_BYTES];
    if (value[0] != '\0')
        (void)fprintf(file, "  %s  %s\n", fit_text(slice_of(name), 12, true, room), value);
}

static void write_moment(FILE *file, const char *name, struct moment moment)
{
    char text[MOMENT_TEXT_BYTES];
    write_field(file, name, moment_text(moment, MOMENT_FULL, text));
}

static void write_one(FILE *file, const struct notice *notice, const json_t *card)
{
    struct card_view view = card_view_of(card);
    char room[NAME_BYTES];
    const char *change = change_name(notice, card);
    (void)fprintf(file, "%s%s%s\n\n", level_name(notice, view.level),
                  change[0] == '\0' ? "" : in(notice, ", ", "，"), change);
    write_field(file, in(notice, "case", "办件"), view.case_no);
    write_field(file, in(notice, "item", "事项"), view.item);
    write_field(file, in(notice, "org", "部门"), view.org);
    if (view.about_org[0] != '\0')
        write_field(file, in(notice, "about", "所涉部门"), view.about_org);
    write_field(file, in(notice, "step", "环节"), view.step);
    write_field(file, in(notice, "handler", "承办人"), view.handler);
    write_field(file, in(notice, "limit", "时限"), term_name(notice, view.limit, room));
    write_field(file, in(notice, "used", "已用"), term_name(notice, view.used, room));
    if (!begins(view.over, "0 "))
        write_field(file, in(notice, "over", "超期"), term_name(notice, view.over, room));
    write_moment(file, in(notice, "due", "到点"), view.due);
    if (view.is_pending)
        write_moment(file, in(notice, "decide by", "应决定于"), view.until);
    else
        write_moment(file, in(notice, "raised", "发牌"), view.issued);
    write_field(file, in(notice, "reason", "原因"), reason_name(notice, view.reason));
    write_field(file, in(notice, "rule", "规则"), view.rule);
    write_field(file, in(notice, "card", "牌号"), view.id);
    (void)fprintf(file,
                  in(notice, "\nWhy: cardwatch explain %s\n", "\n为何发牌：cardwatch explain %s\n"),
                  view.id);
}

struct cell {
    const char *text;
    int columns;
};

static void write_cells(FILE *file, const struct cell *cells, size_t count)
{
    char room[FIT_BYTES];
    for (size_t i = 0; i < count; i++)
        (void)fprintf(file, "%s%s", i == 0 ? "" : "  ",
                      fit_text(slice_of(cells[i].text), cells[i].columns, i + 1 < count, room));
    (void)fputc('\n', file);
}

static void write_row(FILE *file, const struct notice *notice, const json_t *card)
{
    struct card_view view = card_view_of(card);
    char due[MOMENT_TEXT_BYTES], limit[NAME_BYTES], level[NAME_BYTES];
    const char *change = change_name(notice, card);
    (void)snprintf(level, sizeof level, "%s%s%s", change, change[0] == '\0' ? "" : " ",
                   level_name(notice, view.level));
    const struct cell cells[] = {
        {level, 18},
        {view.case_no, 22},
        {view.org, 20},
        {view.item, 24},
        {view.step, 10},
        {view.handler, 10},
        {moment_text(view.due, MOMENT_SHORT, due), 11},
        {term_name(notice, view.limit, limit), 14},
    };
    write_cells(file, cells, COUNT_OF(cells));
}

static void write_list(FILE *file, const struct notice *notice)
{
    struct tally tally = tally_of(notice->cards);
    const struct cell head[] = {
        {in(notice, "level", "级别"), 18}, {in(notice, "case", "办件"), 22},
        {in(notice, "org", "部门"), 20},   {in(notice, "item", "事项"), 24},
        {in(notice, "step", "环节"), 10},  {in(notice, "handler", "承办人"), 10},
        {in(notice, "due", "到点"), 11},   {in(notice, "limit", "时限"), 14},
    };
    write_tally(file, notice, &tally);
    (void)fputs("\n\n", file);
    write_cells(file, head, COUNT_OF(head));
    for (size_t i = 0; i < json_array_size(notice->cards); i++)
        write_row(file, notice, json_array_get(notice->cards, i));
    (void)fputs(in(notice, "\nWhy a card was raised: cardwatch case CASE\n",
                   "\n查看某一办件：cardwatch case 办件号\n"),
                file);
}

char *compose_body(const struct notice *notice)
{
    char *text = NULL;
    size_t count;
    FILE *file = open_memstream(&text, &count);
    if (file == NULL)
        return NULL;
    if (notice->name[0] != '\0')
        (void)fprintf(file, in(notice, "%s,\n\n", "%s，您好：\n\n"), notice->name);
    if (json_array_size(notice->cards) == 1)
        write_one(file, notice, json_array_get(notice->cards, 0));
    else
        write_list(file, notice);
    (void)fprintf(file,
                  in(notice, "\n-- \nSent by cardwatch. A second copy has the same number: %s\n",
                     "\n-- \n由 cardwatch 自动发出。若收到两份，编号相同即为同一通知：%s\n"),
                  notice->id);
    return fclose(file) == 0 ? text : NULL;
}

/* --- JSON ----------------------------------------------------------------------------------- */

char *compose_hook(const struct notice *notice)
{
    struct tally tally = tally_of(notice->cards);
    char created[INSTANT_TEXT_BYTES];
    json_t *counts = json_object();
    for (size_t i = 0; i < tally.count; i++)
        if (tally.levels[i].count > 0)
            (void)json_object_set_new(counts, tally.levels[i].level,
                                      json_integer((json_int_t)tally.levels[i].count));
    if (tally.withdrawn > 0)
        (void)json_object_set_new(counts, "withdrawn", json_integer((json_int_t)tally.withdrawn));
    if (tally.overdue > 0)
        (void)json_object_set_new(counts, "overdue", json_integer((json_int_t)tally.overdue));
    struct instant at = {.ms = notice->created_ms};
    json_t *body =
        json_pack("{s:s,s:s,s:s,s:o,s:O}", "id", notice->id, "kind",
                  json_array_size(notice->cards) == 1 ? "card" : "digest", "created_at",
                  instant_format(at, 0, created), "counts", counts, "cards", notice->cards);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}
