/* test_zone.c - the rule at the end of a zone's file, its bytes, and names that lead elsewhere. */
#include "rules/days/zone.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static struct calendar_offset offsets[ZONE_OFFSETS_MAX];
static uint32_t count;

static bool expand(const char *rule, int32_t offset_s, int year)
{
    offsets[0] = (struct calendar_offset){.at = INSTANT_NONE, .offset_s = offset_s};
    count = 1;
    return zone_rule_expand(slice_of(rule), year, offsets, &count);
}

/* The change at or after a UTC text, as "2040-03-25T01:00:00Z +7200". */
static const char *change_after(const char *utc)
{
    static char text[64];
    char date[INSTANT_TEXT_BYTES];
    struct instant at = INSTANT_NONE;
    CHECK_EQ_INT(instant_parse(slice_of(utc), &at), 0);
    for (uint32_t i = 1; i < count; i++) {
        CHECK(offsets[i - 1].at.ms < offsets[i].at.ms);
        CHECK(offsets[i - 1].offset_s != offsets[i].offset_s);
        if (offsets[i].at.ms < at.ms)
            continue;
        (void)snprintf(text, sizeof text, "%s %+d", instant_format(offsets[i].at, 0, date),
                       (int)offsets[i].offset_s);
        return text;
    }
    return "none";
}

static void rules_are_written_out_to_2100(void)
{
    static const struct {
        const char *rule;
        int32_t offset_s;
        const char *after;
        const char *change;
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", 3600, "2040-01-01T00:00:00Z", "2040-03-25T01:00:00Z +7200"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 3600, "2040-06-01T00:00:00Z", "2040-10-28T01:00:00Z +3600"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 3600, "2099-01-01T00:00:00Z", "2099-03-29T01:00:00Z +7200"},
        {"EST5EDT,M3.2.0,M11.1.0", -18000, "2041-01-01T00:00:00Z", "2041-03-10T07:00:00Z -14400"},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", 36000, "2041-01-01T00:00:00Z",
         "2041-04-06T16:00:00Z +36000"},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, "2041-05-01T00:00:00Z",
         "2041-10-05T15:30:00Z +39600"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, "2041-01-01T00:00:00Z",
         "2041-03-31T01:00:00Z -3600"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 3600, "2041-01-01T00:00:00Z", "2041-03-31T01:00:00Z +3600"},
        {"AAA3BBB,J60/2,J300", -10800, "2040-01-01T00:00:00Z", "2040-03-01T05:00:00Z -7200"},
        {"AAA3BBB,59/2,299", -10800, "2040-01-01T00:00:00Z", "2040-02-29T05:00:00Z -7200"},
        {"CST-8", 28800, "1971-01-01T00:00:00Z", "none"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(expand(rows[i].rule, rows[i].offset_s, 1970));
        CHECK_EQ_STR(change_after(rows[i].after), rows[i].change);
    }
    CHECK(expand("CET-1CEST,M3.5.0,M10.5.0/3", 3600, 2040));
    CHECK_EQ_STR(change_after("2000-01-01T00:00:00Z"), "2040-03-25T01:00:00Z +7200");
    CHECK_EQ_STR(change_after("2100-11-01T00:00:00Z"), "none");
}

static void summer_time_all_year_is_one_change(void)
{
    CHECK(expand("AAA3BBB,0/0,J365/25", -10800, 2040));
    CHECK_EQ_STR(change_after("2040-01-01T00:00:00Z"), "2040-01-01T03:00:00Z -7200");
    CHECK_EQ_INT(count, 3); /* and its end in 2100, which no day of a calendar sees */
}

static void a_string_that_is_no_rule_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "C8",
        "CST",
        "CST-25",
        "CST-8X",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3 ",
        "CET-1CEST,J0,J365",
        "CET-1CEST,0,366",
        "<CET-1",
        "CET-1:60",
        "CET-99999999999",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK(!expand(wrong[i], 0, 2000));
        CHECK_EQ_INT(count, 1);
    }
}

/* ---- the file -------------------------------------------------------------------------------- */

enum { FILE_BYTES_MAX = 400 };

static char *put_u32(char *to, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (char)(unsigned char)(number >> shift & 0xff);
    return to;
}

static char *put_header(char *to, char version, uint32_t leaps, uint32_t times, uint32_t types)
{
    memcpy(to, "TZif", 4);
    memset(to + 4, 0, 16);
    to[4] = version;
    to = put_u32(to + 20, 0);
    to = put_u32(to, 0);
    to = put_u32(to, leaps);
    to = put_u32(to, times);
    to = put_u32(to, types);
    return put_u32(to, 4);
}

static char *put_type(char *to, int32_t offset_s)
{
    to = put_u32(to, (uint32_t)offset_s);
    *to++ = 0;
    *to++ = 0;
    return to;
}

/* Two changes: 2000-01-01 to +3600, 2001-01-01 to +7200; before that, 0. */
static size_t make_file(char bytes[FILE_BYTES_MAX], char version, uint32_t leaps, const char *rule)
{
    char *to = put_header(bytes, version, 0, 0, 0);
    memcpy(to, "UTC", 4);
    to = put_header(to + 4, version, leaps, 2, 3);
    to = put_u32(put_u32(to, 0), 946684800);
    to = put_u32(put_u32(to, 0), 978307200);
    *to++ = 1;
    *to++ = 2;
    to = put_type(put_type(put_type(to, 0), 3600), 7200);
    memcpy(to, "UTC", 4);
    to += 4;
    for (uint32_t i = 0; i < leaps; i++)
        to = put_u32(put_u32(put_u32(to, 0), 0), 1);
    size_t rule_count = strlen(rule);
    memcpy(to, rule, rule_count);
    return (size_t)(to - bytes) + rule_count;
}

static int decode(const char *bytes, size_t bytes_count, struct calendar_zone *zone)
{
    static struct arena *arena;
    arena_destroy(&arena);
    arena = arena_create();
    /* A copy of exactly this size, so that the sanitizer sees one byte too far. */
    char *copy = malloc(bytes_count + 1);
    CHECK(arena != NULL && copy != NULL);
    memcpy(copy, bytes, bytes_count);
    int status = zone_decode(arena, SLICE("Test/Zone"),
                             (struct slice){.start = copy, .count = bytes_count}, zone);
    free(copy);
    return status;
}

static void a_file_is_read_and_every_shorter_one_refused(void)
{
    char bytes[FILE_BYTES_MAX];
    struct calendar_zone zone = {0};
    size_t whole = make_file(bytes, '2', 0, "\nAAA-2\n");
    CHECK_EQ_INT(decode(bytes, whole, &zone), 0);
    CHECK_EQ_SLICE(zone.name, "Test/Zone");
    CHECK_EQ_INT(zone.offset_count, 3);
    CHECK(!instant_is_set(zone.offsets[0].at) && zone.offsets[0].offset_s == 0);
    CHECK(zone.offsets[1].at.ms == 946684800000 && zone.offsets[1].offset_s == 3600);
    CHECK(zone.offsets[2].at.ms == 978307200000 && zone.offsets[2].offset_s == 7200);
    for (size_t shorter = 0; shorter < whole; shorter++)
        CHECK_EQ_INT(decode(bytes, shorter, &zone), ZONE_E_BROKEN);
}

static void a_file_that_lies_is_refused(void)
{
    char bytes[FILE_BYTES_MAX];
    struct calendar_zone zone = {0};
    CHECK_EQ_INT(decode(bytes, make_file(bytes, '\0', 0, "\nAAA-2\n"), &zone), ZONE_E_BROKEN);
    CHECK_EQ_INT(decode(bytes, make_file(bytes, '2', 1, "\nAAA-2\n"), &zone), ZONE_E_BROKEN);
    CHECK_EQ_INT(decode(bytes, make_file(bytes, '2', 0, "\nnonsense\n"), &zone), ZONE_E_BROKEN);
    CHECK_EQ_INT(decode(bytes, make_file(bytes, '2', 0, "\n\n"), &zone), 0);
    size_t whole = make_file(bytes, '2', 0, "\nAAA-2\n");
    for (size_t i = 0; i < whole; i++) { /* any byte may be anything: no crash, no wild read */
        char kept = bytes[i];
        for (int value = 0; value < 256; value += 17) {
            bytes[i] = (char)(unsigned char)value;
            int status = decode(bytes, whole, &zone);
            CHECK(status == 0 || status == ZONE_E_BROKEN);
        }
        bytes[i] = kept;
    }
}

static void a_name_cannot_lead_out_of_the_folder(void)
{
    static const char *const names[] = {
        "",      "/etc/passwd", "../zoneinfo/UTC", "Asia/../UTC", "Asia/./Shanghai",
        "Asia/", "/",           "Asia//Shanghai",  ".hidden",     "Asia/Shanghai\n",
        "A B",   "-x",          "C:\\zone",        "时区",
    };
    struct arena *arena = arena_create();
    struct calendar_zone zone;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK_EQ_INT(zone_read(arena, slice_of(names[i]), &zone), ZONE_E_NAME);
    CHECK_EQ_INT(zone_read(arena, SLICE("Nowhere/Land"), &zone), ZONE_E_NONE);
    CHECK_EQ_INT(zone_read(arena, SLICE("UTC"), &zone), 0);
    CHECK(zone.offset_count == 1 && zone.offsets[0].offset_s == 0);
    arena_destroy(&arena);
}

CHECK_MAIN("unit/zone", TEST(rules_are_written_out_to_2100),
           TEST(summer_time_all_year_is_one_change), TEST(a_string_that_is_no_rule_is_refused),
           TEST(a_file_is_read_and_every_shorter_one_refused), TEST(a_file_that_lies_is_refused),
           TEST(a_name_cannot_lead_out_of_the_folder))
