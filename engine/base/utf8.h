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

/* text_digit - the digit that stands at the front, as 7 or as input methods for Chinese write it
 * (７), and its bytes; 0: none does. */
size_t text_digit(struct slice text, int *digit_out);

/* text_blank - the bytes of the blank at the front: a blank, a tab, the wide one of Chinese texts,
 * the one that does not break; 0: there is none. */
size_t text_blank(struct slice text);

/* text_is_clean - well-formed UTF-8 without control characters (C0, DEL, C1); with_lines: line
 * feeds are welcome.
 *
 * Cost: one pass; eight bytes at a time through plain ASCII.
 */
bool text_is_clean(struct slice text, bool with_lines);

#endif
