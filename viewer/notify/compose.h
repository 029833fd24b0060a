/* compose.h - what a notice says: a mail for a person, or JSON for a robot.
 *
 * Layer: viewer/notify. Pure but for memory: the same notice gives the same bytes every time, so
 * that a copy sent after a kill is a copy.
 */
#ifndef NOTIFY_COMPOSE_H
#define NOTIFY_COMPOSE_H

#include "viewer/notify/outbox.h"

/* compose_mail - a whole message (RFC 5322, lines end in CRLF), UTF-8 in base64.
 *
 * from: the sender's address; its domain is the Message-ID's.
 * Owns: the caller frees it. NULL if memory is short.
 */
MUST_USE char *compose_mail(const struct notice *notice, const char *from);

/* compose_hook - {"id", "kind": "card"|"digest", "created_at", "counts", "cards"}. As above. */
MUST_USE char *compose_hook(const struct notice *notice);

/* compose_body - the text of the mail alone, lines end in LF. As above. */
MUST_USE char *compose_body(const struct notice *notice);

/* compose_subject - one line of UTF-8. As above. */
MUST_USE char *compose_subject(const struct notice *notice);

#endif
