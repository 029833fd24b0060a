/* shipped.h - where the calendars lie that came with this program.
 *
 * Layer: rules/days.
 */
#ifndef DAYS_SHIPPED_H
#define DAYS_SHIPPED_H

#include "engine/base/base.h"

enum { SHIPPED_PATH_BYTES = 4096 };

/* shipped_calendars - the folder: $CARDWATCH_SHARE/calendars; beside the program, as it is
 * installed or in the tree that it was built in; or in the tree in which one stands.
 *
 * Returns: false, none of these is there.
 */
bool shipped_calendars(char path[SHIPPED_PATH_BYTES]);

#endif
