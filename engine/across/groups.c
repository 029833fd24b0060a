/* groups.c - the groups of cases that are looked at together: found by rule, key and window. */
#include "engine/across/groups.h"

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

/* How many months a window has; 0: it is shorter. */
static int months_of(uint32_t window)
{
    return window == WINDOW_YEAR ? 12 : window == WINDOW_QUARTER ? 3 : window == WINDOW_MONTH;
}

static struct instant window_begin(const struct rule *rule, struct instant at)
{
    enum { SECOND_MS = 1000 };
    int32_t ms;
    if (rule->across->window == WINDOW_SECOND) {
        int64_t over = at.ms % SECOND_MS;
        return (struct instant){.ms = at.ms - (over < 0 ? over + SECOND_MS : over)};
    }
    if (rule->across->window == WINDOW_NONE)
        return (struct instant){.ms = 0};
    int32_t day = calendar_local_day(rule->calendar, at, &ms);
    struct date date = date_of_day(day);
    if (months_of(rule->across->window) > 0)
        day = date_add_months(day - date.day + 1,
                              -((date.month - 1) % months_of(rule->across->window)));
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
    if (group->window == WINDOW_NONE)
        return INSTANT_NEVER;
    int32_t day = calendar_local_day(calendar, begin, &ms);
    int months = months_of(group->window);
    day = months > 0 ? date_add_months(day, months) : day + 1;
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
    group->touched_from_ms = INT64_MAX;
    group->touched_to_ms = INT64_MIN;
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

/* "2025", "2025-Q1", "2025-01", "2025-01-20", "2025-01-20T10:00:00"; of a run the whole instant. */
static struct slice window_text(const struct core_group *group, const struct calendar *calendar,
                                struct instant begin, char text[INSTANT_TEXT_BYTES])
{
    enum { YEAR_BYTES = 4, MONTH_BYTES = 7, DAY_BYTES = 10, SECOND_BYTES = 19 };
    static const size_t bytes[ACROSS_WINDOW_COUNT] = {[WINDOW_YEAR] = YEAR_BYTES,
                                                      [WINDOW_QUARTER] = MONTH_BYTES,
                                                      [WINDOW_MONTH] = MONTH_BYTES,
                                                      [WINDOW_DAY] = DAY_BYTES,
                                                      [WINDOW_SECOND] = SECOND_BYTES};
    int32_t ms;
    struct date date = date_of_day(calendar_local_day(calendar, begin, &ms));
    struct slice written =
        slice_of(instant_format(begin, calendar_offset_s(calendar, begin), text));
    if (bytes[group->window] > 0 && bytes[group->window] < written.count)
        written.count = bytes[group->window];
    if (group->window == WINDOW_QUARTER) {
        text[YEAR_BYTES + 1] = 'Q';
        text[YEAR_BYTES + 2] = (char)('1' + (date.month - 1) / 3);
    }
    return written;
}

struct slice group_name(const struct core *core, const struct core_group *group, int64_t begin_ms,
                        char text[GROUP_NAME_BYTES])
{
    char window[INSTANT_TEXT_BYTES];
    int64_t from_ms = group->window == WINDOW_NONE ? begin_ms : group->window_ms;
    size_t at = put(text, 0, slice_of(across_per_name[group->per]));
    at = put(text, at, SLICE(":"));
    at = put(text, at, names_get(&core->names, group->key));
    at = put(text, at, SLICE("/"));
    at = put(text, at,
             window_text(group, group_rule(core, group)->calendar, (struct instant){.ms = from_ms},
                         window));
    return (struct slice){.start = text, .count = at};
}

/* "2025", "2025-Q1", "2025-01", "2025-01-20", "2025-01-20T10:00:00" as the calendar has it; with an
 * offset from UTC it is where a run begins. */
static bool window_read(const struct rule *rule, struct slice text, struct group_key *key,
                        struct instant *begin_out)
{
    enum { YEAR_BYTES = 4, MONTH_BYTES = 7, DAY_BYTES = 10, SECOND_BYTES = 19 };
    char date[DATE_TEXT_BYTES] = "0000-01-01";
    int32_t day;
    int32_t ms = 0;
    key->window = WINDOW_NONE;
    if (instant_parse(text, begin_out) == 0)
        return true;
    if (text.count != YEAR_BYTES && text.count != MONTH_BYTES && text.count != DAY_BYTES &&
        text.count != SECOND_BYTES)
        return false;
    memcpy(date, text.start, text.count < DAY_BYTES ? text.count : DAY_BYTES);
    key->window = text.count == YEAR_BYTES      ? WINDOW_YEAR
                  : text.count == SECOND_BYTES  ? WINDOW_SECOND
                  : text.count == DAY_BYTES     ? WINDOW_DAY
                  : date[YEAR_BYTES + 1] == 'Q' ? WINDOW_QUARTER
                                                : WINDOW_MONTH;
    if (key->window == WINDOW_QUARTER) {
        int month = (date[YEAR_BYTES + 2] - '1') * 3 + 1;
        if (month < 1 || month > 10)
            return false;
        date[YEAR_BYTES + 1] = (char)('0' + month / 10);
        date[YEAR_BYTES + 2] = (char)('0' + month % 10);
    }
    struct slice time = {.start = text.start + DAY_BYTES + 1};
    if (text.count == SECOND_BYTES)
        time.count = SECOND_BYTES - DAY_BYTES - 1;
    if (date_parse(slice_of(date), &day) != 0 || (time.count > 0 && clock_parse(time, &ms) != 0))
        return false;
    *begin_out = calendar_instant(rule->calendar, day, ms);
    key->window_ms = begin_out->ms;
    return true;
}

uint32_t group_named(const struct core *core, struct slice rule_name, struct slice name,
                     struct instant *begin_out)
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
    if (wanted.per == ACROSS_PER_COUNT || !window_read(rule, window, &wanted, begin_out))
        return 0;
    return find(core, &wanted, &hash);
}
