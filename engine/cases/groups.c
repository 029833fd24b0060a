/* groups.c - the groups of cases that are looked at together: found by rule, key and window. */
#include "engine/cases/groups.h"

#include "engine/base/date.h"

/* What a group is found by; no gaps between, since it is compared as bytes. */
struct group_key {
    int64_t window_ms;
    uint32_t rule_name;
    uint32_t key;
    uint32_t per;
    uint32_t window;
};

static struct slice key_bytes(const struct group_key *key)
{
    return (struct slice){.start = (const char *)key, .count = sizeof *key};
}

static struct group_key key_of(const struct core_group *group)
{
    return (struct group_key){.window_ms = group->window_ms,
                              .rule_name = group->rule_name,
                              .key = group->key,
                              .per = group->per,
                              .window = group->window};
}

static bool is_group(const void *owner, uint32_t row, struct slice key)
{
    struct group_key own = key_of(group_row(owner, row));
    return slice_is_equal(key_bytes(&own), key);
}

int group_reindex(struct core *core, uint32_t row)
{
    struct group_key key = key_of(group_row(core, row));
    return table_add(&core->group_table, table_hash(key_bytes(&key)), row);
}

/* ---- windows ----------------------------------------------------------------------------------
 */

static struct instant window_begin(const struct rule *rule, struct instant at)
{
    enum { SECOND_MS = 1000 };
    int32_t ms;
    if (rule->across->window == WINDOW_SECOND) {
        int64_t over = at.ms % SECOND_MS;
        return (struct instant){.ms = at.ms - (over < 0 ? over + SECOND_MS : over)};
    }
    int32_t day = calendar_local_day(rule->calendar, at, &ms);
    if (rule->across->window == WINDOW_MONTH)
        day -= date_of_day(day).day - 1;
    return calendar_instant(rule->calendar, day, 0);
}

struct instant group_end(const struct core *core, const struct core_group *group)
{
    enum { SECOND_MS = 1000 };
    const struct calendar *calendar = group_rule(core, group)->calendar;
    struct instant begin = {.ms = group->window_ms};
    int32_t ms;
    if (group->window == WINDOW_SECOND)
        return (struct instant){.ms = begin.ms + SECOND_MS};
    int32_t day = calendar_local_day(calendar, begin, &ms);
    day = group->window == WINDOW_MONTH ? date_add_months(day, 1) : day + 1;
    return calendar_instant(calendar, day, 0);
}

/* ---- the rule ---------------------------------------------------------------------------------
 */

const struct rule *group_rule(const struct core *core, const struct core_group *group)
{
    return &core->editions[group->edition].ruleset->rules[group->rule];
}

/* When a share is judged: so long after the end of the window, to the same clock time. */
static int64_t judged_ms(const struct core *core, const struct core_group *group)
{
    static const struct counting counting = {.count = COUNT_INSTANT, .cutoff_ms = -1};
    const struct rule *rule = group_rule(core, group);
    struct instant end = group_end(core, group);
    struct instant due;
    if (rule->across->form != ACROSS_SHARE)
        return INT64_MIN;
    if (!term_is_set(rule->across->judged))
        return end.ms;
    if (counting_due(rule->calendar, &counting, end, rule->across->judged, &due, NULL) != 0)
        return INT64_MAX;
    return due.ms;
}

static bool rule_take(const struct core *core, struct core_group *group, uint32_t edition)
{
    const struct ruleset *ruleset = core->editions[edition].ruleset;
    const struct rule *rule = ruleset_rule(ruleset, names_get(&core->names, group->rule_name));
    if (rule == NULL || rule->form != RULE_ACROSS)
        return false;
    group->edition = (uint16_t)edition;
    group->rule = (uint16_t)(rule - ruleset->rules);
    return true;
}

void group_renew(struct core *core, struct core_group *group)
{
    uint32_t newest = core->edition_count;
    if (group->editions_seen == core->edition_count && group->force_seen == core->in_force)
        return;
    bool is_found = rule_take(core, group, core->in_force);
    while (!is_found && newest-- > 0)
        is_found = rule_take(core, group, newest);
    group->editions_seen = (uint16_t)core->edition_count;
    group->force_seen = (uint16_t)core->in_force;
    group->judged_ms = judged_ms(core, group);
}

/* ---- finding ----------------------------------------------------------------------------------
 */

static uint32_t find(const struct core *core, const struct group_key *key, uint64_t *hash_out)
{
    *hash_out = table_hash(key_bytes(key));
    return table_find(&core->group_table, *hash_out, key_bytes(key), is_group, core);
}

uint32_t group_make(struct core *core, const struct rule *rule, uint32_t key, struct instant at)
{
    uint64_t hash;
    struct group_key wanted = {.window_ms = window_begin(rule, at).ms,
                               .rule_name = names_add(&core->names, rule->name),
                               .key = key,
                               .per = rule->across->per,
                               .window = rule->across->window};
    if (wanted.rule_name == UINT32_MAX)
        return 0;
    uint32_t row = find(core, &wanted, &hash);
    if (row != 0)
        return row;
    row = pool_add(&core->groups);
    if (row == 0)
        return 0;
    if (table_add(&core->group_table, hash, row) != 0) {
        pool_free(&core->groups, row);
        return 0;
    }
    struct core_group *group = group_row(core, row);
    group->window_ms = wanted.window_ms;
    group->issued_ms = INT64_MIN;
    group->rule_name = wanted.rule_name;
    group->key = key;
    group->per = (uint8_t)rule->across->per;
    group->window = (uint8_t)rule->across->window;
    group_renew(core, group);
    if (group->judged_ms == INT64_MAX)
        core->counts.unjudgeable++;
    return row;
}

/* ---- its name ---------------------------------------------------------------------------------
 */

static size_t put(char *text, size_t at, struct slice more)
{
    if (more.count > 0)
        memcpy(text + at, more.start, more.count);
    return at + more.count;
}

struct slice group_name(const struct core *core, const struct core_group *group,
                        char text[GROUP_NAME_BYTES])
{
    enum { MONTH_BYTES = 7, MINUTES_BYTES = 5 };
    char date[DATE_TEXT_BYTES];
    char time[CLOCK_TEXT_BYTES];
    int32_t ms;
    int32_t day = calendar_local_day(group_rule(core, group)->calendar,
                                     (struct instant){.ms = group->window_ms}, &ms);
    size_t at = put(text, 0, slice_of(across_per_name[group->per]));
    at = put(text, at, SLICE(":"));
    at = put(text, at, names_get(&core->names, group->key));
    at = put(text, at, SLICE("/"));
    struct slice written = slice_of(date_format(day, date));
    if (group->window == WINDOW_MONTH)
        written.count = MONTH_BYTES;
    at = put(text, at, written);
    if (group->window == WINDOW_SECOND) {
        at = put(text, at, SLICE("T"));
        written = slice_of(clock_format(ms, time));
        at = put(text, at, written);
        if (written.count == MINUTES_BYTES)
            at = put(text, at, SLICE(":00"));
    }
    return (struct slice){.start = text, .count = at};
}

/* "2025-01", "2025-01-20", "2025-01-20T10:00:00" as the calendar has it. */
static bool window_read(const struct rule *rule, struct slice text, struct group_key *key)
{
    enum { MONTH_BYTES = 7, DAY_BYTES = 10, SECOND_BYTES = 19 };
    char date[DATE_TEXT_BYTES] = "0000-00-01";
    int32_t day;
    int32_t ms = 0;
    if (text.count != MONTH_BYTES && text.count != DAY_BYTES && text.count != SECOND_BYTES)
        return false;
    memcpy(date, text.start, text.count < DAY_BYTES ? text.count : DAY_BYTES);
    struct slice time = {.start = text.start + DAY_BYTES + 1};
    if (text.count == SECOND_BYTES)
        time.count = SECOND_BYTES - DAY_BYTES - 1;
    if (date_parse(slice_of(date), &day) != 0 || (time.count > 0 && clock_parse(time, &ms) != 0))
        return false;
    key->window = text.count == MONTH_BYTES ? WINDOW_MONTH
                  : text.count == DAY_BYTES ? WINDOW_DAY
                                            : WINDOW_SECOND;
    key->window_ms = calendar_instant(rule->calendar, day, ms).ms;
    return true;
}

uint32_t group_named(const struct core *core, struct slice rule_name, struct slice name)
{
    const struct rule *rule = NULL;
    const char *colon = name.count == 0 ? NULL : memchr(name.start, ':', name.count);
    size_t slash = name.count;
    while (slash > 0 && name.start[slash - 1] != '/')
        slash--;
    for (uint32_t i = core->edition_count; i-- > 0 && rule == NULL;)
        rule = ruleset_rule(core->editions[i].ruleset, rule_name);
    if (rule == NULL || rule->form != RULE_ACROSS || colon == NULL ||
        slash < (size_t)(colon - name.start) + 2)
        return 0;
    struct slice per = {.start = name.start, .count = (size_t)(colon - name.start)};
    struct slice code = {.start = colon + 1, .count = slash - 1 - per.count - 1};
    struct slice window = {.start = name.start + slash, .count = name.count - slash};
    struct group_key wanted = {.rule_name = names_find(&core->names, rule_name),
                               .key = names_find(&core->names, code)};
    uint64_t hash;
    while (wanted.per < ACROSS_PER_COUNT &&
           !slice_is_equal(per, slice_of(across_per_name[wanted.per])))
        wanted.per++;
    if (wanted.per == ACROSS_PER_COUNT || !window_read(rule, window, &wanted))
        return 0;
    return find(core, &wanted, &hash);
}
