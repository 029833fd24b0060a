/* heeds.h - what a case keeps of the kinds of events that its running clocks heed.
 *
 * Layer: cases. A bit for a group of kinds, since a case has few bits to spare: most events come to
 * no clock of their case, and then none is even looked at.
 */
#ifndef CASES_HEEDS_H
#define CASES_HEEDS_H

#include "rules/model/ruleset.h"

/* The groups of kinds that a case tells apart; what stands in no other is of the first. */
enum heeds_group {
    HEEDS_OTHERS,
    HEEDS_END,
    HEEDS_STEP_START,
    HEEDS_STEP_END,
    HEEDS_HOLD,
    HEEDS_GO_ON,
    HEEDS_BEGIN,
    HEEDS_DECIDE,
    HEEDS_EXTEND,
    HEEDS_GROUPS
};

enum { HEEDS_ALL = (1 << HEEDS_GROUPS) - 1 };

/* heeds_of - the bit of the group of one kind. */
static inline uint32_t heeds_of(enum event_kind kind)
{
    static const uint8_t groups[EVENT_KIND_COUNT] = {
        [EVENT_FINISH] = HEEDS_END,        [EVENT_REJECT] = HEEDS_END,
        [EVENT_FORWARD] = HEEDS_END,       [EVENT_WITHDRAW] = HEEDS_END,
        [EVENT_VOID] = HEEDS_END,          [EVENT_STEP_START] = HEEDS_STEP_START,
        [EVENT_STEP_END] = HEEDS_STEP_END, [EVENT_RETURN] = HEEDS_STEP_END,
        [EVENT_PAUSE] = HEEDS_HOLD,        [EVENT_CORRECT_ASK] = HEEDS_HOLD,
        [EVENT_RESUME] = HEEDS_GO_ON,      [EVENT_CORRECT_DONE] = HEEDS_GO_ON,
        [EVENT_APPLY] = HEEDS_BEGIN,       [EVENT_PREACCEPT] = HEEDS_BEGIN,
        [EVENT_ACCEPT] = HEEDS_BEGIN,      [EVENT_DECIDE] = HEEDS_DECIDE,
        [EVENT_DELIVER] = HEEDS_DECIDE,    [EVENT_EXTEND] = HEEDS_EXTEND};
    return UINT32_C(1) << groups[kind];
}

/* heeds_fold - what a case keeps of the kinds that its running clocks heed: a bit a group. A bit
 * too many makes an event walk the clocks for nothing. */
static inline uint32_t heeds_fold(event_kind_set kinds)
{
    uint32_t folded = 0;
    for (; kinds != 0; kinds &= kinds - 1)
        folded |= heeds_of((enum event_kind)__builtin_ctz(kinds));
    return folded;
}

#endif
