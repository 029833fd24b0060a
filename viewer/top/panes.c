/* panes.c - four lists. Wide screens have the cards left and the rest right; others have the cards
 * above and the rest below.
 */
#include "viewer/top/panes.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"

#include <stdio.h>
#include <string.h>

enum { WIDE_COLUMNS = 110, LABEL_BYTES = 512 };

/* One row of a list, to be drawn at y. */
struct row {
    const struct hall *hall;
    int index;
    struct box box; /* height 1 */
    bool is_chosen;
};

static void layout(struct box boxes[PANE_COUNT])
{
    struct box all = screen_box();
    int y = FRAME_HEAD;
    int height = all.height - FRAME_HEAD - FRAME_FOOT;
    if (all.width >= WIDE_COLUMNS) {
        int left = all.width * 62 / 100;
        int width = all.width - left - 1;
        int orgs = height * 38 / 100;
        int sources = height * 25 / 100;
        boxes[PANE_CARDS] = (struct box){y, 0, height, left};
        boxes[PANE_ORGS] = (struct box){y, left + 1, orgs, width};
        boxes[PANE_DUE] = (struct box){y + orgs, left + 1, height - orgs - sources, width};
        boxes[PANE_SOURCES] = (struct box){y + height - sources, left + 1, sources, width};
        return;
    }
    int upper = height * 55 / 100;
    int third = all.width / 3;
    boxes[PANE_CARDS] = (struct box){y, 0, upper, all.width};
    boxes[PANE_ORGS] = (struct box){y + upper, 0, height - upper, third};
    boxes[PANE_DUE] = (struct box){y + upper, third + 1, height - upper, third + 3};
    boxes[PANE_SOURCES] =
        (struct box){y + upper, 2 * third + 5, height - upper, all.width - 2 * third - 5};
}

/* Today's instants by the clock, others by date: nobody takes yesterday's 17:02 for today's. */
static char *when_text(const struct hall *hall, struct moment at, bool has_seconds,
                       char text[MOMENT_TEXT_BYTES])
{
    bool is_today = instant_is_set(at.at) && moment_day(at) == hall->today;
    (void)moment_text(at, is_today ? MOMENT_TIME : MOMENT_SHORT, text);
    if (is_today && !has_seconds)
        text[5] = '\0';
    return text;
}

static int level_columns(void)
{
    return lang_is_zh() ? 6 : 9;
}

static int put(const struct row *row, int x, int width, enum ink ink, const char *text)
{
    return screen_put(row->box.y, row->box.x + x, width, ink, row->is_chosen, true, text);
}

static void draw_card(const struct row *row)
{
    struct card_view view = card_view_of(hall_newest(row->hall, (uint32_t)row->index));
    struct level_look look = level_look(view.level);
    char text[LABEL_BYTES];
    char time[MOMENT_TEXT_BYTES];
    char span[SPAN_TEXT_BYTES];
    int width = row->box.width;
    int tail = width >= 70 ? 10 : 0;
    int rest = width - 12 - level_columns() - 1 - 2 - tail;
    int case_columns = rest * 43 / 100 < 24 ? rest * 43 / 100 : 24;
    int org_columns = rest * 27 / 100 < 22 ? rest * 27 / 100 : 22;
    enum ink ink = view.is_withdrawn ? INK_FAINT : INK_PLAIN;

    (void)snprintf(text, sizeof text, "%11s ", when_text(row->hall, view.issued, true, time));
    int x = put(row, 0, 12, ink, text);
    (void)snprintf(text, sizeof text, "%s %s", look.shape, look.text);
    x += put(row, x, level_columns() + 1, view.is_withdrawn ? ink : ink_of(look.tint), text);
    const char *mark = view.is_withdrawn      ? (fit_is_utf8() ? "↩" : "<")
                       : view.is_pending      ? "?"
                       : view.late_ms >= 1000 ? "+"
                       : view.is_shadow       ? "~"
                                              : "";
    x += put(row, x, 2, ink, mark);
    x += put(row, x, case_columns - 1, ink, view.case_no);
    x += put(row, x, 1, ink, "");
    (void)snprintf(text, sizeof text, "%.200s%s%.200s", view.item, view.step[0] == '\0' ? "" : "/",
                   view.step);
    x += put(row, x, rest - case_columns - org_columns - 1, ink, text);
    x += put(row, x, 1, ink, "");
    x += put(row, x, org_columns, ink, view.org);
    if (tail == 0)
        return;
    text[0] = '\0';
    if (view.is_pending && instant_is_set(view.until.at)) {
        char *until = when_text(row->hall, view.until, false, time);
        until[5] = '\0'; /* the time today, or the day */
        (void)snprintf(text, sizeof text, say(" by %s", " 限%s"), until);
    } else if (view.is_withdrawn || view.is_pending)
        (void)snprintf(text, sizeof text, " %s", state_text(view.state));
    else if (view.late_ms >= 1000)
        (void)snprintf(text, sizeof text, " +%s", span_text(view.late_ms, span));
    (void)put(row, x, tail, ink, text);
}

static void draw_org(const struct row *row)
{
    const struct org_row *org = &row->hall->orgs[row->index];
    int each = row->box.width >= 40 ? 8 : row->box.width >= 30 ? 7 : 6; /* no number is cut */
    int name = row->box.width - LEVEL_COUNT * each;
    int x = put(row, 0, name, INK_PLAIN, org->name);
    for (int i = LEVEL_COUNT - 1; i >= 0; i--) {
        struct level_look look = level_look(level_names[i]);
        char text[LABEL_BYTES];
        (void)snprintf(text, sizeof text, " %s%-*lld", look.shape, each - 2,
                       (long long)org->cards[i]);
        x += put(row, x, each, org->cards[i] > 0 ? ink_of(look.tint) : INK_FAINT, text);
    }
}

static void draw_due(const struct row *row)
{
    const json_t *due = json_array_get(row->hall->due, (size_t)row->index);
    struct moment at = field_moment(due, "due_at");
    struct moment now = hall_now(row->hall);
    struct level_look look = level_look(field_text(due, "level"));
    char time[MOMENT_TEXT_BYTES];
    char left[SPAN_TEXT_BYTES] = "";
    int width = row->box.width;
    char text[LABEL_BYTES];
    (void)snprintf(text, sizeof text, "%11s ", when_text(row->hall, at, false, time));
    int x = put(row, 0, 12, INK_PLAIN, text);
    x += put(row, x, 2, ink_of(look.tint), look.shape);
    if (instant_is_set(now.at) && instant_is_set(at.at) && at.at.ms > now.at.ms && width >= 44)
        x += put(row, x, 8, INK_FAINT, span_text(at.at.ms - now.at.ms, left));
    int rest = width - x;
    int case_columns = rest * 68 / 100 < 22 ? rest * 68 / 100 : 22;
    x += put(row, x, case_columns, INK_PLAIN, field_text(due, "case"));
    x += put(row, x, 1, INK_PLAIN, "");
    (void)put(row, x, width - x, INK_FAINT, field_text(due, "org"));
}

static void draw_source(const struct row *row)
{
    const json_t *source =
        json_array_get(json_object_get(row->hall->pulse, "sources"), (size_t)row->index);
    struct moment silent = field_moment(source, "silent_since");
    char time[MOMENT_TEXT_BYTES];
    char text[LABEL_BYTES];
    bool is_silent = instant_is_set(silent.at);
    int width = row->box.width;
    const char *mark = is_silent ? "! " : fit_is_utf8() ? "● " : "o ";
    if (is_silent)
        (void)snprintf(text, sizeof text, " %s %s",
                       width < 40 ? say("blind", "失联") : say("no verdict since", "无法判断，自"),
                       when_text(row->hall, silent, false, time));
    else
        (void)snprintf(text, sizeof text, " %s",
                       when_text(row->hall, field_moment(source, "last_at"), true, time));
    int state = fit_columns(slice_of(text));
    state = state < width - 8 ? state : width - 8;
    int x = put(row, 0, 2, is_silent ? INK_ALERT : INK_CALM, mark);
    x += put(row, x, width - x - state, is_silent ? INK_ALERT : INK_PLAIN,
             field_text(source, "source"));
    (void)put(row, x, width - x, is_silent ? INK_ALERT : INK_FAINT, text);
}

/* The title says how many there are, and which of them are seen. */
static void draw_list(const struct hall *hall, struct view *view, enum pane pane, struct box box,
                      int count, void (*draw)(const struct row *row), const uint32_t *indexes)
{
    static const char *const names[PANE_COUNT][2] = {{"Cards", "发牌"},
                                                     {"Organisations", "部门排名"},
                                                     {"Due soon", "即将到期"},
                                                     {"Sources", "来源"}};
    struct rows *rows = &view->rows[pane];
    char title[LABEL_BYTES];
    rows_fit(rows, count, box.height - 1);
    int used = snprintf(title, sizeof title, "%s %d", names[pane][lang_is_zh() ? 1 : 0], count);
    if (pane == PANE_CARDS && view->filter[0] != '\0')
        (void)snprintf(title + used, sizeof title - (size_t)used,
                       say(" · filter: %s", " · 筛选：%s"), view->filter);
    if (pane == PANE_ORGS && hall->is_counted_here && hall->count == HALL_CARDS_MAX)
        (void)snprintf(title + used, sizeof title - (size_t)used,
                       say(" · newest %d", " · 最近 %d 张"), HALL_CARDS_MAX);
    screen_rule(box, pane == view->focus ? INK_FOCUS : INK_TITLE, title);
    if (box.x > 0) {
        struct box wall = {box.y, box.x, box.height, box.width};
        screen_wall(wall);
    }
    for (int i = 0; i < box.height - 1 && rows->top + i < count; i++) {
        int at = rows->top + i;
        struct row row = {.hall = hall,
                          .index = indexes == NULL ? at : (int)indexes[at],
                          .box = {box.y + 1 + i, box.x, 1, box.width},
                          .is_chosen = pane == view->focus && at == rows->chosen};
        draw(&row);
    }
}

static void draw_nothing(struct box box, const char *text)
{
    (void)screen_put(box.y + 1, box.x + 1, box.width - 2, INK_FAINT, false, false, text);
}

void panes_draw(const struct hall *hall, struct view *view, struct instant now)
{
    static uint32_t backs[HALL_CARDS_MAX];
    struct box boxes[PANE_COUNT];
    struct box all = screen_box();
    screen_begin(hall->is_blind);
    if (all.width < 60 || all.height < 16) {
        (void)screen_put(0, 0, all.width, INK_BOLD, false, false,
                         say("too small: 60 x 16 at least", "窗口太小：至少 60 x 16"));
        screen_end();
        return;
    }
    layout(boxes);
    int cards = view_cards(view, hall, backs);
    int due = (int)json_array_size(hall->due);
    int sources = (int)json_array_size(json_object_get(hall->pulse, "sources"));
    draw_list(hall, view, PANE_CARDS, boxes[PANE_CARDS], cards, draw_card, backs);
    draw_list(hall, view, PANE_ORGS, boxes[PANE_ORGS], (int)hall->org_count, draw_org, NULL);
    draw_list(hall, view, PANE_DUE, boxes[PANE_DUE], due, draw_due, NULL);
    draw_list(hall, view, PANE_SOURCES, boxes[PANE_SOURCES], sources, draw_source, NULL);
    if (cards == 0)
        draw_nothing(boxes[PANE_CARDS], view->filter[0] != '\0'
                                            ? say("nothing passes the filter", "没有符合筛选的牌")
                                            : say("no cards yet", "还没有发牌"));
    if (due == 0)
        draw_nothing(boxes[PANE_DUE], say("nothing within two days", "两天内无到期"));
    if (sources == 0)
        draw_nothing(boxes[PANE_SOURCES], say("no source has spoken yet", "尚无来源"));
    frame_draw(hall, view, now);
    overlay_draw(view);
    screen_end();
}
