/* line.h - one card as one line of a terminal. Layer: viewer/tail. */
#ifndef TAIL_LINE_H
#define TAIL_LINE_H

#include "viewer/feed/card_view.h"

enum { LINE_BYTES = 8192 };

/* How wide each column is; 0: it is left out. */
struct line_shape {
    int time;
    int case_no;
    int item;
    int org;
    int late;
    int rest; /* state and reason */
};

/* line_shape_of - columns for a terminal that is so wide: what is narrower than all of them want
 * takes from the item first, then from the org, the case, the reason, the date, the delay. wide: 0:
 * no terminal, nothing is cut but what is longer than its column. */
struct line_shape line_shape_of(size_t wide);

/* line_of_card - aligned columns; colour only if is_coloured (shape and text are always there).
 * Returns room. */
char *line_of_card(const struct card_view *view, const struct line_shape *shape, bool is_coloured,
                   char room[LINE_BYTES]);

/* line_of_names - what the columns are. Returns room. */
char *line_of_names(const struct line_shape *shape, bool is_coloured, char room[LINE_BYTES]);

#endif
