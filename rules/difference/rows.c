/* rows.c - both tables sorted by their codes; each row then finds its like. */
#include "rules/difference/rows.h"

#include "rules/read/csv_text.h"

#include <errno.h>
#include <stdlib.h>

const char *const row_change_name[ROW_CHANGE_COUNT] = {"added", "removed", "changed"};

bool rows_is_table(enum document_kind kind)
{
    return kind == DOCUMENT_ITEMS || kind == DOCUMENT_STEPS || kind == DOCUMENT_ORGS;
}

/* A row and its code. */
struct coded {
    struct slice code;
    const struct csv_row *row;
};

struct side {
    struct csv_table csv;
    struct coded *rows; /* in the order of the table, without its heading */
    struct coded *sorted;
    uint32_t count;
};

struct comparing {
    struct arena *arena;
    row_difference_fn *on_difference;
    void *ctx;
    struct side before;
    struct side after;
};

/* -1: there is no such column. */
static int column_of(const struct csv_table *csv, const char *en, const char *zh)
{
    for (uint32_t i = 0; i < csv->rows[0].count; i++)
        if (slice_is_equal(csv->rows[0].cells[i], slice_of(en)) ||
            slice_is_equal(csv->rows[0].cells[i], slice_of(zh)))
            return (int)i;
    return -1;
}

static int column_named(const struct csv_table *csv, struct slice name)
{
    for (uint32_t i = 0; i < csv->rows[0].count; i++)
        if (slice_is_equal(csv->rows[0].cells[i], name))
            return (int)i;
    return -1;
}

static int by_code(const void *a, const void *b)
{
    return slice_order(((const struct coded *)a)->code, ((const struct coded *)b)->code);
}

static int code_of(struct arena *arena, const struct csv_row *row, int first, int second,
                   struct slice *code_out)
{
    struct slice one = csv_cell(row, (uint32_t)first);
    *code_out = one;
    if (second < 0)
        return 0;
    struct slice two = csv_cell(row, (uint32_t)second);
    char *text = arena_take(arena, one.count + two.count + 1, 1);
    if (text == NULL)
        return -ENOMEM;
    memcpy(text, one.start, one.count);
    text[one.count] = ' ';
    memcpy(text + one.count + 1, two.start, two.count);
    *code_out = (struct slice){.start = text, .count = one.count + two.count + 1};
    return 0;
}

static int parse(struct arena *arena, struct slice text, struct csv_table *csv)
{
    struct problem_list unheard;
    problem_list_init(&unheard);
    int status = csv_table_parse(arena, "", text, &unheard, csv);
    problem_list_clear(&unheard);
    return status;
}

static int side_read(struct arena *arena, enum document_kind kind, struct slice text,
                     struct side *side)
{
    int status = parse(arena, text, &side->csv);
    if (status != 0 || side->csv.count == 0)
        return status != 0 ? status : CSV_E_BAD;
    int first = kind == DOCUMENT_ORGS ? column_of(&side->csv, "org_code", "机构编码")
                                      : column_of(&side->csv, "item_code", "事项编码");
    int second = kind == DOCUMENT_STEPS ? column_of(&side->csv, "step_code", "环节编码") : -1;
    if (first < 0 || (kind == DOCUMENT_STEPS && second < 0))
        return CSV_E_BAD;
    side->count = side->csv.count - 1;
    side->rows = arena_take(arena, side->count, sizeof *side->rows);
    side->sorted = arena_take(arena, side->count, sizeof *side->sorted);
    if (side->rows == NULL || side->sorted == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < side->count; i++) {
        side->rows[i].row = &side->csv.rows[i + 1];
        status = code_of(arena, side->rows[i].row, first, second, &side->rows[i].code);
        if (status != 0)
            return status;
    }
    memcpy(side->sorted, side->rows, side->count * sizeof *side->rows);
    qsort(side->sorted, side->count, sizeof *side->sorted, by_code);
    return 0;
}

static const struct csv_row *find(const struct side *side, const struct coded *row)
{
    const struct coded *found =
        bsearch(row, side->sorted, side->count, sizeof *side->sorted, by_code);
    return found == NULL ? NULL : found->row;
}

/* before, after: NULL: the row is not there. */
static void compare_rows(const struct comparing *comparing, struct slice code,
                         const struct csv_row *before, const struct csv_row *after)
{
    const struct csv_row *heading = &comparing->after.csv.rows[0];
    const struct csv_row *old = &comparing->before.csv.rows[0];
    struct row_difference difference = {.change = before == NULL  ? ROW_ADDED
                                                  : after == NULL ? ROW_REMOVED
                                                                  : ROW_CHANGED,
                                        .code = code};
    for (uint32_t i = 0; i < heading->count; i++) {
        int j = column_named(&comparing->before.csv, heading->cells[i]);
        difference.column = heading->cells[i];
        difference.before = before == NULL || j < 0 ? SLICE("") : csv_cell(before, (uint32_t)j);
        difference.after = after == NULL ? SLICE("") : csv_cell(after, i);
        if (!slice_is_equal(difference.before, difference.after))
            comparing->on_difference(comparing->ctx, &difference);
    }
    for (uint32_t j = 0; before != NULL && j < old->count; j++) {
        if (column_named(&comparing->after.csv, old->cells[j]) >= 0)
            continue;
        difference.column = old->cells[j];
        difference.before = csv_cell(before, j);
        difference.after = SLICE("");
        if (!slice_is_empty(difference.before))
            comparing->on_difference(comparing->ctx, &difference);
    }
}

int rows_diff(struct arena *arena, enum document_kind kind, struct slice before, struct slice after,
              row_difference_fn *on_difference, void *ctx)
{
    struct comparing comparing = {.arena = arena, .on_difference = on_difference, .ctx = ctx};
    assert(rows_is_table(kind));
    int status = side_read(arena, kind, before, &comparing.before);
    if (status == 0)
        status = side_read(arena, kind, after, &comparing.after);
    if (status != 0)
        return status;
    for (uint32_t i = 0; i < comparing.after.count; i++) {
        const struct coded *row = &comparing.after.rows[i];
        compare_rows(&comparing, row->code, find(&comparing.before, row), row->row);
    }
    for (uint32_t i = 0; i < comparing.before.count; i++) {
        const struct coded *row = &comparing.before.rows[i];
        if (find(&comparing.after, row) == NULL)
            compare_rows(&comparing, row->code, row->row, NULL);
    }
    return 0;
}

int rows_are_equal(struct arena *arena, struct slice a, struct slice b)
{
    struct csv_table one;
    struct csv_table two;
    int status = parse(arena, a, &one);
    if (status == 0)
        status = parse(arena, b, &two);
    if (status != 0)
        return status < 0 ? status : 0;
    if (one.count != two.count)
        return 0;
    for (uint32_t i = 0; i < one.count; i++) {
        uint32_t count = one.rows[i].count;
        count = two.rows[i].count > count ? two.rows[i].count : count;
        for (uint32_t j = 0; j < count; j++)
            if (!slice_is_equal(csv_cell(&one.rows[i], j), csv_cell(&two.rows[i], j)))
                return 0;
    }
    return 1;
}
