/* utf8.h - is this text that may be kept, printed and sent on?
 *
 * Pure.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "engine/base/slice.h"

/* text_is_clean - valid UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF) without
 * control characters (C0, DEL, C1); with_lines: line feeds are welcome.
 *
 * Cost: one pass; eight bytes at a time through plain ASCII.
 */
bool text_is_clean(struct slice text, bool with_lines);

#endif
