/* hall.c - see hall.h. The rate of events is smoothed over some pulses: a single second of a batch
 * source says little.
 */
#include "viewer/top/hall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hall_forget_cards(struct hall *hall)
{
    for (uint32_t i = 0; i < hall->count; i++)
        json_decref(hall->cards[(hall->first + i) % HALL_CARDS_MAX]);
    hall->first = 0;
    hall->count = 0;
    hall->has_all_of_today = false;
    hall->has_new_cards = true;
    memset(hall->today_cards, 0, sizeof hall->today_cards);
}

void hall_clear(struct hall *hall)
{
    hall_forget_cards(hall);
    json_decref(hall->pulse);
    json_decref(hall->counts);
    json_decref(hall->due);
    *hall = (struct hall){0};
}

static void count_today(struct hall *hall, const json_t *card, int sign)
{
    struct card_view view = card_view_of(card);
    if (strcmp(view.state, "issued") != 0 || !instant_is_set(view.issued.at) ||
        moment_day(view.issued) != hall->today)
        return;
    for (int i = 0; i < LEVEL_COUNT; i++) {
        if (strcmp(view.level, level_names[i]) == 0)
            hall->today_cards[i] += sign;
    }
}

static void count_again(struct hall *hall, int32_t today)
{
    hall->today = today;
    memset(hall->today_cards, 0, sizeof hall->today_cards);
    for (uint32_t i = 0; i < hall->count; i++)
        count_today(hall, hall_newest(hall, i), 1);
    if (hall->count == 0)
        return;
    const json_t *oldest = hall_newest(hall, hall->count - 1);
    struct moment issued = field_moment(oldest, "issued_at");
    hall->has_all_of_today = field_number(oldest, "seq") == 1 || !instant_is_set(issued.at) ||
                             moment_day(issued) < today;
}

void hall_card(struct hall *hall, uint64_t seq, const json_t *card)
{
    json_t *kept = json_deep_copy(card);
    if (kept == NULL)
        return; /* memory is short: the card is on the ledger all the same */
    if (hall->count == 0)
        hall->has_all_of_today = seq == 1;
    if (hall->count == HALL_CARDS_MAX) {
        /* What falls out stays counted; only counting anew would miss it. */
        json_decref(hall->cards[hall->first]);
        hall->first = (hall->first + 1) % HALL_CARDS_MAX;
        hall->count--;
    }
    hall->cards[(hall->first + hall->count) % HALL_CARDS_MAX] = kept;
    hall->count++;
    hall->has_new_cards = true;
    struct moment issued = field_moment(card, "issued_at");
    if (instant_is_set(issued.at) && moment_day(issued) > hall->today)
        count_again(hall, moment_day(issued));
    else
        count_today(hall, card, 1);
}

void hall_pulse(struct hall *hall, const json_t *pulse, int64_t now_ms)
{
    json_t *kept = json_deep_copy(pulse);
    if (kept == NULL)
        return;
    json_decref(hall->pulse);
    hall->pulse = kept;
    int64_t events = field_number(pulse, "events");
    double seconds = (double)(now_ms - hall->pulse_ms) / 1000;
    if (hall->pulse_ms != 0 && events >= hall->pulse_events && seconds > 0.001) {
        double rate = (double)(events - hall->pulse_events) / seconds;
        hall->events_per_s += (rate - hall->events_per_s) * 0.4;
    }
    hall->pulse_events = events;
    hall->pulse_ms = now_ms;
    struct moment now = hall_now(hall);
    if (instant_is_set(now.at) && moment_day(now) > hall->today)
        count_again(hall, moment_day(now));
}

static int org_order(const void *a, const void *b)
{
    const struct org_row *first = a;
    const struct org_row *second = b;
    for (int i = LEVEL_COUNT - 1; i >= 0; i--) {
        if (first->cards[i] != second->cards[i])
            return first->cards[i] > second->cards[i] ? -1 : 1;
    }
    return strcmp(first->name, second->name);
}

static void add_org(struct hall *hall, const char *name, const json_t *row)
{
    if (hall->org_count == HALL_ORGS_MAX)
        return;
    const json_t *open = json_object_get(row, "open");
    const json_t *cards = json_object_get(row, "cards");
    hall->is_counted_here = !json_is_object(cards);
    struct org_row *org = &hall->orgs[hall->org_count++];
    *org = (struct org_row){.name = name,
                            .open = json_is_integer(open) ? json_integer_value(open) : -1};
    for (int i = 0; i < LEVEL_COUNT; i++)
        org->cards[i] = field_number(cards, level_names[i]);
}

static int org_name_order(const void *a, const void *b)
{
    return strcmp(((const struct org_row *)a)->name, ((const struct org_row *)b)->name);
}

/* A card counts from its issue to its withdrawal; one that never was public, not at all. */
static void count_orgs(struct hall *hall)
{
    qsort(hall->orgs, hall->org_count, sizeof *hall->orgs, org_name_order);
    for (uint32_t i = 0; i < hall->org_count; i++)
        memset(hall->orgs[i].cards, 0, sizeof hall->orgs[i].cards);
    for (uint32_t i = 0; i < hall->count; i++) {
        struct card_view view = card_view_of(hall_newest(hall, i));
        struct org_row wanted = {.name = view.org[0] == '\0' ? "-" : view.org};
        struct org_row *org =
            bsearch(&wanted, hall->orgs, hall->org_count, sizeof *hall->orgs, org_name_order);
        bool is_back = view.is_withdrawn && !view.is_unreleased;
        int sign = strcmp(view.state, "issued") == 0 ? 1 : is_back ? -1 : 0;
        for (int level = 0; org != NULL && level < LEVEL_COUNT; level++) {
            if (strcmp(view.level, level_names[level]) == 0)
                org->cards[level] += sign;
        }
    }
}

/* Rows with a key, or an object of rows by key. */
void hall_counts(struct hall *hall, const json_t *answer)
{
    json_t *counts = json_deep_copy(json_object_get(answer, "counts"));
    if (counts == NULL)
        return;
    json_decref(hall->counts);
    hall->counts = counts;
    hall->org_count = 0;
    const char *key;
    json_t *row;
    size_t index;
    json_array_foreach(counts, index, row)
    {
        const char *name = field_text(row, "key");
        add_org(hall, name[0] == '\0' ? field_text(row, "org") : name, row);
    }
    json_object_foreach(counts, key, row)
    {
        add_org(hall, key, row);
    }
    hall->has_new_cards = true;
}

void hall_rank(struct hall *hall)
{
    if (!hall->has_new_cards || hall->org_count == 0)
        return;
    hall->has_new_cards = false;
    if (hall->is_counted_here)
        count_orgs(hall);
    qsort(hall->orgs, hall->org_count, sizeof *hall->orgs, org_order);
}

void hall_due(struct hall *hall, const json_t *answer)
{
    json_t *due = json_deep_copy(json_object_get(answer, "due"));
    if (due == NULL)
        return;
    json_decref(hall->due);
    hall->due = due;
}

const json_t *hall_newest(const struct hall *hall, uint32_t back)
{
    assert(back < hall->count);
    return hall->cards[(hall->first + hall->count - 1 - back) % HALL_CARDS_MAX];
}

struct moment hall_now(const struct hall *hall)
{
    return field_moment(hall->pulse, "now");
}

bool hall_is_match(const json_t *card, const char *words)
{
    return words[0] == '\0' || strstr(field_text(card, "case"), words) != NULL ||
           strstr(field_text(card, "org"), words) != NULL;
}
