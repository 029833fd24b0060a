/* term_order.h - which of two lengths is longer, before any case has come.
 *
 * Layer: rules/text. Lengths in different units are compared on a calendar, from many days of one
 * year: only there does it show that ten days can be longer than seven workdays.
 */
#ifndef TEXT_TERM_ORDER_H
#define TEXT_TERM_ORDER_H

#include "rules/model/ruleset.h"

enum longer { LONGER_NEVER, LONGER_SOMETIMES, LONGER_ALWAYS };

/* terms_longer - is `a` longer than `b`? calendar: NULL when there is none, then only what has one
 * unit is compared. */
enum longer terms_longer(const struct calendar *calendar, struct term a, struct term b);

/* steps_longer - is a case longer under way than `limit`, if every step takes all its time? Steps
 * of one place stand beside each other, those without a place in no row. steps: in the order of
 * their places. */
enum longer steps_longer(const struct calendar *calendar, const struct item_step *steps,
                         uint32_t count, struct term limit);

#endif
