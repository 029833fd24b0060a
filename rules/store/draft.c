/* draft.c - what waits for a second person. A draft, and the decision on it, are written once; its
 * state follows from them and from what came since, so that nothing is ever overwritten.
 */
#include "rules/store/inside.h"

#include "engine/sys/log.h"

#include <errno.h>

const char *const draft_state_name[4] = {"waiting", "approved", "rejected", "overtaken"};

/* ---- the setting ----------------------------------------------------------------------------- */

static int read_setting(struct transaction *transaction, uint32_t number, struct arena *arena,
                        struct rule_approval *approval_out)
{
    unsigned char room[NUMBER_KEY_BYTES];
    struct slice record;
    int status = transaction_get(transaction, TABLE_APPROVALS, number_key(number, room), &record);
    if (status == ENVIRONMENT_E_NONE)
        return RULE_STORE_E_UNKNOWN;
    if (status == 0)
        status = approval_decode(arena, number, record, approval_out);
    if (status == -EBADMSG)
        log_error("rule store is damaged: setting %u of approval cannot be read", number);
    return status;
}

int store_approval(struct transaction *transaction, struct arena *arena,
                   struct rule_approval *approval_out)
{
    uint32_t last = 0;
    int status = store_last(transaction, TABLE_APPROVALS, &last);
    if (status == 0 && last == 0) {
        *approval_out =
            (struct rule_approval){.people = 1, .author = "", .approver = "", .note = ""};
        return 0;
    }
    return status != 0 ? status : read_setting(transaction, last, arena, approval_out);
}

static int put_approval(struct transaction *transaction, struct arena *arena,
                        const struct rule_approval *approval)
{
    struct slice record;
    int status = approval_encode(arena, approval, &record);
    return status != 0 ? status : store_put(transaction, TABLE_APPROVALS, approval->number, record);
}

int rule_store_approval(struct rule_store *store, struct arena *arena,
                        struct rule_approval *approval_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = store_approval(transaction, arena, approval_out);
    transaction_abort(&transaction);
    return status;
}

int rule_store_setting(struct rule_store *store, uint32_t number, struct arena *arena,
                       struct rule_approval *approval_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = read_setting(transaction, number, arena, approval_out);
    transaction_abort(&transaction);
    return status;
}

struct setting {
    const struct edition_words *words;
    uint32_t people;
    uint32_t draft; /* that it became; 0: it is in force */
};

static int write_setting(struct transaction *transaction, struct arena *arena, void *ctx)
{
    struct setting *setting = ctx;
    struct rule_approval before;
    int status = store_approval(transaction, arena, &before);
    if (status != 0)
        return status;
    if (before.people == setting->people)
        return RULE_STORE_E_SAME;
    if (before.people == 1) {
        const struct rule_approval approval = {.number = before.number + 1,
                                               .people = setting->people,
                                               .made_at = setting->words->made_at,
                                               .author = setting->words->author,
                                               .approver = "",
                                               .note = setting->words->note};
        return put_approval(transaction, arena, &approval);
    }
    const struct rule_draft draft = {.act = DRAFT_ONE_PERSON,
                                     .base = before.number,
                                     .edition = {.made_at = setting->words->made_at,
                                                 .author = setting->words->author,
                                                 .approver = "",
                                                 .note = setting->words->note}};
    return store_put_draft(transaction, arena, &draft, &setting->draft);
}

int rule_store_set_approval(struct rule_store *store, const struct edition_words *words,
                            uint32_t people, uint32_t *draft_out)
{
    struct setting setting = {.words = words, .people = people};
    assert(people == 1 || people == 2);
    int status = store_write(store, write_setting, &setting);
    if (status != 0 || setting.draft == 0)
        return status;
    *draft_out = setting.draft;
    return RULE_STORE_E_DRAFT;
}

/* ---- drafts ---------------------------------------------------------------------------------- */

int store_put_draft(struct transaction *transaction, struct arena *arena,
                    const struct rule_draft *draft, uint32_t *number_out)
{
    struct slice record;
    uint32_t last = 0;
    int status = store_last(transaction, TABLE_DRAFTS, &last);
    if (status == 0)
        status = draft_encode(arena, draft, &record);
    if (status == 0)
        status = store_put(transaction, TABLE_DRAFTS, last + 1, record);
    if (status == 0)
        *number_out = last + 1;
    return status;
}

/* Is what the draft was made on still the newest? */
static int is_current(struct transaction *transaction, const struct rule_draft *draft,
                      bool *is_current_out)
{
    uint32_t newest = 0;
    int status = store_last(
        transaction, draft->act == DRAFT_EDITION ? TABLE_EDITIONS : TABLE_APPROVALS, &newest);
    *is_current_out = newest == draft->base;
    return status;
}

/* The decision on it, if there is one; else whether it can still be decided on. */
static int read_state(struct transaction *transaction, struct arena *arena,
                      struct rule_draft *draft)
{
    unsigned char room[NUMBER_KEY_BYTES];
    struct slice record;
    struct draft_decision decision;
    bool is_waiting = false;
    int status =
        transaction_get(transaction, TABLE_DECISIONS, number_key(draft->number, room), &record);
    if (status == ENVIRONMENT_E_NONE) {
        status = is_current(transaction, draft, &is_waiting);
        draft->state = is_waiting ? DRAFT_WAITING : DRAFT_OVERTAKEN;
        return status;
    }
    if (status == 0)
        status = decision_decode(arena, record, &decision);
    if (status != 0)
        return status;
    draft->state = decision.is_approved ? DRAFT_APPROVED : DRAFT_REJECTED;
    draft->decided_at = decision.words.made_at;
    draft->decided_by = decision.words.by;
    draft->decision_note = decision.words.note;
    draft->edition.number = decision.edition;
    draft->edition.approver = decision.is_approved ? decision.words.by : "";
    return 0;
}

static int read_draft(struct transaction *transaction, uint32_t number, struct arena *arena,
                      struct rule_draft *draft_out)
{
    unsigned char room[NUMBER_KEY_BYTES];
    struct slice record;
    int status = transaction_get(transaction, TABLE_DRAFTS, number_key(number, room), &record);
    if (status == ENVIRONMENT_E_NONE)
        return RULE_STORE_E_UNKNOWN;
    if (status == 0)
        status = draft_decode(arena, number, record, draft_out);
    if (status == 0)
        status = read_state(transaction, arena, draft_out);
    if (status == -EBADMSG)
        log_error("rule store is damaged: draft %u cannot be read", number);
    return status;
}

int rule_store_latest_draft(struct rule_store *store, uint32_t *number_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = store_last(transaction, TABLE_DRAFTS, number_out);
    transaction_abort(&transaction);
    return status;
}

int rule_store_draft(struct rule_store *store, uint32_t number, struct arena *arena,
                     struct rule_draft *draft_out)
{
    struct transaction *transaction = NULL;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = read_draft(transaction, number, arena, draft_out);
    transaction_abort(&transaction);
    return status;
}

int rule_store_draft_documents(struct rule_store *store, uint32_t number, struct arena *arena,
                               struct document **documents_out, uint32_t *count_out)
{
    struct transaction *transaction = NULL;
    struct rule_draft draft;
    int status = environment_begin(store->environment, false, &transaction);
    if (status != 0)
        return status;
    status = read_draft(transaction, number, arena, &draft);
    if (status == 0)
        status = store_documents(transaction, &draft.edition, arena, documents_out, count_out);
    transaction_abort(&transaction);
    return status;
}

/* ---- decisions ------------------------------------------------------------------------------- */

struct deciding {
    uint32_t draft;
    struct draft_decision decision;
};

/* Blanks around a name, and capitals among the letters from A to Z, make no other person. */
static struct slice name_trim(const char *name)
{
    struct slice text = slice_of(name);
    while (text.count > 0 && (text.start[0] == ' ' || text.start[0] == '\t')) {
        text.start++;
        text.count--;
    }
    while (text.count > 0 &&
           (text.start[text.count - 1] == ' ' || text.start[text.count - 1] == '\t'))
        text.count--;
    return text;
}

static char letter_fold(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool is_same_person(const char *name, const char *other_name)
{
    struct slice a = name_trim(name);
    struct slice b = name_trim(other_name);
    bool is_same = a.count == b.count;
    for (size_t i = 0; is_same && i < a.count; i++)
        is_same = letter_fold(a.start[i]) == letter_fold(b.start[i]);
    return is_same;
}

/* The draft, if it can be approved by this person. */
static int read_approvable(struct transaction *transaction, struct arena *arena,
                           const struct deciding *deciding, struct rule_draft *draft_out)
{
    int status = read_draft(transaction, deciding->draft, arena, draft_out);
    if (status != 0)
        return status;
    if (draft_out->state == DRAFT_OVERTAKEN)
        return RULE_STORE_E_OVERTAKEN;
    if (draft_out->state != DRAFT_WAITING)
        return RULE_STORE_E_DECIDED;
    if (is_same_person(draft_out->edition.author, deciding->decision.words.by))
        return RULE_STORE_E_AUTHOR;
    return 0;
}

static int put_decision(struct transaction *transaction, struct arena *arena,
                        const struct deciding *deciding)
{
    struct slice record;
    int status = decision_encode(arena, &deciding->decision, &record);
    return status != 0 ? status : store_put(transaction, TABLE_DECISIONS, deciding->draft, record);
}

static int come_into_force(struct transaction *transaction, struct arena *arena,
                           const struct rule_draft *draft, struct deciding *deciding)
{
    const struct decision_words *words = &deciding->decision.words;
    struct slice record;
    if (draft->act == DRAFT_ONE_PERSON) {
        const struct rule_approval approval = {.number = draft->base + 1,
                                               .people = 1,
                                               .made_at = words->made_at,
                                               .author = draft->edition.author,
                                               .approver = words->by,
                                               .note = draft->edition.note};
        return put_approval(transaction, arena, &approval);
    }
    struct rule_edition edition = draft->edition;
    edition.number = draft->base + 1;
    edition.made_at = words->made_at;
    edition.approver = words->by;
    deciding->decision.edition = edition.number;
    int status = edition_encode(arena, &edition, &record);
    return status != 0 ? status : store_put(transaction, TABLE_EDITIONS, edition.number, record);
}

static int write_approval(struct transaction *transaction, struct arena *arena, void *ctx)
{
    struct deciding *deciding = ctx;
    struct rule_draft draft;
    int status = read_approvable(transaction, arena, deciding, &draft);
    if (status == 0)
        status = come_into_force(transaction, arena, &draft, deciding);
    return status != 0 ? status : put_decision(transaction, arena, deciding);
}

static int write_rejection(struct transaction *transaction, struct arena *arena, void *ctx)
{
    struct deciding *deciding = ctx;
    struct rule_draft draft;
    int status = read_draft(transaction, deciding->draft, arena, &draft);
    if (status == 0 && (draft.state == DRAFT_APPROVED || draft.state == DRAFT_REJECTED))
        status = RULE_STORE_E_DECIDED;
    return status != 0 ? status : put_decision(transaction, arena, deciding);
}

int rule_store_approve(struct rule_store *store, uint32_t number,
                       const struct decision_words *words, uint32_t *edition_out)
{
    struct deciding deciding = {.draft = number,
                                .decision = {.is_approved = true, .words = *words}};
    int status = store_write(store, write_approval, &deciding);
    if (status == 0)
        *edition_out = deciding.decision.edition;
    return status;
}

int rule_store_reject(struct rule_store *store, uint32_t number, const struct decision_words *words)
{
    struct deciding deciding = {.draft = number,
                                .decision = {.is_approved = false, .words = *words}};
    return store_write(store, write_rejection, &deciding);
}
