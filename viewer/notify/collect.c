/* collect.c - one list of cards, and for each destination that has any a list of its own that
 * shares them.
 */
#include "viewer/notify/collect.h"
#include "engine/sys/log.h"
#include "viewer/feed/card_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct collect {
    const struct recipients *recipients;
    bool is_zh;
    json_t *cards;
    json_t **by_destination; /* NULL: none for this one */
    size_t *touched;         /* the destinations that have any, in the order of their first */
    size_t touched_count;
    uint64_t seq;     /* the last that came; 0: nothing has */
    int64_t first_ms; /* when the first of them came */
    json_t *card;     /* while it is being handed round */
    struct collect_counts counts;
};

struct collect *collect_create(const struct recipients *recipients, bool is_zh)
{
    size_t count = recipients_destination_count(recipients) + 1;
    struct collect *collect = calloc(1, sizeof *collect);
    if (collect == NULL)
        return NULL;
    collect->recipients = recipients;
    collect->is_zh = is_zh;
    collect->cards = json_array();
    collect->by_destination = calloc(count, sizeof(json_t *));
    collect->touched = calloc(count, sizeof *collect->touched);
    if (collect->cards == NULL || collect->by_destination == NULL || collect->touched == NULL)
        collect_destroy(&collect);
    return collect;
}

void collect_destroy(struct collect **collect_p)
{
    struct collect *collect = *collect_p;
    if (collect == NULL)
        return;
    if (collect->by_destination != NULL)
        collect_forget(collect);
    json_decref(collect->cards);
    free(collect->by_destination);
    free(collect->touched);
    free(collect);
    *collect_p = NULL;
}

void collect_forget(struct collect *collect)
{
    for (size_t i = 0; i < collect->touched_count; i++) {
        json_decref(collect->by_destination[collect->touched[i]]);
        collect->by_destination[collect->touched[i]] = NULL;
    }
    collect->touched_count = 0;
    collect->seq = 0;
    (void)json_array_clear(collect->cards);
}

/* What a notice needs of a card; a receipt on the feed would be long. */
static json_t *copy_of(const json_t *card)
{
    static const char *const fields[] = {
        "card",  "case",         "item",  "org",  "area",   "step",      "handler", "level",
        "rule",  "rule_version", "clock", "rung", "due_at", "issued_at", "late_ms", "state",
        "limit", "used",         "over",  "seq",  "reason", "until"};
    json_t *copy = json_object();
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        json_t *value = json_object_get(card, fields[i]);
        if (value != NULL)
            (void)json_object_set(copy, fields[i], value);
    }
    return copy;
}

static void give(void *ctx, size_t index)
{
    struct collect *collect = ctx;
    json_t *list = collect->by_destination[index];
    if (list == NULL) {
        list = collect->by_destination[index] = json_array();
        collect->touched[collect->touched_count++] = index;
    }
    /* The same address in two rows: once is enough. */
    size_t count = json_array_size(list);
    if (count == 0 || json_array_get(list, count - 1) != collect->card)
        (void)json_array_append(list, collect->card);
}

/* A card that never was public does not become so by being taken back. */
static bool is_worth_telling(const json_t *card)
{
    const char *state = field_text(card, "state");
    return strcmp(state, "issued") == 0 ||
           (strcmp(state, "withdrawn") == 0 && !field_is_true(card, "unreleased"));
}

/* It waits for a supervisor longer than it may: for those alone who ask to be told of that. */
static bool is_overdue(const json_t *card)
{
    return strcmp(field_text(card, "state"), "pending") == 0 &&
           strncmp(field_text(card, "reason"), "overdue:", strlen("overdue:")) == 0;
}

void collect_pass(struct collect *collect, int64_t now_ms, uint64_t seq)
{
    if (collect->seq == 0)
        collect->first_ms = now_ms;
    collect->seq = seq;
}

void collect_take(struct collect *collect, int64_t now_ms, uint64_t seq, const json_t *card)
{
    collect_pass(collect, now_ms, seq);
    bool is_for_few = is_overdue(card);
    if (!is_for_few && !is_worth_telling(card))
        return;
    collect->counts.cards++;
    collect->card = copy_of(card);
    struct slice org = slice_of(field_text(card, "org"));
    struct slice level = is_for_few ? recipients_overdue : slice_of(field_text(card, "level"));
    if (!recipients_each(collect->recipients, org, level, give, collect) && !is_for_few) {
        collect->counts.no_recipient++;
        log_warn("no recipient for a card: org=%.*s seq=%llu no_recipient=%llu", (int)org.count,
                 org.start, (unsigned long long)seq,
                 (unsigned long long)collect->counts.no_recipient);
    }
    (void)json_array_append_new(collect->cards, collect->card);
    collect->card = NULL;
}

bool collect_is_due(const struct collect *collect, int64_t now_ms, int64_t window_ms,
                    size_t card_max)
{
    return collect->seq > 0 &&
           (now_ms - collect->first_ms >= window_ms || json_array_size(collect->cards) >= card_max);
}

int collect_hand_over(struct collect *collect, struct outbox *outbox, int64_t created_ms)
{
    json_t *notices = json_array();
    for (size_t i = 0; i < collect->touched_count; i++) {
        size_t index = collect->touched[i];
        const struct destination *destination = recipients_destination(collect->recipients, index);
        bool is_zh = destination->lang == RECIPIENT_LANG_DEFAULT
                         ? collect->is_zh
                         : destination->lang == RECIPIENT_LANG_ZH;
        json_t *notice = notice_json(destination, is_zh, collect->by_destination[index]);
        if (notice == NULL || json_array_append_new(notices, notice) != 0) {
            json_decref(notices);
            return -ENOMEM;
        }
    }
    int error =
        outbox_intend(outbox, collect->seq, created_ms, json_incref(collect->cards), notices);
    if (error != 0)
        return error;
    collect->counts.notices += collect->touched_count;
    json_t *fresh = json_array();
    if (fresh == NULL)
        return -ENOMEM;
    json_decref(collect->cards);
    collect->cards = fresh;
    collect_forget(collect);
    return 0;
}

struct collect_counts collect_counts(const struct collect *collect)
{
    return collect->counts;
}
