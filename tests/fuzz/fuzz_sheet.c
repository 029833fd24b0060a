/* fuzz_sheet.c - can a workbook hurt whoever reads it, and is every refusal told?
 *
 * The bytes are read as a workbook, and, since no mutation of a zip archive comes far, as the sheet
 * and as the strings of a good one. What is taken is a table of as many lines as it says.
 */
#include "rules/read/csv_text.h"
#include "rules/sheet/sheet.h"

#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { PARTS = 5, HEAD_BYTES = 30, ENTRY_BYTES = 46, END_BYTES = 22 };

struct part {
    const char *name;
    struct slice text;
};

struct writer {
    unsigned char *cursor;
};

static void put(struct writer *to, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *to->cursor++ = (unsigned char)(number >> (8 * i));
}

static void put_bytes(struct writer *to, const char *start, size_t count)
{
    if (count > 0)
        memcpy(to->cursor, start, count);
    to->cursor += count;
}

/* What both of an entry's heads hold: versions to sizes, all stored as they are. */
static void put_facts(struct writer *to, const struct part *part)
{
    const unsigned char *start = (const unsigned char *)part->text.start;
    uint32_t count = (uint32_t)part->text.count;
    put(to, 20, 2);
    put(to, 0, 4);
    put(to, 0, 4);
    put(to, (uint32_t)crc32(0, count == 0 ? NULL : start, count), 4);
    put(to, count, 4);
    put(to, count, 4);
    put(to, (uint32_t)strlen(part->name), 2);
    put(to, 0, 2);
}

/* A zip archive of the parts. The caller frees it. */
static unsigned char *archive(const struct part parts[PARTS], size_t *count_out)
{
    size_t room = END_BYTES;
    uint32_t offsets[PARTS];
    for (int i = 0; i < PARTS; i++)
        room += HEAD_BYTES + ENTRY_BYTES + 2 * strlen(parts[i].name) + parts[i].text.count;
    unsigned char *start = malloc(room);
    struct writer to = {.cursor = start};
    assert(start != NULL);
    for (int i = 0; i < PARTS; i++) {
        offsets[i] = (uint32_t)(to.cursor - start);
        put(&to, 0x04034b50, 4);
        put_facts(&to, &parts[i]);
        put_bytes(&to, parts[i].name, strlen(parts[i].name));
        put_bytes(&to, parts[i].text.start, parts[i].text.count);
    }
    uint32_t entries = (uint32_t)(to.cursor - start);
    for (int i = 0; i < PARTS; i++) {
        put(&to, 0x02014b50, 4);
        put(&to, 20, 2);
        put_facts(&to, &parts[i]);
        put(&to, 0, 4);
        put(&to, 0, 2);
        put(&to, 0, 4);
        put(&to, offsets[i], 4);
        put_bytes(&to, parts[i].name, strlen(parts[i].name));
    }
    uint32_t end = (uint32_t)(to.cursor - start);
    put(&to, 0x06054b50, 4);
    put(&to, 0, 4);
    put(&to, PARTS, 2);
    put(&to, PARTS, 2);
    put(&to, end - entries, 4);
    put(&to, entries, 4);
    put(&to, 0, 2);
    assert((size_t)(to.cursor - start) == room);
    *count_out = room;
    return start;
}

static void look_through(const struct sheet *sheet, struct arena *arena,
                         struct problem_list *problems)
{
    struct csv_table table;
    size_t lines = 0;
    for (size_t i = 0; i < sheet->text.count; i++)
        lines += sheet->text.start[i] == '\n';
    assert(sheet->first_row >= 1 && sheet->first_row <= lines && lines <= SHEET_ROWS_MAX);
    int status = csv_table_parse(arena, "fuzz", sheet->text, problems, &table);
    assert(status == 0);
    assert(table.count >= 1 && table.rows[0].line == sheet->first_row);
    assert(table.rows[table.count - 1].line <= lines);
}

static void read_book(struct slice bytes)
{
    struct arena *arena = arena_create();
    struct problem_list problems;
    struct sheet *sheets = NULL;
    uint32_t count = 0;
    assert(arena != NULL);
    problem_list_init(&problems);
    int status = sheet_read(arena, "fuzz.xlsx", bytes, &problems, &sheets, &count);
    assert((status != 0) == (problems.error_count > 0));
    for (uint32_t i = 0; i < count && status == 0; i++)
        look_through(&sheets[i], arena, &problems);
    for (uint32_t i = 0; i < problems.count; i++)
        assert(problems.at[i].en[0] != '\0' && problems.at[i].zh[0] != '\0');
    problem_list_clear(&problems);
    arena_destroy(&arena);
}

static void read_parts(const struct part parts[PARTS])
{
    size_t count = 0;
    unsigned char *bytes = archive(parts, &count);
    read_book((struct slice){.start = (const char *)bytes, .count = count});
    free(bytes);
}

#define RELATION(id, type, target)                                                                 \
    "<Relationship Id=\"" id "\" Type=\"x/" type "\" Target=\"" target "\"/>"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const struct slice fuzz = {.start = (const char *)bytes, .count = count};
    struct part parts[PARTS] = {
        {"_rels/.rels", SLICE("<R>" RELATION("a", "officeDocument", "b.xml") "</R>")},
        {"b.xml", SLICE("<w><sheet name=\"s\" id=\"1\"/></w>")},
        {"_rels/b.xml.rels", SLICE("<R>" RELATION("1", "worksheet", "s.xml")
                                       RELATION("2", "sharedStrings", "t.xml") "</R>")},
        {"s.xml", fuzz},
        {"t.xml", SLICE("<s><si><t>a</t></si><si><t>item_code</t></si></s>")},
    };
    read_book(fuzz);
    read_parts(parts);
    parts[3].text = SLICE("<w><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row></w>");
    parts[4].text = fuzz;
    read_parts(parts);
    return 0;
}
