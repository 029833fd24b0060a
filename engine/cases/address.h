/* address.h - whose a card is: the org's that it is about, that of the org that supervises it, or
 * of one that the rule names.
 *
 * Layer: cases. Inside the core.
 */
#ifndef CASES_ADDRESS_H
#define CASES_ADDRESS_H

#include "engine/cases/state.h"

/* judge_address - whose card this is: its org, the area and handler there, and, where it is not the
 * case's own org, which one it is about. The area is that of the table of orgs, else the case's.
 * Returns false when it is meant for the supervisor of an org for which the table names none: then
 * it is the case's own org's. */
bool judge_address(const struct core *core, const struct core_case *kase, const struct rung *rung,
                   struct card *card);

/* rung_address - the same of a card that bears the org and the area that it is about, each of which
 * may be empty. */
bool rung_address(const struct ruleset *ruleset, const struct rung *rung, struct card *card);

#endif
