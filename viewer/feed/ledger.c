/* ledger.c - see ledger.h. */
#include "viewer/feed/ledger.h"
#include "engine/sys/lang.h"
#include "viewer/feed/card_view.h"

#include <stdio.h>
#include <string.h>

void ledger_clear(struct ledger *ledger)
{
    json_decref(ledger->last);
    json_decref(ledger->proof);
    ledger->last = NULL;
    ledger->proof = NULL;
}

void ledger_card(struct ledger *ledger, json_t *card)
{
    json_decref(ledger->last);
    ledger->last = json_incref(card);
}

void ledger_doubt(struct ledger *ledger)
{
    ledger->doubts++;
}

bool ledger_is_doubted(const struct ledger *ledger)
{
    return ledger->doubts != ledger->settled;
}

static bool is_named(const char *name, const char *text)
{
    return strncmp(name, text, LEDGER_NAME_BYTES - 1) == 0;
}

static void keep_name(char name[LEDGER_NAME_BYTES], const char *text)
{
    (void)snprintf(name, LEDGER_NAME_BYTES, "%s", text);
}

/* Says another text than before? What is not told says nothing. */
static bool is_other(const char *name, const char *text)
{
    return text[0] != '\0' && name[0] != '\0' && !is_named(name, text);
}

void ledger_pulse(struct ledger *ledger, const json_t *pulse, uint64_t next)
{
    const char *name = field_text(pulse, "instance");
    const char *began = field_text(pulse, "started_at");
    if (ledger->name[0] == '\0')
        keep_name(ledger->name, name);
    if (is_other(ledger->name, name) || is_other(ledger->began, began) ||
        (uint64_t)field_number(pulse, "head") + 1 < next)
        ledger_doubt(ledger);
    if (began[0] != '\0')
        keep_name(ledger->began, began);
    if (ledger_is_doubted(ledger))
        return;
    json_decref(ledger->proof);
    ledger->proof = json_incref(ledger->last);
}

static uint64_t proof_seq(const struct ledger *ledger)
{
    return ledger->proof == NULL ? 0 : (uint64_t)field_number(ledger->proof, "seq");
}

uint64_t ledger_from(const struct ledger *ledger, uint64_t next)
{
    uint64_t seq = proof_seq(ledger);
    return seq > 0 && seq < next ? seq : next;
}

/* The number of the proof stands with another card. */
static bool has_forked(const struct ledger *ledger, const json_t *answer)
{
    size_t index;
    const json_t *card;
    uint64_t seq = proof_seq(ledger);
    json_array_foreach(json_object_get(answer, "cards"), index, card)
    {
        if (seq > 0 && (uint64_t)field_number(card, "seq") == seq)
            return !json_equal(card, ledger->proof);
    }
    return false;
}

bool ledger_judge(struct ledger *ledger, const struct ledger_asked *asked, const json_t *answer,
                  struct feed_change *change_out)
{
    const char *name = field_text(answer, "instance");
    uint64_t head = (uint64_t)field_number(answer, "head");
    struct feed_change change = {
        .name = name, .head = head, .seen = asked->next > 0 ? asked->next - 1 : 0};
    ledger->settled = asked->doubts;
    if (ledger->name[0] == '\0')
        keep_name(ledger->name, name);
    if (is_other(ledger->name, name)) {
        change.kind = FEED_OTHER_LEDGER;
    } else if (head < change.seen) {
        change.kind = FEED_LEDGER_SHORTER;
    } else if (has_forked(ledger, answer)) {
        change.kind = FEED_LEDGER_FORKED;
        change.forked = proof_seq(ledger);
    } else {
        return false;
    }
    *change_out = change;
    return true;
}

void ledger_begin(struct ledger *ledger, const char *name)
{
    ledger_clear(ledger);
    ledger->settled = ledger->doubts;
    if (name[0] != '\0')
        keep_name(ledger->name, name);
}

const char *feed_change_text(const struct feed_change *change, char text[FEED_CHANGE_BYTES])
{
    switch (change->kind) {
    case FEED_OTHER_LEDGER:
        (void)snprintf(text, FEED_CHANGE_BYTES,
                       say("another ledger: %.64s, up to card %llu",
                           "台账已换成另一本：%.64s，至第 %llu 号牌"),
                       change->name, (unsigned long long)change->head);
        break;
    case FEED_LEDGER_SHORTER:
        (void)snprintf(
            text, FEED_CHANGE_BYTES,
            say("an older copy of the ledger: it ends at card %llu, below %llu that was seen",
                "台账已被较早的副本替换：只到第 %llu 号牌，低于已见的第 %llu 号"),
            (unsigned long long)change->head, (unsigned long long)change->seen);
        break;
    case FEED_LEDGER_FORKED:
        (void)snprintf(text, FEED_CHANGE_BYTES,
                       say("an older copy of the ledger that went on: its card %llu is not the one "
                           "that was seen",
                           "台账已被较早的副本替换，并已继续发牌：其第 %llu 号牌与已见的不同"),
                       (unsigned long long)change->forked);
        break;
    }
    return text;
}
