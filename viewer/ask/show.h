/* show.h - the engine's answers as a person reads them, on standard output.
 *
 * Layer: viewer/ask. Each takes the whole answer (engine/wire/README.md); what is missing in it is
 * left out, not complained about.
 */
#ifndef ASK_SHOW_H
#define ASK_SHOW_H

#include <jansson.h>

void show_status(const json_t *answer);
void show_case(const json_t *answer);
/* A receipt; or, when a case was asked about, its clocks. */
void show_explanation(const json_t *answer);
void show_open(const json_t *answer);
void show_soon(const json_t *answer);
void show_quarantine(const json_t *answer);
void show_requeued(const json_t *answer);

/* show_clocks - each clock with its limits, pauses and rungs. */
void show_clocks(const json_t *clocks);

#endif
