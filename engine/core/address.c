/* address.c - whose a card is: the case's org's, that of the org that supervises it, or of one that
 * the rule names.
 */
#include "engine/core/judge.h"

bool judge_address(const struct core *core, const struct core_case *kase, const struct rung *rung,
                   struct slice *org_out, struct slice *area_out)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    struct slice to = rung->to_org;
    *org_out = names_get(&core->names, kase->org);
    *area_out = names_get(&core->names, kase->area);
    if (rung->to_supervisor) {
        const struct org *own = ruleset_org(ruleset, *org_out);
        if (own == NULL || own->supervisor.count == 0)
            return false;
        to = own->supervisor;
    }
    if (to.count == 0)
        return true;
    const struct org *org = ruleset_org(ruleset, to);
    *org_out = to;
    if (org != NULL && org->area.count > 0)
        *area_out = org->area;
    return true;
}
