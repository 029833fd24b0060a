/* query_moves.h - how a case came under the editions that it was under: engine/wire/README.md.
 *
 * Layer: query.
 */
#ifndef QUERY_QUERY_MOVES_H
#define QUERY_QUERY_MOVES_H

#include "engine/query/query.h"

/* query_moves - every move of the case to another edition, in order. Returns a new list. */
json_t *query_moves(const struct query_world *world, const struct case_view *kase);

/* moves_edition - the index of the edition that `from` or `to` of a move names; UINT32_MAX: it is
 * not there. */
uint32_t moves_edition(const struct query_world *world, const json_t *edition);

#endif
