/* rows.h - what differs between two tables, row by row: a row is known by its code, not by its
 * line.
 *
 * Layer: rules/difference.
 */
#ifndef RULES_ROWS_H
#define RULES_ROWS_H

#include "engine/base/arena.h"
#include "rules/text/ruleset_text.h"

enum row_change { ROW_ADDED, ROW_REMOVED, ROW_CHANGED, ROW_CHANGE_COUNT };

extern const char *const row_change_name[ROW_CHANGE_COUNT];

/* One cell that differs; of a row that was added or removed, each cell that is not empty, the code
 * among them. The texts live as long as the arena. */
struct row_difference {
    enum row_change change;
    struct slice code;   /* of a step: ITEM STEP */
    struct slice column; /* the heading */
    struct slice before;
    struct slice after;
};

typedef void row_difference_fn(void *ctx, const struct row_difference *difference);

/* rows_is_table - is this kind of document a table? */
bool rows_is_table(enum document_kind kind);

/* rows_diff - every cell that differs, in the order of the rows of after, then the rows that were
 * removed. kind: one of rows_is_table.
 *
 * Returns: 0, CSV_E_BAD (one of the texts is no table with a code), -ENOMEM.
 */
MUST_USE int rows_diff(struct arena *arena, enum document_kind kind, struct slice before,
                       struct slice after, row_difference_fn *on_difference, void *ctx);

/* rows_are_equal - do both texts hold the same cells in the same places, however they are written?
 * Returns: 1, 0, -ENOMEM. */
MUST_USE int rows_are_equal(struct arena *arena, struct slice a, struct slice b);

#endif
