/* address.c - whose a card is: the org's that it is about, that of the org that supervises it, or
 * of one that the rule names.
 */
#include "engine/core/judge.h"

bool rung_address(const struct ruleset *ruleset, const struct rung *rung, struct slice *org_io,
                  struct slice *area_io)
{
    struct slice to = rung->to_org;
    if (rung->to_supervisor) {
        const struct org *own = ruleset_org(ruleset, *org_io);
        if (own == NULL || own->supervisor.count == 0)
            return false;
        to = own->supervisor;
    }
    if (to.count == 0)
        return true;
    const struct org *org = ruleset_org(ruleset, to);
    *org_io = to;
    if (org != NULL && org->area.count > 0)
        *area_io = org->area;
    return true;
}

bool judge_address(const struct core *core, const struct core_case *kase, const struct rung *rung,
                   struct slice *org_out, struct slice *area_out)
{
    *org_out = names_get(&core->names, kase->org);
    *area_out = names_get(&core->names, kase->area);
    return rung_address(case_edition(core, kase)->ruleset, rung, org_out, area_out);
}
