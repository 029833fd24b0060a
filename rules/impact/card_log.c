/* card_log.c - a record is a head of fixed size and its texts behind it. The texts are those that a
 * person needs to find the card again. */
#include "rules/impact/card_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXTS = 7, WRITE_BYTES = 1 << 20 };

struct record {
    char id[CARD_ID_BYTES];
    int64_t due_ms;
    int64_t issued_ms;
    uint32_t place; /* in the log, to tell the last record of a card */
    int32_t offset_s;
    uint16_t bytes[TEXTS];
    uint8_t state;
    bool is_shadow;
};

struct card_log {
    FILE *file;
    uint32_t count;
    int error;
};

struct card_set {
    char *bytes; /* of the file */
    size_t size;
    uint64_t count;
    const struct record **records; /* the cards that stand, by id */
};

int card_log_create(const char *path, struct card_log **log_out)
{
    struct card_log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return -ENOMEM;
    log->file = fopen(path, "wbe");
    if (log->file == NULL) {
        int error = -errno;
        free(log);
        return error;
    }
    (void)setvbuf(log->file, NULL, _IOFBF, WRITE_BYTES);
    *log_out = log;
    return 0;
}

static size_t padded(size_t count)
{
    return (count + 7) & ~(size_t)7;
}

void card_log_add(struct card_log *log, const struct card *card)
{
    static const char zeros[8] = "";
    const struct slice texts[TEXTS] = {card->case_no, card->org,  card->level, card->rule,
                                       card->clock,   card->rung, card->reason};
    struct record record;
    memset(&record, 0, sizeof record); /* its padding goes to the file too */
    memcpy(record.id, card->id, sizeof record.id);
    record.due_ms = card->due_at.ms;
    record.issued_ms = card->issued_at.ms;
    record.place = log->count++;
    record.offset_s = card->offset_s;
    record.state = (uint8_t)card->state;
    record.is_shadow = card->is_shadow;
    size_t bytes = 0;
    for (int i = 0; i < TEXTS; i++)
        bytes += record.bytes[i] = (uint16_t)texts[i].count;
    bool is_good = fwrite(&record, sizeof record, 1, log->file) == 1;
    for (int i = 0; i < TEXTS && is_good; i++)
        is_good = texts[i].count == 0 || fwrite(texts[i].start, texts[i].count, 1, log->file) == 1;
    size_t padding = padded(bytes) - bytes;
    if (!is_good || (padding > 0 && fwrite(zeros, padding, 1, log->file) != 1))
        log->error = -EIO;
}

int card_log_end(struct card_log **log_p)
{
    struct card_log *log = *log_p;
    *log_p = NULL;
    int error = log->error;
    if (fclose(log->file) != 0 && error == 0)
        error = -errno;
    free(log);
    return error;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static int by_id_and_place(const void *a, const void *b)
{
    const struct record *x = *(const struct record *const *)a;
    const struct record *y = *(const struct record *const *)b;
    int order = memcmp(x->id, y->id, sizeof x->id);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static bool stands(const struct record *record, struct instant from, struct instant to)
{
    bool is_out = record->state == CARD_ISSUED || record->state == CARD_PENDING;
    return is_out && record->due_ms >= from.ms && record->due_ms < to.ms;
}

static size_t record_bytes(const struct record *record)
{
    size_t bytes = 0;
    for (int i = 0; i < TEXTS; i++)
        bytes += record->bytes[i];
    return sizeof *record + padded(bytes);
}

/* Every record, sorted; then of each card the last, if it stands. */
static int set_fill(struct card_set *set, struct instant from, struct instant to)
{
    uint64_t count = 0;
    for (size_t at = 0; at < set->size; count++)
        at += record_bytes((const struct record *)(const void *)(set->bytes + at));
    set->records = calloc(count + 1, sizeof(const struct record *));
    if (set->records == NULL)
        return -ENOMEM;
    size_t at = 0;
    for (uint64_t i = 0; i < count; i++) {
        set->records[i] = (const struct record *)(const void *)(set->bytes + at);
        at += record_bytes(set->records[i]);
    }
    qsort(set->records, count, sizeof(const struct record *), by_id_and_place);
    for (uint64_t i = 0; i < count; i++) {
        bool is_last = i + 1 == count || memcmp(set->records[i]->id, set->records[i + 1]->id,
                                                sizeof set->records[i]->id) != 0;
        if (is_last && stands(set->records[i], from, to))
            set->records[set->count++] = set->records[i];
    }
    return 0;
}

int card_set_load(const char *path, struct instant from, struct instant to,
                  struct card_set **set_out)
{
    struct stat about = {.st_size = 0};
    struct card_set *set = calloc(1, sizeof *set);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = set == NULL ? -ENOMEM : 0;
    if (error == 0 && (fd < 0 || fstat(fd, &about) != 0))
        error = -errno;
    if (error == 0 && about.st_size > 0) {
        set->size = (size_t)about.st_size;
        set->bytes = mmap(NULL, set->size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (set->bytes == MAP_FAILED) {
            error = -errno;
            set->size = 0;
        }
    }
    if (fd >= 0)
        (void)close(fd);
    if (error == 0)
        error = set_fill(set, from, to);
    if (error == 0)
        *set_out = set;
    else if (set != NULL)
        card_set_free(&set);
    return error;
}

void card_set_free(struct card_set **set_p)
{
    struct card_set *set = *set_p;
    *set_p = NULL;
    if (set == NULL)
        return;
    if (set->size > 0)
        (void)munmap(set->bytes, set->size);
    free(set->records);
    free(set);
}

uint64_t card_set_count(const struct card_set *set)
{
    return set->count;
}

/* ---- comparing ---------------------------------------------------------------------------------
 */

static struct card card_of(const struct record *record)
{
    struct slice texts[TEXTS];
    const char *place = (const char *)(record + 1);
    for (int i = 0; i < TEXTS; i++) {
        texts[i] = (struct slice){.start = place, .count = record->bytes[i]};
        place += record->bytes[i];
    }
    struct card card = {.case_no = texts[0],
                        .org = texts[1],
                        .level = texts[2],
                        .rule = texts[3],
                        .clock = texts[4],
                        .rung = texts[5],
                        .reason = texts[6],
                        .due_at = {.ms = record->due_ms},
                        .until = INSTANT_NEVER,
                        .issued_at = {.ms = record->issued_ms},
                        .state = (enum card_state)record->state,
                        .is_shadow = record->is_shadow,
                        .offset_s = record->offset_s};
    memcpy(card.id, record->id, sizeof card.id);
    return card;
}

static bool is_same(const struct card *a, const struct card *b)
{
    return a->due_at.ms == b->due_at.ms && a->is_shadow == b->is_shadow && a->state == b->state &&
           slice_is_equal(a->level, b->level);
}

void card_sets_compare(const struct card_set *before, const struct card_set *after, void *ctx,
                       void (*visit)(void *ctx, const struct card *before,
                                     const struct card *after))
{
    for (uint64_t i = 0, k = 0; i < before->count || k < after->count;) {
        int order = i == before->count  ? 1
                    : k == after->count ? -1
                                        : memcmp(before->records[i]->id, after->records[k]->id,
                                                 sizeof before->records[i]->id);
        struct card old = {.seq = 0};
        struct card now = {.seq = 0};
        if (order <= 0)
            old = card_of(before->records[i++]);
        if (order >= 0)
            now = card_of(after->records[k++]);
        if (order != 0 || !is_same(&old, &now))
            visit(ctx, order <= 0 ? &old : NULL, order >= 0 ? &now : NULL);
    }
}
