/* panes.h - the whole screen, drawn from what is known and where the reader is.
 *
 * Layer: viewer/top.
 */
#ifndef TOP_PANES_H
#define TOP_PANES_H

#include "viewer/top/view.h"

/* panes_draw - now: the wall clock, for how long we have been blind. */
void panes_draw(const struct hall *hall, struct view *view, struct instant now);

/* The parts that panes_draw is made of (frame.c): bars above and below, and what lies on top. */
void frame_draw(const struct hall *hall, const struct view *view, struct instant now);
void overlay_draw(struct view *view);

/* Rows above and below the panes. */
enum { FRAME_HEAD = 3, FRAME_FOOT = 1 };

#endif
