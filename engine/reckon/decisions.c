/* decisions.c - see decisions.h. */
#include "engine/reckon/decisions.h"
#include "engine/reckon/reckon.h"

static struct core_confirm *confirm_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->confirms, row);
}

static const struct core_decision *decision_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->decisions, row);
}

static struct slice side_key(const uint32_t *case_key)
{
    return (struct slice){.start = (const char *)case_key, .count = sizeof *case_key};
}

static bool is_side(const void *owner, uint32_t row, struct slice key)
{
    const struct core *core = owner;
    const struct case_side *side = pool_row(&core->sides, row);
    return slice_is_equal(side_key(&side->case_key), key);
}

struct case_side *case_side_find(const struct core *core, const struct core_case *kase)
{
    struct slice key = side_key(&kase->key);
    uint32_t row = table_find(&core->side_table, table_hash(key), key, is_side, core);
    return row == 0 ? NULL : pool_row(&core->sides, row);
}

struct case_side *case_side_make(struct core *core, const struct core_case *kase)
{
    struct case_side *side = case_side_find(core, kase);
    if (side != NULL)
        return side;
    uint32_t row = pool_add(&core->sides);
    if (row == 0)
        return NULL;
    side = pool_row(&core->sides, row);
    side->case_key = kase->key;
    if (table_add(&core->side_table, table_hash(side_key(&kase->key)), row) == 0)
        return side;
    pool_free(&core->sides, row);
    return NULL;
}

int case_side_reindex(struct core *core)
{
    for (uint32_t row = 1; row < core->sides.count; row++) {
        const struct case_side *side = pool_row(&core->sides, row);
        int error = table_add(&core->side_table, table_hash(side_key(&side->case_key)), row);
        if (error != 0)
            return error;
    }
    return 0;
}

struct slice clock_name(const struct core *core, const struct rule *rule,
                        const struct core_clock *clock, char text[CLOCK_NAME_BYTES])
{
    const size_t room = CLOCK_NAME_BYTES;
    struct slice step = names_get(&core->names, clock->step);
    if (step.count == 0 || rule->name.count + step.count + 1 > room)
        return rule->name;
    memcpy(text, rule->name.start, rule->name.count);
    text[rule->name.count] = '/';
    memcpy(text + rule->name.count + 1, step.start, step.count);
    return (struct slice){.start = text, .count = rule->name.count + 1 + step.count};
}

/* ---- what was decided -------------------------------------------------------------------------
 */

static bool is_id(struct slice text)
{
    bool is_hex = text.count == CARD_ID_BYTES - 1;
    for (size_t i = 0; is_hex && i < text.count; i++)
        is_hex = (text.start[i] >= '0' && text.start[i] <= '9') ||
                 (text.start[i] >= 'a' && text.start[i] <= 'f');
    return is_hex;
}

/* "red of my-rule" */
static bool is_card_of(struct slice text, const struct rule *rule, const struct rung *rung)
{
    const struct slice of = SLICE(" of ");
    size_t before = rung->name.count + of.count;
    return text.count == before + rule->name.count &&
           memcmp(text.start, rung->name.start, rung->name.count) == 0 &&
           memcmp(text.start + rung->name.count, of.start, of.count) == 0 &&
           memcmp(text.start + before, rule->name.start, rule->name.count) == 0;
}

/* Does it name this card? By its id there is but one; by its rule there may be others. */
bool decision_names(const struct core *core, const struct core_case *kase,
                    const struct core_decision *decision, const struct core_clock *clock,
                    uint32_t rung_index)
{
    const struct rule *rule = clock_rule(core, kase, clock);
    const struct rung *rung = &rule->rungs[rung_index];
    struct slice text = names_get(&core->names, decision->card);
    char id[CARD_ID_BYTES];
    char name[CLOCK_NAME_BYTES];
    if (decision->step != 0 && decision->step != clock->step)
        return false;
    if (!is_id(text) || core->ports.card_id == NULL)
        return is_card_of(text, rule, rung);
    core->ports.card_id(text_heap_get(&core->keys, kase->key), clock_name(core, rule, clock, name),
                        clock->cycle, rung->name, id);
    return slice_is_equal(text, slice_of(id));
}

/* A card holds strictly after its instant; one of a fact is raised with its event. */
bool decision_is_behind(const struct core_clock *clock, const struct core_decision *decision,
                        struct instant due)
{
    int64_t from = clock->state == CLOCK_FACT ? due.ms : due.ms + 1;
    return instant_is_set(due) && due.ms != INT64_MAX && decision->at_ms >= from &&
           (clock->state == CLOCK_FACT || due.ms < clock->stop_ms);
}

/* Is there another card of the case that it may mean as well? That follows from the events alone,
 * as what is decided does: whether or when the other was issued is not asked. */
/* NOLINTNEXTLINE(misc-no-recursion): a chain points to an earlier rung, checked at import */
static bool is_unclear(const struct core *core, const struct core_case *kase,
                       const struct core_decision *decision, const struct core_clock *clock,
                       uint32_t rung)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        const struct core_clock *other = clock_row(core, row);
        struct reckoning reckoning;
        row = other->next;
        if (other == clock || other->rule != clock->rule ||
            !decision_names(core, kase, decision, other, rung))
            continue;
        reckon_init(&reckoning, core, kase, other);
        reckoning.is_told_by_events = true;
        if (decision_is_behind(other, decision, reckon_rung(&reckoning, rung)))
            return true;
    }
    return false;
}

/* NOLINTNEXTLINE(misc-no-recursion): a chain points to an earlier rung, checked at import */
const struct core_decision *decision_of(const struct core *core, const struct core_case *kase,
                                        const struct core_clock *clock, uint32_t rung,
                                        struct instant due)
{
    const struct case_side *side = core->decisions.count == 1 ? NULL : case_side_find(core, kase);
    for (uint32_t row = side == NULL ? 0 : side->first_decision; row != 0;) {
        const struct core_decision *decision = decision_row(core, row);
        row = decision->next;
        if (decision_is_behind(clock, decision, due) &&
            decision_names(core, kase, decision, clock, rung) &&
            !is_unclear(core, kase, decision, clock, rung))
            return decision;
    }
    return NULL;
}

/* ---- what it comes to -------------------------------------------------------------------------
 */

uint32_t *confirm_link(const struct core *core, const struct core_case *kase,
                       const struct core_clock *clock, uint32_t rung_index)
{
    struct case_side *side = core->confirms.count == 1 ? NULL : case_side_find(core, kase);
    const struct rule *rule = clock_rule(core, kase, clock);
    if (side == NULL || side->first_confirm == 0)
        return NULL;
    for (uint32_t *link = &side->first_confirm; *link != 0;) {
        struct core_confirm *confirm = confirm_row(core, *link);
        if (confirm->step == clock->step && confirm->cycle == clock->cycle &&
            slice_is_equal(names_get(&core->names, confirm->rule), rule->name) &&
            slice_is_equal(names_get(&core->names, confirm->rung), rule->rungs[rung_index].name))
            return link;
        link = &confirm->next;
    }
    return NULL;
}

struct core_confirm *confirm_find(const struct core *core, const struct core_case *kase,
                                  const struct core_clock *clock, uint32_t rung_index)
{
    const uint32_t *link = confirm_link(core, kase, clock, rung_index);
    return link == NULL ? NULL : confirm_row(core, *link);
}

bool confirm_is_released(const struct core *core, const struct core_case *kase,
                         const struct core_clock *clock, uint32_t rung)
{
    const struct core_confirm *confirm = confirm_find(core, kase, clock, rung);
    return confirm != NULL && confirm->decided == CONFIRM_RELEASED;
}

bool confirm_is_refused(const struct core *core, const struct core_case *kase,
                        const struct core_clock *clock, uint32_t rung)
{
    const struct core_confirm *confirm = confirm_find(core, kase, clock, rung);
    return confirm != NULL && confirm->decided == CONFIRM_REFUSED;
}

enum card_state confirm_card_state(const struct core *core, const struct core_case *kase,
                                   const struct core_clock *clock, uint32_t rung)
{
    enum card_state own = rung_state(&clock_rule(core, kase, clock)->rungs[rung]);
    if ((clock->dismissed & rung_bit(rung)) != 0)
        return CARD_DISMISSED;
    if (own != CARD_PENDING)
        return confirm_is_refused(core, kase, clock, rung) ? CARD_DISMISSED : own;
    const struct core_confirm *confirm = confirm_find(core, kase, clock, rung);
    if (confirm == NULL || confirm->decided == CONFIRM_OPEN)
        return CARD_PENDING;
    return confirm->decided == CONFIRM_RELEASED ? CARD_ISSUED : CARD_DISMISSED;
}

/* NOLINTNEXTLINE(misc-no-recursion): a chain points to an earlier rung, checked at import */
struct instant confirm_public_at(const struct core *core, const struct core_case *kase,
                                 const struct core_clock *clock, uint32_t rung, struct instant due)
{
    bool is_asked = clock_rule(core, kase, clock)->rungs[rung].issue == ISSUE_CONFIRM;
    const struct core_confirm *confirm = confirm_find(core, kase, clock, rung);
    if (!is_asked && (confirm == NULL || confirm->decided != CONFIRM_REFUSED))
        return due;
    const struct core_decision *decision = decision_of(core, kase, clock, rung, due);
    int64_t free_ms = confirm == NULL ? INT64_MAX : confirm->free_ms;
    if (free_ms == INT64_MIN)
        return due;
    if (free_ms != INT64_MAX && (decision == NULL || decision->at_ms > free_ms))
        return (struct instant){.ms = free_ms};
    bool is_refused = decision != NULL && decision->kind == EVENT_DISMISS;
    if (!is_asked)
        return is_refused ? INSTANT_NONE : due;
    if (decision == NULL || is_refused)
        return INSTANT_NONE;
    return (struct instant){.ms = decision->at_ms};
}
