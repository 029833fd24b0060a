/* editions.h - the rule store as the engine reads it: editions are compiled once and kept.
 *
 * Layer: io. A case is judged by the edition it was taken in under for as long as it lives, so an
 * edition that was in force stays in memory.
 */
#ifndef IO_EDITIONS_H
#define IO_EDITIONS_H

#include "rules/model/ruleset.h"

struct editions;

/* editions_open - folder: of the rule store; it need not be there yet. NULL if memory is short. */
MUST_USE struct editions *editions_open(const char *folder);
void editions_close(struct editions **editions_p);

/* editions_get - for turn_ports.rules. ctx: the editions. Returns 0, or a negative errno (logged).
 */
int editions_get(void *ctx, uint32_t number, uint32_t calendars,
                 const struct ruleset **ruleset_out);

/* editions_newest - for server_options.rules_newest: the newest, when it is not number in_force;
 * but none that asks open cases to move is passed over on the way. An edition that does not compile
 * is told once and passed over. NULL: none. */
const struct ruleset *editions_newest(void *ctx, uint32_t in_force);

#endif
