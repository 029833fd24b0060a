/* editions.c - the editions of the rules that cases are judged by, and which is in force. */
#include "engine/cases/state.h"
#include "engine/core/core.h"

/* The index of an edition that is there; edition_count: it is not. */
static uint32_t edition_index(const struct core *core, const struct ruleset *ruleset)
{
    uint32_t index = 0;
    while (index < core->edition_count &&
           (ruleset->edition == 0 || core->editions[index].ruleset->edition != ruleset->edition ||
            core->editions[index].ruleset->calendars_edition != ruleset->calendars_edition))
        index++;
    return index;
}

int core_add_rules(struct core *core, const struct ruleset *ruleset)
{
    if (edition_index(core, ruleset) < core->edition_count)
        return 0;
    if (core->edition_count == EDITION_MAX)
        return NO_MEMORY;
    struct edition *edition = &core->editions[core->edition_count++];
    *edition = edition_make(ruleset);
    core->is_asking_attrs |= edition->is_asking_attrs;
    return 0;
}

int core_set_rules(struct core *core, const struct ruleset *ruleset)
{
    int error = core_add_rules(core, ruleset);
    uint32_t index = edition_index(core, ruleset);
    if (error == 0)
        core->in_force = index < core->edition_count ? index : core->edition_count - 1;
    return error;
}

bool core_asks_attrs(const struct core *core)
{
    return core->is_asking_attrs;
}

const struct ruleset *core_rules(const struct core *core)
{
    return core->edition_count == 0 ? NULL : core->editions[core->in_force].ruleset;
}

const struct ruleset *core_edition(const struct core *core, uint32_t index)
{
    return index < core->edition_count ? core->editions[index].ruleset : NULL;
}
