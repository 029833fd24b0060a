/* config.h - the options of cardwatch view notify, and the files that they name.
 *
 * Layer: viewer/notify. Called by main.c.
 */
#ifndef NOTIFY_CONFIG_H
#define NOTIFY_CONFIG_H

#include "viewer/notify/recipients.h"

struct config {
    const char *home;
    const char *feed;
    const char *query;
    const char *recipients;
    const char *smtp;
    const char *smtp_user;
    const char *smtp_password_file;
    char *smtp_password; /* owned */
    bool needs_tls;
    const char *from;
    const char *secret_file;
    char *secret; /* owned */
    size_t secret_bytes;
    const char *position;
    const char *from_text; /* "now", "start", or a number */
    uint64_t from_seq;     /* 0: now */
    int64_t window_ms;
    int64_t digest_max;
    int64_t retry_first_ms;
    int64_t retry_max_ms;
    int64_t give_up_ms;
};

/* config_read - options_read into config; ends the program as that does. */
void config_read(struct config *config, int argc, char **argv);

/* config_load - read recipients and secrets, and check that all fits together.
 *
 * Returns: 0, or the exit code (sysexits) after saying what is wrong and what would be right.
 */
MUST_USE int config_load(struct config *config, struct recipients **recipients_out);

/* config_clear - forget the secrets. */
void config_clear(struct config *config);

#endif
