/* ics.c - unfolding: a line that begins with a blank goes on with the one before it. */
#include "rules/days/ics.h"

bool ics_begin(struct ics *ics, struct arena *arena, struct slice text)
{
    *ics = (struct ics){.rest = text, .line = 1, .room = arena_take(arena, text.count + 1, 1)};
    return ics->room != NULL;
}

/* One line of the file, without its end; counts it. */
static struct slice take_line(struct ics *ics)
{
    struct slice line = ics->rest;
    const char *end = memchr(line.start, '\n', line.count);
    size_t used = line.count;
    if (end != NULL) {
        line.count = (size_t)(end - line.start);
        used = line.count + 1;
    }
    ics->rest = (struct slice){.start = ics->rest.start + used, .count = ics->rest.count - used};
    ics->line++;
    while (line.count > 0 && line.start[line.count - 1] == '\r')
        line.count--;
    return line;
}

static struct slice unfold(struct ics *ics)
{
    char *start = ics->room;
    struct slice piece = take_line(ics);
    for (;;) {
        if (piece.count > 0)
            memcpy(ics->room, piece.start, piece.count);
        ics->room += piece.count;
        bool goes_on =
            ics->rest.count > 0 && (ics->rest.start[0] == ' ' || ics->rest.start[0] == '\t');
        if (!goes_on)
            break;
        piece = take_line(ics);
        piece = (struct slice){.start = piece.start + 1, .count = piece.count - (piece.count > 0)};
    }
    return (struct slice){.start = start, .count = (size_t)(ics->room - start)};
}

/* Where the value begins: behind the first colon that is not in quotes. */
static size_t value_place(struct slice text)
{
    bool is_quoted = false;
    for (size_t i = 0; i < text.count; i++) {
        if (text.start[i] == '"')
            is_quoted = !is_quoted;
        else if (text.start[i] == ':' && !is_quoted)
            return i + 1;
    }
    return 0;
}

static uint32_t characters(struct slice text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.count; i++)
        count += ((unsigned char)text.start[i] & 0xC0) != 0x80;
    return count;
}

bool ics_next(struct ics *ics, struct ics_line *line_out)
{
    struct slice text = {0};
    uint32_t line = 0;
    while (text.count == 0) {
        if (ics->rest.count == 0)
            return false;
        line = ics->line;
        text = unfold(ics);
    }
    size_t place = value_place(text);
    size_t name = 0;
    while (place > 0 && name < place - 1 && text.start[name] != ';')
        name++;
    *line_out = (struct ics_line){
        .line = line,
        .column = characters((struct slice){.start = text.start, .count = place}) + 1,
        .name = {.start = text.start, .count = name},
        .value = {.start = text.start + place, .count = text.count - place}};
    return true;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool ics_name_is(const struct ics_line *line, const char *name)
{
    if (line->name.count != strlen(name))
        return false;
    for (size_t i = 0; i < line->name.count; i++)
        if (upper(line->name.start[i]) != name[i])
            return false;
    return true;
}

struct slice ics_text(struct slice value)
{
    /* The bytes are those that unfold wrote. */
    union {
        const char *start;
        char *bytes;
    } place = {.start = value.start};
    size_t count = 0;
    for (size_t i = 0; i < value.count; i++) {
        char c = value.start[i];
        if (c == '\\' && i + 1 < value.count) {
            c = value.start[++i];
            c = c == 'n' || c == 'N' ? ' ' : c;
        }
        place.bytes[count++] = c;
    }
    return (struct slice){.start = value.start, .count = count};
}
