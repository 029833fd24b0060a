/* line.c - the columns, from left to right; what has no fixed width (state, reason) comes last. */
#include "viewer/tail/line.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"

#include <stdio.h>
#include <string.h>

enum {
    TIME_COLUMNS = 14,
    LEVEL_COLUMNS = 9,
    CASE_COLUMNS = 22,
    ITEM_COLUMNS = 24,
    ORG_COLUMNS = 16,
    DUE_COLUMNS = 11,
    LATE_COLUMNS = 8,
};

/* Text that grows to the right; what does not fit is left out. */
struct text {
    char *room;
    size_t used;
};

static void put(struct text *text, const char *more)
{
    size_t count = strlen(more);
    if (text->used + count >= LINE_BYTES)
        return;
    memcpy(text->room + text->used, more, count + 1);
    text->used += count;
}

static void put_column(struct text *text, const char *value, int columns)
{
    char room[FIT_BYTES];
    put(text, fit_text(slice_of(value), columns, true, room));
    put(text, " ");
}

static void put_rest(struct text *text, const char *value)
{
    char room[FIT_BYTES];
    put(text, fit_text(slice_of(value), 240, false, room));
}

static const char *colour_of(enum tint tint)
{
    static const char *const colours[TINT_COUNT] = {
        [TINT_NONE] = "",          [TINT_CALM] = "\033[36m",  [TINT_YELLOW] = "\033[33m",
        [TINT_RED] = "\033[1;31m", [TINT_OTHER] = "\033[35m",
    };
    return colours[tint];
}

static void put_level(struct text *text, const char *level, bool is_coloured)
{
    struct level_look look = level_look(level);
    char label[FIT_BYTES];
    char name[FIT_BYTES];
    (void)snprintf(label, sizeof label, "%s %s", look.shape,
                   fit_text(slice_of(look.text), LEVEL_COLUMNS - 2, false, name));
    if (is_coloured)
        put(text, colour_of(look.tint));
    put_column(text, label, LEVEL_COLUMNS);
    if (is_coloured)
        put(text, "\033[0m");
}

static void put_item(struct text *text, const struct card_view *view)
{
    char label[FIT_BYTES];
    (void)snprintf(label, sizeof label, "%.400s%s%.400s", view->item,
                   view->step[0] == '\0' ? "" : " / ", view->step);
    put_column(text, label, ITEM_COLUMNS);
}

/* Under a second is what a healthy engine needs: saying it on each line would only be noise. */
static void put_late(struct text *text, const struct card_view *view)
{
    char span[SPAN_TEXT_BYTES];
    char label[SPAN_TEXT_BYTES + 1] = "";
    if (view->late_ms >= 1000)
        (void)snprintf(label, sizeof label, "+%s", span_text(view->late_ms, span));
    put_column(text, label, LATE_COLUMNS);
}

/* "issued" is what every reader expects; any other state is said. */
static void put_state(struct text *text, const struct card_view *view)
{
    char term[TERM_ROOM_BYTES];
    char until[MOMENT_TEXT_BYTES];
    if (view->is_shadow)
        put(text, say("(shadow) ", "（试运行） "));
    if (view->is_withdrawn)
        put(text, fit_is_utf8() ? "↩ " : "<- ");
    if (strcmp(view->state, "issued") != 0) {
        put_rest(text, state_text(view->state));
        put(text, " ");
        if (view->is_pending && instant_is_set(view->until.at)) {
            put(text, say("until ", "至 "));
            put(text, moment_text(view->until, MOMENT_SHORT, until));
            put(text, " ");
        }
    } else if (view->limit[0] != '\0') {
        put(text, say("limit ", "时限 "));
        put_rest(text, term_text(view->limit, term));
        put(text, " ");
    }
    if (view->over[0] != '\0' && view->over[0] != '0' && !view->is_withdrawn) {
        put(text, say("over ", "超 "));
        put_rest(text, term_text(view->over, term));
        put(text, " ");
    }
    if (view->reason[0] != '\0') {
        put(text, "· ");
        put_rest(text, reason_text(view->reason));
    }
}

static void trim(struct text *text)
{
    while (text->used > 0 && text->room[text->used - 1] == ' ')
        text->room[--text->used] = '\0';
}

char *line_of_card(const struct card_view *view, bool is_coloured, char room[LINE_BYTES])
{
    struct text text = {.room = room};
    char time[MOMENT_TEXT_BYTES];
    room[0] = '\0';
    bool is_struck = view->is_withdrawn && is_coloured;
    /* 14 columns: month, day and the time to the second; the year is in the JSON. */
    (void)moment_text(view->issued, MOMENT_FULL, time);
    put_column(&text, strlen(time) > 5 ? time + 5 : time, TIME_COLUMNS);
    put_level(&text, view->level, is_coloured && !view->is_withdrawn);
    if (is_struck)
        put(&text, "\033[2m");
    put_column(&text, view->case_no, CASE_COLUMNS);
    put_item(&text, view);
    put_column(&text, view->org, ORG_COLUMNS);
    put_column(&text, moment_text(view->due, MOMENT_SHORT, time), DUE_COLUMNS);
    put_late(&text, view);
    if (is_struck)
        put(&text, "\033[0m");
    put_state(&text, view);
    trim(&text);
    return room;
}

char *line_of_names(bool is_coloured, char room[LINE_BYTES])
{
    struct text text = {.room = room};
    room[0] = '\0';
    if (is_coloured)
        put(&text, "\033[2m");
    put_column(&text, say("time", "时间"), TIME_COLUMNS);
    put_column(&text, say("level", "级别"), LEVEL_COLUMNS);
    put_column(&text, say("case", "办件"), CASE_COLUMNS);
    put_column(&text, say("item / step", "事项 / 环节"), ITEM_COLUMNS);
    put_column(&text, say("org", "部门"), ORG_COLUMNS);
    put_column(&text, say("due", "应于"), DUE_COLUMNS);
    put_column(&text, say("late by", "迟发"), LATE_COLUMNS);
    put(&text, say("state", "状态"));
    if (is_coloured)
        put(&text, "\033[0m");
    return room;
}
