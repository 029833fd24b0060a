/* items_text.c - the catalogue of items as a table: one row an item, one column a limit.
 *
 *     item_code,item_name,kind,org,calendar,promised,statutory
 *     350100-01,取水许可,promised,ORG-7,,7 workday,20 workday
 */
#include "rules/text/table_text.h"
#include "rules/text/term_order.h"

#include <stdlib.h>

static const struct table_word item_words[] = {
    {"item_code", COLUMN_CODE},    {"事项编码", COLUMN_CODE}, {"item_name", COLUMN_NAME},
    {"事项名称", COLUMN_NAME},     {"kind", COLUMN_KIND},     {"事项类型", COLUMN_KIND},
    {"org", COLUMN_ORG},           {"org_code", COLUMN_ORG},  {"部门", COLUMN_ORG},
    {"calendar", COLUMN_CALENDAR}, {"日历", COLUMN_CALENDAR}, {"note", COLUMN_NOTE},
    {"备注", COLUMN_NOTE},
};

static bool cell_kind(struct table *table, const struct csv_row *row, uint32_t column,
                      enum item_kind *kind_out)
{
    struct slice text = csv_cell(row, column);
    if (slice_is_empty(text))
        return true; /* promised, the usual kind */
    for (int i = 0; i < ITEM_KIND_COUNT; i++) {
        if (slice_is_equal(text, slice_of(item_kind_name[i])) ||
            slice_is_equal(text, slice_of(item_kind_zh[i]))) {
            *kind_out = (enum item_kind)i;
            return true;
        }
    }
    tell_unknown(table->compile->problems, table->file, row->line, column + 1, text,
                 cell_is_chinese(text) ? item_kind_zh : item_kind_name, ITEM_KIND_COUNT,
                 "kind of item", "事项类型");
    return false;
}

static bool read_item(struct table *table, const struct csv_row *row, struct item *item)
{
    bool is_good = table_check_width(table, row);
    *item = (struct item){.kind = ITEM_PROMISED};
    for (uint32_t i = 0; i < table->column_count; i++) {
        switch (table->columns[i].role) {
        case COLUMN_CODE:
            is_good &= cell_code(table, row, i, &item->code);
            break;
        case COLUMN_NAME:
            item->name = compile_copy(table->compile, csv_cell(row, i));
            break;
        case COLUMN_ORG:
            item->org = compile_copy(table->compile, csv_cell(row, i));
            break;
        case COLUMN_KIND:
            is_good &= cell_kind(table, row, i, &item->kind);
            break;
        case COLUMN_CALENDAR:
            is_good &= cell_calendar(table, row, i, &item->calendar);
            break;
        case COLUMN_LIMIT:
            is_good &= table_limit(table, row, i, item->limits, &item->limit_count);
            break;
        case COLUMN_NONE:
        case COLUMN_NOTE:
        case COLUMN_AREA:
        case COLUMN_LIMITS:
        case COLUMN_SUPERVISOR:
        case COLUMN_STEP:
        case COLUMN_PLACE:
        case COLUMN_RESULTS:
        case COLUMN_RULE:
        case COLUMN_REVISION:
        case COLUMN_ISSUE:
            break;
        }
    }
    return is_good;
}

/* A row on its way into the sorted catalogue. */
struct draft {
    struct item item;
    const char *file;
    uint32_t line;
    uint32_t column; /* of its code */
};

static int by_code(const void *a, const void *b)
{
    const struct draft *left = a;
    const struct draft *right = b;
    int order = slice_order(left->item.code, right->item.code);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static bool check_codes(struct compile *compile, const struct draft *drafts, uint32_t count)
{
    bool is_good = true;
    for (uint32_t i = 1; i < count; i++) {
        if (!slice_is_equal(drafts[i].item.code, drafts[i - 1].item.code))
            continue;
        const struct draft *other = &drafts[i - 1];
        char place[PROBLEM_TEXT_BYTES];
        problem_error(compile->problems, drafts[i].file, drafts[i].line, drafts[i].column,
                      "item \"%.*s\" stands twice: the other is at %s",
                      "事项“%.*s”重复：另一处在 %s", SLICE_ARG(drafts[i].item.code),
                      problem_row(compile->problems, other->file, other->line, other->column, place,
                                  sizeof place));
        is_good = false;
    }
    return is_good;
}

static struct term limit_named(struct compile *compile, const struct item *item, const char *name)
{
    int index = compile_limit_name(compile, slice_of(name), false);
    for (uint32_t i = 0; i < item->limit_count; i++)
        if (item->limits[i].name == index)
            return item->limits[i].term;
    return (struct term){0};
}

/* What is promised is no longer than what the law allows: told, for the keeper of the catalogue may
 * have it so from elsewhere. */
static void check_promise(struct compile *compile, const struct draft *draft)
{
    char promised_text[TERM_TEXT_BYTES];
    char statutory_text[TERM_TEXT_BYTES];
    struct term promised = limit_named(compile, &draft->item, "promised");
    struct term statutory = limit_named(compile, &draft->item, "statutory");
    if (compile->problems->is_in_force || !term_is_set(promised) || !term_is_set(statutory) ||
        terms_longer(draft->item.calendar, promised, statutory) != LONGER_ALWAYS)
        return;
    term_format(promised, promised_text);
    term_format(statutory, statutory_text);
    problem_warn(compile->problems, draft->file, draft->line, draft->column,
                 "item \"%.*s\" promises %s, longer than its statutory limit of %s",
                 "事项“%.*s”的承诺时限 %s 长于法定时限 %s", SLICE_ARG(draft->item.code),
                 promised_text, statutory_text);
}

bool items_read(struct compile *compile, const struct document *documents, uint32_t count)
{
    static const struct table_form form = {
        .kind = DOCUMENT_ITEMS,
        .words = item_words,
        .word_count = COUNT_OF(item_words),
        .with_limits = true,
        .needs = {{COLUMN_CODE, "item_code"}},
    };
    struct tables tables;
    bool is_good = tables_open(compile, documents, count, &form, &tables);
    if (tables.at == NULL)
        return false;
    struct draft *drafts = arena_take(compile->scratch, tables.row_count, sizeof *drafts);
    struct item *items = compile_take(compile, tables.row_count, sizeof *items);
    if (drafts == NULL || items == NULL) {
        compile->is_short = true;
        return false;
    }
    uint32_t draft_count = 0;
    compile->has_all_items = is_good;
    for (uint32_t i = 0; i < tables.count; i++) {
        struct table *table = &tables.at[i];
        for (uint32_t j = 1; j < table->csv.count; j++) {
            struct draft *draft = &drafts[draft_count];
            draft->file = table->file;
            draft->line = table->csv.rows[j].line;
            draft->column = table_column(table, COLUMN_CODE);
            is_good &= read_item(table, &table->csv.rows[j], &draft->item);
            compile->has_all_items &= draft->item.code.count > 0;
            draft_count += draft->item.code.count > 0;
        }
    }
    qsort(drafts, draft_count, sizeof *drafts, by_code);
    for (uint32_t i = 0; i < draft_count; i++) {
        items[i] = drafts[i].item;
        check_promise(compile, &drafts[i]);
    }
    compile->items = items;
    compile->ruleset->items = items;
    compile->ruleset->item_count = draft_count;
    return check_codes(compile, drafts, draft_count) && is_good;
}
