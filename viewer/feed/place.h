/* place.h - where the engine is, when nobody says: its sockets lie in its home folder.
 *
 * Layer: viewer/feed. The home is --home, $CARDWATCH_HOME, or ./cardwatch-data.
 */
#ifndef FEED_PLACE_H
#define FEED_PLACE_H

#include "engine/base/base.h"

enum { PLACE_BYTES = 512 };
#define PLACE_HOME "./cardwatch-data"

/* place_endpoint - given (an endpoint, if the person named one), else ipc://<home>/<name>.
 *
 * name:    "feed", "query".
 * Returns: given, or room.
 */
const char *place_endpoint(const char *given, const char *home, const char *name,
                           char room[PLACE_BYTES]);

#endif
