/* core_fixture.h - one case played through the core: the last that was said of each of its cards.
 * What the tests share that look at whole cases in whatever order their events arrive.
 */
#ifndef CORE_FIXTURE_H
#define CORE_FIXTURE_H

#include "engine/core/offline.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static const char calendar_text[] = "calendar: test\n"
                                    "zone: Asia/Shanghai\n"
                                    "known: {from: 2024-01-01, to: 2026-12-31}\n"
                                    "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";

enum { KEPT_MAX = 256, TEXT_BYTES = 96, EVENT_MAX = 14, HOUR_MS = 3600000 };

/* 2025-03-03 00:00 in Shanghai, a Monday. */
static const int64_t monday_ms = INT64_C(1740931200000);

struct kept {
    char name[TEXT_BYTES]; /* clock#cycle:rung */
    int64_t due_ms;
    enum card_state state;
};

struct play {
    struct kept kept[KEPT_MAX];
    uint32_t count;
};

static struct problem_list problems;
static struct ruleset *ruleset;

static void compile(const struct document *documents, uint32_t count)
{
    problem_list_init(&problems);
    int status = ruleset_compile(documents, count, 1, &problems, &ruleset);
    for (uint32_t i = 0; i < problems.error_count; i++)
        printf("%u: %s\n", problems.at[i].line, problems.at[i].en);
    CHECK_EQ_INT(status, 0);
}

static void end(void)
{
    ruleset_destroy(&ruleset);
    problem_list_clear(&problems);
}

static void on_card(void *ctx, const struct card *card)
{
    struct play *play = ctx;
    char name[TEXT_BYTES];
    (void)snprintf(name, sizeof name, "%.*s#%u:%.*s", SLICE_ARG(card->clock), card->cycle,
                   SLICE_ARG(card->rung));
    uint32_t at = 0;
    while (at < play->count && strcmp(play->kept[at].name, name) != 0)
        at++;
    CHECK(at < KEPT_MAX);
    memcpy(play->kept[at].name, name, sizeof name);
    play->kept[at].due_ms = card->due_at.ms;
    play->kept[at].state = card->state;
    play->count += at == play->count;
}

static const struct kept *find(const struct play *play, const char *name)
{
    for (uint32_t i = 0; i < play->count; i++)
        if (strcmp(play->kept[i].name, name) == 0)
            return &play->kept[i];
    return NULL;
}

/* Every event arrives when it happened, or, where it comes behind a later one, with that. */
static void play_events(struct play *play, offline_card_id id, const struct event *events,
                        const uint32_t *order, uint32_t count)
{
    play->count = 0;
    struct offline *offline = offline_create(ruleset, id, play, on_card);
    CHECK(offline != NULL);
    int64_t now_ms = INT64_MIN;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = order == NULL ? i : order[i];
        if (now_ms < events[n].at.ms)
            now_ms = events[n].at.ms;
        /* (Of two at the same instant the one that came first counts first: hence not shuffled.) */
        CHECK_EQ_INT(offline_apply(offline, (struct instant){.ms = now_ms}, 1, n + 1, &events[n]),
                     0);
    }
    offline_advance(offline, (struct instant){.ms = monday_ms + INT64_C(2000) * HOUR_MS});
    offline_destroy(&offline);
}

static void check_card(const struct play *play, const char *name, int hour, enum card_state state)
{
    const struct kept *kept = find(play, name);
    if (kept == NULL)
        printf("no card %s\n", name);
    CHECK(kept != NULL);
    CHECK_EQ_INT((kept->due_ms - monday_ms) / HOUR_MS, hour);
    CHECK_EQ_INT(kept->state, state);
}

static int order_by_name(const void *a, const void *b)
{
    return strcmp(((const struct kept *)a)->name, ((const struct kept *)b)->name);
}

/* What was withdrawn is as if it had never been. */
static void leave_standing(struct play *play)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < play->count; i++)
        if (play->kept[i].state != CARD_WITHDRAWN)
            play->kept[count++] = play->kept[i];
    play->count = count;
    qsort(play->kept, count, sizeof *play->kept, order_by_name);
}

static uint32_t random_below(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

/* The same cards stand at the end of both. */
static bool plays_agree(struct play *a, struct play *b)
{
    leave_standing(a);
    leave_standing(b);
    bool is_same = a->count == b->count;
    for (uint32_t i = 0; is_same && i < a->count; i++)
        is_same = strcmp(a->kept[i].name, b->kept[i].name) == 0 &&
                  a->kept[i].due_ms == b->kept[i].due_ms && a->kept[i].state == b->kept[i].state;
    return is_same;
}

#endif
