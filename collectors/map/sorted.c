/* sorted.c - events are kept as the bytes that will be sent, and decoded again when their turn
 * comes.
 */
#include "collectors/map/sorted.h"

#include "engine/wire/intake.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRINT_BYTES = 64 };

struct entry {
    int64_t at_ms;
    uint64_t offset; /* in bytes */
    uint64_t row;
};

struct sorted {
    struct input inner;
    struct report *report;
    bool is_loaded;
    int load_status;
    struct entry *entries;
    size_t count;
    size_t room;
    size_t index;      /* of the next to be given out */
    uint64_t base_seq; /* events of inputs before this one */
    struct bytes bytes;
    char attrs[EVENT_ATTRS_BYTES_MAX];
    char print[PRINT_BYTES];
};

static void sorted_close(void *ctx)
{
    struct sorted *sorted = ctx;
    sorted->inner.close(sorted->inner.ctx);
    free(sorted->entries);
    bytes_clear(&sorted->bytes);
    free(sorted);
}

static int entry_add(struct sorted *sorted, const struct item *item)
{
    if (sorted->count == sorted->room) {
        size_t room = sorted->room == 0 ? 4096 : sorted->room * 2;
        struct entry *entries = realloc(sorted->entries, room * sizeof *entries);
        if (entries == NULL)
            return -ENOMEM;
        sorted->entries = entries;
        sorted->room = room;
    }
    sorted->entries[sorted->count] =
        (struct entry){.at_ms = item->event.at.ms, .offset = sorted->bytes.count, .row = item->row};
    int status = encode_event(&sorted->bytes, &item->event);
    if (status == 0)
        sorted->count++;
    return status;
}

static int by_time(const void *a_p, const void *b_p)
{
    const struct entry *a = a_p;
    const struct entry *b = b_p;
    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static int too_many(struct sorted *sorted)
{
    const struct place start = {0};
    struct fault fault = {.file = sorted->inner.path(sorted->inner.ctx, &start),
                          .code = SLICE("too_long")};
    fault_say(&fault,
              "too large to be sorted by time in memory (%zu events); sort the file itself and say "
              "\"order: file\"",
              "太大，无法在内存中按时间排序（%zu 个事件）；请先对文件排序，并写明“order: file”",
              sorted->count);
    report_add(sorted->report, &fault);
    return INPUT_E_BAD;
}

static void make_print(struct sorted *sorted)
{
    unsigned char hash[16];
    char hex[sizeof hash * 2 + 1];
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)sorted->bytes.start,
                             sorted->bytes.count, NULL, 0);
    (void)snprintf(sorted->print, sizeof sorted->print, "sorted:%s",
                   sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static int load(struct sorted *sorted)
{
    const struct place start = {0};
    struct item item;
    if (sorted->is_loaded)
        return sorted->load_status;
    sorted->is_loaded = true;
    int status = sorted->inner.seek(sorted->inner.ctx, &start);
    while (status == 0) {
        status = sorted->inner.next(sorted->inner.ctx, &item);
        if (status == 0)
            status = entry_add(sorted, &item);
        if (status == 0 && sorted->bytes.count > SORTED_BYTES_MAX)
            status = too_many(sorted);
    }
    sorted->load_status = status == INPUT_E_END || status == INPUT_E_WAIT ? 0 : status;
    if (sorted->count > 1)
        qsort(sorted->entries, sorted->count, sizeof *sorted->entries, by_time);
    make_print(sorted);
    return sorted->load_status;
}

static int sorted_seek(void *ctx, const struct place *place)
{
    struct sorted *sorted = ctx;
    int status = load(sorted);
    if (status != 0)
        return status;
    sorted->base_seq = place->file_seq;
    uint64_t index = place->seq - place->file_seq;
    sorted->index = index < sorted->count ? (size_t)index : sorted->count;
    return 0;
}

static int sorted_next(void *ctx, struct item *item_out)
{
    struct sorted *sorted = ctx;
    if (sorted->index == sorted->count)
        return INPUT_E_END;
    const struct entry *entry = &sorted->entries[sorted->index++];
    struct slice bytes = {.start = sorted->bytes.start + entry->offset,
                          .count = sorted->bytes.count - entry->offset};
    struct slice extent;
    const char *field = "";
    enum refusal refusal = event_next(&bytes, sorted->attrs, &item_out->event, &extent, &field);
    assert(refusal == REFUSAL_NONE); /* these are the bytes that encode_event made */
    item_out->row = entry->row;
    item_out->ends_row = true;
    item_out->after = (struct place){.seq = sorted->base_seq + sorted->index,
                                     .file_seq = sorted->base_seq,
                                     .row = sorted->index};
    return 0;
}

static struct progress sorted_progress(void *ctx)
{
    const struct sorted *sorted = ctx;
    return (struct progress){.done = sorted->index, .total = sorted->count};
}

static const char *sorted_print(void *ctx, const struct place *place)
{
    struct sorted *sorted = ctx;
    (void)place;
    return load(sorted) == 0 ? sorted->print : "";
}

static bool sorted_find(void *ctx, const char *print, struct place *place_io)
{
    struct sorted *sorted = ctx;
    (void)place_io;
    return load(sorted) == 0 && strcmp(sorted->print, print) == 0;
}

static const char *sorted_path(void *ctx, const struct place *place)
{
    struct sorted *sorted = ctx;
    (void)place; /* its own places know no file: the first one stands for all */
    return sorted->inner.path(sorted->inner.ctx, &(struct place){0});
}

int sorted_wrap(struct input *input_io, struct report *report)
{
    struct sorted *sorted = calloc(1, sizeof *sorted);
    if (sorted == NULL)
        return -ENOMEM;
    sorted->inner = *input_io;
    sorted->report = report;
    *input_io = (struct input){
        .ctx = sorted,
        .name = sorted->inner.name,
        .seek = sorted_seek,
        .next = sorted_next,
        .progress = sorted_progress,
        .print = sorted_print,
        .find = sorted_find,
        .path = sorted_path,
        .close = sorted_close,
    };
    return 0;
}
