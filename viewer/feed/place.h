/* place.h - where the engine is, when nobody says: its sockets lie in its home folder.
 *
 * Layer: viewer/feed. The home is --home, $CARDWATCH_HOME, or ./cardwatch-data.
 */
#ifndef FEED_PLACE_H
#define FEED_PLACE_H

#include "engine/base/base.h"

enum { PLACE_BYTES = 512 };
#define PLACE_HOME "./cardwatch-data"

/* Rows for a viewer's table of options. */
#define OPTION_HOME(given)                                                                         \
    {                                                                                              \
        .name = "home", .type = OPTION_TEXT, .value = "DIR", .preset = PLACE_HOME,                 \
        .en = "the engine's folder", .zh = "引擎的数据目录", .place = &(given).home                \
    }
#define OPTION_FEED(given)                                                                         \
    {                                                                                              \
        .name = "feed", .type = OPTION_TEXT, .value = "ENDPOINT",                                  \
        .en = "its feed (default: ipc://HOME/feed)", .zh = "发牌流地址（默认 ipc://HOME/feed）",   \
        .place = &(given).feed                                                                     \
    }
#define OPTION_QUERY(given)                                                                        \
    {                                                                                              \
        .name = "query", .type = OPTION_TEXT, .value = "ENDPOINT",                                 \
        .en = "its queries (default: ipc://HOME/query)",                                           \
        .zh = "查询地址（默认 ipc://HOME/query）", .place = &(given).query                         \
    }

/* place_endpoint - given (an endpoint, if the person named one), else ipc://<home>/<name>.
 *
 * name:    "feed", "query".
 * Returns: given, or room.
 */
const char *place_endpoint(const char *given, const char *home, const char *name,
                           char room[PLACE_BYTES]);

#endif
