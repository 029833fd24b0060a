/* driver.c - runs a fuzz target without libFuzzer: its corpus, then seeded mutations of it.
 *
 * Layer: tests. So that every build of every compiler checks in a second what a night of fuzzing
 * has found. The corpus lies in tests/fuzz/corpus/<target>/; the same seed gives the same run.
 * Arguments: files to replay instead, to look at one finding.
 */
#include "engine/base/base.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum {
    INPUT_BYTES_MAX = 65536,
    SEEDS_MAX = 4096,
    MUTATIONS = 5000,
    CHANGES_MAX = 8, /* in one mutation */
};

struct seed {
    uint8_t *bytes;
    size_t count;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;
static uint64_t random_state = 20250126;

/* xorshift64*: the sequence is the same on every machine. */
static size_t random_below(size_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (size_t)((random_state * 0x2545F4914F6CDD1Du) >> 33) % limit;
}

/* The target is given exactly its bytes, on the heap: one read too far is seen. */
static void try_bytes(const uint8_t *bytes, size_t count)
{
    uint8_t *copy = malloc(count + (count == 0));
    assert(copy != NULL);
    if (count > 0)
        memcpy(copy, bytes, count);
    (void)LLVMFuzzerTestOneInput(copy, count);
    free(copy);
}

static bool read_seed(const char *path)
{
    static uint8_t buffer[INPUT_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t count = fread(buffer, 1, sizeof buffer, file);
    (void)fclose(file);
    if (seed_count == SEEDS_MAX)
        return true;
    struct seed *seed = &seeds[seed_count++];
    seed->count = count;
    seed->bytes = malloc(count + 1);
    assert(seed->bytes != NULL);
    memcpy(seed->bytes, buffer, count);
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_corpus(const char *target)
{
    char folder[512];
    (void)snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", target);
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            (void)read_seed(path);
        free(entries[i]);
    }
    free(entries);
}

static size_t change(uint8_t *bytes, size_t count)
{
    static const uint8_t edges[] = {0,    1,    0x7f, 0x80, 0xc0, 0xc4, 0xd9, 0xdc,
                                    0xdd, 0xdf, 0xff, '"',  '\n', ',',  ':',  '-'};
    size_t at = count == 0 ? 0 : random_below(count);
    switch (random_below(6)) {
    case 0: /* one bit */
        if (count > 0)
            bytes[at] ^= (uint8_t)(1u << random_below(8));
        return count;
    case 1: /* one byte */
        if (count > 0)
            bytes[at] = (uint8_t)random_below(256);
        return count;
    case 2: /* one byte that means something in our formats */
        if (count > 0)
            bytes[at] = edges[random_below(sizeof edges)];
        return count;
    case 3: /* cut off */
        return at;
    case 4: /* take a piece out */
        if (count > 0) {
            size_t gap = 1 + random_below(count - at);
            memmove(bytes + at, bytes + at + gap, count - at - gap);
            return count - gap;
        }
        return count;
    default: { /* say a piece twice */
        if (count == 0)
            return count;
        size_t piece = 1 + random_below(count - at);
        if (piece > INPUT_BYTES_MAX - count)
            return count;
        memmove(bytes + at + piece, bytes + at, count - at);
        return count + piece;
    }
    }
}

static void try_mutations(void)
{
    static uint8_t bytes[INPUT_BYTES_MAX];
    for (int round = 0; round < MUTATIONS; round++) {
        size_t count = 0;
        if (seed_count > 0) {
            const struct seed *seed = &seeds[random_below(seed_count)];
            count = seed->count;
            memcpy(bytes, seed->bytes, count);
        } else {
            count = random_below(256);
            for (size_t i = 0; i < count; i++)
                bytes[i] = (uint8_t)random_below(256);
        }
        for (size_t changes = 1 + random_below(CHANGES_MAX); changes > 0; changes--)
            count = change(bytes, count);
        try_bytes(bytes, count);
    }
}

int main(int argc, char **argv)
{
    const char *target = strrchr(argv[0], '/') == NULL ? argv[0] : strrchr(argv[0], '/') + 1;
    target = strncmp(target, "fuzz_", 5) == 0 ? target + 5 : target;
    for (int i = 1; i < argc; i++) {
        if (!read_seed(argv[i])) {
            (void)fprintf(stderr, "fuzz/%s: cannot read %s\n", target, argv[i]);
            return 1;
        }
    }
    if (argc == 1)
        read_corpus(target);
    try_bytes(NULL, 0);
    for (size_t i = 0; i < seed_count; i++)
        try_bytes(seeds[i].bytes, seeds[i].count);
    if (argc == 1)
        try_mutations();
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].bytes);
    printf("fuzz/%s: tests=1 failed=0 checks=%zu\n", target,
           1 + seed_count + (argc == 1 ? (size_t)MUTATIONS : 0));
    return 0;
}
