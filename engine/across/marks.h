/* marks.h - the marks of one group in the order of their instants.
 *
 * Layer: across. Inside the core. A mark says: this case (or this card) stands in this group since
 * that instant, and it is so, or is not. Marks come and go in any order, as late and corrected
 * events come in; asked is for the n-th, and for so many running that are so. Hence a balanced
 * tree, each node of which knows what lies below it. Its shape follows from the marks alone, not
 * from the order in which they came.
 */
#ifndef ACROSS_MARKS_H
#define ACROSS_MARKS_H

#include "engine/cases/state.h"

/* marks_add, marks_remove - a row of the pool, filled in but for its places in the tree.
 * Returns: the new root. Cost: O(log marks). */
uint32_t marks_add(struct core *core, uint32_t root, uint32_t row);
uint32_t marks_remove(struct core *core, uint32_t root, uint32_t row);

/* marks_renew - the mark's is_so has changed: what is known above it is told anew. */
void marks_renew(struct core *core, uint32_t root, uint32_t row);

/* marks_count - how many there are. */
uint32_t marks_count(const struct core *core, uint32_t root);

/* marks_at - the mark of a place, from 1 in the order of (instant, age of the case); 0: none. */
uint32_t marks_at(const struct core *core, uint32_t root, uint32_t place);

/* marks_before - how many lie before an instant. */
uint32_t marks_before(const struct core *core, uint32_t root, int64_t at_ms);

/* marks_behind, marks_ahead - how many running that are so end with the mark of a place, and begin
 * with it; 0: it is not so, or there is none. */
uint32_t marks_behind(const struct core *core, uint32_t root, uint32_t place);
uint32_t marks_ahead(const struct core *core, uint32_t root, uint32_t place);

/* marks_run - the place of the mark that first makes so many running that are so; 0: none does. */
uint32_t marks_run(const struct core *core, uint32_t root, uint32_t length);

#endif
