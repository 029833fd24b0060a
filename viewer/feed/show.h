/* show.h - cases and receipts as a person reads them, as lines of text.
 *
 * Layer: viewer/feed. Each takes the engine's whole answer (engine/wire/README.md); what is missing
 * in it is left out, not complained about.
 */
#ifndef FEED_SHOW_H
#define FEED_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

void show_case(FILE *out, const json_t *answer);
/* A receipt; or, when a case was asked about, its clocks, and the rules that have none in it. */
void show_explanation(FILE *out, const json_t *answer);
/* show_asked - what the conditions asked that its clock began under, and that of the card, and the
 * answers. */
void show_asked(FILE *out, const json_t *answer);
/* show_past - what its conditions have counted in a window, and who handled the step before. */
void show_past(FILE *out, const json_t *receipt);

/* show_across - what a receipt across cases says beside card, rule and calendar. */
void show_across(FILE *out, const json_t *answer);
/* show_groups - where not a case was asked about, but a group that rules across cases look at: that
 * it is one, and its cards. Returns false where it is none. */
bool show_groups(FILE *out, const json_t *answer);
/* show_clocks - each clock with its limits, pauses and rungs, and those that a card to come would
 * begin. object: what holds `clocks` and `awaited`. */
void show_clocks(FILE *out, const json_t *object);
/* show_moves - what came of a card when its case moved to other editions. */
void show_moves(FILE *out, const json_t *receipt);
/* show_idle - the rules that have no clock in a case, and why. */
void show_idle(FILE *out, const json_t *answer);

#endif
