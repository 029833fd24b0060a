/* test_suspect.c - an event under which the engine dies twice is set aside, and the engine starts.
 *
 * A rule's name lies on a page that may not be read: whoever raises its card dies there, as of a
 * fault in the program. Each life of the engine is a child process.
 */
#include "engine/turn/turn.h"

#include "engine/turn/suspect.h"
#include "rules/text/ruleset_text.h"
#include "tests/lib/check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char calendar_text[] = "calendar: test\n"
                                    "zone: Asia/Shanghai\n"
                                    "known: {from: 2020-01-01, to: 2026-12-31}\n"
                                    "week: {mon-fri: \"09:00-12:00 13:30-17:30\", sat-sun: off}\n";

static const char rules_text[] = "set: test\n"
                                 "calendar: test\n"
                                 "rules:\n"
                                 "  - rule: sound\n"
                                 "    ground: 法\n"
                                 "    clock: {start: accept, stop: finish, limits: {promised: "
                                 "otherwise 20 workday}}\n"
                                 "    cards: [red: after promised]\n"
                                 "  - rule: broken\n"
                                 "    ground: 法\n"
                                 "    fact: {on: [rating], is: count(rating) >= 1}\n"
                                 "    card: yellow\n";

enum { AT_S = 1741000000, FOLDER_BYTES = 32, PATH_BYTES = 64 };

static char folder[FOLDER_BYTES];
static char journal[PATH_BYTES];
static char suspect_path[PATH_BYTES];

static void house_make(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/cw-suspect-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(journal, sizeof journal, "%s/journal", folder);
    (void)snprintf(suspect_path, sizeof suspect_path, "%s/suspect", folder);
}

static void house_remove(void)
{
    char command[2 * PATH_BYTES];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK_EQ_INT(system(command), 0);
}

/* How a life ended: an exit code, or minus the signal. */
static int life(int (*run)(void))
{
    int status = 0;
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        _exit(run());
    }
    CHECK_EQ_INT(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* ---- the file alone ---------------------------------------------------------------------------*/

static int how; /* the signal of which a life ends */

static int dies_over_seven(void)
{
    struct suspect suspect;
    if (suspect_open(&suspect, suspect_path, false) != 0)
        return 1;
    suspect_begin(&suspect, SUSPECT_TAKING, SLICE("hall"), 0);
    suspect_at(&suspect, 7);
    return raise(how);
}

static bool is_seven_poison(void)
{
    struct suspect suspect;
    CHECK_EQ_INT(suspect_open(&suspect, suspect_path, false), 0);
    bool is_poison = suspect_is_poison(&suspect, SLICE("hall"), 7, 0);
    CHECK(!suspect_is_poison(&suspect, SLICE("hall"), 8, 0));
    CHECK(!suspect_is_poison(&suspect, SLICE("wall"), 7, 0));
    CHECK(!suspect_is_poison(&suspect, SLICE("hall"), 7, 1));
    suspect_close(&suspect);
    return is_poison;
}

static void two_deaths_of_its_own_fault_are_enough(void)
{
    house_make();
    how = SIGABRT;
    CHECK_EQ_INT(life(dies_over_seven), -SIGABRT);
    CHECK(!is_seven_poison());
    CHECK_EQ_INT(life(dies_over_seven), -SIGABRT);
    CHECK(is_seven_poison());
    CHECK(is_seven_poison()); /* and it stays */
    house_remove();
}

static void a_death_from_outside_is_held_against_nobody(void)
{
    house_make();
    how = SIGKILL;
    for (int i = 0; i < 5; i++)
        CHECK_EQ_INT(life(dies_over_seven), -SIGKILL);
    CHECK(!is_seven_poison());
    house_remove();
}

static void a_file_of_something_else_is_begun_anew(void)
{
    house_make();
    FILE *file = fopen(suspect_path, "w");
    CHECK(file != NULL);
    for (int i = 0; i < 10000; i++)
        (void)fputs("x", file);
    CHECK_EQ_INT(fclose(file), 0);
    CHECK(!is_seven_poison());
    house_remove();
}

/* ---- the turn ---------------------------------------------------------------------------------*/

static bool is_broken; /* the second rule kills */
static struct ruleset *ruleset;
static char refusals_seen[256];

static int rules_make(void)
{
    struct problem_list problems;
    const struct document documents[] = {
        {.kind = DOCUMENT_CALENDAR, .name = "test", .text = SLICE(calendar_text), .file = "c"},
        {.kind = DOCUMENT_RULES, .name = "test", .text = SLICE(rules_text), .file = "r"},
    };
    problem_list_init(&problems);
    int error = ruleset_compile(documents, COUNT_OF(documents), 1, &problems, &ruleset);
    problem_list_print(&problems, stdout);
    problem_list_clear(&problems);
    if (error != 0 || !is_broken)
        return error;
    union {
        const struct rule *in;
        struct rule *out;
    } rules = {.in = ruleset->rules};
    FILE *zero = fopen("/dev/zero", "r");
    void *page =
        zero == NULL ? MAP_FAILED : mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE, fileno(zero), 0);
    rules.out[1].name.start = page;
    return page == MAP_FAILED;
}

static int rules_port(void *ctx, uint32_t edition, uint32_t calendars,
                      const struct ruleset **ruleset_out)
{
    (void)calendars;
    (void)ctx;
    (void)edition;
    *ruleset_out = ruleset;
    return 0;
}

static void answer_port(void *ctx, struct slice peer, struct slice message)
{
    struct answer answer;
    struct slice rest;
    struct refused_text refused;
    (void)ctx;
    (void)peer;
    if (answer_decode(message, &answer, &rest, &refused) != REFUSAL_NONE || answer.is_error)
        return;
    while (refused_next(&rest, &refused)) {
        size_t used = strlen(refusals_seen);
        (void)snprintf(refusals_seen + used, sizeof refusals_seen - used, "%llu %.*s;",
                       (unsigned long long)refused.seq, (int)refused.code.count,
                       refused.code.start);
    }
}

static void card_port(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    (void)ctx;
    (void)seq;
    (void)topic;
    (void)line;
}

/* Three events of three cases; the second is a rating, of which the broken rule takes note. */
static int take(struct turn *turn)
{
    struct bytes events = {0};
    struct bytes message = {0};
    static const char *const cases[] = {"A", "B", "C"};
    int error = 0;
    for (size_t i = 0; error == 0 && i < 3; i++) {
        struct event event = {.case_no = slice_of(cases[i]),
                              .kind = i == 1 ? EVENT_RATING : EVENT_ACCEPT,
                              .at = {.ms = AT_S * INT64_C(1000) + (int64_t)i},
                              .entered_at = INSTANT_NONE,
                              .due_at = INSTANT_NONE,
                              .fee_due = EVENT_FEE_NONE,
                              .fee_paid = EVENT_FEE_NONE,
                              .rating = i == 1 ? 3 : 0};
        error = encode_event(&events, &event);
    }
    if (error == 0)
        error = encode_batch(&message, SLICE("hall"), 1, 3,
                             (struct slice){.start = events.start, .count = events.count});
    if (error == 0)
        error = turn_take(turn, SLICE("peer"),
                          (struct slice){.start = message.start, .count = message.count});
    bytes_clear(&events);
    bytes_clear(&message);
    return error;
}

static int turn_life(bool is_taking, struct store **store, struct turn **turn)
{
    struct store_options store_options = {.path = journal, .map_bytes_max = 64 << 20};
    struct turn_options options = {
        .clock = TURN_EVENTS, .credit = 100, .suspect_path = suspect_path};
    struct turn_ports ports = {.answer = answer_port, .card = card_port, .rules = rules_port};
    struct instant wall = {.ms = AT_S * INT64_C(1000) + 5000};
    int error = rules_make();
    if (error == 0)
        error = store_open(&store_options, store);
    if (error == 0)
        error = turn_open(&options, *store, &ports, turn);
    if (error == 0)
        error = turn_begin(*turn, wall);
    if (error == 0 && core_rules(turn_core(*turn)) == NULL)
        error = turn_rules(*turn, ruleset);
    if (error == 0 && is_taking)
        error = take(*turn);
    return error != 0 ? error : turn_end(*turn);
}

static bool has_poison(void *ctx, uint64_t number, struct slice record)
{
    (void)number;
    char text[512];
    (void)snprintf(text, sizeof text, "%.*s", (int)record.count, record.start);
    *(int *)ctx += strstr(text, "\"seq\":2,\"code\":\"poison\"") != NULL;
    return true;
}

/* Exit code: how many cases there are, and 10 for each poison among the refused. */
static int outcome_of(bool is_taking)
{
    struct store *store = NULL;
    struct turn *turn = NULL;
    struct core_counts counts;
    int poisons = 0;
    if (turn_life(is_taking, &store, &turn) != 0)
        return 99;
    core_count(turn_core(turn), &counts);
    if (store_read_begin(store) != 0 || store_refused(store, 1, 100, has_poison, &poisons) != 0)
        return 98;
    store_read_end(store);
    bool is_told = strcmp(refusals_seen, "2 poison;") == 0;
    if (is_taking && poisons > 0 && is_told != (turn_counts(turn)->duplicates == 0))
        return 97;
    if (turn_poison_count(turn) != (uint32_t)poisons)
        return 96;
    turn_close(&turn);
    store_close(&store);
    ruleset_destroy(&ruleset);
    return (int)counts.cases + 10 * poisons;
}

static int takes(void)
{
    return outcome_of(true);
}

static int starts(void)
{
    return outcome_of(false);
}

static void a_batch_that_kills_twice_goes_on_without_its_poison(void)
{
    house_make();
    is_broken = true;
    CHECK_EQ_INT(life(takes), -SIGSEGV);
    CHECK_EQ_INT(life(takes), -SIGSEGV);
    CHECK_EQ_INT(life(takes), 12);
    CHECK_EQ_INT(life(starts), 12); /* its recovery does not look into it either */
    CHECK_EQ_INT(life(takes), 12);  /* sent again it is known */
    house_remove();
}

static void a_journal_that_kills_twice_is_replayed_without_its_poison(void)
{
    house_make();
    is_broken = false;
    CHECK_EQ_INT(life(takes), 3);
    is_broken = true; /* as after an upgrade */
    CHECK_EQ_INT(life(starts), -SIGSEGV);
    CHECK_EQ_INT(life(starts), -SIGSEGV);
    CHECK_EQ_INT(life(starts), 12);
    CHECK_EQ_INT(life(starts), 12); /* reported once */
    house_remove();
}

CHECK_MAIN("unit/suspect", TEST(two_deaths_of_its_own_fault_are_enough),
           TEST(a_death_from_outside_is_held_against_nobody),
           TEST(a_file_of_something_else_is_begun_anew),
           TEST(a_batch_that_kills_twice_goes_on_without_its_poison),
           TEST(a_journal_that_kills_twice_is_replayed_without_its_poison))
