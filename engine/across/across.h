/* across.h - rules that look across cases: the groups, their marks, their cards.
 *
 * Layer: across. Inside the core. A case that is folded leaves marks: an event that such a rule
 * looks at puts the case into a group (of one rule, one key such as an org, one window such as a
 * month); a card that is counted is put there when it is issued, and taken out when it is
 * withdrawn. Folded again, a case takes its own marks away and lays them anew. Groups that were
 * touched are judged when the case is settled: what comes to the same in the end is never told.
 */
#ifndef ACROSS_ACROSS_H
#define ACROSS_ACROSS_H

#include "engine/reckon/asking.h"

/* across_event - the rule looks at the event at hand: the case stands in its group. */
void across_event(struct core *core, const struct core_case *kase, const struct rule *rule,
                  const struct asking *asking);

/* across_card - a card of the case has begun, changed or ended. */
void across_card(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                 uint32_t rung_index, const struct card *card);

/* across_forget - the case is folded again: it stands in no group. Its cards stay where they are
 * until they are told to have changed. */
void across_forget(struct core *core, const struct core_case *kase);

/* across_cards_forget - before a case comes under another edition, where its rungs have other
 * numbers: none of its cards is counted any more. across_cards_again - under that edition: those
 * that stand are. */
void across_cards_forget(struct core *core, const struct core_case *kase);
void across_cards_again(struct core *core, const struct core_case *kase);

/* across_judge - judge the groups that were touched. Cost: O(log marks) each. */
void across_judge(struct core *core);

/* across_due - time alone has passed: the window of this group is judged. */
void across_due(struct core *core, uint32_t row);

/* across_is_full - there may be no room for one more mark. */
bool across_is_full(const struct core *core);

/* across_reindex - after an image was loaded: tables and deadlines. Returns 0, -ENOMEM (-12). */
MUST_USE int across_reindex(struct core *core);

uint64_t across_bytes(const struct core *core);

#endif
