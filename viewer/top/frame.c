/* frame.c - the bar at the top (which engine, what time it has, whether we see it), the levels, the
 * loud line when we do not, the keys at the foot, and the overlays.
 */
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/top/panes.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_BYTES = 512 };

static const char *const help_en =
    "cardwatch view top shows an engine at work.\n"
    "\n"
    "  Tab, Shift-Tab    the next pane, the one before\n"
    "  Up Down PgUp PgDn Home End\n"
    "                    move within the pane\n"
    "  Enter             on a card: why it was raised, the whole count\n"
    "                    on a case that falls due: its timeline\n"
    "                    on an organisation: only its cards\n"
    "  /                 filter cards by case or organisation; Esc ends it\n"
    "  l                 Chinese, English\n"
    "  q                 end (or close this)\n"
    "\n"
    "The newest card is on top. While the first line is chosen, it follows the\n"
    "newest; further down, it stays with its card.\n"
    "\n"
    "  + issued late     \u21a9 (or <) withdrawn     ~ shadow rule\n"
    "\n"
    "When no pulse comes, all turns faint and a line says since when: what is\n"
    "shown is then how it was, not how it is. A source with ! is silent: its\n"
    "cases cannot be judged since the time given.\n";

static const char *const help_zh =
    "cardwatch view top 显示引擎的实时情况。\n"
    "\n"
    "  Tab、Shift-Tab    下一栏、上一栏\n"
    "  ↑ ↓ PgUp PgDn Home End\n"
    "                    在栏内移动\n"
    "  回车              在牌上：为何发牌，完整的计算\n"
    "                    在即将到期的办件上：办件时间线\n"
    "                    在部门上：只看该部门的牌\n"
    "  /                 按办件或部门筛选；Esc 取消\n"
    "  l                 中文、英文\n"
    "  q                 退出（或关闭本窗口）\n"
    "\n"
    "最新的牌在最上面。选中第一行时始终跟随最新；\n"
    "下移后选中行跟随那张牌。\n"
    "\n"
    "  + 迟发     \u21a9（或 <）已撤销     ~ 试运行规则\n"
    "\n"
    "没有心跳时，整屏变暗，并写明从何时起：此时显示的是过去，\n"
    "不是现在。带 ! 的来源没有消息：自所示时间起，其办件无法判断。\n";

static void name_text(const struct hall *hall, const char *instance, char room[LABEL_BYTES])
{
    long long edition = (long long)field_number(hall->pulse, "edition");
    (void)snprintf(room, LABEL_BYTES,
                   say(" cardwatch%s%s%.40s  rules %lld  %.0f events/s",
                       " cardwatch%s%s%.40s  规则第 %lld 版  %.0f 事件/秒"),
                   screen_box().width < 100 ? "" : say(" electronic monitoring", " 电子监察"),
                   instance[0] == '\0' ? "" : "  ", instance, edition, hall->events_per_s);
}

static void draw_bar(const struct hall *hall)
{
    struct box all = screen_box();
    char left[LABEL_BYTES];
    char right[LABEL_BYTES];
    char time[MOMENT_TEXT_BYTES];
    const char *sight = !hall->has_sight ? say("connecting", "连接中")
                        : hall->is_blind ? say("BLIND", "失明")
                                         : say("live", "实时");
    (void)snprintf(right, sizeof right, "%s  %s%s ", moment_text(hall_now(hall), MOMENT_FULL, time),
                   fit_is_utf8() && !hall->is_blind ? "● " : "", sight);
    int columns = fit_columns(slice_of(right));
    name_text(hall, field_text(hall->pulse, "instance"), left);
    if (fit_columns(slice_of(left)) >= all.width - columns)
        name_text(hall, "", left);
    for (int x = 0; x < all.width; x += 200)
        (void)screen_put(0, x, all.width - x, INK_BAR, false, true, "");
    (void)screen_put(0, 0, all.width - columns - 1, INK_BAR, false, false, left);
    (void)screen_put(0, all.width - columns, columns, INK_BAR, false, true, right);
}

static int draw_level(const struct hall *hall, int x, int level)
{
    struct level_look look = level_look(level_names[level]);
    char text[LABEL_BYTES];
    long long total =
        (long long)field_number(json_object_get(hall->pulse, "cards"), level_names[level]);
    (void)snprintf(text, sizeof text, "%s %s ", look.shape, look.text);
    x += screen_put(1, x, 20, ink_of(look.tint), false, false, text);
    if (total < hall->today_cards[level])
        total = hall->today_cards[level]; /* the pulse is up to a second behind the cards */
    (void)snprintf(text, sizeof text, "%lld%s/%lld", (long long)hall->today_cards[level],
                   hall->has_all_of_today || hall->count == 0 ? "" : "+", total);
    x += screen_put(1, x, 20, INK_BOLD, false, false, text);
    return x + 3;
}

static void draw_levels(const struct hall *hall)
{
    struct box all = screen_box();
    char text[LABEL_BYTES];
    int x = 1;
    for (int i = 0; i < LEVEL_COUNT; i++)
        x = draw_level(hall, x, i);
    (void)snprintf(text, sizeof text,
                   all.width < 100 ? say("open %lld  refused %lld", "在办 %lld  拒收 %lld")
                                   : say("(today/all)   open cases %lld   refused events %lld",
                                         "（今日/累计）   在办 %lld   拒收事件 %lld"),
                   (long long)field_number(hall->pulse, "cases_open"),
                   (long long)field_number(hall->pulse, "refused"));
    (void)screen_put(1, x, all.width - x, INK_PLAIN, false, false, text);
}

static void draw_alarm(const struct hall *hall, struct instant now)
{
    struct box all = screen_box();
    char text[LABEL_BYTES];
    char time[MOMENT_TEXT_BYTES];
    char span[SPAN_TEXT_BYTES];
    if (!hall->is_blind) {
        (void)screen_put(2, 1, all.width - 2, INK_ALERT, false, false, hall->notice);
        return;
    }
    struct moment since = moment_here(hall->blind_since);
    if (instant_is_set(hall_now(hall).at))
        since.offset_s = hall_now(hall).offset_s;
    int64_t ms = now.ms - hall->blind_since.ms;
    (void)snprintf(text, sizeof text,
                   say("  BLIND: no pulse since %s (%s). What is shown is how it was then.",
                       "  失明：自 %s 起没有心跳（%s）。所示为当时情况，不是现在。"),
                   moment_text(since, MOMENT_TIME, time), span_text(ms < 0 ? 0 : ms, span));
    for (int x = 0; x < all.width; x += 200)
        (void)screen_put(2, x, all.width - x, INK_LOUD, false, true, x == 0 ? text : "");
}

static void draw_foot(const struct view *view)
{
    struct box all = screen_box();
    char text[LABEL_BYTES];
    if (view->is_typing)
        (void)snprintf(text, sizeof text, say(" filter: %s_", " 筛选：%s_"), view->filter);
    else
        (void)snprintf(text, sizeof text, "%s",
                       say(" q quit  Tab pane  Enter why  / filter  l 中文  ? help",
                           " q 退出  Tab 换栏  回车 为何  / 筛选  l English  ? 帮助"));
    for (int x = 0; x < all.width; x += 200)
        (void)screen_put(all.height - 1, x, all.width - x, INK_BAR, false, true,
                         x == 0 ? text : "");
}

void frame_draw(const struct hall *hall, const struct view *view, struct instant now)
{
    draw_bar(hall);
    draw_levels(hall);
    draw_alarm(hall, now);
    draw_foot(view);
}

enum { INDENT = 16 }; /* where the values of facts begin */

/* A text is shown line by line; what is too long for one goes on below, indented, and is parted at
 * a blank if there is one in the second half. */
struct reading {
    const char *rest;
    bool is_within; /* a line that goes on */
};

static struct slice next_piece(struct reading *reading, int width)
{
    struct slice line = {.start = reading->rest, .count = strcspn(reading->rest, "\n")};
    size_t bytes = fit_bytes(line, reading->is_within ? width - INDENT : width);
    if (bytes == 0 && line.count > 0)
        bytes = line.count; /* narrower than one character: cut rather than stand still */
    size_t blank = bytes;
    while (bytes < line.count && blank > bytes / 2 && line.start[blank] != ' ')
        blank--;
    if (bytes < line.count && line.start[blank] == ' ')
        bytes = blank;
    reading->is_within = bytes < line.count;
    reading->rest += bytes;
    reading->rest += strspn(reading->rest, reading->is_within ? " " : "");
    if (!reading->is_within && *reading->rest == '\n')
        reading->rest++;
    return (struct slice){.start = line.start, .count = bytes};
}

static int piece_count(const char *text, int width)
{
    struct reading reading = {.rest = text};
    int count = 0;
    for (; *reading.rest != '\0'; count++)
        (void)next_piece(&reading, width);
    return count;
}

static void draw_text(const char *text, const struct rows *rows, struct box box)
{
    struct reading reading = {.rest = text};
    for (int i = 0; i < rows->top + rows->page && *reading.rest != '\0'; i++) {
        char line[LABEL_BYTES];
        int indent = reading.is_within ? INDENT : 0;
        struct slice piece = next_piece(&reading, box.width);
        (void)snprintf(line, sizeof line, "%.*s", (int)piece.count, piece.start);
        if (i >= rows->top)
            (void)screen_put(box.y + i - rows->top, box.x + indent, box.width - indent, INK_PLAIN,
                             false, false, line);
    }
}

void overlay_draw(struct view *view)
{
    if (view->overlay == OVERLAY_NONE)
        return;
    struct box all = screen_box();
    bool is_help = view->overlay == OVERLAY_HELP;
    const char *text = is_help                ? say(help_en, help_zh)
                       : view->answer == NULL ? say("asking …\n", "查询中…\n")
                                              : view->answer;
    struct box box = {.y = FRAME_HEAD, .height = all.height - FRAME_HEAD - FRAME_FOOT};
    box.width = all.width - 4 < 110 ? all.width - 4 : 110;
    box.x = (all.width - box.width) / 2;
    struct rows *rows = &view->overlay_rows;
    rows->count = piece_count(text, box.width - 4);
    rows->page = box.height - 2;
    if (rows->top > rows->count - rows->page)
        rows->top = rows->count > rows->page ? rows->count - rows->page : 0;
    char title[LABEL_BYTES];
    if (is_help)
        (void)snprintf(title, sizeof title, "%s", say("help", "帮助"));
    else
        (void)snprintf(title, sizeof title, "%s %s",
                       view->is_case ? say("case", "办件") : say("why", "为何发牌"), view->asked);
    screen_frame(box, title);
    struct box inner = {box.y + 1, box.x + 2, box.height - 2, box.width - 4};
    draw_text(text, rows, inner);
    if (rows->count > rows->page) {
        (void)snprintf(title, sizeof title, "%d-%d/%d", rows->top + 1, rows->top + rows->page,
                       rows->count);
        (void)screen_put(box.y + box.height - 1, box.x + box.width - 20, 18, INK_FAINT, false,
                         false, title);
    }
}
