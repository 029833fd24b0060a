/* impact.c - see impact.h. */
#include "rules/impact/impact.h"

#include "engine/memory/table.h"
#include "engine/sys/columns.h"
#include "engine/sys/lang.h"
#include "engine/wire/text.h"
#include "rules/read/problem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct org_row {
    char *org;
    struct impact_totals totals;
};

/* Lines kept for people until the table has been printed. */
struct list {
    struct columns columns;
    uint64_t shown;
    uint64_t count;
};

struct impact {
    uint64_t list_max;
    bool is_json;
    bool is_short;
    struct table table;
    struct org_row *rows; /* rows[0] holds the totals of all */
    uint32_t count;
    uint32_t room;
    struct list limits;
    struct list cards;
    struct bytes line;
};

struct impact *impact_create(uint64_t list_max, bool is_json)
{
    struct impact *impact = calloc(1, sizeof *impact);
    if (impact == NULL)
        return NULL;
    impact->list_max = list_max;
    impact->is_json = is_json;
    impact->limits.columns.is_wrapping = impact->cards.columns.is_wrapping = true;
    impact->room = 64;
    impact->count = 1;
    impact->rows = calloc(impact->room, sizeof *impact->rows);
    if (impact->rows == NULL || table_init(&impact->table) != 0)
        impact_destroy(&impact);
    return impact;
}

void impact_destroy(struct impact **impact_p)
{
    struct impact *impact = *impact_p;
    *impact_p = NULL;
    if (impact == NULL)
        return;
    for (uint32_t i = 1; i < impact->count; i++)
        free(impact->rows[i].org);
    free(impact->rows);
    table_clear(&impact->table);
    columns_clear(&impact->limits.columns);
    columns_clear(&impact->cards.columns);
    bytes_clear(&impact->line);
    free(impact);
}

/* ---- counting ----------------------------------------------------------------------------------
 */

static bool is_org(const void *owner, uint32_t row, struct slice key)
{
    const struct impact *impact = owner;
    return slice_is_equal(slice_of(impact->rows[row].org), key);
}

/* The org's row, made when it is new; the row of all when memory is short, which is told at the
 * end. */
static struct impact_totals *totals_of(struct impact *impact, struct slice org)
{
    uint64_t hash = table_hash(org);
    uint32_t row = table_find(&impact->table, hash, org, is_org, impact);
    if (row != 0)
        return &impact->rows[row].totals;
    if (impact->count == impact->room) {
        struct org_row *rows = realloc(impact->rows, (size_t)2 * impact->room * sizeof *rows);
        if (rows == NULL) {
            impact->is_short = true;
            return &impact->rows[0].totals;
        }
        impact->rows = rows;
        impact->room *= 2;
    }
    char *name = calloc(1, org.count + 1);
    if (name == NULL || table_add(&impact->table, hash, impact->count) != 0) {
        impact->is_short = true;
        free(name);
        return &impact->rows[0].totals;
    }
    if (org.count > 0)
        memcpy(name, org.start, org.count);
    impact->rows[impact->count] = (struct org_row){.org = name};
    return &impact->rows[impact->count++].totals;
}

void impact_case(struct impact *impact, struct slice org, bool has_moved)
{
    struct impact_totals *totals = totals_of(impact, org);
    totals->cases++;
    totals->cases_moved += has_moved;
    impact->rows[0].totals.cases++;
    impact->rows[0].totals.cases_moved += has_moved;
}

const struct impact_totals *impact_totals(const struct impact *impact)
{
    return &impact->rows[0].totals;
}

/* ---- lines -------------------------------------------------------------------------------------
 */

enum { LOCAL_BYTES = 48 };

static const char *local_say(struct instant at, int32_t offset_s, char text[LOCAL_BYTES])
{
    if (!instant_is_set(at))
        return say("none", "无");
    if (at.ms > INSTANT_LAST_MS)
        return say("held by a pause", "暂停中");
    char full[INSTANT_TEXT_BYTES];
    instant_format(at, offset_s, full);
    bool is_whole = strncmp(full + 16, ":00", 3) == 0; /* a minute: most are */
    (void)snprintf(text, LOCAL_BYTES, "%.10s %.*s", full, is_whole ? 5 : 8, full + 11);
    return text;
}

static int json_instant(struct bytes *line, const char *name, struct instant at, int32_t offset_s)
{
    char text[INSTANT_TEXT_BYTES];
    if (!instant_is_set(at) || at.ms > INSTANT_LAST_MS)
        return bytes_printf(line, ",\"%s\":null", name);
    instant_format(at, offset_s, text);
    return bytes_printf(line, ",\"%s\":\"%s\"", name, text);
}

static int json_member(struct bytes *line, const char *name, struct slice text)
{
    int error = bytes_printf(line, ",\"%s\":", name);
    return error != 0 ? error : json_text(line, text);
}

static void line_print(struct impact *impact, int error)
{
    if (error != 0 || bytes_append(&impact->line, SLICE("}\n")) != 0) {
        impact->is_short = true;
        return;
    }
    if (fwrite(impact->line.start, 1, impact->line.count, stdout) != impact->line.count)
        impact->is_short = true;
}

static bool list_has_room(struct impact *impact, struct list *list)
{
    list->count++;
    if (list->shown >= impact->list_max)
        return false;
    list->shown++;
    return true;
}

static int32_t offset_of(const struct calendar *calendar, struct instant at)
{
    bool is_plain = instant_is_set(at) && at.ms <= INSTANT_LAST_MS;
    return calendar == NULL || !is_plain ? 0 : calendar_offset_s(calendar, at);
}

void impact_limit_add(struct impact *impact, const struct impact_limit *change)
{
    int32_t from_s = offset_of(change->calendar, change->from);
    int32_t to_s = offset_of(change->calendar, change->to);
    if (impact->is_json) {
        impact->line.count = 0;
        int error = bytes_printf(&impact->line, "{\"type\":\"limit\"");
        error = error != 0 ? error : json_member(&impact->line, "case", change->case_no);
        error = error != 0 ? error : json_member(&impact->line, "org", change->org);
        error = error != 0 ? error : json_member(&impact->line, "rule", change->rule);
        error = error != 0 ? error : json_member(&impact->line, "step", change->step);
        error = error != 0 ? error : json_member(&impact->line, "limit", change->limit);
        error = error != 0 ? error : json_instant(&impact->line, "from", change->from, from_s);
        error = error != 0 ? error : json_instant(&impact->line, "to", change->to, to_s);
        line_print(impact, error);
        return;
    }
    if (!list_has_room(impact, &impact->limits))
        return;
    char from[LOCAL_BYTES];
    char to[LOCAL_BYTES];
    struct columns *columns = &impact->limits.columns;
    columns_add(columns, "  %.*s", SLICE_ARG(change->case_no));
    columns_add(columns, "%.*s", SLICE_ARG(change->org));
    columns_add(columns, "%.*s%s%.*s", SLICE_ARG(change->rule), change->step.count > 0 ? "/" : "",
                SLICE_ARG(change->step));
    columns_add(columns, "%.*s", SLICE_ARG(change->limit));
    columns_add(columns, "%s", local_say(change->from, from_s, from));
    columns_add(columns, "→ %s", local_say(change->to, to_s, to));
    columns_end(columns);
}

static const char *const change_name[IMPACT_CHANGE_COUNT] = {"appears", "vanishes", "moves"};

static const char *change_say(enum impact_change change)
{
    switch (change) {
    case IMPACT_APPEARS:
        return say("+ appears", "+ 出现");
    case IMPACT_VANISHES:
        return say("- vanishes", "- 消失");
    case IMPACT_MOVES:
    case IMPACT_CHANGE_COUNT:
        break;
    }
    return say("~ moves", "~ 改期");
}

static void card_line(struct impact *impact, const struct card *card, enum impact_change change,
                      struct instant was)
{
    impact->line.count = 0;
    int error = bytes_printf(&impact->line, "{\"type\":\"card\",\"change\":\"%s\",\"card\":\"%s\"",
                             change_name[change], card->id);
    error = error != 0 ? error : json_member(&impact->line, "case", card->case_no);
    error = error != 0 ? error : json_member(&impact->line, "org", card->org);
    error = error != 0 ? error : json_member(&impact->line, "level", card->level);
    error = error != 0 ? error : json_member(&impact->line, "rule", card->rule);
    error = error != 0 ? error : json_member(&impact->line, "clock", card->clock);
    error = error != 0 ? error : json_member(&impact->line, "rung", card->rung);
    error =
        error != 0 ? error : json_instant(&impact->line, "due_at", card->due_at, card->offset_s);
    if (change == IMPACT_MOVES)
        error = error != 0 ? error : json_instant(&impact->line, "was", was, card->offset_s);
    error = error != 0
                ? error
                : bytes_printf(&impact->line, ",\"state\":\"%s\",\"shadow\":%s",
                               card_state_name[card->state], card->is_shadow ? "true" : "false");
    error = error != 0 ? error : json_member(&impact->line, "reason", card->reason);
    line_print(impact, error);
}

/* Cards know the names of their levels alone. */
static struct slice level_say(struct slice level)
{
    static const char *const titles[][2] = {
#define LEVEL(name, zh) {name, zh},
#include "rules/model/levels.def"
#undef LEVEL
    };
    for (size_t i = 0; lang_is_zh() && i < COUNT_OF(titles); i++)
        if (slice_is_equal(level, slice_of(titles[i][0])))
            return slice_of(titles[i][1]);
    return level;
}

void impact_card_add(struct impact *impact, const struct card *card, enum impact_change change,
                     struct instant was)
{
    struct impact_totals *totals = totals_of(impact, card->org);
    totals->cards[change]++;
    totals->shadow_cards += card->is_shadow;
    impact->rows[0].totals.cards[change]++;
    impact->rows[0].totals.shadow_cards += card->is_shadow;
    if (impact->is_json) {
        card_line(impact, card, change, was);
        return;
    }
    if (!list_has_room(impact, &impact->cards))
        return;
    char due[LOCAL_BYTES];
    char before[LOCAL_BYTES];
    struct columns *columns = &impact->cards.columns;
    columns_add(columns, "  %s", change_say(change));
    struct slice level = level_say(card->level);
    columns_add(columns, "%.*s", SLICE_ARG(level));
    columns_add(columns, "%.*s", SLICE_ARG(card->case_no));
    columns_add(columns, "%.*s", SLICE_ARG(card->org));
    columns_add(columns, "%.*s", SLICE_ARG(card->clock));
    columns_add(columns, "%s", local_say(card->due_at, card->offset_s, due));
    if (change == IMPACT_MOVES && was.ms != card->due_at.ms)
        columns_add(columns, say("was %s", "原为 %s"), local_say(was, card->offset_s, before));
    columns_end(columns);
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static int by_org(const void *a, const void *b)
{
    return strcmp(((const struct org_row *)a)->org, ((const struct org_row *)b)->org);
}

static void row_add(struct columns *columns, const char *org, const struct impact_totals *totals,
                    bool is_backtest)
{
    columns_add(columns, "  %s", org[0] == '\0' ? "-" : org);
    if (!is_backtest) {
        columns_add(columns, "%llu", (unsigned long long)totals->cases);
        columns_add(columns, "%llu", (unsigned long long)totals->cases_moved);
    }
    for (int i = 0; i < IMPACT_CHANGE_COUNT; i++)
        columns_add(columns, "%llu", (unsigned long long)totals->cards[i]);
    columns_add(columns, "%llu", (unsigned long long)totals->shadow_cards);
    columns_end(columns);
}

static void head_add(struct columns *columns, bool is_backtest)
{
    columns_add(columns, "  %s", say("org", "机构"));
    if (!is_backtest) {
        columns_add(columns, "%s", say("open cases", "在办件"));
        columns_add(columns, "%s", say("limits move", "时限变动"));
    }
    columns_add(columns, "%s", say("cards appear", "牌出现"));
    columns_add(columns, "%s", say("vanish", "消失"));
    columns_add(columns, "%s", say("move", "改期"));
    columns_add(columns, "%s", say("(shadow)", "（影子）"));
    columns_end(columns);
}

static void row_print_json(FILE *to, struct bytes *line, const char *org,
                           const struct impact_totals *totals)
{
    line->count = 0;
    int error = bytes_printf(line, "{\"type\":\"%s\"", org == NULL ? "total" : "org");
    if (org != NULL)
        error = error != 0 ? error : json_member(line, "org", slice_of(org));
    error = error != 0 ? error
                       : bytes_printf(line,
                                      ",\"cases\":%llu,\"cases_moved\":%llu,\"appear\":%llu,"
                                      "\"vanish\":%llu,\"move\":%llu,\"shadow\":%llu}\n",
                                      (unsigned long long)totals->cases,
                                      (unsigned long long)totals->cases_moved,
                                      (unsigned long long)totals->cards[IMPACT_APPEARS],
                                      (unsigned long long)totals->cards[IMPACT_VANISHES],
                                      (unsigned long long)totals->cards[IMPACT_MOVES],
                                      (unsigned long long)totals->shadow_cards);
    if (error == 0)
        (void)fwrite(line->start, 1, line->count, to);
}

static int list_print(struct list *list, FILE *to, const char *title)
{
    if (list->count == 0)
        return 0;
    (void)fprintf(to, "\n%s\n", title);
    int error = columns_print(&list->columns, to);
    if (list->count > list->shown)
        (void)fprintf(to,
                      say("  … and %llu more: --list N shows more, --json all\n",
                          "  …… 另有 %llu 条：--list N 显示更多，--json 输出全部\n"),
                      (unsigned long long)(list->count - list->shown));
    return error;
}

int impact_print(struct impact *impact, FILE *to, bool is_backtest)
{
    struct columns columns = {.is_wrapping = true};
    int error = 0;
    qsort(impact->rows + 1, impact->count - 1, sizeof *impact->rows, by_org);
    if (impact->is_json) {
        for (uint32_t i = 1; i < impact->count; i++)
            row_print_json(to, &impact->line, impact->rows[i].org, &impact->rows[i].totals);
        row_print_json(to, &impact->line, NULL, &impact->rows[0].totals);
    } else {
        head_add(&columns, is_backtest);
        for (uint32_t i = 1; i < impact->count; i++)
            row_add(&columns, impact->rows[i].org, &impact->rows[i].totals, is_backtest);
        row_add(&columns, say("all", "合计"), &impact->rows[0].totals, is_backtest);
        error = columns_print(&columns, to);
        if (error == 0)
            error = list_print(&impact->limits, to, say("Limits", "时限"));
        if (error == 0)
            error = list_print(&impact->cards, to, say("Cards", "牌"));
    }
    if (error == 0 && impact->is_short)
        error = -ENOMEM;
    return error != 0 ? error : fflush(to) != 0 ? -EIO : 0;
}
