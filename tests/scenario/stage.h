/* stage.h - one scenario under way: a house, what came out of it, and the steps a line can take.
 *
 * Layer: tests.
 */
#ifndef SCENARIO_STAGE_H
#define SCENARIO_STAGE_H

#include "tests/scenario/house.h"
#include "tests/scenario/script.h"

#include <jansson.h>

enum { OUTBOX_MAX = 64, SOURCES_MAX = 8, SILENCE_MS = 600000 };

struct out_card {
    struct instant at; /* of the turn that handed it out */
    json_t *card;
};

struct out_refusal {
    char code[32];
    char field[32];
};

struct stage {
    struct house house;
    struct instant wall;
    uint64_t card_seq;
    uint32_t out_count; /* cards that no line has announced yet */
    struct out_card out[OUTBOX_MAX];
    uint32_t refusal_count;
    struct out_refusal refusals[OUTBOX_MAX];
    uint32_t source_count;
    char source_names[SOURCES_MAX][32];
    uint64_t source_seqs[SOURCES_MAX];
    uint32_t checks;
};

void stage_open(struct stage *stage);
void stage_close(struct stage *stage);

/* stage_calendar - in whose time zone the scenario speaks: that of the newest edition's first rule.
 */
const struct calendar *stage_calendar(const struct stage *stage);

/* stage_advance - time goes on, and the engine wakes whenever it asked to. */
void stage_advance(struct stage *stage, struct instant at);

/* stage_is_quiet - nothing has come out that was not announced. */
void stage_is_quiet(const struct stage *stage, const struct script_line *line);

/* Each takes the words behind "at DATE TIME STEP", from `first` on. */
void stage_event(struct stage *stage, const struct script_line *line, uint32_t first);
void stage_card(struct stage *stage, const struct script_line *line, uint32_t first);
void stage_refused(struct stage *stage, const struct script_line *line, uint32_t first);
void stage_requeue(struct stage *stage, const struct script_line *line, uint32_t first);
void stage_ask(struct stage *stage, const struct script_line *line, uint32_t first);
void stage_rules(struct stage *stage, const struct script_line *line, uint32_t first);

/* stage_restart - "restart [image] [damaged|cut]". */
void stage_restart(struct stage *stage, const struct script_line *line, uint32_t first);

#endif
