/* bars.c - bucket b lies at index b modulo the ring's size; reaching a new bucket clears the ones
 * in between, so that nothing has to be shifted.
 */
#include "viewer/web/bars.h"

#include <string.h>

static int64_t bucket_of(const struct bars *bars, int64_t local_ms)
{
    int64_t bucket = local_ms / bars->bucket_ms;
    return local_ms % bars->bucket_ms < 0 ? bucket - 1 : bucket;
}

static uint32_t *at(struct bars *bars, int64_t bucket)
{
    int64_t index = bucket % BARS_BUCKETS_MAX;
    return bars->raised[index < 0 ? index + BARS_BUCKETS_MAX : index];
}

void bars_init(struct bars *bars, int64_t bucket_ms, int64_t count)
{
    assert(bucket_ms > 0);
    assert(count > 0);
    assert(count <= BARS_BUCKETS_MAX);
    *bars = (struct bars){.bucket_ms = bucket_ms, .count = count};
}

void bars_reach(struct bars *bars, int64_t local_ms)
{
    int64_t bucket = bucket_of(bars, local_ms);
    if (bars->has_any && bucket <= bars->newest)
        return;
    int64_t from = bars->newest + 1;
    if (!bars->has_any || bucket - from >= BARS_BUCKETS_MAX)
        from = bucket - BARS_BUCKETS_MAX + 1;
    for (int64_t b = from; b <= bucket; b++)
        memset(at(bars, b), 0, sizeof bars->raised[0]);
    bars->newest = bucket;
    bars->has_any = true;
}

void bars_add(struct bars *bars, int64_t local_ms, uint8_t level)
{
    assert(level < BARS_LEVELS_MAX);
    bars_reach(bars, local_ms);
    int64_t bucket = bucket_of(bars, local_ms);
    if (bucket > bars->newest - bars->count)
        at(bars, bucket)[level]++;
}

json_t *bars_to_json(const struct bars *bars, uint8_t level_count)
{
    json_t *by = json_array();
    for (int64_t i = 0; bars->has_any && i < bars->count; i++) {
        int64_t index = (bars->newest - bars->count + 1 + i) % BARS_BUCKETS_MAX;
        const uint32_t *raised = bars->raised[index < 0 ? index + BARS_BUCKETS_MAX : index];
        json_t *row = json_array();
        for (uint8_t level = 0; level < level_count; level++)
            (void)json_array_append_new(row, json_integer(raised[level]));
        (void)json_array_append_new(by, row);
    }
    int64_t newest_ms = bars->newest * bars->bucket_ms;
    return json_pack("{s:I,s:I,s:o}", "newest_ms", (json_int_t)newest_ms, "step_ms",
                     (json_int_t)bars->bucket_ms, "by", by);
}
