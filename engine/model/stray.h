/* stray.h - why an event of a case has no effect, or less than it was sent for.
 *
 * Pure. Such an event is recorded like any other; the reason is told with the case, in the status
 * by count, and at the end of a replay.
 */
#ifndef MODEL_STRAY_H
#define MODEL_STRAY_H

#include "engine/base/base.h"

enum stray_reason {
    STRAY_NO_PAUSE,          /* a resume, and no pause of its pair is open */
    STRAY_REVERSED,          /* a pause and its resume, which is dated before it: neither counts */
    STRAY_SAME_PAUSE,        /* a pause that is open already, word for word: it does not count */
    STRAY_PAUSE_BEFORE_CASE, /* the case's first event is a pause: it counts from a clock's start */
    STRAY_PAUSE_AFTER_END,   /* the case has ended: it counts only where the case is reopened */
    STRAY_PAUSES_FULL,       /* more pauses than are kept of a case: it does not count */
    STRAY_START_AFTER_END,   /* a clock begins after the end that would have stopped it */
    STRAY_NO_LENGTH,         /* a pause or an extension whose term is zero */
    STRAY_EXTENSION_SPENT,   /* the rule allows no further extension */
    STRAY_EXTENSION_TOO_LATE,  /* asked for after the due instant */
    STRAY_EXTENSION_AFTER_END, /* asked for after the case has ended */
    STRAY_NO_CARD,             /* a release or dismissal, and no such card of the case stands */
    STRAY_NOT_PENDING,         /* … and the card does not wait for one */
    STRAY_CARDS_ALIKE,         /* … and several cards are called so */
    STRAY_REASON_COUNT
};

/* The words of the contract ("no-pause"), and what they mean, for people. */
extern const char *const stray_reason_name[STRAY_REASON_COUNT];
extern const char *const stray_reason_en[STRAY_REASON_COUNT];
extern const char *const stray_reason_zh[STRAY_REASON_COUNT];

#endif
