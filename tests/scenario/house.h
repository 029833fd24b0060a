/* house.h - a turn and its store in a temporary folder, on a made-up wall clock: for the scenario
 * player and for the simulator of crashes.
 *
 * Layer: tests. A mistake of the set-up ends the program with a word; what the engine does wrong is
 * for the caller to see.
 */
#ifndef SCENARIO_HOUSE_H
#define SCENARIO_HOUSE_H

#include "engine/turn/turn.h"
#include "rules/model/ruleset.h"

enum { HOUSE_EDITIONS_MAX = 16, HOUSE_PATH_BYTES = 512, HOUSE_CREDIT = 1000 };

struct house {
    char folder[HOUSE_PATH_BYTES]; /* made by house_make, removed by house_clear */
    char image[HOUSE_PATH_BYTES];
    enum turn_clock clock;
    struct store *store;
    struct turn *turn;
    struct ruleset *editions[HOUSE_EDITIONS_MAX]; /* edition n is at n - 1 */
    uint32_t edition_count;
    void *ctx; /* for the two below; they may be NULL */
    void (*card)(void *ctx, uint64_t seq, struct slice topic, struct slice line);
    void (*answer)(void *ctx, struct slice peer, struct slice message);
};

/* house_make - an empty folder; nothing is open yet. */
void house_make(struct house *house, enum turn_clock clock);

/* house_clear - closes, and removes the folder and the editions. */
void house_clear(struct house *house);

/* house_compile - files and folders of rules to the next edition; calendars that they name are
 * taken from rules/calendars. NULL: it does not compile (said on standard output). */
const struct ruleset *house_compile(struct house *house, char *const *files);

/* house_open, house_close - the program starts, and ends in good order. */
void house_open(struct house *house);
void house_close(struct house *house);

/* house_run - a turn in which only time passes. */
void house_run(struct house *house, struct instant wall);

/* house_digest - of the state as it is. */
uint64_t house_digest(const struct house *house);

/* house_damage - one byte of the newest image becomes another, or with is_cut the file ends there.
 * permille: where in the file. Returns false when there is no image. */
bool house_damage(const struct house *house, uint32_t permille, bool is_cut);

/* house_image - write an image now, and wait for the child that does it. */
void house_image(struct house *house);

/* house_fail - end the program with a word. */
_Noreturn void house_fail(const char *what, int error);

#endif
