/* query_list.c - lists and counts over many cases: open ones, what falls due soon, totals.
 *
 * A list looks at SCAN_MAX cases at most, and says where to go on from: no question holds a card
 * up.
 */
#include "engine/query/query.h"

enum { SCAN_MAX = 100000, DAY_MS = 86400000 };

static bool is_wanted(const json_t *request, const char *name, struct slice value)
{
    const char *wanted = json_string_value(json_object_get(request, name));
    return wanted == NULL || slice_is_equal(slice_of(wanted), value);
}

static json_t *row_json(const struct query_world *world, const struct case_view *kase)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "case", query_text(kase->case_no),
                     "item", query_text(kase->item), "org", query_text(kase->org), "area",
                     query_text(kase->area), "handler", query_text(kase->handler), "next_at",
                     query_instant(kase->next_at, 0), "silent_since",
                     query_instant(query_source_silent(world, kase->source), 0));
}

void query_open(const struct query_world *world, const json_t *request, json_t *answer)
{
    const struct core *core = turn_core(world->turn);
    struct core_counts counts;
    struct case_view kase;
    core_count(core, &counts);
    uint32_t max = (uint32_t)query_number(request, "max", 100, 1, 1000);
    uint32_t row = 0;
    const char *after = json_string_value(json_object_get(request, "after"));
    if (after != NULL && explain_find(core, slice_of(after), &kase))
        row = kase.index;
    json_t *cases = json_array();
    json_object_set_new(answer, "cases", cases);
    uint32_t end = row + SCAN_MAX < counts.cases ? row + SCAN_MAX : (uint32_t)counts.cases;
    for (row++; row <= end && json_array_size(cases) < max; row++) {
        explain_case(core, row, &kase);
        if (kase.state == CASE_OPEN && is_wanted(request, "org", kase.org) &&
            is_wanted(request, "area", kase.area) && is_wanted(request, "item", kase.item))
            json_array_append_new(cases, row_json(world, &kase));
    }
    if (row <= counts.cases) {
        explain_case(core, row - 1, &kase);
        json_object_set_new(answer, "next", query_text(kase.case_no));
    }
}

struct due_walk {
    const struct query_world *world;
    const json_t *request;
    json_t *due;
    struct instant before;
    const struct case_view *kase;
    size_t max;
};

static void due_clock(void *ctx, const struct clock_view *clock)
{
    struct due_walk *walk = ctx;
    for (uint32_t i = 0; i < clock->rung_count; i++) {
        const struct rung_view *rung = &clock->rungs[i];
        if (rung->state != RUNG_WAITING || !instant_is_set(rung->due_at) ||
            rung->due_at.ms >= walk->before.ms)
            continue;
        struct instant at = rung->due_at;
        int32_t offset = clock->calendar == NULL ? 0 : calendar_offset_s(clock->calendar, at);
        json_t *row = row_json(walk->world, walk->kase);
        json_object_set_new(row, "due_at", query_instant(at, offset));
        json_object_set_new(row, "rule", query_text(clock->rule->name));
        json_object_set_new(row, "step", query_text(clock->step));
        json_object_set_new(row, "rung", query_text(rung->rung->name));
        json_object_set_new(row, "text", query_text(rung->rung->text));
        const struct ruleset *ruleset = core_rules(turn_core(walk->world->turn));
        if (ruleset != NULL && rung->rung->level < ruleset->level_count)
            json_object_set_new(row, "level", query_text(ruleset->levels[rung->rung->level]));
        json_array_append_new(walk->due, row);
    }
}

static bool due_case(void *ctx, const struct case_view *kase)
{
    struct due_walk *walk = ctx;
    if (is_wanted(walk->request, "org", kase->org) &&
        is_wanted(walk->request, "area", kase->area)) {
        walk->kase = kase;
        explain_clocks(turn_core(walk->world->turn), kase->index, due_clock, walk);
    }
    return json_array_size(walk->due) < walk->max;
}

static struct instant due_before(const struct query_world *world, const json_t *request)
{
    struct instant now = core_now(turn_core(world->turn));
    const char *before = json_string_value(json_object_get(request, "before"));
    const char *within = json_string_value(json_object_get(request, "within"));
    struct instant at;
    struct term term;
    if (before != NULL && instant_parse(slice_of(before), &at) == 0)
        return at;
    if (!instant_is_set(now))
        now = world->wall;
    if (within == NULL || term_parse(slice_of(within), &term) != 0)
        term = (struct term){.n = 2, .unit = UNIT_DAY};
    static const int64_t unit_ms[UNIT_COUNT] = {
        [UNIT_MINUTE] = 60000,
        [UNIT_HOUR] = 3600000,
        [UNIT_WORKMINUTE] = 60000,
        [UNIT_WORKHOUR] = 3600000,
        [UNIT_DAY] = DAY_MS,
        [UNIT_WORKDAY] = DAY_MS,
        [UNIT_MONTH] = 31 * INT64_C(86400000),
        [UNIT_YEAR] = 366 * INT64_C(86400000),
    };
    return (struct instant){.ms = now.ms + term.n * unit_ms[term.unit]};
}

static struct instant due_at(const json_t *row)
{
    struct instant at;
    const char *text = json_string_value(json_object_get(row, "due_at"));
    return instant_parse(slice_of(text), &at) == 0 ? at : INSTANT_NONE;
}

static int by_due(const json_t *a, const json_t *b)
{
    struct instant x = due_at(a);
    struct instant y = due_at(b);
    return x.ms < y.ms ? -1 : x.ms > y.ms;
}

/* Cases come by their next instant, but one case may bring several rungs: sorted once more. */
static json_t *sorted(json_t *list, size_t max)
{
    for (size_t i = 1; i < json_array_size(list); i++)
        for (size_t k = i;
             k > 0 && by_due(json_array_get(list, k), json_array_get(list, k - 1)) < 0; k--) {
            json_t *later = json_incref(json_array_get(list, k - 1));
            json_array_set(list, k - 1, json_array_get(list, k));
            json_array_set_new(list, k, later);
        }
    while (json_array_size(list) > max)
        json_array_remove(list, json_array_size(list) - 1);
    return list;
}

void query_due(const struct query_world *world, const json_t *request, json_t *answer)
{
    struct due_walk walk = {
        .world = world,
        .request = request,
        .due = json_array(),
        .before = due_before(world, request),
        .max = (size_t)query_number(request, "max", 50, 1, 500),
    };
    explain_due(turn_core(world->turn), walk.before, 2000, due_case, &walk);
    json_object_set_new(answer, "due", sorted(walk.due, walk.max));
    json_object_set_new(answer, "before", query_instant(walk.before, 0));
}

void query_counts(const struct query_world *world, const json_t *request, json_t *answer)
{
    const char *by = json_string_value(json_object_get(request, "by"));
    const struct core *core = turn_core(world->turn);
    struct core_counts counts;
    core_count(core, &counts);
    json_t *totals = json_object();
    json_object_set_new(answer, "counts", totals);
    if (by == NULL || strcmp(by, "level") == 0) {
        const struct turn_counts *cards = turn_counts(world->turn);
        for (uint32_t i = 0; i < cards->level_count; i++)
            json_object_set_new(totals, cards->levels[i].level,
                                json_pack("{s:I, s:I, s:I, s:I, s:I}", "issued",
                                          (json_int_t)cards->levels[i].issued, "pending",
                                          (json_int_t)cards->levels[i].pending, "withdrawn",
                                          (json_int_t)cards->levels[i].withdrawn, "taken_back",
                                          (json_int_t)cards->levels[i].taken_back, "shadow",
                                          (json_int_t)cards->levels[i].shadow));
        return;
    }
    bool is_org = strcmp(by, "org") == 0;
    bool is_item = strcmp(by, "item") == 0;
    if (!is_org && !is_item && strcmp(by, "area") != 0) {
        query_refuse(answer, "bad_argument", "by: one of level, org, item, area");
        return;
    }
    uint32_t end = counts.cases < SCAN_MAX ? (uint32_t)counts.cases : SCAN_MAX;
    for (uint32_t row = 1; row <= end; row++) {
        struct case_view kase;
        explain_case(core, row, &kase);
        struct slice key = is_org ? kase.org : is_item ? kase.item : kase.area;
        char text[EVENT_CODE_BYTES_MAX + 1];
        memcpy(text, key.count > 0 ? key.start : "-", key.count > 0 ? key.count : 1);
        text[key.count > 0 ? key.count : 1] = '\0';
        json_t *total = json_object_get(totals, text);
        if (total == NULL) {
            total = json_pack("{s:i, s:i}", "cases", 0, "open", 0);
            json_object_set_new(totals, text, total);
        }
        json_t *cases = json_object_get(total, "cases");
        json_t *open = json_object_get(total, "open");
        json_integer_set(cases, json_integer_value(cases) + 1);
        json_integer_set(open, json_integer_value(open) + (kase.state == CASE_OPEN ? 1 : 0));
    }
    json_object_set_new(answer, "complete", json_boolean(end == counts.cases));
}
