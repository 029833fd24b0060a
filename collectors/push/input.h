/* input.h - what a collector reads from: a row of events, each at a place that can be found again.
 *
 * Layer: collectors/push. csv, jsonl, xes and sim each make one of these; collectors/run.c pulls
 * events out of it and hands them to push.h. The rule that makes kill -9 harmless lives here: the
 * n-th event that an input gives is the same event in every run, whatever was refused on the way.
 */
#ifndef PUSH_INPUT_H
#define PUSH_INPUT_H

#include "engine/model/event.h"

/* A place between two rows: where reading goes on. All zero is the very beginning. */
struct place {
    uint64_t seq;        /* events that the rows before it gave */
    uint64_t file_seq;   /* of these, given by earlier files: `seq` where this file begins */
    uint32_t file_index; /* of the files on the command line */
    uint64_t offset;     /* bytes before it in that file, unpacked */
    uint64_t row;        /* rows before it in that file */
};

/* One event and where it came from. The event borrows from the input until the next call. */
struct item {
    struct event event;
    uint64_t row;       /* from 1, header included: what a person's editor shows */
    bool ends_row;      /* `after` is a place at which reading can go on */
    struct place after; /* place.seq of the seek, and one more for every event since */
};

enum {
    INPUT_E_END = 1, /* nothing more will ever come */
    INPUT_E_WAIT,    /* nothing now: the file may grow */
    INPUT_E_BAD,     /* the input cannot be read on, and it was reported why */
};

/* How far: of a finite input; total 0: nobody knows. */
struct progress {
    uint64_t done;
    uint64_t total;
};

struct input {
    void *ctx;
    const char *name; /* what to call it in messages */

    /* seek - go to a place (one that this input gave out, or all zero).
     * Returns 0, INPUT_E_BAD (reported), or a negative errno. */
    int (*seek)(void *ctx, const struct place *place);

    /* next - the next event. Returns 0, INPUT_E_END, INPUT_E_WAIT, INPUT_E_BAD, -errno. */
    int (*next)(void *ctx, struct item *item_out);

    struct progress (*progress)(void *ctx);

    /* print - a short text that tells the file at this place from other files, as far as it can be
     * told by what stands before the place; the same on every run. "": there is nothing to tell. */
    const char *(*print)(void *ctx, const struct place *place);

    /* find - the place of an earlier run, in this one: sets file_index, and returns false when no
     * file here has that print (another input, or a file that is gone). */
    bool (*find)(void *ctx, const char *print, struct place *place_io);

    /* path - the name of the file at a place, for the position file and for messages. */
    const char *(*path)(void *ctx, const struct place *place);

    void (*close)(void *ctx);
};

#endif
