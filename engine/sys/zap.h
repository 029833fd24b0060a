/* zap.h - ZeroMQ's questions whether a peer may come in (ZAP 1.0, RFC 27), answered out of a loop.
 *
 * Layer: sys. One for a process; opened before the sockets it guards are bound, closed after them.
 */
#ifndef SYS_ZAP_H
#define SYS_ZAP_H

#include "engine/base/base.h"

struct zap;

/* is_let_in: domain: of the socket; key: the peer's public key in Z85, which it has proven to own.
 * Who is let in is known by that key from then on (received.user). */
typedef bool (*zap_judge)(void *ctx, const char *domain, const char *key);

/* zap_open - Returns 0, or a negative errno (logged). */
MUST_USE int zap_open(zap_judge is_let_in, void *ctx, struct zap **zap_out);
void zap_close(struct zap **zap_p);

/* zap_fd - edge-triggered, as socket_fd: zap_work answers all that was asked. */
int zap_fd(const struct zap *zap);
void zap_work(struct zap *zap);

#endif
