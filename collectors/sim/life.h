/* life.h - the life of one made-up case, from application to delivery.
 *
 * Layer: collectors/sim. A case is some bytes: what will happen to it follows from its number and
 * the seed, so nothing is planned ahead and nothing is allocated per event.
 */
#ifndef SIM_LIFE_H
#define SIM_LIFE_H

#include "collectors/sim/city.h"
#include "collectors/sim/hours.h"
#include "engine/model/event.h"

struct life {
    int64_t due_ms;  /* when its next event happens */
    uint64_t serial; /* of the case, from 1 */
    uint64_t dice;   /* the state of its own random numbers */
    int64_t begin_s; /* on the axis of working time, see hours.h */
    int64_t last_s;
    int32_t target_s; /* from application to the end, without pauses */
    int32_t pause_s;
    uint32_t next; /* of the list it is in; see sim.c */
    uint16_t item;
    uint8_t area;
    uint8_t stage;
    uint16_t fate; /* bits: what happens to it besides the usual */
};

struct life_world {
    const struct city *city;
    const struct hours *hours;
    uint64_t seed;
    uint32_t late_per_mille;
};

/* life_begin - a new case, applied for at this instant. */
void life_begin(struct life *life, const struct life_world *world, uint64_t serial,
                struct instant at);

/* Room for the texts of one event that are not static. */
struct life_texts {
    char case_no[32];
    char handler[16];
};

/* life_event - the event that is due. Borrows from texts and the city. */
void life_event(const struct life *life, const struct life_world *world, struct life_texts *texts,
                struct event *event_out);

/* life_advance - go on to the next event; sets due_ms. Returns false when the case has ended. */
bool life_advance(struct life *life, const struct life_world *world);

#endif
