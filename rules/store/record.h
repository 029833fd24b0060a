/* record.h - what the store keeps beside texts, as bytes: editions, drafts, decisions, settings.
 *
 * Layer: rules/store. All numbers little-endian; a text is its length (4) and its bytes. A key is a
 * number, four bytes, big-endian, so that keys sort.
 *
 * An edition: form (1), made_at (8), author, note, in form 2 move (1) and approver, count (4), then
 * for each document kind (1), bytes (8), hash (32), name, file. One that moves nothing and has no
 * approver is kept in form 1, which every version of the program reads.
 * A draft: form (1), act (1), base (4), and an edition.
 * A decision: form (1), is_approved (1), made_at (8), edition (4), by, note.
 * An approval: form (1), people (1), made_at (8), author, approver, note.
 */
#ifndef RULES_STORE_RECORD_H
#define RULES_STORE_RECORD_H

#include "rules/store/store.h"

enum { NUMBER_KEY_BYTES = 4 };

/* What was decided on a draft. */
struct draft_decision {
    bool is_approved;
    struct decision_words words;
    uint32_t edition; /* that was made; 0: none */
};

/* number_key, key_number - a number and its key. */
struct slice number_key(uint32_t number, unsigned char room[NUMBER_KEY_BYTES]);
uint32_t key_number(struct slice key);

/* …_encode - into the arena. Returns: 0, -ENOMEM. */
MUST_USE int edition_encode(struct arena *arena, const struct rule_edition *edition,
                            struct slice *bytes_out);
MUST_USE int draft_encode(struct arena *arena, const struct rule_draft *draft,
                          struct slice *bytes_out);
MUST_USE int decision_encode(struct arena *arena, const struct draft_decision *decision,
                             struct slice *bytes_out);
MUST_USE int approval_encode(struct arena *arena, const struct rule_approval *approval,
                             struct slice *bytes_out);

/* …_decode - all of it copied into the arena. The state of a draft is not kept: it follows from
 * the decision, and from what came since. Returns: 0, -ENOMEM, -EBADMSG. */
MUST_USE int edition_decode(struct arena *arena, uint32_t number, struct slice bytes,
                            struct rule_edition *edition_out);
MUST_USE int draft_decode(struct arena *arena, uint32_t number, struct slice bytes,
                          struct rule_draft *draft_out);
MUST_USE int decision_decode(struct arena *arena, struct slice bytes,
                             struct draft_decision *decision_out);
MUST_USE int approval_decode(struct arena *arena, uint32_t number, struct slice bytes,
                             struct rule_approval *approval_out);

#endif
