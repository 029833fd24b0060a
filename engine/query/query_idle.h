/* query_idle.h - the rules that do not judge a case, and why: engine/wire/README.md, `explain`.
 *
 * Layer: query.
 */
#ifndef QUERY_QUERY_IDLE_H
#define QUERY_QUERY_IDLE_H

#include "engine/query/query.h"

/* query_idle - put `idle` into an answer that holds the case's `clocks` and `awaited`. */
void query_idle(const struct query_world *world, const struct case_view *kase,
                const json_t *request, json_t *answer);

#endif
