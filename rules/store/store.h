/* store.h - the rule store: every document that was ever in force, and every edition of them.
 *
 * Layer: rules/store. An edition is a list of documents; a new one is made by adding or replacing
 * some of those of the one before, by taking one away, or by going back to an earlier list. Nothing
 * is ever changed or deleted: edition 7 is the same bytes today and in ten years, and a card names
 * its edition.
 *
 * A store may ask that every change is a matter of two people. Then what would have been a new
 * edition is a draft: it is numbered on its own, whoever loads editions sees nothing of it, and it
 * becomes an edition when somebody else than its author approves it. Drafts and what was decided on
 * them are kept like editions.
 *
 * One LMDB environment in a folder of its own; many may read while one writes. Foreign codes end
 * here: a failure is logged once and comes out as a negative errno.
 */
#ifndef RULES_STORE_STORE_H
#define RULES_STORE_STORE_H

#include "engine/base/arena.h"
#include "engine/base/instant.h"
#include "rules/model/ruleset.h"
#include "rules/text/ruleset_text.h"

enum {
    RULE_STORE_E_NONE = 1,  /* there is no store in that folder */
    RULE_STORE_E_UNKNOWN,   /* no such edition */
    RULE_STORE_E_SAME,      /* nothing would change: no edition was made */
    RULE_STORE_E_DRAFT,     /* it takes two people: a draft was made, and its number is given */
    RULE_STORE_E_AUTHOR,    /* the author of a draft cannot approve it */
    RULE_STORE_E_OVERTAKEN, /* what the draft was made on is no longer the newest */
    RULE_STORE_E_DECIDED,   /* the draft was approved or rejected before */
};

enum { DOCUMENT_HASH_BYTES = 32, DOCUMENT_HASH_TEXT = 2 * DOCUMENT_HASH_BYTES + 1 };

struct rule_store;

/* One document of an edition, without its text. */
struct edition_document {
    enum document_kind kind;
    const char *name;
    const char *file; /* as it was called when it was imported, without its folder */
    unsigned char hash[DOCUMENT_HASH_BYTES]; /* BLAKE2b of its text */
    uint64_t bytes;
};

struct rule_edition {
    uint32_t number; /* from 1, no gaps */
    struct instant made_at;
    const char *author;
    const char *approver; /* the second person; empty: there was none */
    const char *note;
    enum edition_move move; /* the open cases that it asks to move to it */
    uint32_t count;
    struct edition_document *documents; /* sorted by kind and name */
};

/* rule_store_open - is_writable: the folder and the store are made if they are not there.
 *
 * Owns:    the caller owns *store_out and ends it with rule_store_close.
 * Returns: 0, RULE_STORE_E_NONE (only when not writable), a negative errno.
 */
MUST_USE int rule_store_open(const char *folder, bool is_writable, struct rule_store **store_out);
void rule_store_close(struct rule_store **store_p);

/* rule_store_latest - the number of the newest edition; 0: there is none yet. */
MUST_USE int rule_store_latest(struct rule_store *store, uint32_t *number_out);

/* rule_store_edition - what an edition consists of. All of it lives in the arena.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, a negative errno.
 */
MUST_USE int rule_store_edition(struct rule_store *store, uint32_t number, struct arena *arena,
                                struct rule_edition *edition_out);

/* rule_store_documents - the documents of an edition with their texts, in the arena.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, a negative errno.
 */
MUST_USE int rule_store_documents(struct rule_store *store, uint32_t number, struct arena *arena,
                                  struct document **documents_out, uint32_t *count_out);

/* rule_store_text - the text of one document by its hash, in the arena. */
MUST_USE int rule_store_text(struct rule_store *store, const unsigned char *hash,
                             struct arena *arena, struct slice *text_out);

/* rule_store_load - an edition, compiled. The engine's way in.
 *
 * Owns:    the caller owns *ruleset_out and ends it with ruleset_destroy.
 * Returns: 0, RULE_STORE_E_UNKNOWN, a negative errno; -EBADMSG when the documents no longer
 *          compile (by a newer program): the problems say why. What an earlier program took in and
 *          this one would refuse at import, but can judge by, is loaded: the problems warn of it.
 */
MUST_USE int rule_store_load(struct rule_store *store, uint32_t number,
                             struct problem_list *problems, struct ruleset **ruleset_out);

/* rule_store_load_with_calendars - the same with the calendars of another edition: in place of its
 * own of these names, and beside its others. What open cases are counted by when calendars_of asked
 * to move them (MOVE_CALENDARS).
 *
 * Owns, Returns: as rule_store_load; RULE_STORE_E_UNKNOWN for either of the two.
 */
MUST_USE int rule_store_load_with_calendars(struct rule_store *store, uint32_t number,
                                            uint32_t calendars_of, struct problem_list *problems,
                                            struct ruleset **ruleset_out);

/* What stands beside a new edition. */
struct edition_words {
    struct instant made_at;
    const char *author;
    const char *note;
    enum edition_move move; /* not MOVE_NONE: an edition is made even if its documents are those of
                               before, since older editions hold open cases */
};

/* rule_store_import - a new edition: that of before, with these documents added or replaced, all or
 * none. The documents are taken as they are: check them first.
 *
 * Returns: 0, RULE_STORE_E_SAME, RULE_STORE_E_DRAFT, a negative errno.
 */
MUST_USE int rule_store_import(struct rule_store *store, const struct edition_words *words,
                               const struct document *documents, uint32_t count,
                               uint32_t *number_out);

/* rule_store_rollback - a new edition with the documents of an earlier one.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, RULE_STORE_E_SAME, RULE_STORE_E_DRAFT, a negative errno.
 */
MUST_USE int rule_store_rollback(struct rule_store *store, const struct edition_words *words,
                                 uint32_t to, uint32_t *number_out);

/* rule_store_remove - a new edition without one document of the newest. Check first that the rest
 * goes without it.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN (no such document), RULE_STORE_E_DRAFT, a negative errno.
 */
MUST_USE int rule_store_remove(struct rule_store *store, const struct edition_words *words,
                               enum document_kind kind, const char *name, uint32_t *number_out);

/* ---- two people ------------------------------------------------------------------------------ */

/* How many people a change takes, and since when. */
struct rule_approval {
    uint32_t number; /* of the setting, from 1; 0: it was never set, and is one */
    uint32_t people; /* 1 or 2 */
    struct instant made_at;
    const char *author;
    const char *approver; /* empty: there was none */
    const char *note;
};

/* What a draft becomes when it is approved. */
enum draft_act { DRAFT_EDITION, DRAFT_ONE_PERSON };

enum draft_state { DRAFT_WAITING, DRAFT_APPROVED, DRAFT_REJECTED, DRAFT_OVERTAKEN };

extern const char *const draft_state_name[4]; /* "waiting", "approved", "rejected", "overtaken" */

struct rule_draft {
    uint32_t number; /* from 1, no gaps */
    enum draft_act act;
    uint32_t base;               /* the edition it was made on; of DRAFT_ONE_PERSON: the setting */
    struct rule_edition edition; /* DRAFT_EDITION: what it would become. number: once approved */
    enum draft_state state;
    struct instant decided_at; /* approved or rejected */
    const char *decided_by;    /* empty: nothing was decided */
    const char *decision_note;
};

/* rule_store_approval - the setting in force. Texts live in the arena. */
MUST_USE int rule_store_approval(struct rule_store *store, struct arena *arena,
                                 struct rule_approval *approval_out);

/* rule_store_setting - one that is, or was, in force; from 1, no gaps.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, a negative errno.
 */
MUST_USE int rule_store_setting(struct rule_store *store, uint32_t number, struct arena *arena,
                                struct rule_approval *approval_out);

/* rule_store_set_approval - people: 1 or 2. From one to two it is in force at once; from two to one
 * it is itself a draft.
 *
 * Returns: 0, RULE_STORE_E_SAME, RULE_STORE_E_DRAFT (*draft_out is its number), a negative errno.
 */
MUST_USE int rule_store_set_approval(struct rule_store *store, const struct edition_words *words,
                                     uint32_t people, uint32_t *draft_out);

/* rule_store_latest_draft - the number of the newest draft; 0: there is none. */
MUST_USE int rule_store_latest_draft(struct rule_store *store, uint32_t *number_out);

/* rule_store_draft - a draft, and what became of it. All of it lives in the arena.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, a negative errno.
 */
MUST_USE int rule_store_draft(struct rule_store *store, uint32_t number, struct arena *arena,
                              struct rule_draft *draft_out);

/* rule_store_draft_documents - all documents of the edition that a draft would become, or became,
 * with their texts, in the arena; none for DRAFT_ONE_PERSON.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, a negative errno.
 */
MUST_USE int rule_store_draft_documents(struct rule_store *store, uint32_t number,
                                        struct arena *arena, struct document **documents_out,
                                        uint32_t *count_out);

/* Who decides on a draft, and why. */
struct decision_words {
    struct instant made_at;
    const char *by;
    const char *note;
};

/* rule_store_approve - a waiting draft comes into force. *edition_out: the edition that was made;
 * 0 for DRAFT_ONE_PERSON.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, RULE_STORE_E_AUTHOR, RULE_STORE_E_OVERTAKEN,
 *          RULE_STORE_E_DECIDED, a negative errno. Nothing but 0 changes anything.
 */
MUST_USE int rule_store_approve(struct rule_store *store, uint32_t number,
                                const struct decision_words *words, uint32_t *edition_out);

/* rule_store_reject - it never will; its author may do so too, to take it back.
 *
 * Returns: 0, RULE_STORE_E_UNKNOWN, RULE_STORE_E_DECIDED, a negative errno.
 */
MUST_USE int rule_store_reject(struct rule_store *store, uint32_t number,
                               const struct decision_words *words);

/* document_hash - of a text. document_hash_format - in hexadecimal. Returns text. */
void document_hash(struct slice text, unsigned char hash_out[DOCUMENT_HASH_BYTES]);
char *document_hash_format(const unsigned char *hash, char text[DOCUMENT_HASH_TEXT]);

#endif
