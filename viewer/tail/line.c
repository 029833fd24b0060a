/* line.c - the columns, from left to right; what has no fixed width (state, reason) comes last. */
#include "viewer/tail/line.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"

#include <stdio.h>
#include <string.h>

enum {
    LEVEL_COLUMNS = 9,
    DUE_COLUMNS = 11,
    DATE_COLUMNS = 6, /* of the time */
    REST_COLUMNS = 240,
    REST_WANTED = 36,
    REST_ENOUGH = 24,
    REST_LEAST = 8,
};

/* As much as may be taken, of what has to be saved. */
static void save(int *columns, int least, int *excess)
{
    int taken = *columns - least < *excess ? *columns - least : *excess;
    if (taken <= 0)
        return;
    *columns -= taken;
    *excess -= taken;
}

struct line_shape line_shape_of(size_t wide)
{
    struct line_shape shape = {
        .time = 14, .case_no = 22, .item = 24, .org = 16, .late = 8, .rest = REST_COLUMNS};
    if (wide == 0)
        return shape;
    int blanks = 7;
    int least = shape.time + LEVEL_COLUMNS + shape.case_no + shape.item + shape.org + DUE_COLUMNS +
                shape.late + blanks;
    int room = wide < 400 ? (int)wide : 400;
    int excess = least + REST_WANTED - room;
    shape.rest = REST_WANTED - (excess < 0 ? excess : 0);
    save(&shape.item, 12, &excess);
    save(&shape.org, 8, &excess);
    save(&shape.case_no, 18, &excess);
    save(&shape.rest, REST_ENOUGH, &excess);
    if (excess > 0) {
        shape.time -= DATE_COLUMNS;
        excess -= DATE_COLUMNS;
    }
    if (excess > 0) {
        excess -= shape.late + 1;
        shape.late = 0;
    }
    shape.rest -= excess;
    if (shape.rest < REST_LEAST)
        shape.rest = REST_LEAST;
    shape.rest = shape.rest < REST_COLUMNS ? shape.rest : REST_COLUMNS;
    return shape;
}

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
    if (columns == 0)
        return;
    put(text, fit_text(slice_of(value), columns, true, room));
    put(text, " ");
}

static void put_rest(struct text *text, const char *value)
{
    char room[FIT_BYTES];
    put(text, fit_text(slice_of(value), REST_COLUMNS, false, room));
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

static void put_item(struct text *text, const struct card_view *view, int columns)
{
    char label[FIT_BYTES];
    (void)snprintf(label, sizeof label, "%.400s%s%.400s", view->item,
                   view->step[0] == '\0' ? "" : " / ", view->step);
    put_column(text, label, columns);
}

/* Under a second is what a healthy engine needs: saying it on each line would only be noise. */
static void put_late(struct text *text, const struct card_view *view, int columns)
{
    char span[SPAN_TEXT_BYTES];
    char label[SPAN_TEXT_BYTES + 1] = "";
    if (view->late_ms >= 1000)
        (void)snprintf(label, sizeof label, "+%s", span_text(view->late_ms, span));
    put_column(text, label, columns);
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

/* The time to the second after month and day, or alone; the year is in the JSON. */
static void put_time(struct text *text, const struct card_view *view, int columns)
{
    enum { YEAR_BYTES = 5 };
    char time[MOMENT_TEXT_BYTES];
    (void)moment_text(view->issued, MOMENT_FULL, time);
    size_t count = strlen(time);
    size_t skipped = columns >= DATE_COLUMNS + 8 ? YEAR_BYTES : YEAR_BYTES + DATE_COLUMNS;
    put_column(text, count > skipped ? time + skipped : time, columns);
}

char *line_of_card(const struct card_view *view, const struct line_shape *shape, bool is_coloured,
                   char room[LINE_BYTES])
{
    struct text text = {.room = room};
    char time[MOMENT_TEXT_BYTES];
    char rest_room[LINE_BYTES] = "";
    char rest_fitted[FIT_BYTES];
    struct text rest = {.room = rest_room};
    room[0] = '\0';
    bool is_struck = view->is_withdrawn && is_coloured;
    put_time(&text, view, shape->time);
    put_level(&text, view->level, is_coloured && !view->is_withdrawn);
    if (is_struck)
        put(&text, "\033[2m");
    put_column(&text, view->case_no, shape->case_no);
    put_item(&text, view, shape->item);
    put_column(&text, view->org, shape->org);
    put_column(&text, moment_text(view->due, MOMENT_SHORT, time), DUE_COLUMNS);
    put_late(&text, view, shape->late);
    if (is_struck)
        put(&text, "\033[0m");
    put_state(&rest, view);
    put(&text, fit_text(slice_of(rest_room), shape->rest, false, rest_fitted));
    trim(&text);
    return room;
}

char *line_of_names(const struct line_shape *shape, bool is_coloured, char room[LINE_BYTES])
{
    struct text text = {.room = room};
    room[0] = '\0';
    if (is_coloured)
        put(&text, "\033[2m");
    put_column(&text, say("time", "时间"), shape->time);
    put_column(&text, say("level", "级别"), LEVEL_COLUMNS);
    put_column(&text, say("case", "办件"), shape->case_no);
    put_column(&text, say("item / step", "事项 / 环节"), shape->item);
    put_column(&text, say("org", "部门"), shape->org);
    put_column(&text, say("due", "应于"), DUE_COLUMNS);
    put_column(&text, say("late by", "迟发"), shape->late);
    put(&text, say("state", "状态"));
    if (is_coloured)
        put(&text, "\033[0m");
    return room;
}
