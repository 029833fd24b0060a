/* editions.c - see editions.h. The store is opened anew where it was not there before: rules may
 * be imported after the engine has started. */
#include "engine/io/editions.h"
#include "engine/sys/log.h"
#include "rules/store/store.h"

#include <errno.h>
#include <stdlib.h>

struct editions {
    const char *folder;
    struct rule_store *store;
    struct ruleset **rulesets;
    uint32_t count;
    uint32_t bad_number; /* the newest that did not compile: not tried again and again */
};

struct editions *editions_open(const char *folder)
{
    struct editions *editions = calloc(1, sizeof *editions);
    if (editions != NULL)
        editions->folder = folder;
    return editions;
}

void editions_close(struct editions **editions_p)
{
    struct editions *editions = *editions_p;
    *editions_p = NULL;
    if (editions == NULL)
        return;
    for (uint32_t i = 0; i < editions->count; i++)
        ruleset_destroy(&editions->rulesets[i]);
    free(editions->rulesets);
    if (editions->store != NULL)
        rule_store_close(&editions->store);
    free(editions);
}

static bool is_open(struct editions *editions)
{
    if (editions->store == NULL && rule_store_open(editions->folder, false, &editions->store) != 0)
        editions->store = NULL;
    return editions->store != NULL;
}

static int load(struct editions *editions, uint32_t number, uint32_t calendars)
{
    struct problem_list problems;
    struct ruleset **rulesets =
        realloc(editions->rulesets, (editions->count + 1) * sizeof(struct ruleset *));
    if (rulesets == NULL)
        return -ENOMEM;
    editions->rulesets = rulesets;
    problem_list_init(&problems);
    struct ruleset **place = &rulesets[editions->count];
    int error = number == calendars ? rule_store_load(editions->store, number, &problems, place)
                                    : rule_store_load_with_calendars(editions->store, number,
                                                                     calendars, &problems, place);
    if (error == 0) {
        editions->count++;
        if (problems.forgiven_count > 0) {
            log_warn("rules: edition %u of %s holds what would be refused today, and is in force",
                     number, editions->folder);
            problem_list_print(&problems, stderr);
        }
    } else {
        log_error("rules: edition %u of %s cannot be used", number, editions->folder);
        problem_list_print(&problems, stderr);
    }
    problem_list_clear(&problems);
    return error > 0 ? -ENOENT : error;
}

int editions_get(void *ctx, uint32_t number, uint32_t calendars, const struct ruleset **ruleset_out)
{
    struct editions *editions = ctx;
    for (uint32_t i = 0; i < editions->count; i++) {
        if (editions->rulesets[i]->edition == number &&
            editions->rulesets[i]->calendars_edition == calendars) {
            *ruleset_out = editions->rulesets[i];
            return 0;
        }
    }
    if (!is_open(editions)) {
        log_error("rules: edition %u is needed, but there is no rule store in %s", number,
                  editions->folder);
        return -ENOENT;
    }
    int error = load(editions, number, calendars);
    if (error == 0)
        *ruleset_out = editions->rulesets[editions->count - 1];
    return error;
}

/* The first edition behind `in_force` that asks cases to move, else the newest. in_force 0: there
 * are no cases yet. */
static int number_next(struct editions *editions, uint32_t in_force, uint32_t newest,
                       uint32_t *number_out)
{
    struct arena *arena = arena_create();
    int error = arena == NULL ? -ENOMEM : 0;
    uint32_t from = in_force == 0 ? newest : in_force + 1;
    *number_out = newest;
    for (uint32_t number = from; number < newest && error == 0; number++) {
        struct rule_edition edition;
        error = rule_store_edition(editions->store, number, arena, &edition);
        if (error == 0 && edition.move != MOVE_NONE && number != editions->bad_number) {
            *number_out = number;
            break;
        }
    }
    arena_destroy(&arena);
    return error;
}

const struct ruleset *editions_newest(void *ctx, uint32_t in_force)
{
    struct editions *editions = ctx;
    uint32_t number = 0;
    const struct ruleset *ruleset = NULL;
    if (!is_open(editions) || rule_store_latest(editions->store, &number) != 0 || number == 0 ||
        number == in_force || number_next(editions, in_force, number, &number) != 0 ||
        number == editions->bad_number)
        return NULL;
    if (editions_get(editions, number, number, &ruleset) != 0)
        editions->bad_number = number;
    return ruleset;
}
