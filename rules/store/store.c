/* store.c - editions as lists of hashes, texts by their hash: a document that ten editions share is
 * kept once, and whether something changed is a compare of 32 bytes.
 */
#include "rules/store/inside.h"

#include "engine/sys/log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

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

int store_last(struct transaction *transaction, enum environment_table table, uint32_t *number_out)
{
    struct slice key;
    int status = transaction_last(transaction, table, &key);
    if (status < 0)
        return status;
    *number_out = status == ENVIRONMENT_E_NONE ? 0 : key_number(key);
    return 0;
}

int store_edition(struct transaction *transaction, uint32_t number, struct arena *arena,
                  struct rule_edition *edition_out)
{
    unsigned char room[NUMBER_KEY_BYTES];
    struct slice record;
    int status = transaction_get(transaction, TABLE_EDITIONS, number_key(number, room), &record);
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

int store_documents(struct transaction *transaction, const struct rule_edition *edition,
                    struct arena *arena, struct document **documents_out, uint32_t *count_out)
{
    struct document *documents = arena_take(arena, edition->count, sizeof *documents);
    int status = documents == NULL ? -ENOMEM : 0;
    for (uint32_t i = 0; status == 0 && i < edition->count; i++) {
        const struct edition_document *from = &edition->documents[i];
        documents[i] =
            (struct document){.kind = from->kind, .name = from->name, .file = from->file};
        status = read_text(transaction, from->hash, arena, &documents[i].text);
    }
    if (status != 0)
        return status;
    *documents_out = documents;
    *count_out = edition->count;
    return 0;
}

int rule_store_latest(struct rule_store *store, uint32_t *number_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = store_last(transaction, TABLE_EDITIONS, number_out);
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
    status = store_edition(transaction, number, arena, edition_out);
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
    status = store_edition(transaction, number, arena, &edition);
    if (status == 0)
        status = store_documents(transaction, &edition, arena, documents_out, count_out);
    transaction_abort(&transaction);
    return status;
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
    problems->is_in_force = true; /* it was right for the program that took it in */
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
        struct arena *own = (*ruleset_out)->arena;
        if (!arena_copy(own, slice_of(edition.author), &(*ruleset_out)->author) ||
            !arena_copy(own, slice_of(edition.approver), &(*ruleset_out)->approver)) {
            ruleset_destroy(ruleset_out);
            status = -ENOMEM;
        }
    }
    arena_destroy(&arena);
    return status;
}

int rule_store_load(struct rule_store *store, uint32_t number, struct problem_list *problems,
                    struct ruleset **ruleset_out)
{
    return rule_store_load_with_calendars(store, number, number, problems, ruleset_out);
}
