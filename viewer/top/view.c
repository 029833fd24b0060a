/* view.c - keys change the view and nothing else; a query that a key asks for is handed back. */
#include "viewer/top/view.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void view_clear(struct view *view)
{
    free(view->answer);
    *view = (struct view){.focus = PANE_CARDS};
}

void rows_fit(struct rows *rows, int count, int page)
{
    rows->count = count;
    rows->page = page > 0 ? page : 1;
    if (rows->chosen >= count)
        rows->chosen = count - 1;
    if (rows->chosen < 0)
        rows->chosen = 0;
    if (rows->top > rows->chosen)
        rows->top = rows->chosen;
    if (rows->top + rows->page <= rows->chosen)
        rows->top = rows->chosen - rows->page + 1;
    if (rows->top > count - rows->page)
        rows->top = count - rows->page;
    if (rows->top < 0)
        rows->top = 0;
}

int view_cards(struct view *view, const struct hall *hall, uint32_t backs_out[HALL_CARDS_MAX])
{
    int count = 0;
    int chosen = 0;
    for (uint32_t back = 0; back < hall->count; back++) {
        const json_t *card = hall_newest(hall, back);
        if (!hall_is_match(card, view->filter))
            continue;
        if (view->chosen_seq != 0 && (uint64_t)field_number(card, "seq") == view->chosen_seq)
            chosen = count;
        backs_out[count++] = back;
    }
    view->rows[PANE_CARDS].chosen = chosen;
    if (chosen == 0)
        view->chosen_seq = 0;
    return count;
}

/* --- questions ---------------------------------------------------------------------------------
 */

/* Remember what is asked about, and show that it is under way. Returns the request, to
 * be sent by the caller; NULL if memory is short. */
static json_t *view_ask(struct view *view, bool is_case, const char *name)
{
    if (name[0] == '\0')
        return NULL;
    free(view->answer);
    view->answer = NULL;
    view->overlay = OVERLAY_ANSWER;
    view->overlay_rows = (struct rows){0};
    view->is_case = is_case;
    (void)snprintf(view->asked, sizeof view->asked, "%s", name);
    if (is_case)
        return json_pack("{s:s,s:s}", "query", "case", "case", name);
    return json_pack("{s:s,s:s}", "query", "explain", "card", name);
}

static void write_answer(const struct view *view, FILE *out, const json_t *answer)
{
    if (answer == NULL)
        (void)fputs(say("The engine did not answer.\n", "引擎没有回答。\n"), out);
    else if (json_is_false(json_object_get(answer, "ok")))
        (void)fprintf(out, "%s\n", field_text(answer, "text"));
    else if (view->is_case)
        show_case(out, answer);
    else
        show_explanation(out, answer);
}

void view_answer(struct view *view, const json_t *answer)
{
    size_t bytes = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL)
        return;
    write_answer(view, out, answer);
    if (fclose(out) != 0) {
        free(text);
        return;
    }
    free(view->answer);
    view->answer = text;
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static void rows_move(struct rows *rows, enum key key)
{
    int by = 0;
    if (key == KEY_IS_UP || key == KEY_IS_DOWN)
        by = key == KEY_IS_UP ? -1 : 1;
    else if (key == KEY_IS_PAGE_UP || key == KEY_IS_PAGE_DOWN)
        by = key == KEY_IS_PAGE_UP ? -rows->page : rows->page;
    else if (key == KEY_IS_HOME || key == KEY_IS_END)
        by = key == KEY_IS_HOME ? -rows->count : rows->count;
    rows->chosen += by;
    rows_fit(rows, rows->count, rows->page);
}

/* An overlay has nothing to choose: its text itself moves. */
static void overlay_move(struct rows *rows, enum key key)
{
    struct rows text = {
        .chosen = rows->top, .count = rows->count - rows->page + 1, .page = rows->page};
    rows_move(&text, key);
    rows->top = text.chosen;
}

static void cards_move(struct view *view, const struct hall *hall, enum key key)
{
    static uint32_t backs[HALL_CARDS_MAX];
    struct rows *rows = &view->rows[PANE_CARDS];
    rows_fit(rows, view_cards(view, hall, backs), rows->page);
    rows_move(rows, key);
    view->chosen_seq = 0;
    if (rows->chosen > 0)
        view->chosen_seq = (uint64_t)field_number(hall_newest(hall, backs[rows->chosen]), "seq");
}

static const json_t *card_chosen(struct view *view, const struct hall *hall)
{
    static uint32_t backs[HALL_CARDS_MAX];
    int count = view_cards(view, hall, backs);
    return count == 0 ? NULL : hall_newest(hall, backs[view->rows[PANE_CARDS].chosen]);
}

/* Why, for a card; the case, for what will fall due; an org's cards, for an org. */
static json_t *enter(struct view *view, const struct hall *hall)
{
    int chosen = view->rows[view->focus].chosen;
    switch (view->focus) {
    case PANE_CARDS:
        return view_ask(view, false, field_text(card_chosen(view, hall), "card"));
    case PANE_DUE:
        return view_ask(view, true, field_text(json_array_get(hall->due, (size_t)chosen), "case"));
    case PANE_ORGS:
        if ((uint32_t)chosen < hall->org_count)
            (void)snprintf(view->filter, sizeof view->filter, "%s", hall->orgs[chosen].name);
        break;
    case PANE_SOURCES:
    case PANE_COUNT:
        break;
    }
    return NULL;
}

static void filter_erase(struct view *view)
{
    size_t count = strlen(view->filter);
    while (count > 0 && (view->filter[count - 1] & 0xc0) == 0x80)
        count--;
    if (count > 0)
        count--;
    view->filter[count] = '\0';
}

static void filter_key(struct view *view, enum key key, const char *typed)
{
    size_t count = strlen(view->filter);
    if (key == KEY_IS_TEXT && count + strlen(typed) < FILTER_BYTES)
        memcpy(view->filter + count, typed, strlen(typed) + 1);
    else if (key == KEY_IS_ERASE)
        filter_erase(view);
    else if (key == KEY_IS_ENTER || key == KEY_IS_ESCAPE)
        view->is_typing = false;
    if (key == KEY_IS_ESCAPE)
        view->filter[0] = '\0';
    view->chosen_seq = 0;
}

static void overlay_key(struct view *view, enum key key, const char *typed)
{
    if (key == KEY_IS_ESCAPE || key == KEY_IS_ENTER || strcmp(typed, "q") == 0 ||
        strcmp(typed, "?") == 0)
        view->overlay = OVERLAY_NONE;
    else
        overlay_move(&view->overlay_rows, key);
}

static void letter(struct view *view, const char *typed)
{
    if (strcmp(typed, "q") == 0)
        view->is_ended = true;
    else if (strcmp(typed, "/") == 0)
        view->is_typing = true;
    else if (strcmp(typed, "l") == 0)
        (void)lang_init(lang_is_zh() ? "en" : "zh"); /* both are languages there are */
    else if (strcmp(typed, "?") == 0) {
        view->overlay = OVERLAY_HELP;
        view->overlay_rows = (struct rows){0};
    }
}

json_t *view_key(struct view *view, const struct hall *hall, enum key key, const char *typed)
{
    if (key == KEY_IS_NONE || key == KEY_IS_RESIZE || key == KEY_IS_OTHER)
        return NULL;
    if (view->is_typing) {
        filter_key(view, key, typed);
    } else if (view->overlay != OVERLAY_NONE) {
        overlay_key(view, key, typed);
    } else if (key == KEY_IS_TEXT) {
        letter(view, typed);
    } else if (key == KEY_IS_TAB || key == KEY_IS_BACK_TAB) {
        int step = key == KEY_IS_TAB ? 1 : PANE_COUNT - 1;
        view->focus = (enum pane)(((int)view->focus + step) % PANE_COUNT);
    } else if (key == KEY_IS_ENTER) {
        return enter(view, hall);
    } else if (key == KEY_IS_ESCAPE) {
        view->filter[0] = '\0';
    } else if (view->focus == PANE_CARDS) {
        cards_move(view, hall, key);
    } else {
        rows_move(&view->rows[view->focus], key);
    }
    return NULL;
}
