/* outbox.c - the list of open notices in memory, and what of it is said to the file.
 *
 * A record that intends is
 * {"r":"intend","position":P,"ledger":…,"at":ms,"cards":[…],"notices":[…]}; a settled notice is
 * {"r":"sent","id":…} or {"r":"failed","id":…,"code":…,"text":…}. Reading is doing the same again.
 */
#include "viewer/notify/outbox.h"
#include "engine/sys/log.h"
#include "viewer/feed/card_view.h"
#include "viewer/notify/lines.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPACT_BYTES = 8 * 1024 * 1024, LEDGER_BYTES = 128 };

struct outbox {
    struct lines *lines;
    bool has_position;
    uint64_t position;
    char ledger[LEDGER_BYTES];
    struct notice *first;
    struct notice *last;
    size_t count;
    size_t compact_at; /* bytes of the file */
};

/* --- notices -------------------------------------------------------------------------------- */

static void hash_text(crypto_generichash_state *state, const char *text)
{
    (void)crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

/* From what the notice says and to whom, not from when: the same cards give the same id. */
static void notice_id(const struct destination *destination, const json_t *cards,
                      char id[NOTICE_ID_BYTES])
{
    unsigned char hash[16];
    char seq[32];
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    hash_text(&state, channel_name[destination->channel]);
    hash_text(&state, destination->to);
    for (size_t i = 0; i < json_array_size(cards); i++) {
        const json_t *card = json_array_get(cards, i);
        (void)snprintf(seq, sizeof seq, "%lld", (long long)field_number(card, "seq"));
        hash_text(&state, seq);
        hash_text(&state, field_text(card, "card"));
        hash_text(&state, field_text(card, "state"));
    }
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(id, NOTICE_ID_BYTES, hash, sizeof hash);
}

json_t *notice_json(const struct destination *destination, bool is_zh, const json_t *cards)
{
    char id[NOTICE_ID_BYTES];
    json_t *seqs = json_array();
    notice_id(destination, cards, id);
    for (size_t i = 0; i < json_array_size(cards); i++)
        (void)json_array_append_new(seqs,
                                    json_integer(field_number(json_array_get(cards, i), "seq")));
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "id", id, "channel",
                     channel_name[destination->channel], "to", destination->to, "name",
                     destination->name, "lang", is_zh ? "zh" : "en", "cards", seqs);
}

static void notice_destroy(struct notice *notice)
{
    json_decref(notice->record);
    free(notice);
}

static void notice_unlink(struct outbox *outbox, struct notice *notice)
{
    if (notice->previous != NULL)
        notice->previous->next = notice->next;
    else
        outbox->first = notice->next;
    if (notice->next != NULL)
        notice->next->previous = notice->previous;
    else
        outbox->last = notice->previous;
    outbox->count--;
}

/* The cards of this notice, out of all cards of its record (both rise by seq). */
static json_t *pick_cards(const json_t *all, const json_t *seqs)
{
    json_t *picked = json_array();
    size_t at = 0;
    for (size_t i = 0; i < json_array_size(seqs); i++) {
        json_int_t seq = json_integer_value(json_array_get(seqs, i));
        while (at < json_array_size(all) && field_number(json_array_get(all, at), "seq") < seq)
            at++;
        json_t *card = json_array_get(all, at);
        if (card != NULL && field_number(card, "seq") == seq)
            (void)json_array_append(picked, card);
    }
    return picked;
}

static int add_notice(struct outbox *outbox, const json_t *json, const json_t *cards,
                      int64_t created_ms)
{
    struct notice *notice = calloc(1, sizeof *notice);
    if (notice == NULL)
        return -ENOMEM;
    /* Its own record: the cards are shared with the others of the same turn. */
    json_t *picked = pick_cards(cards, json_object_get(json, "cards"));
    notice->record = json_pack("{s:s,s:s,s:o}", "to", field_text(json, "to"), "name",
                               field_text(json, "name"), "cards", picked);
    if (notice->record == NULL) {
        free(notice);
        return -ENOMEM;
    }
    notice->cards = picked;
    notice->to = field_text(notice->record, "to");
    notice->name = field_text(notice->record, "name");
    (void)snprintf(notice->id, sizeof notice->id, "%s", field_text(json, "id"));
    bool is_hook = strcmp(field_text(json, "channel"), channel_name[CHANNEL_HOOK]) == 0;
    notice->channel = is_hook ? CHANNEL_HOOK : CHANNEL_MAIL;
    notice->is_zh = strcmp(field_text(json, "lang"), "zh") == 0;
    notice->created_ms = created_ms;
    notice->previous = outbox->last;
    if (outbox->last != NULL)
        outbox->last->next = notice;
    else
        outbox->first = notice;
    outbox->last = notice;
    outbox->count++;
    return 0;
}

static int take_intend(struct outbox *outbox, const json_t *record)
{
    const json_t *notices = json_object_get(record, "notices");
    outbox->has_position = true;
    outbox->position = (uint64_t)field_number(record, "position");
    outbox_set_ledger(outbox, field_text(record, "ledger"));
    for (size_t i = 0; i < json_array_size(notices); i++) {
        int error = add_notice(outbox, json_array_get(notices, i), json_object_get(record, "cards"),
                               field_number(record, "at"));
        if (error != 0)
            return error;
    }
    return 0;
}

/* One line of the file. What this program does not know (a later one wrote it) is passed over. */
static int take_record(void *ctx, const json_t *record)
{
    struct outbox *outbox = ctx;
    const char *kind = field_text(record, "r");
    if (strcmp(kind, "intend") == 0)
        return take_intend(outbox, record);
    if (strcmp(kind, "sent") != 0 && strcmp(kind, "failed") != 0)
        return 0;
    const char *id = field_text(record, "id");
    for (struct notice *notice = outbox->first; notice != NULL; notice = notice->next) {
        if (strcmp(notice->id, id) == 0) {
            notice_unlink(outbox, notice);
            notice_destroy(notice);
            break;
        }
    }
    return 0;
}

/* --- the file ------------------------------------------------------------------------------- */

static json_t *open_notice_record(const struct outbox *outbox, const struct notice *notice)
{
    struct destination destination = {
        .channel = notice->channel, .to = notice->to, .name = notice->name};
    json_t *json = notice_json(&destination, notice->is_zh, notice->cards);
    (void)json_object_set_new(json, "id", json_string(notice->id));
    return json_pack("{s:s,s:I,s:s,s:I,s:O,s:[o]}", "r", "intend", "position",
                     (json_int_t)outbox->position, "ledger", outbox->ledger, "at",
                     (json_int_t)notice->created_ms, "cards", notice->cards, "notices", json);
}

/* The whole state as a new file in the old one's place. */
static int compact(struct outbox *outbox)
{
    json_t *records = json_array();
    if (outbox->has_position)
        (void)json_array_append_new(records, json_pack("{s:s,s:I,s:s,s:I,s:[],s:[]}", "r", "intend",
                                                       "position", (json_int_t)outbox->position,
                                                       "ledger", outbox->ledger, "at",
                                                       (json_int_t)0, "cards", "notices"));
    for (const struct notice *notice = outbox->first; notice != NULL; notice = notice->next)
        (void)json_array_append_new(records, open_notice_record(outbox, notice));
    int error = lines_rewrite(outbox->lines, records);
    json_decref(records);
    outbox->compact_at = 2 * lines_bytes(outbox->lines) + COMPACT_BYTES;
    return error;
}

int outbox_open(const char *path, struct outbox **outbox_out)
{
    OWNED(outbox_close) struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox == NULL)
        return -ENOMEM;
    int error = lines_open(path, take_record, outbox, &outbox->lines);
    if (error == LINES_E_DAMAGED)
        return OUTBOX_E_DAMAGED;
    if (error == LINES_E_IN_USE)
        return OUTBOX_E_IN_USE;
    if (error == 0)
        error = compact(outbox);
    if (error != 0)
        return error;
    *outbox_out = outbox;
    outbox = NULL;
    return 0;
}

void outbox_close(struct outbox **outbox_p)
{
    struct outbox *outbox = *outbox_p;
    if (outbox == NULL)
        return;
    struct notice *next = NULL;
    for (struct notice *notice = outbox->first; notice != NULL; notice = next) {
        next = notice->next;
        notice_destroy(notice);
    }
    lines_close(&outbox->lines);
    free(outbox);
    *outbox_p = NULL;
}

int outbox_intend(struct outbox *outbox, uint64_t position, int64_t created_ms, json_t *cards,
                  json_t *notices)
{
    json_t *record = json_pack("{s:s,s:I,s:s,s:I,s:o,s:o}", "r", "intend", "position",
                               (json_int_t)position, "ledger", outbox->ledger, "at",
                               (json_int_t)created_ms, "cards", cards, "notices", notices);
    if (record == NULL)
        return -ENOMEM;
    int error = lines_append(outbox->lines, record);
    if (error == 0)
        error = take_intend(outbox, record);
    json_decref(record);
    if (error == 0 && lines_bytes(outbox->lines) > outbox->compact_at)
        error = compact(outbox);
    return error;
}

int outbox_settle(struct outbox *outbox, struct notice *notice, bool is_sent, long code,
                  const char *text)
{
    json_t *record =
        json_pack("{s:s,s:s,s:I,s:I,s:s}", "r", is_sent ? "sent" : "failed", "id", notice->id,
                  "code", (json_int_t)code, "tries", (json_int_t)notice->tries, "text", text);
    if (record == NULL)
        return -ENOMEM;
    int error = lines_append(outbox->lines, record);
    json_decref(record);
    if (error == 0) {
        notice_unlink(outbox, notice);
        notice_destroy(notice);
    }
    return error;
}

uint64_t outbox_position(const struct outbox *outbox)
{
    return outbox->position;
}

bool outbox_has_position(const struct outbox *outbox)
{
    return outbox->has_position;
}

const char *outbox_ledger(const struct outbox *outbox)
{
    return outbox->ledger;
}

void outbox_set_ledger(struct outbox *outbox, const char *ledger)
{
    if (ledger != outbox->ledger)
        (void)snprintf(outbox->ledger, sizeof outbox->ledger, "%s", ledger);
}

struct notice *outbox_first(struct outbox *outbox)
{
    return outbox->first;
}

size_t outbox_count(const struct outbox *outbox)
{
    return outbox->count;
}
