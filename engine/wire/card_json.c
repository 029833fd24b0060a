/* card_json.c - cards as the feed, the ledger and every page know them. They are written on the
 * engine's path, a hundred thousand at one instant: no format strings on the way.
 */
#include "engine/wire/text.h"

#include "engine/base/date.h"

#include <sodium.h>

static int put_name(struct bytes *bytes, const char *name)
{
    return bytes_append(bytes, slice_of(name));
}

static int put_text(struct bytes *bytes, const char *name, struct slice text)
{
    int result = put_name(bytes, name);
    return result != 0 ? result : json_text(bytes, text);
}

static int put_number(struct bytes *bytes, const char *name, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    int result = put_name(bytes, name);
    if (result != 0)
        return result;
    return bytes_append(bytes, (struct slice){digits + at, sizeof digits - at});
}

static int put_instant(struct bytes *bytes, const char *name, struct instant at, int32_t offset_s)
{
    char text[INSTANT_TEXT_BYTES];
    int result = put_name(bytes, name);
    if (result != 0)
        return result;
    if (!instant_is_set(at))
        return bytes_append(bytes, SLICE("null"));
    result = bytes_append(bytes, SLICE("\""));
    if (result == 0)
        result = bytes_append(bytes, slice_of(instant_format(at, offset_s, text)));
    return result != 0 ? result : bytes_append(bytes, SLICE("\""));
}

static int put_flag(struct bytes *bytes, const char *name, bool flag)
{
    int result = put_name(bytes, name);
    return result != 0 ? result : bytes_append(bytes, flag ? SLICE("true") : SLICE("false"));
}

/* Whose card it is. */
static int put_subject(struct bytes *bytes, const struct card *card)
{
    int result = put_text(bytes, "{\"card\":", slice_of(card->id));
    if (result == 0)
        result = put_text(bytes, ",\"case\":", card->case_no);
    if (result == 0)
        result = put_text(bytes, ",\"item\":", card->item);
    if (result == 0)
        result = put_text(bytes, ",\"org\":", card->org);
    if (result == 0)
        result = put_text(bytes, ",\"area\":", card->area);
    if (result == 0)
        result = put_text(bytes, ",\"step\":", card->step);
    if (result == 0)
        result = put_text(bytes, ",\"handler\":", card->handler);
    if (result == 0 && card->about_org.count > 0)
        result = put_text(bytes, ",\"about_org\":", card->about_org);
    return result;
}

/* By which rule. */
static int put_rule(struct bytes *bytes, const struct card *card)
{
    int result = put_text(bytes, ",\"level\":", card->level);
    if (result == 0)
        result = put_text(bytes, ",\"rule\":", card->rule);
    if (result == 0)
        result = put_number(bytes, ",\"rule_version\":", card->rule_version);
    if (result == 0)
        result = put_text(bytes, ",\"clock\":", card->clock);
    if (result == 0)
        result = put_number(bytes, ",\"cycle\":", card->cycle);
    if (result == 0)
        result = put_text(bytes, ",\"rung\":", card->rung);
    return result;
}

/* When, and how much of the limit. */
static int put_course(struct bytes *bytes, const struct card *card, int32_t offset_s)
{
    int result = put_instant(bytes, ",\"due_at\":", card->due_at, offset_s);
    if (result == 0)
        result = put_instant(bytes, ",\"issued_at\":", card->issued_at, offset_s);
    if (result == 0)
        result = put_number(bytes, ",\"late_ms\":", card->late_ms);
    if (result == 0)
        result = put_text(bytes, ",\"state\":", slice_of(card_state_name[card->state]));
    if (result == 0 && card->state == CARD_PENDING && card->until.ms != INT64_MAX)
        result = put_instant(bytes, ",\"until\":", card->until, offset_s);
    if (result == 0 && card->state != CARD_PENDING && card->is_unreleased)
        result = put_flag(bytes, ",\"unreleased\":", true);
    if (result == 0)
        result = put_text(bytes, ",\"limit\":", card->limit);
    if (result == 0)
        result = put_text(bytes, ",\"used\":", card->used);
    if (result == 0)
        result = put_text(bytes, ",\"over\":", card->over);
    return result;
}

static int put_record(struct bytes *bytes, const struct card *card)
{
    assert(card->seq <= INT64_MAX);
    int result = put_number(bytes, ",\"seq\":", (int64_t)card->seq);
    if (result == 0)
        result = put_text(bytes, ",\"reason\":", card->reason);
    if (result == 0)
        result = put_flag(bytes, ",\"shadow\":", card->is_shadow);
    if (result == 0)
        result = put_flag(bytes, ",\"provisional\":", card->is_provisional);
    if (result == 0)
        result = put_number(bytes, ",\"edition\":", card->edition);
    return result != 0 ? result : bytes_append(bytes, SLICE("}"));
}

int card_to_json(struct bytes *bytes, const struct card *card, int32_t offset_s)
{
    size_t before = bytes->count;
    assert(card->state < CARD_STATE_COUNT);
    int result = put_subject(bytes, card);
    if (result == 0)
        result = put_rule(bytes, card);
    if (result == 0)
        result = put_course(bytes, card, offset_s);
    if (result == 0)
        result = put_record(bytes, card);
    if (result != 0)
        bytes->count = before;
    return result;
}

static void hash_text(crypto_generichash_blake2b_state *state, struct slice text)
{
    if (text.count > 0)
        (void)crypto_generichash_blake2b_update(state, (const uint8_t *)text.start, text.count);
    (void)crypto_generichash_blake2b_update(state, (const uint8_t *)"", 1); /* the NUL between */
}

void card_id(struct slice case_no, struct slice clock, uint32_t cycle, struct slice rung,
             char id_out[CARD_ID_BYTES])
{
    enum { HASH_BYTES = 64, ID_HASH_BYTES = (CARD_ID_BYTES - 1) / 2 };
    static bool is_ready; /* without sodium_init the slow, portable form is used */
    if (!is_ready)
        is_ready = sodium_init() >= 0;
    assert(is_ready);
    crypto_generichash_blake2b_state state;
    uint8_t hash[HASH_BYTES];
    char digits[12];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + cycle % 10);
        cycle /= 10;
    } while (cycle > 0);
    (void)crypto_generichash_blake2b_init(&state, NULL, 0, sizeof hash);
    hash_text(&state, case_no);
    hash_text(&state, clock);
    hash_text(&state, (struct slice){digits + at, sizeof digits - at});
    if (rung.count > 0) /* nothing behind the last piece */
        (void)crypto_generichash_blake2b_update(&state, (const uint8_t *)rung.start, rung.count);
    (void)crypto_generichash_blake2b_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(id_out, CARD_ID_BYTES, hash, ID_HASH_BYTES);
}
