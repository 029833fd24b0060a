/* audit.c - see audit.h. A fault ends its pass: what stands behind it would be judged by it.
 */
#include "engine/io/audit.h"
#include "engine/io/editions.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

enum { WHAT_BYTES = 512, LINE_SHOWN = 160, CARD_ID_DIGITS = 32 };

struct verify {
    const struct audit_options *options;
    struct store *store;
    struct audit audit;
    uint32_t source_count;
    struct instant now; /* of the last entry */
    uint64_t seq;       /* of the last card */
    uint64_t cards_differ;
};

PRINTF_LIKE(4, 5)
static void bad(struct verify *verify, const char *record, uint64_t number, const char *format, ...)
{
    char what[WHAT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    verify->audit.bad_count++;
    verify->options->bad(verify->options->ctx, record, number, what);
}

/* ---- the journal -------------------------------------------------------------------------------
 */

static bool is_event_there(struct verify *verify, uint64_t place)
{
    struct entry entry;
    uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
    return store_entry(verify->store, place >> PLACE_INDEX_BITS, &entry) == 0 &&
           entry.kind == ENTRY_BATCH && index < entry.event_count &&
           (entry_word(&entry, index) & WORD_REFUSED) == 0;
}

static const char *batch_fault(struct verify *verify, uint64_t number, const struct entry *entry)
{
    struct slice rest = entry->body;
    struct slice bytes;
    if (entry->source == 0 || entry->source > verify->source_count)
        return "is of a source that is not known";
    if (entry->event_count == 0 || entry->event_count > BATCH_EVENTS_MAX || entry->first_seq == 0)
        return "has no possible count of events";
    for (uint32_t i = 0; i < entry->event_count; i++) {
        uint64_t word = entry_word(entry, i);
        uint64_t previous = word >> WORD_FLAG_BITS;
        if (!event_skip(&rest, &bytes))
            return "ends within an event";
        if ((word & WORD_REFUSED) != 0 || previous == 0)
            continue;
        if (previous >= (number << PLACE_INDEX_BITS | i) || !is_event_there(verify, previous))
            return "has an event whose case's event before it is not there";
    }
    verify->audit.events += entry->event_count;
    return rest.count == 0 ? NULL : "goes on behind its last event";
}

static const char *entry_fault(struct verify *verify, uint64_t number)
{
    struct entry entry;
    int error = store_entry(verify->store, number, &entry);
    if (error != 0)
        return error == STORE_E_NOT_FOUND ? "is missing" : "cannot be read";
    bool is_back = instant_is_before(entry.now, verify->now);
    verify->now = entry.now;
    if (is_back)
        return "is earlier than the entry before it";
    return entry.kind == ENTRY_BATCH ? batch_fault(verify, number, &entry) : NULL;
}

static bool source_count(void *ctx, struct slice name, const struct source_row *row)
{
    struct verify *verify = ctx;
    (void)name;
    verify->source_count = row->number > verify->source_count ? row->number : verify->source_count;
    return true;
}

static void check_journal(struct verify *verify)
{
    verify->now = (struct instant){.ms = INT64_MIN};
    if (store_sources(verify->store, source_count, verify) != 0)
        bad(verify, "sources", 0, "cannot be read");
    const char *fault = NULL;
    for (uint64_t number = 1; fault == NULL && number <= store_entry_last(verify->store);
         number++) {
        fault = entry_fault(verify, number);
        if (fault != NULL)
            bad(verify, "entry", number, "%s", fault);
    }
}

/* ---- the ledger --------------------------------------------------------------------------------
 */

struct looking {
    uint64_t seq;
    bool is_found;
};

static bool is_record(void *ctx, uint64_t seq)
{
    struct looking *looking = ctx;
    looking->is_found = seq == looking->seq;
    return seq < looking->seq;
}

static const char *card_fault(struct verify *verify, uint64_t seq, struct slice line)
{
    struct looking looking = {.seq = seq};
    json_t *card = json_loadb(line.start, line.count, JSON_REJECT_DUPLICATES, NULL);
    const char *id = json_string_value(json_object_get(card, "card"));
    const char *fault = NULL;
    if (!json_is_object(card))
        fault = "is not a line of JSON";
    else if (json_integer_value(json_object_get(card, "seq")) != (json_int_t)seq)
        fault = "says that it has another number";
    else if (id == NULL || strlen(id) != CARD_ID_DIGITS)
        fault = "has no id";
    else if (store_card_records(verify->store, slice_of(id), is_record, &looking) != 0 ||
             !looking.is_found)
        fault = "is not to be found by its id";
    json_decref(card);
    return fault;
}

static bool check_card(void *ctx, uint64_t seq, struct slice line)
{
    struct verify *verify = ctx;
    if (seq != verify->seq + 1) {
        bad(verify, "card", verify->seq + 1, "is missing: the next one is %llu",
            (unsigned long long)seq);
        return false;
    }
    verify->seq = seq;
    const char *fault = card_fault(verify, seq, line);
    if (fault != NULL)
        bad(verify, "card", seq, "%s", fault);
    return fault == NULL;
}

static bool check_refused(void *ctx, uint64_t number, struct slice record)
{
    struct verify *verify = ctx;
    json_t *refused = json_loadb(record.start, record.count, 0, NULL);
    bool is_good = json_is_object(refused);
    json_decref(refused);
    if (!is_good)
        bad(verify, "refused", number, "is not a line of JSON");
    return is_good;
}

static void check_ledger(struct verify *verify)
{
    uint64_t last = store_card_last(verify->store);
    uint32_t bad_before = verify->audit.bad_count;
    for (uint64_t from = 1; from <= last && verify->audit.bad_count == bad_before;
         from = verify->seq + 1)
        if (store_cards(verify->store, from, UINT32_MAX, check_card, verify) != 0)
            bad(verify, "card", from, "cannot be read");
    if (store_refused(verify->store, 1, UINT32_MAX, check_refused, verify) != 0)
        bad(verify, "refused", 0, "cannot be read");
}

/* ---- from the journal to the ledger again ------------------------------------------------------
 */

/* Where two lines begin to differ lies about the middle of what is shown of each. */
static struct slice shown(struct slice line, size_t differs_at)
{
    size_t from = differs_at < LINE_SHOWN / 2 ? 0 : differs_at - LINE_SHOWN / 2;
    from = from < line.count ? from : line.count;
    size_t count = line.count - from < LINE_SHOWN ? line.count - from : LINE_SHOWN;
    return (struct slice){.start = line.start == NULL ? "" : line.start + from, .count = count};
}

static void on_differs(void *ctx, uint64_t seq, struct slice is, struct slice should)
{
    struct verify *verify = ctx;
    if (verify->cards_differ++ > 0)
        return;
    size_t at = 0;
    while (at < is.count && at < should.count && is.start[at] == should.start[at])
        at++;
    struct slice ours = shown(is, at);
    struct slice theirs = shown(should, at);
    bad(verify, "card", seq, "the ledger has %.*s, the journal gives %.*s", (int)ours.count,
        ours.start, (int)theirs.count, theirs.start);
}

static void nothing_card(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    (void)ctx;
    (void)seq;
    (void)topic;
    (void)line;
}

static void nothing_answer(void *ctx, struct slice peer, struct slice message)
{
    (void)ctx;
    (void)peer;
    (void)message;
}

static void check_derived(struct verify *verify)
{
    char clock[NOTE_BYTES] = "";
    const struct audit_options *options = verify->options;
    if (options->clock == NULL && store_note(verify->store, "clock", clock) != 0)
        clock[0] = '\0';
    bool is_events = strcmp(options->clock != NULL ? options->clock : clock, "events") == 0;
    struct turn *turn = NULL;
    struct editions *editions = editions_open(options->rules);
    struct turn_options turn_options = {
        .clock = is_events ? TURN_EVENTS : TURN_WALL,
        .suspect_path = options->suspect,
        .is_verifying = true,
        .limits = {.case_max = UINT32_C(200000000), .is_stepping = is_events},
    };
    struct turn_ports ports = {.ctx = verify,
                               .answer = nothing_answer,
                               .card = nothing_card,
                               .rules = editions_get,
                               .rules_ctx = editions,
                               .differs = on_differs};
    int error = editions == NULL ? -ENOMEM : turn_open(&turn_options, verify->store, &ports, &turn);
    if (error != 0)
        bad(verify, "journal", 0, "cannot be replayed, see above: %s", strerror(-error));
    else if (turn_counts(turn)->ledger_differs > 0 && verify->cards_differ == 0)
        bad(verify, "ledger", 0, "has %llu cards, the journal gives %llu",
            (unsigned long long)store_card_last(verify->store),
            (unsigned long long)turn_counts(turn)->cards);
    turn_close(&turn);
    editions_close(&editions);
}

void audit(const struct audit_options *options, struct audit *audit_out)
{
    struct verify verify = {.options = options, .store = options->store};
    check_journal(&verify);
    check_ledger(&verify);
    if (!options->is_quick && verify.audit.bad_count == 0)
        check_derived(&verify);
    *audit_out = verify.audit;
}
