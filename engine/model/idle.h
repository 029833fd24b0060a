/* idle.h - why a rule does not judge a case.
 *
 * Pure. The words of the contract: viewers make sentences of them.
 */
#ifndef MODEL_IDLE_H
#define MODEL_IDLE_H

#include "engine/base/base.h"

enum idle_reason {
    IDLE_NOT,      /* nothing keeps it from the case */
    IDLE_BEFORE,   /* it is valid only from later on */
    IDLE_AFTER,    /* it was valid only until earlier */
    IDLE_KIND,     /* it is for other kinds of item */
    IDLE_KINDLESS, /* it is for some kinds of item, and that of the case is not known */
    IDLE_APPLIES,  /* its `when` of `applies` did not hold */
    IDLE_ITEM,     /* it is for other items */
    IDLE_START,    /* the condition of its start did not hold */
    IDLE_FACT,     /* what it looks for has not been so */
    IDLE_WAITS,    /* the event that it begins with, or looks at, has not come */
    IDLE_CARD,     /* it begins with a card of another rule, which is not there */
    IDLE_GROUP,    /* it looks at cases together, and not at one of them */
    IDLE_FULL,     /* there was no room for its clock */
    IDLE_REASON_COUNT
};

extern const char *const idle_reason_name[IDLE_REASON_COUNT];

#endif
