/* record.c - a cursor that knows where the bytes end; a record that is shorter than it says is
 * -EBADMSG, never read past.
 */
#include "rules/store/record.h"

#include <errno.h>

enum { FORM_PLAIN = 1, FORM_WITH_MOVE = 2 }; /* of an edition */
enum { FORM_FIRST = 1 };                     /* of all others */

struct slice number_key(uint32_t number, unsigned char room[NUMBER_KEY_BYTES])
{
    for (int i = 0; i < NUMBER_KEY_BYTES; i++)
        room[i] = (unsigned char)(number >> (8 * (NUMBER_KEY_BYTES - 1 - i)));
    return (struct slice){.start = (const char *)room, .count = NUMBER_KEY_BYTES};
}

uint32_t key_number(struct slice key)
{
    uint32_t number = 0;
    for (size_t i = 0; i < key.count && i < NUMBER_KEY_BYTES; i++)
        number = number << 8 | (unsigned char)key.start[i];
    return number;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_number(unsigned char **cursor, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*cursor)++ = (unsigned char)(number >> (8 * i));
}

static void put_text(unsigned char **cursor, const char *text)
{
    size_t count = strlen(text);
    put_number(cursor, count, 4);
    memcpy(*cursor, text, count);
    *cursor += count;
}

int edition_encode(struct arena *arena, const struct rule_edition *edition, struct slice *bytes_out)
{
    enum { FIXED_BYTES = 1 + 8 + 4 + 4 + 4, DOCUMENT_BYTES = 1 + 8 + DOCUMENT_HASH_BYTES + 4 + 4 };
    bool is_plain = edition->move == MOVE_NONE && edition->approver[0] == '\0';
    size_t room = FIXED_BYTES + strlen(edition->author) + strlen(edition->note);
    room += is_plain ? 0 : 1 + 4 + strlen(edition->approver);
    for (uint32_t i = 0; i < edition->count; i++)
        room += DOCUMENT_BYTES + strlen(edition->documents[i].name) +
                strlen(edition->documents[i].file);
    unsigned char *bytes = arena_take(arena, room, 1);
    if (bytes == NULL)
        return -ENOMEM;
    unsigned char *cursor = bytes;
    put_number(&cursor, is_plain ? FORM_PLAIN : FORM_WITH_MOVE, 1);
    put_number(&cursor, (uint64_t)edition->made_at.ms, 8);
    put_text(&cursor, edition->author);
    put_text(&cursor, edition->note);
    if (!is_plain) {
        put_number(&cursor, edition->move, 1);
        put_text(&cursor, edition->approver);
    }
    put_number(&cursor, edition->count, 4);
    for (uint32_t i = 0; i < edition->count; i++) {
        const struct edition_document *document = &edition->documents[i];
        put_number(&cursor, document->kind, 1);
        put_number(&cursor, document->bytes, 8);
        memcpy(cursor, document->hash, DOCUMENT_HASH_BYTES);
        cursor += DOCUMENT_HASH_BYTES;
        put_text(&cursor, document->name);
        put_text(&cursor, document->file);
    }
    assert((size_t)(cursor - bytes) == room);
    *bytes_out = (struct slice){.start = (const char *)bytes, .count = room};
    return 0;
}

int draft_encode(struct arena *arena, const struct rule_draft *draft, struct slice *bytes_out)
{
    enum { HEAD_BYTES = 1 + 1 + 4 };
    struct slice edition;
    int status = edition_encode(arena, &draft->edition, &edition);
    unsigned char *bytes = status != 0 ? NULL : arena_take(arena, HEAD_BYTES + edition.count, 1);
    if (bytes == NULL)
        return -ENOMEM;
    unsigned char *cursor = bytes;
    put_number(&cursor, FORM_FIRST, 1);
    put_number(&cursor, draft->act, 1);
    put_number(&cursor, draft->base, 4);
    memcpy(cursor, edition.start, edition.count);
    *bytes_out = (struct slice){.start = (const char *)bytes, .count = HEAD_BYTES + edition.count};
    return 0;
}

int decision_encode(struct arena *arena, const struct draft_decision *decision,
                    struct slice *bytes_out)
{
    enum { FIXED_BYTES = 1 + 1 + 8 + 4 + 4 + 4 };
    size_t room = FIXED_BYTES + strlen(decision->words.by) + strlen(decision->words.note);
    unsigned char *bytes = arena_take(arena, room, 1);
    if (bytes == NULL)
        return -ENOMEM;
    unsigned char *cursor = bytes;
    put_number(&cursor, FORM_FIRST, 1);
    put_number(&cursor, decision->is_approved, 1);
    put_number(&cursor, (uint64_t)decision->words.made_at.ms, 8);
    put_number(&cursor, decision->edition, 4);
    put_text(&cursor, decision->words.by);
    put_text(&cursor, decision->words.note);
    assert((size_t)(cursor - bytes) == room);
    *bytes_out = (struct slice){.start = (const char *)bytes, .count = room};
    return 0;
}

int approval_encode(struct arena *arena, const struct rule_approval *approval,
                    struct slice *bytes_out)
{
    enum { FIXED_BYTES = 1 + 1 + 8 + 4 + 4 + 4 };
    size_t room = FIXED_BYTES + strlen(approval->author) + strlen(approval->approver) +
                  strlen(approval->note);
    unsigned char *bytes = arena_take(arena, room, 1);
    if (bytes == NULL)
        return -ENOMEM;
    unsigned char *cursor = bytes;
    put_number(&cursor, FORM_FIRST, 1);
    put_number(&cursor, approval->people, 1);
    put_number(&cursor, (uint64_t)approval->made_at.ms, 8);
    put_text(&cursor, approval->author);
    put_text(&cursor, approval->approver);
    put_text(&cursor, approval->note);
    assert((size_t)(cursor - bytes) == room);
    *bytes_out = (struct slice){.start = (const char *)bytes, .count = room};
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reader {
    const unsigned char *cursor;
    size_t left;
    struct arena *arena;
    int status; /* the first thing that went wrong; everything after it reads as zero */
};

static uint64_t take_number(struct reader *reader, int bytes)
{
    uint64_t number = 0;
    if (reader->status != 0 || reader->left < (size_t)bytes) {
        reader->status = reader->status != 0 ? reader->status : -EBADMSG;
        return 0;
    }
    for (int i = 0; i < bytes; i++)
        number |= (uint64_t)reader->cursor[i] << (8 * i);
    reader->cursor += bytes;
    reader->left -= (size_t)bytes;
    return number;
}

static const char *take_text(struct reader *reader)
{
    size_t count = (size_t)take_number(reader, 4);
    struct slice copy = SLICE("");
    if (reader->status == 0 && count > reader->left)
        reader->status = -EBADMSG;
    if (reader->status != 0)
        return "";
    if (!arena_copy(reader->arena,
                    (struct slice){.start = (const char *)reader->cursor, .count = count}, &copy)) {
        reader->status = -ENOMEM;
        return "";
    }
    reader->cursor += count;
    reader->left -= count;
    return copy.start;
}

static void take_document(struct reader *reader, struct edition_document *document)
{
    uint64_t kind = take_number(reader, 1);
    if (kind >= DOCUMENT_KIND_COUNT)
        reader->status = -EBADMSG;
    document->kind = (enum document_kind)kind;
    document->bytes = take_number(reader, 8);
    if (reader->status == 0 && reader->left < DOCUMENT_HASH_BYTES)
        reader->status = -EBADMSG;
    if (reader->status != 0)
        return;
    memcpy(document->hash, reader->cursor, DOCUMENT_HASH_BYTES);
    reader->cursor += DOCUMENT_HASH_BYTES;
    reader->left -= DOCUMENT_HASH_BYTES;
    document->name = take_text(reader);
    document->file = take_text(reader);
}

int edition_decode(struct arena *arena, uint32_t number, struct slice bytes,
                   struct rule_edition *edition_out)
{
    struct reader reader = {
        .cursor = (const unsigned char *)bytes.start, .left = bytes.count, .arena = arena};
    struct rule_edition edition = {.number = number, .approver = ""};
    uint64_t form = take_number(&reader, 1);
    if (form != FORM_PLAIN && form != FORM_WITH_MOVE)
        return -EBADMSG;
    edition.made_at.ms = (int64_t)take_number(&reader, 8);
    edition.author = take_text(&reader);
    edition.note = take_text(&reader);
    if (form == FORM_WITH_MOVE) {
        uint64_t move = take_number(&reader, 1);
        if (move > MOVE_ALL)
            return -EBADMSG;
        edition.move = (enum edition_move)move;
        edition.approver = take_text(&reader);
    }
    edition.count = (uint32_t)take_number(&reader, 4);
    if (reader.status == 0 && edition.count > reader.left / DOCUMENT_HASH_BYTES)
        reader.status = -EBADMSG;
    if (reader.status != 0)
        return reader.status;
    edition.documents = arena_take(arena, edition.count, sizeof *edition.documents);
    if (edition.documents == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < edition.count && reader.status == 0; i++)
        take_document(&reader, &edition.documents[i]);
    if (reader.status == 0)
        *edition_out = edition;
    return reader.status;
}

int draft_decode(struct arena *arena, uint32_t number, struct slice bytes,
                 struct rule_draft *draft_out)
{
    struct reader reader = {
        .cursor = (const unsigned char *)bytes.start, .left = bytes.count, .arena = arena};
    struct rule_draft draft = {.number = number, .decided_by = "", .decision_note = ""};
    uint64_t form = take_number(&reader, 1);
    uint64_t act = take_number(&reader, 1);
    draft.base = (uint32_t)take_number(&reader, 4);
    if (reader.status != 0 || form != FORM_FIRST || act > DRAFT_ONE_PERSON)
        return -EBADMSG;
    draft.act = (enum draft_act)act;
    const struct slice rest = {.start = (const char *)reader.cursor, .count = reader.left};
    int status = edition_decode(arena, 0, rest, &draft.edition);
    if (status == 0)
        *draft_out = draft;
    return status;
}

int decision_decode(struct arena *arena, struct slice bytes, struct draft_decision *decision_out)
{
    struct reader reader = {
        .cursor = (const unsigned char *)bytes.start, .left = bytes.count, .arena = arena};
    struct draft_decision decision = {.is_approved = false};
    uint64_t form = take_number(&reader, 1);
    uint64_t is_approved = take_number(&reader, 1);
    decision.is_approved = is_approved == 1;
    decision.words.made_at.ms = (int64_t)take_number(&reader, 8);
    decision.edition = (uint32_t)take_number(&reader, 4);
    decision.words.by = take_text(&reader);
    decision.words.note = take_text(&reader);
    if (reader.status == 0 && (form != FORM_FIRST || is_approved > 1))
        return -EBADMSG;
    if (reader.status == 0)
        *decision_out = decision;
    return reader.status;
}

int approval_decode(struct arena *arena, uint32_t number, struct slice bytes,
                    struct rule_approval *approval_out)
{
    struct reader reader = {
        .cursor = (const unsigned char *)bytes.start, .left = bytes.count, .arena = arena};
    struct rule_approval approval = {.number = number};
    uint64_t form = take_number(&reader, 1);
    approval.people = (uint32_t)take_number(&reader, 1);
    approval.made_at.ms = (int64_t)take_number(&reader, 8);
    approval.author = take_text(&reader);
    approval.approver = take_text(&reader);
    approval.note = take_text(&reader);
    bool is_known = form == FORM_FIRST && (approval.people == 1 || approval.people == 2);
    if (reader.status == 0 && !is_known)
        return -EBADMSG;
    if (reader.status == 0)
        *approval_out = approval;
    return reader.status;
}
