/* utf8.h - is this text that may be kept, printed and sent on?
 *
 * Pure.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "engine/base/slice.h"

/* utf8_extent - how many bytes the character at the front has, 1 to 4; 0: none is well-formed there
 * (no overlong forms, no surrogates, nothing above U+10FFFF). count: at least 1. */
size_t utf8_extent(const uint8_t *at, size_t count);

/* text_is_clean - well-formed UTF-8 without control characters (C0, DEL, C1); with_lines: line
 * feeds are welcome.
 *
 * Cost: one pass; eight bytes at a time through plain ASCII.
 */
bool text_is_clean(struct slice text, bool with_lines);

#endif
