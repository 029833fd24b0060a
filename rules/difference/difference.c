/* difference.c - rows aligned for people, or as JSON for programs. */
#include "rules/difference/difference.h"

#include "engine/sys/columns.h"
#include "engine/sys/lang.h"
#include "rules/difference/lines.h"
#include "rules/difference/rows.h"

#include <errno.h>
#include <stdio.h>

/* One of the two is given. */
struct saying {
    struct columns columns;
    json_t *rows;
    uint32_t count;
};

static const char row_sign[ROW_CHANGE_COUNT] = {'+', '-', '~'};

/* "(empty)", since nothing at all would look like a mistake of ours. */
static const char *shown(struct slice text)
{
    return text.count == 0 ? say("(empty)", "（空）") : text.start;
}

static void say_cell(struct saying *saying, const struct row_difference *difference)
{
    columns_add(&saying->columns, "  %c", row_sign[difference->change]);
    columns_add(&saying->columns, "%.*s", SLICE_ARG(difference->code));
    columns_add(&saying->columns, "%.*s", SLICE_ARG(difference->column));
    if (difference->change == ROW_ADDED)
        columns_add(&saying->columns, "%s", shown(difference->after));
    else if (difference->change == ROW_REMOVED)
        columns_add(&saying->columns, "%s", shown(difference->before));
    else
        columns_add(&saying->columns, "%s → %s", shown(difference->before),
                    shown(difference->after));
    columns_end(&saying->columns);
}

static json_t *text_json(struct slice text)
{
    return json_stringn(text.count == 0 ? "" : text.start, text.count);
}

static void on_difference(void *ctx, const struct row_difference *difference)
{
    struct saying *saying = ctx;
    saying->count++;
    if (saying->rows == NULL) {
        say_cell(saying, difference);
        return;
    }
    (void)json_array_append_new(
        saying->rows,
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "change", row_change_name[difference->change],
                  "code", text_json(difference->code), "column", text_json(difference->column),
                  "before", text_json(difference->before), "after", text_json(difference->after)));
}

/* Tables that cannot be taken apart (of an older program) are told by their lines. */
static int say_inside(struct arena *arena, const struct difference *difference, json_t *rows)
{
    struct saying saying = {.rows = rows};
    int status = 1;
    if (rows_is_table(difference->kind))
        status = rows_diff(arena, difference->kind, difference->before, difference->after,
                           on_difference, &saying);
    int printed = columns_print(&saying.columns, stdout);
    if (status < 0 || printed != 0)
        return status < 0 ? status : printed;
    if (rows != NULL)
        return 0;
    if (status > 0)
        return lines_diff(difference->before, difference->after, stdout);
    if (saying.count == 0)
        printf("  %s\n", say("the same rows, written otherwise", "各行相同，只是写法不同"));
    return 0;
}

int difference_say(struct arena *arena, const struct difference *difference, bool is_brief,
                   json_t *all)
{
    enum row_change change = difference->before.start == NULL  ? ROW_ADDED
                             : difference->after.start == NULL ? ROW_REMOVED
                                                               : ROW_CHANGED;
    bool is_shown = !is_brief && change == ROW_CHANGED;
    if (all == NULL) {
        printf("%c %s %s\n", row_sign[change], document_kind_name[difference->kind],
               difference->name);
        return is_shown ? say_inside(arena, difference, NULL) : 0;
    }
    json_t *one = json_pack("{s:s, s:s, s:s}", "change", row_change_name[change], "kind",
                            document_kind_name[difference->kind], "name", difference->name);
    int status = 0;
    if (is_shown && rows_is_table(difference->kind)) {
        json_t *rows = json_array();
        status = rows == NULL ? -ENOMEM : say_inside(arena, difference, rows);
        (void)json_object_set_new(one, "rows", rows);
    }
    (void)json_array_append_new(all, one);
    return status;
}
