/* fit.h - text from elsewhere, made safe and fitted to the columns of a terminal.
 *
 * Layer: viewer/feed. Han characters and their kin are two columns wide, combining marks none
 * (engine/sys/columns.h). Control characters and
 * broken UTF-8 become "?": nothing that came in an event can move a cursor.
 */
#ifndef FEED_FIT_H
#define FEED_FIT_H

#include "engine/base/slice.h"

/* fit_columns - how many columns the text takes. */
int fit_columns(struct slice text);

/* fit_bytes - how many bytes of the text, in whole characters, fit into so many columns. */
size_t fit_bytes(struct slice text, int columns);

enum { FIT_BYTES = 1024 };

/* fit_text - at most `columns` of the text, cut with "…" ("~" where the terminal is not UTF-8)
 * when it is longer, then filled with blanks to exactly `columns` if is_filled.
 *
 * columns: at most 240. room: FIT_BYTES.
 * Returns: room.
 */
char *fit_text(struct slice text, int columns, bool is_filled, char room[FIT_BYTES]);

/* fit_init - is_utf8: false if the terminal shows ASCII only (then the cut is marked with "~"). */
void fit_init(bool is_utf8);
bool fit_is_utf8(void);

/* fit_locale_is_utf8 - what LC_ALL, LC_CTYPE and LANG say. */
bool fit_locale_is_utf8(void);

#endif
