/* sheet_read.c - the way through a workbook: _rels/.rels names the book, the book its sheets, and
 * the book's own relations say where each of them lies.
 */
#include "rules/sheet/workbook.h"

#include <errno.h>
#include <stdlib.h>

enum { RELATIONS_MAX = 4 * WORKBOOK_SHEETS_MAX };

/* One row of a .rels file. */
struct relation {
    const char *id;
    const char *type;
    const char *target;
};

/* A sheet as the book names it. */
struct entry {
    struct slice name;
    const char *id;
};

struct workbook {
    struct arena *arena;
    const char *file;
    struct problem_list *problems;
    struct package *package;
    const char *part; /* of the book: xl/workbook.xml */
    uint32_t relation_count;
    struct relation relations[RELATIONS_MAX];
    uint32_t entry_count;
    struct entry entries[WORKBOOK_SHEETS_MAX];
    struct strings strings;
};

static const char *copy(struct workbook *book, const char *text)
{
    struct slice kept = SLICE("");
    if (!arena_copy(book->arena, slice_of(text == NULL ? "" : text), &kept))
        package_stop(book->package, -ENOMEM);
    return kept.start;
}

/* ---- relations --------------------------------------------------------------------------------
 */

static void on_relation(void *ctx, const char *name, const char **attributes)
{
    struct workbook *book = ctx;
    if (strcmp(name, "Relationship") != 0 || book->relation_count == RELATIONS_MAX)
        return;
    book->relations[book->relation_count++] =
        (struct relation){.id = copy(book, package_attribute(attributes, "Id")),
                          .type = copy(book, package_attribute(attributes, "Type")),
                          .target = copy(book, package_attribute(attributes, "Target"))};
}

static int read_relations(struct workbook *book, const char *part)
{
    const struct package_reader reader = {.ctx = book, .start = on_relation};
    book->relation_count = 0;
    return package_parse(book->package, part, &reader);
}

/* The last part of a type says what it is: …/relationships/worksheet. */
static bool is_type(const struct relation *relation, const char *type)
{
    const char *slash = strrchr(relation->type, '/');
    return slash != NULL && strcmp(slash + 1, type) == 0;
}

static const struct relation *relation_of(const struct workbook *book, const char *id,
                                          const char *type)
{
    for (uint32_t i = 0; i < book->relation_count; i++)
        if (is_type(&book->relations[i], type) &&
            (id == NULL || strcmp(book->relations[i].id, id) == 0))
            return &book->relations[i];
    return NULL;
}

/* A target is meant from the folder of the file that names it, or from the top with a slash. NULL:
 * memory is short. */
static const char *part_of(struct workbook *book, const char *from, const char *target)
{
    const char *slash = strrchr(from, '/');
    size_t folder = slash == NULL || target[0] == '/' ? 0 : (size_t)(slash + 1 - from);
    target += target[0] == '/';
    while (strncmp(target, "./", 2) == 0)
        target += 2;
    char *part = arena_take(book->arena, folder + strlen(target) + 1, 1);
    if (part == NULL)
        return NULL;
    memcpy(part, from, folder);
    memcpy(part + folder, target, strlen(target) + 1);
    return part;
}

/* "xl/workbook.xml" → "xl/_rels/workbook.xml.rels" */
static const char *relations_part(struct workbook *book)
{
    const char *slash = strrchr(book->part, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash + 1 - book->part);
    size_t room = strlen(book->part) + sizeof "_rels/.rels";
    char *part = arena_take(book->arena, room, 1);
    if (part != NULL)
        (void)snprintf(part, room, "%.*s_rels/%s.rels", (int)folder, book->part,
                       book->part + folder);
    return part;
}

/* ---- the book ---------------------------------------------------------------------------------
 */

static void on_entry(void *ctx, const char *name, const char **attributes)
{
    struct workbook *book = ctx;
    if (strcmp(name, "sheet") != 0)
        return;
    if (book->entry_count == WORKBOOK_SHEETS_MAX) {
        problem_error(book->problems, book->file, 0, 0, "more than %d sheets", "工作表超过 %d 张",
                      WORKBOOK_SHEETS_MAX);
        package_stop(book->package, SHEET_E_BAD);
        return;
    }
    book->entries[book->entry_count++] =
        (struct entry){.name = slice_of(copy(book, package_attribute(attributes, "name"))),
                       .id = copy(book, package_attribute(attributes, "id"))};
}

static int no_workbook(const struct workbook *book)
{
    problem_error(book->problems, book->file, 0, 0,
                  "a zip file, but no workbook: give an .xlsx, or the files in it by themselves",
                  "是 zip 文件，但不是工作簿：请给出 .xlsx，或直接给出其中的文件");
    return SHEET_E_BAD;
}

static int find_book(struct workbook *book)
{
    if (!package_has(book->package, "_rels/.rels"))
        return no_workbook(book);
    int status = read_relations(book, "_rels/.rels");
    const struct relation *relation = relation_of(book, NULL, "officeDocument");
    if (status != 0)
        return status;
    if (relation == NULL)
        return no_workbook(book);
    book->part = part_of(book, "", relation->target);
    return book->part == NULL ? -ENOMEM : 0;
}

static int read_book(struct workbook *book)
{
    const struct package_reader reader = {.ctx = book, .start = on_entry};
    int status = find_book(book);
    if (status == 0)
        status = package_parse(book->package, book->part, &reader);
    if (status != 0)
        return status;
    const char *part = relations_part(book);
    status = part == NULL ? -ENOMEM : read_relations(book, part);
    const struct relation *strings = relation_of(book, NULL, "sharedStrings");
    if (status != 0 || strings == NULL)
        return status;
    part = part_of(book, book->part, strings->target);
    return part == NULL
               ? -ENOMEM
               : strings_read(&book->strings, book->package, book->file, part, book->problems);
}

/* ---- its sheets -------------------------------------------------------------------------------
 */

static const char *place_of(struct workbook *book, struct slice name)
{
    size_t room = strlen(book->file) + name.count + 2;
    char *place = arena_take(book->arena, room, 1);
    if (place != NULL)
        (void)snprintf(place, room, "%s:%s", book->file, name.start);
    return place;
}

/* Charts and dialogs are sheets too, and have no cells. */
static int read_entry(struct workbook *book, const struct entry *entry, struct sheet *sheet)
{
    const struct relation *relation = relation_of(book, entry->id, "worksheet");
    *sheet = (struct sheet){.name = entry->name, .place = place_of(book, entry->name)};
    if (sheet->place == NULL)
        return -ENOMEM;
    problem_list_names_cells(book->problems, sheet->place);
    if (relation == NULL)
        return 0;
    const char *part = part_of(book, book->part, relation->target);
    return part == NULL
               ? -ENOMEM
               : grid_read(book->arena, book->package, part, &book->strings, book->problems, sheet);
}

static int read_all(struct workbook *book, struct sheet **sheets_out, uint32_t *count_out)
{
    struct sheet *sheets = arena_take(book->arena, book->entry_count, sizeof *sheets);
    uint32_t count = 0;
    bool is_bad = false;
    if (sheets == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < book->entry_count; i++) {
        int status = read_entry(book, &book->entries[i], &sheets[count]);
        if (status < 0)
            return status;
        is_bad = is_bad || status != 0; /* (and on with the others, for their mistakes) */
        count += sheets[count].first_row > 0;
    }
    *sheets_out = sheets;
    *count_out = count;
    return is_bad ? SHEET_E_BAD : 0;
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static bool begins(struct slice bytes, const char *mark, size_t count)
{
    return bytes.count >= count && memcmp(bytes.start, mark, count) == 0;
}

static bool is_old(struct slice bytes)
{
    return begins(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
}

bool sheet_name_is_good(const char *name)
{
    enum { NAME_CHARACTERS_MAX = 31 };
    size_t characters = 0;
    size_t count = strlen(name);
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)name[i];
        characters += (c & 0xC0) != 0x80;
        characters += c >= 0xF0; /* two of UTF-16 */
        if (c < 0x20 || strchr("[]:*?/\\", name[i]) != NULL)
            return false;
    }
    return characters >= 1 && characters <= NAME_CHARACTERS_MAX && name[0] != '\'' &&
           name[count - 1] != '\'';
}

bool sheet_is_workbook(struct slice bytes)
{
    return begins(bytes, "PK\x03\x04", 4) || begins(bytes, "PK\x05\x06", 4) || is_old(bytes);
}

int sheet_read(struct arena *arena, const char *file, struct slice bytes,
               struct problem_list *problems, struct sheet **sheets_out, uint32_t *count_out)
{
    if (is_old(bytes)) {
        problem_error(problems, file, 0, 0,
                      "an .xls of the old kind, or a workbook with a password: save it as .xlsx, "
                      "without a password",
                      "旧格式的 .xls，或带密码的工作簿：请另存为不带密码的 .xlsx");
        return SHEET_E_BAD;
    }
    struct workbook *book = calloc(1, sizeof *book);
    if (book == NULL)
        return -ENOMEM;
    *book = (struct workbook){.arena = arena, .file = file, .problems = problems};
    int status = package_open(file, bytes, problems, &book->package);
    if (status == 0)
        status = read_book(book);
    if (status == 0)
        status = read_all(book, sheets_out, count_out);
    strings_clear(&book->strings);
    package_close(&book->package);
    free(book);
    return status;
}
