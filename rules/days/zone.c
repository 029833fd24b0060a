/* zone.c - the compiled file of a zone: a header, a block in 32 bits that is passed over, the same
 * in 64 bits, and a rule in words for the time after the last change.
 *
 * Nothing in the file is believed: every count is held against the bytes that are there.
 */
#include "rules/days/zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FILE_BYTES_MAX = 1 << 20,
    PATH_BYTES_MAX = 1024,
    NAME_BYTES_MAX = 64,
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    OFFSET_S_MAX = 24 * 3600 - 1,
    SECOND_MS = 1000,
};

static const char zone_folder[] = "/usr/share/zoneinfo";

/* ---- the file's integers --------------------------------------------------------------------- */

static uint32_t u32(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

/* Two's complement without leaning on how the compiler converts. */
static int32_t i32(const char *at)
{
    uint32_t bits = u32(at);
    return bits >> 31 ? -(int32_t)~bits - 1 : (int32_t)bits;
}

static int64_t i64(const char *at)
{
    uint64_t bits = (uint64_t)u32(at) << 32 | u32(at + 4);
    return bits >> 63 ? -(int64_t)~bits - 1 : (int64_t)bits;
}

struct header {
    uint32_t ut_count;
    uint32_t std_count;
    uint32_t leap_count;
    uint32_t time_count;
    uint32_t type_count;
    uint32_t char_count;
};

/* A header at the start of bytes; on success the bytes begin behind it. */
static bool take_header(struct slice *bytes, struct header *header)
{
    if (bytes->count < HEADER_BYTES || memcmp(bytes->start, "TZif", 4) != 0 ||
        bytes->start[4] < '2')
        return false;
    const char *at = bytes->start + 20;
    *header = (struct header){u32(at),      u32(at + 4),  u32(at + 8),
                              u32(at + 12), u32(at + 16), u32(at + 20)};
    bytes->start += HEADER_BYTES;
    bytes->count -= HEADER_BYTES;
    return true;
}

/* The bytes of a data block whose times take so many bytes each. No sum of six counts of 32 bits
 * overflows 64. */
static uint64_t block_bytes(const struct header *header, uint64_t time_bytes)
{
    return header->time_count * (time_bytes + 1) + header->type_count * (uint64_t)TYPE_BYTES +
           header->char_count + header->leap_count * (time_bytes + 4) + header->std_count +
           (uint64_t)header->ut_count;
}

static bool skip(struct slice *bytes, uint64_t count)
{
    if (bytes->count < count)
        return false;
    bytes->start += count;
    bytes->count -= (size_t)count;
    return true;
}

/* ---- changes --------------------------------------------------------------------------------- */

static bool offset_of_type(struct slice types, uint32_t type, int32_t *offset_out)
{
    if ((uint64_t)type * TYPE_BYTES + TYPE_BYTES > types.count)
        return false;
    *offset_out = i32(types.start + (size_t)type * TYPE_BYTES);
    return *offset_out >= -OFFSET_S_MAX && *offset_out <= OFFSET_S_MAX;
}

/* The changes of the 64-bit block; one without a change of the offset is left out. */
static bool take_changes(struct slice block, const struct header *header,
                         struct calendar_offset *offsets, uint32_t *count_out)
{
    const char *times = block.start;
    const char *indexes = times + (size_t)header->time_count * 8;
    struct slice types = {.start = indexes + header->time_count,
                          .count = (size_t)header->type_count * TYPE_BYTES};
    int64_t before = INT64_MIN;
    uint32_t count = 1;
    offsets[0].at = INSTANT_NONE;
    if (!offset_of_type(types, 0, &offsets[0].offset_s))
        return false;
    for (uint32_t i = 0; i < header->time_count; i++) {
        int64_t at_s = i64(times + (size_t)i * 8);
        int32_t offset_s = 0;
        if ((i > 0 && at_s <= before) ||
            !offset_of_type(types, (unsigned char)indexes[i], &offset_s))
            return false;
        before = at_s;
        if (at_s < INSTANT_FIRST_MS / SECOND_MS) {
            offsets[0].offset_s = offset_s; /* before all that anyone may name */
        } else if (at_s <= INSTANT_LAST_MS / SECOND_MS && offset_s != offsets[count - 1].offset_s) {
            if (count == ZONE_OFFSETS_MAX)
                return false;
            offsets[count].at.ms = at_s * SECOND_MS;
            offsets[count++].offset_s = offset_s;
        }
    }
    *count_out = count;
    return true;
}

static int year_of(struct instant at)
{
    return instant_is_set(at) ? date_of_day((int32_t)(at.ms / DATE_DAY_MS)).year : 1970;
}

/* The rule between two newlines at the end of the file; an empty one says nothing. */
static bool take_rule(struct slice rest, struct calendar_offset *offsets, uint32_t *count)
{
    if (rest.count < 2 || rest.start[0] != '\n')
        return false;
    const char *end = memchr(rest.start + 1, '\n', rest.count - 1);
    if (end == NULL)
        return false;
    struct slice rule = {.start = rest.start + 1, .count = (size_t)(end - rest.start) - 1};
    if (rule.count == 0)
        return true;
    return zone_rule_expand(rule, year_of(offsets[*count - 1].at), offsets, count);
}

static int decode(struct slice bytes, struct calendar_offset *offsets, uint32_t *count)
{
    struct header header;
    if (!take_header(&bytes, &header) || !skip(&bytes, block_bytes(&header, 4)) ||
        !take_header(&bytes, &header) || header.leap_count != 0 || header.type_count == 0 ||
        block_bytes(&header, 8) > bytes.count)
        return ZONE_E_BROKEN;
    if (!take_changes(bytes, &header, offsets, count) || !skip(&bytes, block_bytes(&header, 8)) ||
        !take_rule(bytes, offsets, count))
        return ZONE_E_BROKEN;
    return 0;
}

static int zone_keep(struct arena *arena, struct slice name, const struct calendar_offset *offsets,
                     uint32_t count, struct calendar_zone *zone_out)
{
    struct calendar_offset *kept = arena_take(arena, count, sizeof *kept);
    struct slice name_kept;
    if (kept == NULL || !arena_copy(arena, name, &name_kept))
        return -ENOMEM;
    memcpy(kept, offsets, count * sizeof *kept);
    *zone_out = (struct calendar_zone){.name = name_kept, .offset_count = count, .offsets = kept};
    return 0;
}

int zone_decode(struct arena *arena, struct slice name, struct slice bytes,
                struct calendar_zone *zone_out)
{
    struct calendar_offset *offsets = calloc(ZONE_OFFSETS_MAX, sizeof *offsets);
    if (offsets == NULL)
        return -ENOMEM;
    uint32_t count = 0;
    int status = decode(bytes, offsets, &count);
    if (status == 0)
        status = zone_keep(arena, name, offsets, count, zone_out);
    free(offsets);
    return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_letter_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* No name can lead out of the folder: a part begins with a letter or digit, so never with a dot. */
static bool is_zone_name(struct slice name)
{
    bool is_part_start = true;
    if (name.count == 0 || name.count > NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.count; i++) {
        char c = name.start[i];
        if (is_part_start && !is_letter_or_digit(c))
            return false;
        if (!is_letter_or_digit(c) && c != '_' && c != '-' && c != '+' && c != '/')
            return false;
        is_part_start = c == '/';
    }
    return !is_part_start;
}

static int read_file(const char *path, char *bytes, size_t *count_out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return ZONE_E_NONE;
    *count_out = fread(bytes, 1, FILE_BYTES_MAX, file);
    int status = ferror(file) ? ZONE_E_NONE : 0; /* a folder can be opened, but not read */
    (void)fclose(file);                          /* it was only read */
    return status;
}

int zone_read(struct arena *arena, struct slice name, struct calendar_zone *zone_out)
{
    static const struct calendar_offset utc = {.at = {INT64_MIN}, .offset_s = 0};
    if (!is_zone_name(name))
        return ZONE_E_NAME;
    if (slice_is_equal(name, SLICE("UTC")))
        return zone_keep(arena, name, &utc, 1, zone_out);
    char path[PATH_BYTES_MAX];
    const char *folder = getenv("TZDIR");
    if (folder == NULL || folder[0] == '\0')
        folder = zone_folder;
    int count = snprintf(path, sizeof path, "%s/%.*s", folder, (int)name.count, name.start);
    if (count < 0 || count >= PATH_BYTES_MAX)
        return ZONE_E_NONE;
    char *bytes = malloc(FILE_BYTES_MAX);
    if (bytes == NULL)
        return -ENOMEM;
    size_t byte_count = 0;
    int status = read_file(path, bytes, &byte_count);
    if (status == 0)
        status =
            zone_decode(arena, name, (struct slice){.start = bytes, .count = byte_count}, zone_out);
    free(bytes);
    return status;
}
