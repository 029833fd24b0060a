/* store.c - editions as lists of hashes, texts by their hash: a document that ten editions share is
 * kept once, and whether something changed is a compare of 32 bytes.
 */
#include "rules/store/store.h"

#include "engine/sys/log.h"
#include "rules/store/environment.h"
#include "rules/store/record.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

struct rule_store {
    struct environment *environment;
};

/* ---- hashes ---------------------------------------------------------------------------------- */

void document_hash(struct slice text, unsigned char hash_out[DOCUMENT_HASH_BYTES])
{
    static const unsigned char none[1];
    const unsigned char *start = text.count == 0 ? none : (const unsigned char *)text.start;
    int status = crypto_generichash(hash_out, DOCUMENT_HASH_BYTES, start, text.count, NULL, 0);
    assert(status == 0); /* it fails only for sizes that ours are not */
    (void)status;
}

char *document_hash_format(const unsigned char *hash, char text[DOCUMENT_HASH_TEXT])
{
    return sodium_bin2hex(text, DOCUMENT_HASH_TEXT, hash, DOCUMENT_HASH_BYTES);
}

/* ---- opening --------------------------------------------------------------------------------- */

int rule_store_open(const char *folder, bool is_writable, struct rule_store **store_out)
{
    if (sodium_init() < 0)
        return -ENOSYS;
    struct rule_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return -ENOMEM;
    int status = environment_open(folder, is_writable, &store->environment);
    if (status == 0) {
        *store_out = store;
        return 0;
    }
    free(store);
    return status == ENVIRONMENT_E_NONE ? RULE_STORE_E_NONE : status;
}

void rule_store_close(struct rule_store **store_p)
{
    struct rule_store *store = *store_p;
    *store_p = NULL;
    if (store == NULL)
        return;
    environment_close(&store->environment);
    free(store);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int last_number(struct transaction *transaction, uint32_t *number_out)
{
    struct slice key;
    int status = transaction_last(transaction, TABLE_EDITIONS, &key);
    if (status < 0)
        return status;
    *number_out = status == ENVIRONMENT_E_NONE ? 0 : edition_number(key);
    return 0;
}

static int read_edition(struct transaction *transaction, uint32_t number, struct arena *arena,
                        struct rule_edition *edition_out)
{
    unsigned char room[EDITION_KEY_BYTES];
    struct slice record;
    int status = transaction_get(transaction, TABLE_EDITIONS, edition_key(number, room), &record);
    if (status != 0)
        return status == ENVIRONMENT_E_NONE ? RULE_STORE_E_UNKNOWN : status;
    status = edition_decode(arena, number, record, edition_out);
    if (status == -EBADMSG)
        log_error("rule store is damaged: edition %u cannot be read", number);
    return status;
}

static int read_text(struct transaction *transaction, const unsigned char *hash,
                     struct arena *arena, struct slice *text_out)
{
    struct slice key = {.start = (const char *)hash, .count = DOCUMENT_HASH_BYTES};
    struct slice text;
    unsigned char found[DOCUMENT_HASH_BYTES];
    int status = transaction_get(transaction, TABLE_DOCUMENTS, key, &text);
    if (status < 0)
        return status;
    if (status == 0)
        document_hash(text, found);
    if (status != 0 || memcmp(found, hash, DOCUMENT_HASH_BYTES) != 0) {
        char name[DOCUMENT_HASH_TEXT];
        log_error("rule store is damaged: document %s %s", document_hash_format(hash, name),
                  status != 0 ? "is not there" : "is not what it was");
        return -EBADMSG;
    }
    return arena_copy(arena, text, text_out) ? 0 : -ENOMEM;
}

int rule_store_latest(struct rule_store *store, uint32_t *number_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = last_number(transaction, number_out);
    transaction_abort(&transaction);
    return status;
}

int rule_store_edition(struct rule_store *store, uint32_t number, struct arena *arena,
                       struct rule_edition *edition_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = read_edition(transaction, number, arena, edition_out);
    transaction_abort(&transaction);
    return status;
}

int rule_store_text(struct rule_store *store, const unsigned char *hash, struct arena *arena,
                    struct slice *text_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = read_text(transaction, hash, arena, text_out);
    transaction_abort(&transaction);
    return status;
}

int rule_store_documents(struct rule_store *store, uint32_t number, struct arena *arena,
                         struct document **documents_out, uint32_t *count_out)
{
    struct transaction *transaction = NULL;
    struct rule_edition edition;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = read_edition(transaction, number, arena, &edition);
    struct document *documents =
        status != 0 ? NULL : arena_take(arena, edition.count, sizeof *documents);
    if (status == 0 && documents == NULL)
        status = -ENOMEM;
    for (uint32_t i = 0; status == 0 && i < edition.count; i++) {
        const struct edition_document *from = &edition.documents[i];
        documents[i] =
            (struct document){.kind = from->kind, .name = from->name, .file = from->file};
        status = read_text(transaction, from->hash, arena, &documents[i].text);
    }
    transaction_abort(&transaction);
    if (status != 0)
        return status;
    *documents_out = documents;
    *count_out = edition.count;
    return 0;
}

static const struct document *find_same(const struct document *documents, uint32_t count,
                                        const struct document *wanted)
{
    for (uint32_t i = 0; i < count; i++)
        if (documents[i].kind == wanted->kind && strcmp(documents[i].name, wanted->name) == 0)
            return &documents[i];
    return NULL;
}

/* All documents of `own`, the calendars of `other` before those of the same name, and its notices
 * alone: one that it does not have was taken back. */
static int join_calendars(struct arena *arena, const struct document *own, uint32_t own_count,
                          const struct document *other, uint32_t other_count,
                          struct document **documents_out, uint32_t *count_out)
{
    struct document *documents =
        arena_take(arena, (size_t)own_count + other_count, sizeof *documents);
    uint32_t count = 0;
    if (documents == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < other_count; i++)
        if (document_is_of_calendars(other[i].kind))
            documents[count++] = other[i];
    uint32_t taken = count;
    for (uint32_t i = 0; i < own_count; i++)
        if (own[i].kind != DOCUMENT_NOTICE && find_same(documents, taken, &own[i]) == NULL)
            documents[count++] = own[i];
    *documents_out = documents;
    *count_out = count;
    return 0;
}

static int documents_with_calendars(struct rule_store *store, uint32_t number,
                                    uint32_t calendars_of, struct arena *arena,
                                    struct document **documents_out, uint32_t *count_out)
{
    struct document *other = NULL;
    uint32_t other_count = 0;
    int status = rule_store_documents(store, number, arena, documents_out, count_out);
    if (status != 0 || calendars_of == number)
        return status;
    status = rule_store_documents(store, calendars_of, arena, &other, &other_count);
    return status != 0 ? status
                       : join_calendars(arena, *documents_out, *count_out, other, other_count,
                                        documents_out, count_out);
}

int rule_store_load_with_calendars(struct rule_store *store, uint32_t number, uint32_t calendars_of,
                                   struct problem_list *problems, struct ruleset **ruleset_out)
{
    struct arena *arena = arena_create();
    struct rule_edition edition = {.number = number};
    struct document *documents = NULL;
    uint32_t count = 0;
    int status = arena == NULL ? -ENOMEM : rule_store_edition(store, number, arena, &edition);
    if (status == 0)
        status = documents_with_calendars(store, number, calendars_of, arena, &documents, &count);
    if (status == 0)
        status = ruleset_compile(documents, count, number, problems, ruleset_out);
    if (status == RULESET_E_BAD) {
        if (calendars_of == number)
            log_error("rule store: edition %u no longer compiles", number);
        else
            log_error("rule store: edition %u does not compile with the calendars of edition %u",
                      number, calendars_of);
        status = -EBADMSG;
    } else if (status == 0) {
        (*ruleset_out)->move = edition.move;
        (*ruleset_out)->calendars_edition = calendars_of;
    }
    arena_destroy(&arena);
    return status;
}

int rule_store_load(struct rule_store *store, uint32_t number, struct problem_list *problems,
                    struct ruleset **ruleset_out)
{
    return rule_store_load_with_calendars(store, number, number, problems, ruleset_out);
}

/* ---- writing --------------------------------------------------------------------------------- */

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
                                            .file = without_folder(documents[i].file),
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

static int put_edition(struct transaction *transaction, struct arena *arena,
                       const struct rule_edition *edition)
{
    unsigned char room[EDITION_KEY_BYTES];
    struct slice record;
    int status = edition_encode(arena, edition, &record);
    if (status == 0)
        status = transaction_put(transaction, TABLE_EDITIONS, edition_key(edition->number, room),
                                 record);
    return status;
}

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

/* What a new edition is made of: documents in addition to those of before, or an earlier list. */
struct change {
    const struct edition_words *words;
    const struct document *documents;
    uint32_t count;
    uint32_t back_to; /* 0: not a rollback */
};

static int write_change(struct transaction *transaction, struct arena *arena,
                        const struct change *change, uint32_t *number_out)
{
    struct rule_edition before = {.count = 0};
    struct rule_edition edition = {.count = 0};
    uint32_t last = 0;
    int status = last_number(transaction, &last);
    if (status == 0 && last > 0)
        status = read_edition(transaction, last, arena, &before);
    if (status == 0)
        status = change->back_to > 0
                     ? read_edition(transaction, change->back_to, arena, &edition)
                     : merge(arena, &before, change->documents, change->count, &edition);
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
    status = put_texts(transaction, change->documents, change->count);
    if (status == 0)
        status = put_edition(transaction, arena, &edition);
    if (status == 0)
        *number_out = edition.number;
    return status;
}

static int make_edition(struct rule_store *store, const struct change *change, uint32_t *number_out)
{
    int status = ENVIRONMENT_E_AGAIN;
    while (status == ENVIRONMENT_E_AGAIN) {
        struct arena *arena = arena_create();
        struct transaction *transaction = NULL;
        uint32_t number = 0;
        status =
            arena == NULL ? -ENOMEM : environment_begin(store->environment, true, &transaction);
        if (status == 0)
            status = write_change(transaction, arena, change, &number);
        if (status == 0)
            status = transaction_commit(&transaction);
        if (status == 0)
            *number_out = number;
        transaction_abort(&transaction);
        arena_destroy(&arena);
    }
    return status;
}

int rule_store_import(struct rule_store *store, const struct edition_words *words,
                      const struct document *documents, uint32_t count, uint32_t *number_out)
{
    const struct change change = {.words = words, .documents = documents, .count = count};
    return make_edition(store, &change, number_out);
}

int rule_store_rollback(struct rule_store *store, const struct edition_words *words, uint32_t to,
                        uint32_t *number_out)
{
    const struct change change = {.words = words, .back_to = to};
    return to == 0 ? RULE_STORE_E_UNKNOWN : make_edition(store, &change, number_out);
}
