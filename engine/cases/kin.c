/* kin.c - see kin.h. */
#include "engine/cases/kin.h"

bool kin_is_told(enum event_kind kind)
{
    return kind == EVENT_REOPEN || case_state_after(CASE_OPEN, kind) != CASE_OPEN;
}

/* ---- finding ----------------------------------------------------------------------------------
 */

static bool is_kin(const void *owner, uint32_t row, struct slice key)
{
    const struct core *core = owner;
    return slice_is_equal(names_get(&core->names, kin_row(core, row)->name), key);
}

uint32_t kin_named(const struct core *core, struct slice case_no)
{
    return table_find(&core->kin_table, table_hash(case_no), case_no, is_kin, core);
}

/* Made when it is new; 0: no room. */
static uint32_t kin_make(struct core *core, struct slice case_no)
{
    uint32_t row = kin_named(core, case_no);
    if (row != 0)
        return row;
    uint32_t name = names_add(&core->names, case_no);
    row = name == UINT32_MAX ? 0 : pool_add(&core->kins);
    if (row == 0)
        return 0;
    if (table_add(&core->kin_table, table_hash(case_no), row) != 0) {
        pool_free(&core->kins, row);
        return 0;
    }
    struct core_kin *kin = kin_row(core, row);
    kin->name = name;
    kin->case_row = case_find(core, case_no);
    if (kin->case_row != 0)
        case_row(core, kin->case_row)->is_kin = true;
    return row;
}

uint32_t kin_of(const struct core *core, const struct core_case *kase)
{
    return kase->is_kin ? kin_named(core, text_heap_get(&core->keys, kase->key)) : 0;
}

const struct core_kin *kin_find(const struct core *core, const struct core_case *kase)
{
    uint32_t row = kin_of(core, kase);
    return row == 0 ? NULL : kin_row(core, row);
}

struct slice kin_parent(const struct core *core, const struct core_case *kase)
{
    const struct core_kin *kin = kin_find(core, kase);
    if (kin == NULL || kin->named == 0)
        return (struct slice){0};
    return names_get(&core->names, kin_row(core, kin->named)->name);
}

/* Does the parent look at its children at all? */
static bool is_looking(const struct core *core, const struct core_kin *parent)
{
    return parent->case_row != 0 && case_edition(core, case_row(core, parent->case_row))->is_joint;
}

uint32_t kin_child(const struct core *core, const struct core_case *kase, uint32_t after)
{
    const struct core_kin *kin = after == 0 ? kin_find(core, kase) : NULL;
    if (after != 0)
        return kin_row(core, after)->next;
    return kin == NULL || !is_looking(core, kin) ? 0 : kin->first_child;
}

uint32_t kin_case(const struct core *core, uint32_t child)
{
    return kin_row(core, child)->case_row;
}

/* ---- who belongs to whom ----------------------------------------------------------------------
 */

void kin_name(struct core *core, struct core_case *kase, struct slice parent)
{
    uint32_t own = kin_make(core, text_heap_get(&core->keys, kase->key));
    uint32_t named = kin_make(core, parent);
    if (own == 0 || named == 0)
        core->counts.unjudgeable++;
    else
        kin_row(core, own)->named = named;
}

void kin_arrive(struct core *core, uint32_t case_index)
{
    if (case_index == 0 || core->kins.count == 1)
        return;
    struct core_case *kase = case_row(core, case_index);
    uint32_t row = kin_named(core, text_heap_get(&core->keys, kase->key));
    if (row == 0)
        return;
    kin_row(core, row)->case_row = case_index;
    kase->is_kin = true;
}

bool kin_awaits(const struct core *core, const struct core_case *kase)
{
    return kase->is_kin && kase->settled_ms == INT64_MIN && kin_child(core, kase, 0) != 0;
}

static void leave(struct core *core, uint32_t row)
{
    struct core_kin *kin = kin_row(core, row);
    if (kin->parent == 0)
        return;
    uint32_t *link = &kin_row(core, kin->parent)->first_child;
    while (*link != row)
        link = &kin_row(core, *link)->next;
    *link = kin->next;
    kin->next = kin->parent = 0;
    kin->is_seen = false;
}

static void join(struct core *core, uint32_t row, uint32_t parent)
{
    struct core_kin *kin = kin_row(core, row);
    kin->parent = parent;
    if (parent == 0)
        return;
    kin->next = kin_row(core, parent)->first_child;
    kin_row(core, parent)->first_child = row;
}

void kin_join(struct core *core, uint32_t row, uint32_t parent)
{
    leave(core, row);
    join(core, row, parent);
}

bool kin_is_shown(const struct core *core, uint32_t parent)
{
    return parent != 0 && is_looking(core, kin_row(core, parent)) &&
           case_row(core, kin_row(core, parent)->case_row)->settled_ms != INT64_MIN;
}

void kin_reset(struct core *core, struct core_case *kase)
{
    uint32_t row = kin_of(core, kase);
    if (row == 0)
        return;
    struct core_kin *kin = kin_row(core, row);
    kin->named = 0;
    kin->child_count = kin->open_count = kin->finished_count = 0;
    for (uint32_t child = kin->first_child; child != 0; child = kin_row(core, child)->next)
        kin_row(core, child)->is_seen = false;
}

/* ---- the whole --------------------------------------------------------------------------------
 */

int kin_reindex(struct core *core)
{
    for (uint32_t row = 1; row < core->kins.count; row++) {
        struct slice case_no = names_get(&core->names, kin_row(core, row)->name);
        int error = table_add(&core->kin_table, table_hash(case_no), row);
        if (error != 0)
            return error;
    }
    return 0;
}

uint64_t kin_bytes(const struct core *core)
{
    return pool_bytes(&core->kins) + table_bytes(&core->kin_table);
}
