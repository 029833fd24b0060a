/* line.h - one card as one line of a terminal. Layer: viewer/tail. */
#ifndef TAIL_LINE_H
#define TAIL_LINE_H

#include "viewer/feed/card_view.h"

enum { LINE_BYTES = 8192 };

/* line_of_card - aligned columns; colour only if is_coloured (shape and text are always there).
 * Returns room. */
char *line_of_card(const struct card_view *view, bool is_coloured, char room[LINE_BYTES]);

/* line_of_names - what the columns are. Returns room. */
char *line_of_names(bool is_coloured, char room[LINE_BYTES]);

#endif
