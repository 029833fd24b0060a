/* change.c - why a card is what it is: static words of the contract, told in viewer/README.md. */
#include "engine/cases/change.h"

const char *const reason_late[2] = {"late: found after its instant",
                                    "late: the rules or the calendar of its case have changed"};
const char *const reason_moved[2] = {"moved: its instant was judged again",
                                     "moved: the rules or the calendar of its case have changed"};
const char *const reason_withdrawn[2] = {
    "withdrawn: a later event shows that it should not have been",
    "withdrawn: the rules or the calendar of its case have changed"};
