/* core_fixture.h - one case played through the core: the last that was said of each of its cards.
 * What the tests share that look at whole cases in whatever order their events arrive.
 */
#ifndef CORE_FIXTURE_H
#define CORE_FIXTURE_H

#include "engine/core/offline.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

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

#endif
