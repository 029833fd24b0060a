/* audit.h - is everything that an engine keeps still what it was?
 *
 * Layer: io. Three passes, each from the beginning, and the first bad record of each is named: the
 * journal can be read and its chains lead back; the ledger is numbered without gaps; and every card
 * comes out of the journal again, line for line. Nothing is written.
 */
#ifndef IO_AUDIT_H
#define IO_AUDIT_H

#include "engine/turn/turn.h"

struct audit_options {
    struct store *store; /* open for reading */
    const char *rules;   /* the rule store */
    const char *suspect; /* the file of suspect.h; it need not be there */
    const char *clock;   /* "wall" or "events"; NULL: as the store notes it */
    bool is_quick;       /* leave out the third pass */
    void *ctx;
    /* record: "entry", "card", … what: in words, borrowed for the call */
    void (*bad)(void *ctx, const char *record, uint64_t number, const char *what);
};

struct audit {
    uint64_t events;
    uint32_t bad_count;
};

/* audit - all passes; the third only when the others have found nothing. Cost: that of a start
 * without an image, and as much reading again. */
void audit(const struct audit_options *options, struct audit *audit_out);

#endif
