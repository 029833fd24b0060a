/* input_file.h - bytes as the file of a collector's input, read twice: whatever they are, the
 * numbers rise by one, and reading on at a place in the middle gives the very same events.
 */
#ifndef FUZZ_INPUT_FILE_H
#define FUZZ_INPUT_FILE_H

#include "collectors/map/map.h"
#include "collectors/push/files.h"
#include "engine/wire/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { INPUT_FILE_EVENTS_MAX = 65536 };

static char input_file_path[64];

static void input_file_remove(void)
{
    (void)unlink(input_file_path);
}

static inline void input_file_put(const char *name, const uint8_t *bytes, size_t count)
{
    if (input_file_path[0] == '\0') {
        (void)snprintf(input_file_path, sizeof input_file_path, "/tmp/cardwatch-fuzz-%ld.%s",
                       (long)getpid(), name);
        (void)atexit(input_file_remove);
    }
    FILE *file = fopen(input_file_path, "wb");
    assert(file != NULL);
    size_t written = count == 0 ? 0 : fwrite(bytes, 1, count, file);
    assert(written == count);
    int status = fclose(file);
    assert(status == 0);
}

/* The bytes as the one file that a collector is to read. */
static inline struct files_options input_file_options(const char *name, const uint8_t *bytes,
                                                      size_t count)
{
    static char *paths[] = {input_file_path};
    static struct report *report;
    int status = report == NULL ? report_open(NULL, true, &report) : 0;
    assert(status == 0);
    input_file_put(name, bytes, count);
    return (struct files_options){.paths = paths, .count = 1, .report = report};
}

/* The one mapping of a target. */
static inline const struct map *input_file_map(const char *mapping)
{
    static struct map *map;
    struct problem_list problems;
    if (map != NULL)
        return map;
    problem_list_init(&problems);
    int status = map_parse("fuzz.yaml", slice_of(mapping), &problems, &map);
    assert(status == 0);
    problem_list_clear(&problems);
    return map;
}

static inline uint64_t input_file_hash(const struct event *event)
{
    struct bytes bytes = {0};
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    int status = encode_event(&bytes, event);
    assert(status == 0);
    for (size_t i = 0; i < bytes.count; i++)
        hash = (hash ^ (unsigned char)bytes.start[i]) * UINT64_C(0x100000001B3);
    bytes_clear(&bytes);
    return hash;
}

/* From a place to the end; hashes[seq] is filled in (is_first), or compared. Returns the last seq.
 */
static inline uint64_t input_file_walk(const struct input *input, const struct place *from,
                                       uint64_t *hashes, bool is_first, struct place *middle_out)
{
    struct item item;
    uint64_t seq = from->seq;
    int status = input->seek(input->ctx, from);
    assert(status == 0 || status == INPUT_E_BAD);
    while (status == 0 && seq + 1 < INPUT_FILE_EVENTS_MAX) {
        status = input->next(input->ctx, &item);
        if (status != 0)
            break;
        const char *field = "";
        enum refusal refusal = event_check(&item.event, INSTANT_NONE, &field);
        assert(refusal == REFUSAL_NONE);
        assert(item.after.seq == seq + 1);
        seq++;
        uint64_t hash = input_file_hash(&item.event);
        assert(is_first || hashes[seq] == hash);
        hashes[seq] = hash;
        if (item.ends_row && seq % 3 == 1)
            *middle_out = item.after;
    }
    assert(status <= INPUT_E_BAD);
    return seq;
}

/* Read it twice, and close it. */
static inline void input_file_check(const struct input *input)
{
    static uint64_t hashes[INPUT_FILE_EVENTS_MAX];
    struct place middle = {0};
    struct place other = {0};
    uint64_t last = input_file_walk(input, &(struct place){0}, hashes, true, &middle);
    uint64_t again = input_file_walk(input, &middle, hashes, false, &other);
    assert(again == last);
    input->close(input->ctx);
}

#endif
