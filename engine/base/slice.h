/* slice.h - some bytes that belong to somebody else.
 *
 * Pure. A slice never owns; the function that hands one out says until when it is good. An empty
 * slice may have a NULL start: never pass one to memcpy without looking at its count first (the
 * helpers here do).
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include "engine/base/base.h"

#include <string.h>

struct slice {
    const char *start;
    size_t count; /* bytes */
};

/* SLICE("literal") - a slice over a string literal, without its end mark. */
#define SLICE(literal) ((struct slice){.start = (literal), .count = sizeof(literal) - 1})

/* slice_of - a slice over a C string; NULL gives the empty slice. Borrows: the string. */
static inline struct slice slice_of(const char *text)
{
    return (struct slice){.start = text, .count = text == NULL ? 0 : strlen(text)};
}

static inline bool slice_is_empty(struct slice slice)
{
    return slice.count == 0;
}

static inline bool slice_is_equal(struct slice a, struct slice b)
{
    return a.count == b.count && (a.count == 0 || memcmp(a.start, b.start, a.count) == 0);
}

static inline bool slice_starts(struct slice slice, struct slice with)
{
    return slice.count >= with.count &&
           slice_is_equal((struct slice){slice.start, with.count}, with);
}

/* slice_order - negative, 0, positive as a sorts before, with, after b (bytes, then length). */
static inline int slice_order(struct slice a, struct slice b)
{
    size_t common = a.count < b.count ? a.count : b.count;
    int order = common == 0 ? 0 : memcmp(a.start, b.start, common);
    if (order != 0)
        return order;
    return a.count < b.count ? -1 : a.count > b.count;
}

#endif
