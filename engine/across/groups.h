/* groups.h - the groups of cases that are looked at together: of one rule, one key such as an org,
 * one window such as a month.
 *
 * Layer: across. Inside the core. A group stays, with its marks (marks.h), once it is made.
 */
#ifndef ACROSS_GROUPS_H
#define ACROSS_GROUPS_H

#include "engine/cases/state.h"

enum { GROUP_NAME_BYTES = 16 + TEXT_BYTES_MAX + 32 };

/* group_make - the group of a rule, a key and the window that an instant lies in, made when it is
 * new; 0: no room. */
uint32_t group_make(struct core *core, const struct rule *rule, uint32_t key, struct instant at);

/* group_named - the group of a rule by its name, "org:370100/2025-01"; 0: there is none. begin_out:
 * where its window begins, or its run. */
uint32_t group_named(const struct core *core, struct slice rule_name, struct slice name,
                     struct instant *begin_out);

/* group_rule - the rule as the edition in force has it, else the newest that has it. */
const struct rule *group_rule(const struct core *core, const struct core_group *group);

/* group_renew - look for the rule again where another edition is in force. */
void group_renew(struct core *core, struct core_group *group);

/* group_end - where its window ends; not part of it. INSTANT_NEVER: it has none. */
struct instant group_end(const struct core *core, const struct core_group *group);

/* group_name - "org:370100/2025-01", "org:370100/2025-Q1", "org:370100/2025", into text; without a
 * window that of the run which begins there: "org:370100/2025-01-20T10:00:00+08:00". */
struct slice group_name(const struct core *core, const struct core_group *group, int64_t begin_ms,
                        char text[GROUP_NAME_BYTES]);

/* group_reindex - put a row into the table of groups. Returns 0, -ENOMEM (-12). */
MUST_USE int group_reindex(struct core *core, uint32_t row);

#endif
