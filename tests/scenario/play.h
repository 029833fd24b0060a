/* play.h - what a part of the scenario player asks of the whole. Layer: tests. */
#ifndef SCENARIO_PLAY_H
#define SCENARIO_PLAY_H

/* play_leave - the scenario under way has failed; it is left, and the others run. */
_Noreturn void play_leave(void);

#endif
