/* change.c - new editions: each is a list of hashes, made from the list of before. What the store
 * asks for, one person or two, is looked at in the transaction that writes.
 */
#include "rules/store/inside.h"

#include <errno.h>
#include <stdlib.h>

int store_put(struct transaction *transaction, enum environment_table table, uint32_t number,
              struct slice record)
{
    unsigned char room[NUMBER_KEY_BYTES];
    return transaction_put(transaction, table, number_key(number, room), record);
}

int store_write(struct rule_store *store, store_act *act, void *ctx)
{
    int status = ENVIRONMENT_E_AGAIN;
    while (status == ENVIRONMENT_E_AGAIN) {
        struct arena *arena = arena_create();
        struct transaction *transaction = NULL;
        status =
            arena == NULL ? -ENOMEM : environment_begin(store->environment, true, &transaction);
        if (status == 0)
            status = act(transaction, arena, ctx);
        if (status == 0)
            status = transaction_commit(&transaction);
        transaction_abort(&transaction);
        arena_destroy(&arena);
    }
    return status;
}

/* ---- lists of documents ---------------------------------------------------------------------- */

static int by_kind_and_name(const void *a, const void *b)
{
    const struct edition_document *left = a;
    const struct edition_document *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return strcmp(left->name, right->name);
}

static bool is_same(const struct rule_edition *a, const struct rule_edition *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (by_kind_and_name(&a->documents[i], &b->documents[i]) != 0 ||
            memcmp(a->documents[i].hash, b->documents[i].hash, DOCUMENT_HASH_BYTES) != 0)
            return false;
    return true;
}

static const char *without_folder(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash == NULL ? file : slash + 1;
}

static const char *file_of(const struct document *document)
{
    return document->kept_as != NULL ? document->kept_as : without_folder(document->file);
}

/* The list of before, with these documents in it. */
static int merge(struct arena *arena, const struct rule_edition *before,
                 const struct document *documents, uint32_t count, struct rule_edition *edition)
{
    edition->documents =
        arena_take(arena, (size_t)before->count + count, sizeof *edition->documents);
    if (edition->documents == NULL)
        return -ENOMEM;
    if (before->count > 0)
        memcpy(edition->documents, before->documents, before->count * sizeof *edition->documents);
    edition->count = before->count;
    for (uint32_t i = 0; i < count; i++) {
        struct edition_document document = {.kind = documents[i].kind,
                                            .name = documents[i].name,
                                            .file = file_of(&documents[i]),
                                            .bytes = documents[i].text.count};
        document_hash(documents[i].text, document.hash);
        uint32_t place = 0;
        while (place < edition->count &&
               by_kind_and_name(&edition->documents[place], &document) != 0)
            place++;
        edition->count += place == edition->count;
        edition->documents[place] = document;
    }
    qsort(edition->documents, edition->count, sizeof *edition->documents, by_kind_and_name);
    return 0;
}

/* The list of before, without this document. */
static int leave_out(struct arena *arena, const struct rule_edition *before,
                     const struct edition_document *gone, struct rule_edition *edition)
{
    edition->documents = arena_take(arena, before->count, sizeof *edition->documents);
    if (edition->documents == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < before->count; i++)
        if (by_kind_and_name(&before->documents[i], gone) != 0)
            edition->documents[edition->count++] = before->documents[i];
    return edition->count == before->count ? RULE_STORE_E_UNKNOWN : 0;
}

/* ---- editions and drafts --------------------------------------------------------------------- */

/* What a new edition is made of: documents in addition to those of before, or all but one, or an
 * earlier list. */
struct change {
    const struct edition_words *words;
    const struct document *documents;
    uint32_t count;
    uint32_t back_to;                    /* 0: not a rollback */
    const struct edition_document *gone; /* NULL: none */
    bool is_draft;                       /* what it became */
    uint32_t number;
};

static int put_texts(struct transaction *transaction, const struct document *documents,
                     uint32_t count)
{
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++) {
        unsigned char hash[DOCUMENT_HASH_BYTES];
        document_hash(documents[i].text, hash);
        struct slice key = {.start = (const char *)hash, .count = DOCUMENT_HASH_BYTES};
        status = transaction_put(transaction, TABLE_DOCUMENTS, key, documents[i].text);
    }
    return status;
}

static int put_edition(struct transaction *transaction, struct arena *arena,
                       const struct rule_edition *edition)
{
    struct slice record;
    int status = edition_encode(arena, edition, &record);
    return status != 0 ? status : store_put(transaction, TABLE_EDITIONS, edition->number, record);
}

static int list_documents(struct transaction *transaction, struct arena *arena,
                          const struct change *change, const struct rule_edition *before,
                          struct rule_edition *edition)
{
    if (change->back_to > 0)
        return store_edition(transaction, change->back_to, arena, edition);
    if (change->gone != NULL)
        return leave_out(arena, before, change->gone, edition);
    return merge(arena, before, change->documents, change->count, edition);
}

static int write_change(struct transaction *transaction, struct arena *arena, void *ctx)
{
    struct change *change = ctx;
    struct rule_edition before = {.count = 0};
    struct rule_edition edition = {.count = 0};
    struct rule_approval approval;
    uint32_t last = 0;
    int status = store_last(transaction, TABLE_EDITIONS, &last);
    if (status == 0 && last > 0)
        status = store_edition(transaction, last, arena, &before);
    if (status == 0)
        status = list_documents(transaction, arena, change, &before, &edition);
    if (status == 0)
        status = store_approval(transaction, arena, &approval);
    if (status != 0)
        return status;
    if (change->words->move == MOVE_NONE && is_same(&before, &edition))
        return RULE_STORE_E_SAME;
    edition.number = last + 1;
    edition.made_at = change->words->made_at;
    edition.author = change->words->author;
    edition.approver = "";
    edition.note = change->words->note;
    edition.move = change->words->move;
    change->number = edition.number;
    change->is_draft = approval.people > 1;
    status = put_texts(transaction, change->documents, change->count);
    if (status != 0 || !change->is_draft)
        return status != 0 ? status : put_edition(transaction, arena, &edition);
    const struct rule_draft draft = {.act = DRAFT_EDITION, .base = last, .edition = edition};
    return store_put_draft(transaction, arena, &draft, &change->number);
}

static int make(struct rule_store *store, struct change *change, uint32_t *number_out)
{
    int status = store_write(store, write_change, change);
    if (status != 0)
        return status;
    *number_out = change->number;
    return change->is_draft ? RULE_STORE_E_DRAFT : 0;
}

int rule_store_import(struct rule_store *store, const struct edition_words *words,
                      const struct document *documents, uint32_t count, uint32_t *number_out)
{
    struct change change = {.words = words, .documents = documents, .count = count};
    return make(store, &change, number_out);
}

int rule_store_rollback(struct rule_store *store, const struct edition_words *words, uint32_t to,
                        uint32_t *number_out)
{
    struct change change = {.words = words, .back_to = to};
    return to == 0 ? RULE_STORE_E_UNKNOWN : make(store, &change, number_out);
}

int rule_store_remove(struct rule_store *store, const struct edition_words *words,
                      enum document_kind kind, const char *name, uint32_t *number_out)
{
    const struct edition_document gone = {.kind = kind, .name = name};
    struct change change = {.words = words, .gone = &gone};
    return make(store, &change, number_out);
}
