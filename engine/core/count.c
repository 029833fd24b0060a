/* count.c - what the core has counted, and what it weighs. */
#include "engine/across/across.h"
#include "engine/cases/kin.h"
#include "engine/core/core.h"

void core_count(const struct core *core, struct core_counts *counts_out)
{
    *counts_out = core->counts;
    counts_out->memory_bytes =
        pool_bytes(&core->cases) + pool_bytes(&core->clocks) + pool_bytes(&core->mores) +
        pool_bytes(&core->pauses) + pool_bytes(&core->tallies) + pool_bytes(&core->limit_sets) +
        pool_bytes(&core->step_tallies) + pool_bytes(&core->recents) + pool_bytes(&core->strays) +
        table_bytes(&core->case_table) + pool_bytes(&core->instants) + across_bytes(core) +
        kin_bytes(core) + table_bytes(&core->limit_table) + deadlines_bytes(&core->deadlines) +
        ((uint64_t)core->keys.segment_count << TEXT_SEGMENT_BITS) +
        ((uint64_t)core->names.heap.segment_count << TEXT_SEGMENT_BITS) +
        table_bytes(&core->names.table);
}
