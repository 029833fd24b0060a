/* town.h - the made-up town of the benches: 200 items in 20 offices, the rules of rules.yaml, and a
 * stream of what happens to its cases, in order of time, the same for the same seed.
 *
 * Layer: bench. Smaller and plainer than collectors/sim, and frozen: a change here makes every
 * figure of the baseline another one. Programs run at the root of the tree, where bench/rules.yaml
 * and rules/calendars/cn.yaml are.
 */
#ifndef BENCH_TOWN_H
#define BENCH_TOWN_H

#include "engine/model/event.h"
#include "rules/model/ruleset.h"

enum { TOWN_ITEMS = 200, TOWN_ORGS = 20, TOWN_AREAS = 10, TOWN_HANDLERS = 400 };

/* 2024-01-02 09:00 at UTC+8: a Tuesday. */
#define TOWN_FROM_MS INT64_C(1704157200000)

/* town_ruleset - the rules, compiled. The caller ends it with ruleset_destroy. */
struct ruleset *town_ruleset(void);

/* town_store - the same as the first edition of a rule store in this folder. */
void town_store(const char *folder);

struct town_options {
    uint64_t seed;
    uint64_t events;         /* how many there will be */
    uint64_t open;           /* about so many cases are open at any time */
    uint32_t late_per_mille; /* of the events tell of something before the event before them */
    int64_t from_ms;         /* instants count from here … */
    int64_t pace;            /* … and pass so many times faster */
};

struct town;

/* town_open - never NULL: a bench ends when memory is short. */
struct town *town_open(const struct town_options *options);
void town_close(struct town **town_p);

/* town_next - the next event; false: that was all. Its texts live until the next call. */
bool town_next(struct town *town, struct event *event_out);

/* town_opening - an event that opens case `serial`, for filling a world: 0 apply, 1 accept,
 * 2 step_start. room: for the case's number. */
enum { TOWN_OPENINGS = 3, TOWN_CASE_BYTES = 24 };
void town_opening(uint64_t serial, uint32_t which, struct instant at, char room[TOWN_CASE_BYTES],
                  struct event *event_out);

#endif
