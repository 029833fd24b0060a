/* address.c - see address.h. */
#include "engine/cases/address.h"

/* The area that the table of orgs has for a code; empty: none. */
static struct slice area_of(const struct ruleset *ruleset, struct slice code)
{
    const struct slice none = {0};
    const struct org *org = code.count == 0 ? NULL : ruleset_org(ruleset, code);
    return org == NULL ? none : org->area;
}

/* The org that the rule means; empty: its own. Returns false when it is to be the supervisor, and
 * none is known. */
static bool find_org(const struct ruleset *ruleset, const struct rung *rung, struct slice own,
                     struct slice *org_out)
{
    const struct slice none = {0};
    *org_out = rung->to_org;
    if (!rung->to_supervisor)
        return true;
    const struct org *org = ruleset_org(ruleset, own);
    *org_out = org == NULL ? none : org->supervisor;
    return org_out->count > 0;
}

bool rung_address(const struct ruleset *ruleset, const struct rung *rung, struct card *card)
{
    struct slice own = card->org;
    struct slice org;
    bool is_known = find_org(ruleset, rung, own, &org);
    if (org.count == 0 || slice_is_equal(org, own))
        return is_known;
    struct slice area = area_of(ruleset, org);
    if (area.count == 0 && card->area.count == 0)
        area = area_of(ruleset, own);
    card->org = org;
    card->about_org = own;
    if (area.count > 0)
        card->area = area;
    return is_known;
}

bool judge_address(const struct core *core, const struct core_case *kase, const struct rung *rung,
                   struct card *card)
{
    const struct slice none = {0};
    card->org = names_get(&core->names, kase->org);
    card->area = names_get(&core->names, kase->area);
    card->handler = names_get(&core->names, kase->handler);
    struct slice own = card->org;
    bool is_known = rung_address(case_edition(core, kase)->ruleset, rung, card);
    if (!slice_is_equal(card->org, own)) /* he is of the org that it is about */
        card->handler = none;
    return is_known;
}
