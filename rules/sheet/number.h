/* number.h - a number of a cell as a person typed it.
 *
 * Layer: rules/sheet, nobody else's.
 */
#ifndef SHEET_NUMBER_H
#define SHEET_NUMBER_H

#include "engine/base/slice.h"

enum { NUMBER_TEXT_BYTES = 64 };

enum { NUMBER_E_BAD = 1, NUMBER_E_LONG };

/* number_plain - "1.137E7" is 11370000, "1.1000000000000001" is 1.1: what the file holds is a
 * number in base two, and fifteen digits of it are what was typed.
 *
 * Returns: 0; NUMBER_E_BAD: it is none; NUMBER_E_LONG: fifteen digits are not enough, so that what
 *          was typed has been lost already.
 */
MUST_USE int number_plain(struct slice text, char plain_out[NUMBER_TEXT_BYTES]);

#endif
