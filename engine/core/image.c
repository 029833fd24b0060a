/* image.c - the state as bytes: a header, then pool by pool, heap by heap. What can be built again
 * from these (tables, places in the deadlines) is not written. The form is this build's own: an
 * image of another form is refused, and the journal is replayed instead.
 */
#include "engine/across/across.h"
#include "engine/cases/kin.h"
#include "engine/core/judge.h"
#include "engine/reckon/decisions.h"

#include <string.h>

enum { POOL_KINDS = 17, POOL_OF_GROUPS = 8 };

static const char image_mark[8] = "CWCORE7";

struct image_head {
    char mark[8];
    uint32_t row_bytes[POOL_KINDS];
    uint32_t row_count[POOL_KINDS];
    uint32_t row_free[POOL_KINDS];
    uint32_t keys_used;
    uint32_t names_used;
    uint32_t edition_count;
    uint32_t kind_count;
    int64_t now_ms;
    struct core_counts counts;
};

static void pools_of(const struct core *core, const struct pool *pools[POOL_KINDS])
{
    pools[0] = &core->cases;
    pools[1] = &core->clocks;
    pools[2] = &core->mores;
    pools[3] = &core->pauses;
    pools[4] = &core->tallies;
    pools[5] = &core->limit_sets;
    pools[6] = &core->step_tallies;
    pools[7] = &core->instants;
    pools[POOL_OF_GROUPS] = &core->groups;
    pools[9] = &core->marks;
    pools[10] = &core->sides;
    pools[11] = &core->strays;
    pools[12] = &core->kins;
    pools[13] = &core->recents;
    pools[14] = &core->runs;
    pools[15] = &core->decisions;
    pools[16] = &core->confirms;
}

static void head_fill(const struct core *core, struct image_head *head)
{
    const struct pool *pools[POOL_KINDS];
    memset(head, 0, sizeof *head);
    memcpy(head->mark, image_mark, sizeof head->mark);
    pools_of(core, pools);
    for (int i = 0; i < POOL_KINDS; i++) {
        head->row_bytes[i] = pools[i]->row_bytes;
        head->row_count[i] = pools[i]->count;
        head->row_free[i] = pools[i]->free;
    }
    head->keys_used = core->keys.used;
    head->names_used = core->names.heap.used;
    head->edition_count = core->edition_count;
    head->kind_count = EVENT_KIND_COUNT;
    head->now_ms = core->now.ms;
    head->counts = core->counts;
}

static int pool_save(const struct pool *pool, core_write write, void *ctx)
{
    uint32_t left = pool->count;
    for (uint32_t i = 0; left > 0; i++) {
        uint32_t rows = left < POOL_SEGMENT_ROWS ? left : POOL_SEGMENT_ROWS;
        int error = write(ctx, pool->segments[i], (size_t)rows * pool->row_bytes);
        if (error != 0)
            return error;
        left -= rows;
    }
    return 0;
}

static int heap_save(const struct text_heap *heap, core_write write, void *ctx)
{
    uint32_t left = heap->used;
    for (uint32_t i = 0; left > 0; i++) {
        uint32_t bytes = left < TEXT_SEGMENT_BYTES ? left : TEXT_SEGMENT_BYTES;
        int error = write(ctx, heap->segments[i], bytes);
        if (error != 0)
            return error;
        left -= bytes;
    }
    return 0;
}

int core_save(const struct core *core, core_write write, void *ctx)
{
    struct image_head head;
    const struct pool *pools[POOL_KINDS];
    head_fill(core, &head);
    pools_of(core, pools);
    int error = write(ctx, &head, sizeof head);
    for (int i = 0; error == 0 && i < POOL_KINDS; i++)
        error = pool_save(pools[i], write, ctx);
    if (error == 0)
        error = heap_save(&core->keys, write, ctx);
    if (error == 0)
        error = heap_save(&core->names.heap, write, ctx);
    return error != 0 ? error : write(ctx, image_mark, sizeof image_mark);
}

static int pool_load(struct pool *pool, uint32_t count, core_read read, void *ctx)
{
    if (count == 0 || pool_resize(pool, count) != 0)
        return CORE_E_IMAGE;
    uint32_t left = count;
    for (uint32_t i = 0; left > 0; i++) {
        uint32_t rows = left < POOL_SEGMENT_ROWS ? left : POOL_SEGMENT_ROWS;
        int error = read(ctx, pool->segments[i], (size_t)rows * pool->row_bytes);
        if (error != 0)
            return error;
        left -= rows;
    }
    return 0;
}

static int heap_load(struct text_heap *heap, uint32_t used, core_read read, void *ctx)
{
    if (used == 0 || text_heap_resize(heap, used) != 0)
        return CORE_E_IMAGE;
    uint32_t left = used;
    for (uint32_t i = 0; left > 0; i++) {
        uint32_t bytes = left < TEXT_SEGMENT_BYTES ? left : TEXT_SEGMENT_BYTES;
        int error = read(ctx, heap->segments[i], bytes);
        if (error != 0)
            return error;
        left -= bytes;
    }
    return 0;
}

/* Tables and deadlines are built anew. The places of deadlines that were too early are not: a
 * fresh entry is exact, and both are right. */
static int reindex(struct core *core)
{
    int failed = case_side_reindex(core);
    if (failed != 0)
        return failed;
    for (uint32_t row = 1; row < core->cases.count; row++) {
        struct core_case *kase = case_row(core, row);
        if (kase->key == 0 || kase->key >= core->keys.used || kase->edition >= core->edition_count)
            return CORE_E_IMAGE;
        struct slice key = text_heap_get(&core->keys, kase->key);
        int error = table_add(&core->case_table, table_hash(key), row);
        if (error != 0)
            return error;
        kase->armed = 0;
        judge_arm(core, kase, row);
    }
    for (uint32_t row = 1; row < core->limit_sets.count; row++) {
        struct slice key = {.start = pool_row(&core->limit_sets, row),
                            .count = sizeof(struct limit_set)};
        int error = table_add(&core->limit_table, table_hash(key), row);
        if (error != 0)
            return error;
    }
    int error = across_reindex(core);
    if (error == 0)
        error = kin_reindex(core);
    return error != 0 ? error : names_reindex(&core->names);
}

int core_load(struct core *core, core_read read, void *ctx)
{
    struct image_head head;
    struct image_head own;
    assert(core->cases.count == 1);
    int error = read(ctx, &head, sizeof head);
    if (error != 0)
        return error;
    head_fill(core, &own);
    if (memcmp(head.mark, own.mark, sizeof head.mark) != 0 ||
        memcmp(head.row_bytes, own.row_bytes, sizeof head.row_bytes) != 0 ||
        head.kind_count != own.kind_count || head.edition_count != own.edition_count)
        return CORE_E_IMAGE;
    struct pool *pools[POOL_KINDS] = {
        &core->cases,      &core->clocks,       &core->mores,    &core->pauses,  &core->tallies,
        &core->limit_sets, &core->step_tallies, &core->instants, &core->groups,  &core->marks,
        &core->sides,      &core->strays,       &core->kins,     &core->recents, &core->runs,
        &core->decisions,  &core->confirms};
    for (int i = 0; error == 0 && i < POOL_KINDS; i++) {
        error = pool_load(pools[i], head.row_count[i], read, ctx);
        pools[i]->free = head.row_free[i];
    }
    if (error == 0)
        error = heap_load(&core->keys, head.keys_used, read, ctx);
    if (error == 0)
        error = heap_load(&core->names.heap, head.names_used, read, ctx);
    char mark[sizeof image_mark];
    if (error == 0)
        error = read(ctx, mark, sizeof mark);
    if (error != 0)
        return error;
    if (memcmp(mark, image_mark, sizeof mark) != 0)
        return CORE_E_IMAGE;
    core->now = (struct instant){.ms = head.now_ms};
    core->counts = head.counts;
    return reindex(core);
}

/* ---- digest ------------------------------------------------------------------------------------
 */

struct digest {
    uint64_t word;
};

static int digest_write(void *ctx, const void *bytes, size_t count)
{
    struct digest *digest = ctx;
    struct slice slice = {.start = bytes, .count = count};
    digest->word = (digest->word ^ table_hash(slice)) * UINT64_C(0x9e3779b97f4a7c15);
    return 0;
}

static int digest_group(const struct core *core, uint32_t row, struct digest *digest)
{
    struct core_group copy = *group_row(core, row);
    copy.armed = 0;
    return digest_write(digest, &copy, sizeof copy);
}

static int digest_case(const struct core *core, uint32_t row, struct digest *digest)
{
    struct core_case copy = *case_row(core, row);
    copy.armed = 0;
    copy.heeds = 0; /* may have bits too many */
    return digest_write(digest, &copy, sizeof copy);
}

uint64_t core_digest(const struct core *core)
{
    struct digest digest = {.word = 1};
    const struct pool *pools[POOL_KINDS];
    pools_of(core, pools);
    (void)digest_write(&digest, &core->counts, sizeof core->counts);
    for (uint32_t row = 1; row < core->cases.count; row++)
        (void)digest_case(core, row, &digest);
    for (uint32_t row = 1; row < core->groups.count; row++)
        (void)digest_group(core, row, &digest);
    for (int i = 1; i < POOL_KINDS; i++)
        if (i != POOL_OF_GROUPS)
            (void)pool_save(pools[i], digest_write, &digest);
    (void)heap_save(&core->keys, digest_write, &digest);
    (void)heap_save(&core->names.heap, digest_write, &digest);
    return digest.word;
}
