/* json_flat.c - a scanner that gives up at the first thing out of the ordinary. It refuses nothing
 * by itself: giving up only means that json.c reads the line. Hence it can be short, and what both
 * take they take alike (tests/fuzz/fuzz_json.c holds them against each other).
 */
#include "engine/wire/json_flat.h"

#include "engine/base/utf8.h"

struct scanner {
    const char *at;
    const char *end;
};

static bool take(struct scanner *scanner, char byte)
{
    while (scanner->at < scanner->end && (*scanner->at == ' ' || *scanner->at == '\t'))
        scanner->at++;
    if (scanner->at == scanner->end || *scanner->at != byte)
        return false;
    scanner->at++;
    return true;
}

/* Up to the next quote. An escape before it makes the text no plain one. */
static bool take_text(struct scanner *scanner, struct slice *text_out)
{
    if (!take(scanner, '"'))
        return false;
    const char *quote = memchr(scanner->at, '"', (size_t)(scanner->end - scanner->at));
    if (quote == NULL)
        return false;
    struct slice text = {.start = scanner->at, .count = (size_t)(quote - scanner->at)};
    if (memchr(text.start, '\\', text.count) != NULL || !text_is_clean(text, false))
        return false;
    scanner->at = quote + 1;
    *text_out = text;
    return true;
}

/* Digits as JSON has them: no sign but minus, no zero in front. */
static bool take_digits(struct scanner *scanner, struct slice *digits_out)
{
    const char *start = scanner->at;
    const char *at = start;
    if (at < scanner->end && *at == '-')
        at++;
    const char *first = at;
    while (at < scanner->end && *at >= '0' && *at <= '9')
        at++;
    bool is_number = at > first && (*first != '0' || at == first + 1);
    bool is_ended = at < scanner->end && (*at == ',' || *at == '}' || *at == ' ');
    if (!is_number || !is_ended)
        return false;
    scanner->at = at;
    *digits_out = (struct slice){.start = start, .count = (size_t)(at - start)};
    return true;
}

/* What is being filled. */
struct flat {
    const struct local_zone *zone;
    struct event event;
    struct slice source;
    uint64_t seq;
};

static bool take_value(struct scanner *scanner, enum field field, struct flat *flat)
{
    struct slice text;
    int64_t number = 0;
    bool is_number = field_type[field] == FIELD_IS_NUMBER;
    if (field == FIELD_ATTRS)
        return false;
    while (scanner->at < scanner->end && *scanner->at == ' ')
        scanner->at++;
    if (is_number ? !take_digits(scanner, &text) : !take_text(scanner, &text))
        return false;
    if (field == FIELD_SOURCE) {
        flat->source = text;
        return text.count <= EVENT_SOURCE_BYTES_MAX;
    }
    if (field == FIELD_SEQ) {
        bool is_good = whole_number(text, &number) && number > 0;
        flat->seq = (uint64_t)number;
        return is_good;
    }
    return field_take(field, text, flat->zone, &flat->event) == REFUSAL_NONE;
}

static bool take_object(struct scanner *scanner, struct flat *flat)
{
    uint32_t seen = 0;
    if (!take(scanner, '{'))
        return false;
    do {
        struct slice name;
        if (!take_text(scanner, &name) || !take(scanner, ':'))
            return false;
        enum field field = field_find(name);
        if (field == FIELD_COUNT || (seen & 1u << field) != 0 || !take_value(scanner, field, flat))
            return false;
        seen |= 1u << field;
    } while (take(scanner, ','));
    return take(scanner, '}') && scanner->at == scanner->end;
}

bool event_from_flat(struct event_reader *reader, struct slice line, const struct local_zone *zone,
                     struct event *event_out, struct slice *source_out, uint64_t *seq_out)
{
    struct flat flat = {.zone = zone, .event = event_none()};
    const char *field = "";
    if (line.count == 0 || line.count > sizeof reader->row)
        return false;
    memcpy(reader->row, line.start, line.count);
    struct scanner scanner = {.at = reader->row, .end = reader->row + line.count};
    if (!take_object(&scanner, &flat) ||
        event_check(&flat.event, INSTANT_NONE, &field) != REFUSAL_NONE)
        return false;
    *event_out = flat.event;
    *source_out = flat.source;
    *seq_out = flat.seq;
    return true;
}
