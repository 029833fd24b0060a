/* fuzz_recipients.c - can a file of recipients hurt us?
 *
 * Whatever the bytes are: a file that is taken gives only addresses that may stand in a mail's
 * head and URLs that go to the web, and every organisation can be asked for.
 */
#include "engine/base/base.h"

/* The viewers' own folders are in no archive: the file under test is taken in whole. */
#include "viewer/notify/recipients.c" /* NOLINT(bugprone-suspicious-include): see above */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void count_one(void *ctx, size_t destination_index)
{
    const struct recipients *recipients = ctx;
    const struct destination *one = recipients_destination(recipients, destination_index);
    struct slice to = slice_of(one->to);
    assert(is_graphic(to));
    assert(one->channel == CHANNEL_MAIL ? recipients_is_address(to) : is_hook(to));
    assert(text_is_clean(slice_of(one->name), false));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct recipients *recipients = NULL;
    struct recipients_mistake mistake = {.row = 0};
    struct slice text = {(const char *)bytes, count};
    int error = recipients_create(text, &recipients, &mistake);
    if (error == RECIPIENTS_E_WRONG) {
        assert(mistake.en[0] != '\0');
        assert(mistake.zh[0] != '\0');
    }
    if (error != 0)
        return 0;
    for (size_t i = 0; i < recipients->row_count; i++)
        (void)recipients_each(recipients, recipients->rows[i].org, SLICE("red"), count_one,
                              recipients);
    recipients_destroy(&recipients);
    return 0;
}
