/* post.h - sends what the outbox holds: mails over SMTP, webhooks over HTTP, some at a time.
 *
 * Layer: viewer/notify. libcurl's multi interface; no threads, and never waits but in post_wait.
 * A route is a mail server or one webhook: when it cannot be reached it rests, longer each time,
 * and nobody else waits for it. A notice that is refused for good is settled as failed, counted.
 */
#ifndef NOTIFY_POST_H
#define NOTIFY_POST_H

#include "viewer/notify/outbox.h"

struct post_options {
    const char *smtp; /* smtp://host:port, smtps://…; NULL: no mails */
    const char *smtp_user;
    const char *smtp_password;
    bool needs_tls; /* no mail over a connection that is not encrypted */
    const char *from;
    struct slice secret; /* of the webhooks' signature */
    int64_t retry_first_ms;
    int64_t retry_max_ms;
    int64_t give_up_ms; /* after its making a notice is settled as failed */
};

struct post_counts {
    uint64_t sent;
    uint64_t failed;
    uint64_t retried;
};

struct post;

/* post_create - outbox, options' text: borrowed until post_destroy. NULL: memory is short. */
MUST_USE struct post *post_create(const struct post_options *options, struct outbox *outbox);
void post_destroy(struct post **post_p);

/* post_turn - begin what may begin (not if is_stopping), go on with what is under way, settle what
 * has ended. Returns: 0 or a negative errno: the outbox cannot be written, and going on would
 * send things twice. */
MUST_USE int post_turn(struct post *post, bool is_stopping);

/* post_wait - until something of this happens: a transfer can go on, one of the fds is readable,
 * wait_ms are over. */
void post_wait(struct post *post, const int *fds, int fd_count, int wait_ms);

int post_under_way(const struct post *post);
struct post_counts post_counts(const struct post *post);

#endif
