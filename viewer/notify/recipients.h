/* recipients.h - who is told about which cards: a CSV file, one row a recipient of an organisation.
 *
 *     org_code,name,email,webhook,levels,lang
 *     规划局,李主任,li@example.gov.cn,,yellow red,zh
 *     *,监察室,watch@example.gov.cn,https://robot.example.gov.cn/hook,,
 *
 * Layer: viewer/notify. Pure: works on bytes. Rows of "*" are told about every organisation. No
 * levels: all; no lang: the program's. The word "overdue" among the levels: of cards that wait for
 * a supervisor longer than they may, and of those no row without it. One address that stands in
 * several rows is one destination: it gets one message, not several.
 */
#ifndef NOTIFY_RECIPIENTS_H
#define NOTIFY_RECIPIENTS_H

#include "engine/base/slice.h"

enum {
    RECIPIENT_ROWS_MAX = 100000,
    RECIPIENT_FILE_BYTES_MAX = 16 * 1024 * 1024,
    RECIPIENT_FIELD_BYTES_MAX = 2048,
};

enum { RECIPIENTS_E_WRONG = 1 /* the file; recipients_mistake says what */ };

enum channel { CHANNEL_MAIL, CHANNEL_HOOK, CHANNEL_COUNT };
extern const char *const channel_name[CHANNEL_COUNT]; /* "mail", "hook" */

enum recipient_lang { RECIPIENT_LANG_DEFAULT, RECIPIENT_LANG_ZH, RECIPIENT_LANG_EN };

struct destination {
    enum channel channel;
    enum recipient_lang lang;
    const char *to;   /* an address, or the URL of a webhook */
    const char *name; /* of the person; "" if none was given */
};

struct recipients_mistake {
    uint32_t row; /* counted from 1, the header's; 0: the file as a whole */
    char en[192];
    char zh[192];
};

struct recipients;

/* recipients_create - from the text of a file (UTF-8, a byte order mark is passed over).
 *
 * Owns:    the caller ends it with recipients_destroy. The text is not needed afterwards.
 * Returns: 0, RECIPIENTS_E_WRONG, -ENOMEM.
 */
MUST_USE int recipients_create(struct slice text, struct recipients **recipients_out,
                               struct recipients_mistake *mistake_out);
void recipients_destroy(struct recipients **recipients_p);

size_t recipients_destination_count(const struct recipients *recipients);
const struct destination *recipients_destination(const struct recipients *recipients, size_t index);

/* recipients_has - there is at least one destination of this channel. */
bool recipients_has(const struct recipients *recipients, enum channel channel);

/* recipients_is_address - may this stand in a mail's head and envelope as an address? */
bool recipients_is_address(struct slice text);

/* recipients_overdue - in place of a level: the card waits for a supervisor, too long. */
extern const struct slice recipients_overdue;

/* recipients_each - calls back with the index of each destination that a card of this organisation
 * and level concerns; one may come twice.
 *
 * Returns: whether any row speaks for the organisation at all (of whatever level).
 */
bool recipients_each(const struct recipients *recipients, struct slice org, struct slice level,
                     void (*take)(void *ctx, size_t destination_index), void *ctx);

#endif
