/* offline.h - the core with its history in memory: for replays, tests of rules, back-tests.
 *
 * Layer: core. Pure. No journal, no feed: events go in, card records come out, in order.
 */
#ifndef CORE_OFFLINE_H
#define CORE_OFFLINE_H

#include "engine/core/core.h"

struct offline;

/* How the id of a card is made: as in core_ports. */
typedef void (*offline_card_id)(struct slice case_no, struct slice clock, uint32_t cycle,
                                struct slice rung, char id_out[CARD_ID_BYTES]);

/* offline_create - judges by this one edition. card: called for every card record, as in
 * core_ports. Borrows: the ruleset, until offline_destroy. NULL if memory is short. */
MUST_USE struct offline *offline_create(const struct ruleset *ruleset, offline_card_id card_id,
                                        void *ctx,
                                        void (*card)(void *ctx, const struct card *card));
void offline_destroy(struct offline **offline_p);

/* offline_apply - one event of a source. Time goes on to `now` first, which is not before that of
 * the call before; to play a log at its own pace give the later of that and event->at.
 *
 * source, seq: as in the journal; seq 0: never corrected. The same number again in its case is no
 * event, unless it brings a higher version. Sources are few, and numbered from 1 without gaps.
 * Returns: 0, CORE_E_FULL, CORE_E_UNKNOWN_ITEM, -ENOMEM (-12). The event is copied.
 */
MUST_USE int offline_apply(struct offline *offline, struct instant now, uint32_t source,
                           uint64_t seq, const struct event *event);

/* offline_advance - let time pass. */
void offline_advance(struct offline *offline, struct instant now);

/* offline_hold, offline_release - what is applied between the two arrives at `now` in one message,
 * and is judged when all of it is there. */
void offline_hold(struct offline *offline, struct instant now);
void offline_release(struct offline *offline);

/* offline_core - for questions. */
const struct core *offline_core(const struct offline *offline);

#endif
