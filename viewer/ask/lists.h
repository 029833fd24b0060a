/* lists.h - the engine's state and its lists as a person reads them.
 *
 * Layer: viewer/ask. Each takes the engine's whole answer (engine/wire/README.md); what is missing
 * in it is left out, not complained about.
 */
#ifndef ASK_LISTS_H
#define ASK_LISTS_H

#include <jansson.h>
#include <stdio.h>

void show_status(FILE *out, const json_t *answer);
void show_open(FILE *out, const json_t *answer);
void show_pending(FILE *out, const json_t *answer);
void show_soon(FILE *out, const json_t *answer);
void show_quarantine(FILE *out, const json_t *answer);
void show_requeued(FILE *out, const json_t *answer);

#endif
