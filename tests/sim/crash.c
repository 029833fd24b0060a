/* crash.c - the program dies between any two steps of a turn, and nobody notices.
 *
 *     crash [SEED [ROUNDS]]
 *
 * One seed makes what the sources send. It is played once in peace. Then it is played by children
 * that die: before the commit, after it but before anything is handed out, in the midst of handing
 * out, while an image is written; images are cut and damaged besides. Whoever comes next opens the
 * store and goes on with what was not acknowledged. At each start the state must be that of the
 * last commit, the ledger the beginning of the ledger made in peace; at the end it is that ledger.
 */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */

#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "tests/scenario/house.h"
#include "tests/sim/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SECONDS = 10,  /* without ROUNDS */
    DIED = 7,      /* exit code of a child that died on purpose */
    FAILED = 8,    /* of one that found something wrong */
    STEPS_MAX = 6, /* turns of one life */
    LINES_MAX = 4000,
};

enum death {
    DIE_AFTER_BEGIN,
    DIE_BEFORE_COMMIT,
    DIE_IN_ANSWERS, /* committed, and not all is handed out */
    DIE_IN_CARDS,
    DIE_AFTER_END,
    DEATH_COUNT
};

/* What outlives a child. */
struct shared {
    uint32_t steps_done; /* acknowledged */
    uint64_t entries;    /* in the journal after the last turn that is known to have ended */
    uint64_t digest;
    uint64_t next_entries; /* … if the turn under way was committed */
    uint64_t next_digest;
    uint64_t acknowledged[PLAN_SOURCES];
    uint64_t handed_out; /* the newest card */
    uint32_t starts;
    uint32_t deaths[DEATH_COUNT];
    char wrong[256];
};

struct player {
    struct house house;
    const struct plan *plan;
    struct shared *shared;
    enum death death;
    uint32_t countdown; /* answers or cards until it dies */
    bool is_last;       /* the turn in which it dies */
    bool is_end;        /* all is done: the whole ledger must stand */
};

/* The ledger made in peace. */
static char *lines[LINES_MAX];
static uint32_t line_count;

static void wrong(struct player *player, const char *what, uint64_t is, uint64_t should)
{
    (void)snprintf(player->shared->wrong, sizeof player->shared->wrong,
                   "%s: is %llu, should be %llu", what, (unsigned long long)is,
                   (unsigned long long)should);
    _exit(FAILED);
}

static void die_if(struct player *player, enum death death)
{
    if (!player->is_last || player->death != death)
        return;
    if (player->countdown > 0) {
        player->countdown--;
        return;
    }
    player->shared->deaths[death]++;
    _exit(DIED);
}

/* ---- ports -------------------------------------------------------------------------------------
 */

static void on_answer(void *ctx, struct slice peer, struct slice message)
{
    struct player *player = ctx;
    struct answer answer;
    struct slice refused;
    struct refused_text error;
    (void)peer;
    die_if(player, DIE_IN_ANSWERS);
    if (answer_decode(message, &answer, &refused, &error) != REFUSAL_NONE || answer.is_error)
        wrong(player, "answer", 1, 0);
    for (uint32_t i = 0; i < PLAN_SOURCES; i++)
        if (slice_is_equal(answer.source, slice_of(plan_source_name[i])))
            player->shared->acknowledged[i] = answer.committed;
}

static void on_card(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    struct player *player = ctx;
    (void)topic;
    (void)line;
    die_if(player, DIE_IN_CARDS);
    player->shared->handed_out = seq;
}

/* ---- turns -------------------------------------------------------------------------------------
 */

static void take(struct player *player, const struct plan_step *step)
{
    struct turn *turn = player->house.turn;
    int error = turn_begin(turn, (struct instant){.ms = INT64_C(1767225600000)});
    die_if(player, DIE_AFTER_BEGIN);
    const struct ruleset *now = core_rules(turn_core(turn));
    if (error == 0 && step->edition != 0 && (now == NULL || now->edition < step->edition))
        error = turn_rules(turn, player->house.editions[step->edition - 1]);
    for (uint32_t i = 0; error == 0 && i < step->message_count; i++)
        error = turn_take(
            turn, SLICE("peer"),
            (struct slice){.start = step->messages[i].start, .count = step->messages[i].count});
    if (error != 0)
        house_fail("turn", error);
    player->shared->next_entries = store_entry_last(turn_store(turn));
    player->shared->next_digest = house_digest(&player->house);
    die_if(player, DIE_BEFORE_COMMIT);
    if (turn_end(turn) != 0)
        house_fail("turn_end", 1);
    player->shared->entries = player->shared->next_entries;
    player->shared->digest = player->shared->next_digest;
    player->shared->steps_done++;
    die_if(player, DIE_AFTER_END);
}

static void rules_read(struct house *house)
{
    char *first[] = {(char[]){"rules/sets/permit-law.yaml"}, (char[]){"rules/sets/hunan.yaml"},
                     NULL};
    char *second[] = {(char[]){"rules/sets/permit-law.yaml"}, NULL};
    if (house_compile(house, first) == NULL || house_compile(house, second) == NULL)
        house_fail("rules", 1);
}

/* ---- a start -----------------------------------------------------------------------------------
 */

static bool on_line(void *ctx, uint64_t seq, struct slice line)
{
    struct player *player = ctx;
    if (seq == 0 || seq > line_count || !slice_is_equal(line, slice_of(lines[seq - 1]))) {
        (void)snprintf(player->shared->wrong, sizeof player->shared->wrong,
                       "card %llu stands otherwise: %.*s", (unsigned long long)seq,
                       (int)(line.count < 180 ? line.count : 180), line.start);
        _exit(FAILED);
    }
    return true;
}

/* What was committed is there, and nothing else. */
static void check_start(struct player *player)
{
    struct shared *shared = player->shared;
    struct store *store = player->house.store;
    const struct turn *turn = player->house.turn;
    uint64_t entries = store_entry_last(store);
    uint64_t digest = house_digest(&player->house);
    shared->starts++;
    if (entries != shared->entries && entries != shared->next_entries)
        wrong(player, "journal entries", entries, shared->next_entries);
    if (digest != (entries == shared->entries ? shared->digest : shared->next_digest) &&
        shared->starts > 1)
        wrong(player, "digest after a start", digest, shared->digest);
    shared->entries = entries;
    shared->digest = digest;
    if (turn_counts(turn)->ledger_differs != 0)
        wrong(player, "cards that stand otherwise", turn_counts(turn)->ledger_differs, 0);
    if (turn_card_seq(turn) < shared->handed_out)
        wrong(player, "a card was handed out and is not there", turn_card_seq(turn),
              shared->handed_out);
    for (uint32_t i = 0; i < turn_source_count(turn); i++)
        for (uint32_t k = 0; k < PLAN_SOURCES; k++)
            if (slice_is_equal(turn_source(turn, i)->name, slice_of(plan_source_name[k])) &&
                turn_source(turn, i)->row.committed < shared->acknowledged[k])
                wrong(player, "acknowledged and not there", turn_source(turn, i)->row.committed,
                      shared->acknowledged[k]);
    if (store_read_begin(store) != 0 || store_cards(store, 1, LINES_MAX, on_line, player) != 0)
        house_fail("ledger", 1);
    store_read_end(store);
    if (player->is_end && store_card_last(store) != line_count)
        wrong(player, "cards at the end", store_card_last(store), line_count);
}

/* An image that some files' size limit ends half-way; the one before it must still be good. */
static void image_begin(struct player *player, uint64_t *state)
{
    struct rlimit before;
    if (getrlimit(RLIMIT_FSIZE, &before) != 0)
        house_fail("getrlimit", 1);
    struct rlimit small = {.rlim_cur = plan_below(state, 400000), .rlim_max = before.rlim_max};
    bool is_small = plan_below(state, 2) == 0;
    if (is_small && setrlimit(RLIMIT_FSIZE, &small) != 0)
        house_fail("setrlimit", 1);
    turn_image(player->house.turn);
    if (is_small && setrlimit(RLIMIT_FSIZE, &before) != 0)
        house_fail("setrlimit", 1);
}

/* One life of the program: it starts, takes some turns, and dies in the last of them. */
static _Noreturn void life(struct player *player, uint64_t seed)
{
    uint64_t state = seed | 1;
    uint32_t left = 1 + plan_below(&state, STEPS_MAX);
    player->death = (enum death)plan_below(&state, DEATH_COUNT);
    player->countdown = plan_below(&state, 3);
    if (player->death < DIE_IN_ANSWERS || player->death == DIE_AFTER_END)
        player->countdown = 0;
    house_open(&player->house);
    check_start(player);
    while (player->shared->steps_done < player->plan->step_count) {
        player->is_last = --left == 0;
        if (plan_below(&state, 6) == 0)
            image_begin(player, &state);
        take(player, &player->plan->steps[player->shared->steps_done]);
        if (player->is_last)
            _exit(DIED); /* nothing was to be handed out: it dies all the same */
    }
    house_close(&player->house);
    _exit(0);
}

/* ---- rounds ------------------------------------------------------------------------------------
 */

static bool keep_line(void *ctx, uint64_t seq, struct slice line)
{
    (void)ctx;
    if (seq != line_count + 1 || line_count == LINES_MAX)
        house_fail("numbers of the cards", (int)seq);
    lines[line_count] = malloc(line.count + 1);
    if (lines[line_count] == NULL)
        house_fail("memory", 1);
    memcpy(lines[line_count], line.start, line.count);
    lines[line_count++][line.count] = '\0';
    return true;
}

static void play_in_peace(struct player *player)
{
    house_make(&player->house, TURN_EVENTS);
    rules_read(&player->house);
    house_open(&player->house);
    for (uint32_t i = 0; i < player->plan->step_count; i++)
        take(player, &player->plan->steps[i]);
    if (store_read_begin(player->house.store) != 0 ||
        store_cards(player->house.store, 1, LINES_MAX, keep_line, NULL) != 0)
        house_fail("ledger", 1);
    store_read_end(player->house.store);
    house_clear(&player->house);
    *player->shared = (struct shared){0};
}

/* Whatever that life had begun, such as an image, ends before the next. */
static int wait_for_all(pid_t child)
{
    int status = 0;
    int of_child = 0;
    for (pid_t ended; (ended = waitpid(-1, &status, 0)) > 0;)
        of_child = ended == child ? status : of_child;
    return of_child;
}

static bool play_with_deaths(struct player *player, uint64_t seed)
{
    uint64_t state = seed * 2 + 1;
    int code = DIED;
    house_make(&player->house, TURN_EVENTS);
    player->house.ctx = player;
    player->house.card = on_card;
    player->house.answer = on_answer;
    rules_read(&player->house);
    while (code == DIED) {
        uint64_t of_life = plan_random(&state);
        (void)fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            life(player, of_life);
        int status = wait_for_all(child);
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (plan_below(&state, 4) == 0)
            (void)house_damage(&player->house, plan_below(&state, 1001), plan_below(&state, 2));
    }
    if (code == 0) { /* one more, to see what stands at the end */
        player->is_end = true;
        pid_t child = fork();
        if (child == 0)
            life(player, 1);
        int status = wait_for_all(child);
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    house_clear(&player->house);
    return code == 0;
}

static bool play(uint64_t seed, struct shared *shared)
{
    struct plan *plan = plan_make(seed);
    static struct player player;
    player = (struct player){.plan = plan, .shared = shared};
    *shared = (struct shared){0};
    line_count = 0;
    play_in_peace(&player);
    bool is_good = line_count > 0 && play_with_deaths(&player, seed);
    plan_clear(&plan);
    for (uint32_t i = 0; i < line_count; i++)
        free(lines[i]);
    return is_good;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 && *argv[1] != '\0' ? strtoull(argv[1], NULL, 10) : 0;
    uint32_t rounds = argc > 2 && *argv[2] != '\0' ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint32_t failed = 0;
    uint64_t starts = 0;
    if (seed == 0)
        seed = (uint64_t)time(NULL) % 1000000 + 1;
    log_init("crash", LOG_ERROR_LEVEL); /* that images are damaged, is meant */
    printf("seed %llu\n", (unsigned long long)seed);
    if (shared == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        house_fail("set-up", 1);
    int64_t end_ms = clock_monotonic_ms() + SECONDS * 1000;
    uint32_t i = 0;
    for (; rounds != 0 ? i < rounds : clock_monotonic_ms() < end_ms; i++) {
        if (!play(seed + i, shared)) {
            failed++;
            printf("%s\nnot ok sim/crash: tests/sim/crash %llu 1\n", shared->wrong,
                   (unsigned long long)(seed + i));
        }
        starts += shared->starts;
    }
    printf("sim/crash: tests=%u failed=%u checks=%llu seed=%llu\n", i, failed,
           (unsigned long long)starts, (unsigned long long)seed);
    return failed == 0 ? 0 : 1;
}
