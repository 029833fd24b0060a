/* input_file.h - bytes as the file of a collector's input, read twice: whatever they are, the
 * numbers rise by one, and reading on at a place in the middle gives the very same events.
 */
#ifndef FUZZ_INPUT_FILE_H
#define FUZZ_INPUT_FILE_H

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

static inline void input_file_check(const struct input *input)
{
    static uint64_t hashes[INPUT_FILE_EVENTS_MAX];
    struct place middle = {0};
    struct place other = {0};
    uint64_t last = input_file_walk(input, &(struct place){0}, hashes, true, &middle);
    uint64_t again = input_file_walk(input, &middle, hashes, false, &other);
    assert(again == last);
}

#endif
