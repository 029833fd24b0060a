/* entry.c - numbers little-endian, each at its own alignment, so that words can be read in place.
 */
#include "engine/store/entry.h"

enum { ENTRY_MARK = 0x4a57, ENTRY_FORM = 1 }; /* "WJ" */

struct entry_head {
    uint16_t mark;
    uint8_t kind;
    uint8_t form;
    uint32_t unused;
    uint32_t source;
    uint32_t event_count;
    uint64_t number; /* first seq, or edition */
    int64_t now_ms;
    uint64_t body_bytes;
};

static_assert(sizeof(struct entry_head) == ENTRY_HEAD_BYTES, "the head is written as it is");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are written as they are");

size_t entry_bytes(const struct entry *entry)
{
    size_t words = entry->event_count * sizeof(uint64_t);
    return ENTRY_HEAD_BYTES + words + entry->body.count;
}

void entry_write(const struct entry *entry, unsigned char *place)
{
    struct entry_head head = {
        .mark = ENTRY_MARK,
        .kind = (uint8_t)entry->kind,
        .form = ENTRY_FORM,
        .source = entry->source,
        .event_count = entry->event_count,
        .number = entry->kind == ENTRY_RULES ? entry->edition : entry->first_seq,
        .now_ms = entry->now.ms,
        .body_bytes = entry->body.count,
    };
    size_t words = entry->event_count * sizeof(uint64_t);
    memcpy(place, &head, sizeof head);
    if (words > 0)
        memcpy(place + sizeof head, entry->words, words);
    if (entry->body.count > 0)
        memcpy(place + sizeof head + words, entry->body.start, entry->body.count);
}

int entry_read(struct slice bytes, struct entry *entry_out)
{
    struct entry_head head;
    if (bytes.count < sizeof head)
        return STORE_E_FORM;
    memcpy(&head, bytes.start, sizeof head);
    size_t words = (size_t)head.event_count * sizeof(uint64_t);
    size_t body = head.body_bytes;
    if (head.mark != ENTRY_MARK || head.form != ENTRY_FORM || head.kind < ENTRY_BATCH ||
        head.kind > ENTRY_MOVE || bytes.count != sizeof head + words + body)
        return STORE_E_FORM;
    *entry_out = (struct entry){
        .kind = (enum entry_kind)head.kind,
        .source = head.source,
        .first_seq = head.number,
        .now = {.ms = head.now_ms},
        .edition = head.kind == ENTRY_RULES ? (uint32_t)head.number : 0,
        .event_count = head.event_count,
        .words = bytes.start + sizeof head,
        .body = {.start = bytes.start + sizeof head + words, .count = body},
    };
    return 0;
}
