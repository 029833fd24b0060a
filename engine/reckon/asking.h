/* asking.h - what the conditions of rules ask about a case, and the answers.
 *
 * Layer: reckon. Inside the core.
 */
#ifndef RECKON_ASKING_H
#define RECKON_ASKING_H

#include "engine/cases/state.h"

/* The asker of a condition about a case, with the event at hand (NULL: none). */
struct asking {
    const struct core *core;
    const struct core_case *kase;
    const struct event *event;
    const struct rule *rule;
    struct instant arrived;
    struct instant at; /* without an event: the instant that is looked at */
    char *room;        /* where attrs are unescaped; set by asking_is_so */
    size_t room_bytes;
};

/* Two attrs, each of a condition's texts that long. */
enum { ASKING_ROOM_BYTES = 2 * EVENT_ATTRS_BYTES_MAX };

/* asking_is_so - what the condition says of the case. */
bool asking_is_so(const struct asking *asking, const struct condition *condition);

/* asking_holds - the same; NULL, as with most rules: true. */
static inline bool asking_holds(const struct asking *asking, const struct condition *condition)
{
    return condition == NULL || asking_is_so(asking, condition);
}

/* asking_asker - what answers a condition, for who gives it a room of its own. */
struct condition_asker asking_asker(struct asking *asking);

#endif
