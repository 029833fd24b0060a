/* change.h - what became of a card, and why.
 *
 * Layer: cases. Inside the core.
 */
#ifndef CASES_CHANGE_H
#define CASES_CHANGE_H

#include "engine/model/card.h"

/* What became of a card: in which state it was, in which it is, and why. */
struct card_change {
    enum card_state before; /* CARD_NONE: there was none */
    enum card_state state;
    const char *reason;
};

/* Why a card is what it is; [1]: because its case came under other rules or another calendar. */
extern const char *const reason_late[2];
extern const char *const reason_moved[2];
extern const char *const reason_withdrawn[2];

#endif
