/* bench_delay.c - how long after its instant is a card on the feed, while events keep coming in?
 *
 * A real engine on the wall clock. Many open cases wait; some of them fall due one after the other,
 * then very many at one instant, and a collector goes on sending at a steady rate. What is on the
 * feed is on disk. Measured from the due instant itself, so that a stall is not hidden.
 */
#include "bench/process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 256, LOST_S = 30, RESTING = 2 /* events of a waiting case */ };

#define SERIAL_SPREAD UINT64_C(2000000000)
#define SERIAL_BURST  UINT64_C(3000000000)
#define SERIAL_REST   UINT64_C(4000000000)

struct plan {
    uint64_t resting;      /* open cases that wait */
    uint64_t spread;       /* cases that fall due one after the other … */
    int64_t spread_ms;     /* … within so long */
    uint64_t burst;        /* cases that fall due at one instant, then */
    uint64_t events_per_s; /* meanwhile */
    int64_t ahead_ms;      /* between the parts */
    bool is_smoke;         /* how late does not matter */
    int64_t from_ms;       /* the first due instant */
    int64_t burst_ms;      /* the one instant */
};

struct watcher {
    const struct plan *plan;
    struct socket *socket;
    double *spread_ms; /* delays */
    uint64_t spread_count;
    double *burst_ms;
    uint64_t burst_count;
    double least_ms;
    bool is_lost;
};

static double wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static int64_t spread_due_ms(const struct plan *plan, uint64_t index)
{
    return plan->from_ms + (int64_t)(index * (uint64_t)plan->spread_ms / plan->spread);
}

/* The line names the case as a text of its own: "350100-24-2000000017". */
static uint64_t serial_of(struct slice line)
{
    static const char mark[] = "\"350100-24-";
    for (size_t at = 0; at + sizeof mark < line.count; at++)
        if (line.start[at] == mark[0] && memcmp(line.start + at, mark, sizeof mark - 1) == 0)
            return strtoull(line.start + at + sizeof mark - 1, NULL, 10);
    return 0;
}

static void card_note(struct watcher *watcher, struct slice line, double now_ms)
{
    const struct plan *plan = watcher->plan;
    uint64_t serial = serial_of(line);
    double delay_ms = 0;
    if (serial >= SERIAL_SPREAD && serial - SERIAL_SPREAD < plan->spread &&
        watcher->spread_count < plan->spread) {
        delay_ms = now_ms - (double)spread_due_ms(plan, serial - SERIAL_SPREAD);
        watcher->spread_ms[watcher->spread_count++] = delay_ms;
    } else if (serial >= SERIAL_BURST && serial - SERIAL_BURST < plan->burst &&
               watcher->burst_count < plan->burst) {
        delay_ms = now_ms - (double)plan->burst_ms;
        watcher->burst_ms[watcher->burst_count++] = delay_ms;
    }
    if (delay_ms < watcher->least_ms)
        watcher->least_ms = delay_ms;
}

static void *watch(void *ctx)
{
    struct watcher *watcher = ctx;
    const struct plan *plan = watcher->plan;
    double until_ms = (double)plan->burst_ms + LOST_S * 1e3;
    while (watcher->spread_count < plan->spread || watcher->burst_count < plan->burst) {
        struct received received;
        if (wall_ms() > until_ms) {
            watcher->is_lost = true;
            break;
        }
        if (socket_receive_wait(watcher->socket, 200, &received) != 0)
            continue;
        card_note(watcher, received.frames[received.count - 1], wall_ms());
        received_clear(&received);
    }
    return NULL;
}

/* ---- filling -----------------------------------------------------------------------------------
 */

static void waiting_add(struct load *load, uint64_t serial, int64_t due_ms, uint32_t events)
{
    struct event event;
    char name[TOWN_CASE_BYTES];
    struct instant at = {.ms = measure_wall_ms() - 60000};
    for (uint32_t which = 0; which < events; which++) {
        town_opening(serial, which, at, name, &event);
        if (due_ms != 0)
            event.due_at.ms = due_ms;
        load_add(load, &event);
    }
}

/* Sends a load whose events follow on those before it. */
static double fill(struct sender *sender, struct load *load, uint64_t *numbered)
{
    load_finish(load);
    double seconds = sender_push(sender, load, 0);
    *numbered = load->numbered + load->event_count;
    load_clear(load);
    return seconds;
}

/* ---- the load meanwhile ------------------------------------------------------------------------
 */

static uint64_t keep_sending(struct sender *sender, const struct load *load, uint64_t per_s,
                             int64_t until_ms)
{
    double from_s = measure_now_s();
    uint64_t sent = 0;
    for (uint32_t index = 0; index < load->message_count && measure_wall_ms() < until_ms;) {
        uint64_t wanted = (uint64_t)((measure_now_s() - from_s) * (double)per_s);
        uint64_t under_way = load->numbered + sent - sender->committed;
        struct slice frame = load_message(load, index);
        if (sent < wanted && under_way < sender->credit &&
            socket_send(sender->socket, &frame, 1) == 0)
            sent = load_events_until(load, index++);
        else
            sender_poll(sender, 1);
    }
    while (sender->committed < load->numbered + sent)
        sender_poll(sender, 1000);
    return sent;
}

static void tell(const struct watcher *watcher, uint64_t sent, double load_s)
{
    const struct plan *plan = watcher->plan;
    measure_sort(watcher->spread_ms, watcher->spread_count);
    measure_sort(watcher->burst_ms, watcher->burst_count);
    (void)printf("delay_spread p50_ms=%.1f p99_ms=%.1f max_ms=%.1f least_ms=%.1f cards=%llu "
                 "cards_per_s=%.0f open_cases=%llu events_per_s=%.0f\n",
                 measure_at(watcher->spread_ms, watcher->spread_count, 500),
                 measure_at(watcher->spread_ms, watcher->spread_count, 990),
                 measure_at(watcher->spread_ms, watcher->spread_count, 1000), watcher->least_ms,
                 (unsigned long long)watcher->spread_count,
                 (double)plan->spread * 1e3 / (double)plan->spread_ms,
                 (unsigned long long)plan->resting, (double)sent / load_s);
    (void)printf("delay_burst all_ms=%.0f p50_ms=%.0f cards=%llu\n",
                 measure_at(watcher->burst_ms, watcher->burst_count, 1000),
                 measure_at(watcher->burst_ms, watcher->burst_count, 500),
                 (unsigned long long)watcher->burst_count);
    measure_must(!watcher->is_lost, "not every card came");
    measure_must(watcher->least_ms >= 0, "a card came before its instant");
}

static void watcher_open(struct watcher *watcher, const struct plan *plan,
                         const struct process *process)
{
    const struct socket_options options = {
        .send_max = 1000, .receive_max = 2000000, .message_bytes_max = 1 << 16, .linger_ms = 0};
    *watcher = (struct watcher){.plan = plan,
                                .spread_ms = calloc(plan->spread, sizeof(double)),
                                .burst_ms = calloc(plan->burst, sizeof(double))};
    measure_must(watcher->spread_ms != NULL && watcher->burst_ms != NULL, "memory is short");
    measure_must(socket_open(SOCKET_SUB, false, process->feed, &options, &watcher->socket) == 0 &&
                     socket_subscribe(watcher->socket, SLICE("card.")) == 0,
                 "cannot subscribe");
}

/* What is sent while cards fall due, made before. */
static void meanwhile_make(struct load *load, const struct plan *plan, uint64_t numbered)
{
    int64_t seconds = (plan->spread_ms + 3 * plan->ahead_ms) / 1000 + 1;
    struct town_options options = {.seed = 3,
                                   .events = plan->events_per_s * (uint64_t)seconds,
                                   .open = 20000,
                                   .from_ms = measure_wall_ms() - (int64_t)12 * 3600000,
                                   .pace = 2000};
    struct town *town = town_open(&options);
    struct event event;
    *load = (struct load){.batch = BATCH, .numbered = numbered};
    while (town_next(town, &event))
        load_add(load, &event);
    load_finish(load);
    town_close(&town);
}

static void measure(struct plan *plan)
{
    const struct process_options options = {.clock = "wall"};
    struct process process;
    struct sender sender;
    struct watcher watcher;
    uint64_t numbered = 0;
    pthread_t thread;
    process_prepare(&process);
    process_start(&process, &options);
    sender_open(&sender, process.intake);
    struct load load = {.batch = BATCH};
    for (uint64_t i = 0; i < plan->resting; i++)
        waiting_add(&load, SERIAL_REST + i, 0, RESTING);
    double fill_s = fill(&sender, &load, &numbered);
    double per_event_s = fill_s / (double)(plan->resting * RESTING);

    watcher_open(&watcher, plan, &process);
    struct load meanwhile;
    meanwhile_make(&meanwhile, plan, numbered + plan->spread + plan->burst);

    double due_s = per_event_s * (double)(plan->spread + plan->burst) * 3;
    plan->from_ms = measure_wall_ms() + plan->ahead_ms + (int64_t)(due_s * 1e3);
    plan->burst_ms = plan->from_ms + plan->spread_ms + plan->ahead_ms;
    load = (struct load){.batch = BATCH, .numbered = numbered};
    for (uint64_t i = 0; i < plan->spread; i++)
        waiting_add(&load, SERIAL_SPREAD + i, spread_due_ms(plan, i), 1);
    for (uint64_t i = 0; i < plan->burst; i++)
        waiting_add(&load, SERIAL_BURST + i, plan->burst_ms, 1);
    (void)fill(&sender, &load, &numbered);
    measure_must(plan->is_smoke || measure_wall_ms() < plan->from_ms,
                 "the machine is too busy to measure delays");
    measure_must(pthread_create(&thread, NULL, watch, &watcher) == 0, "no thread");
    while (measure_wall_ms() < plan->from_ms - plan->ahead_ms / 2)
        measure_wait_ms(1);
    double from_s = measure_now_s();
    uint64_t sent =
        keep_sending(&sender, &meanwhile, plan->events_per_s, plan->burst_ms + 2 * plan->ahead_ms);
    double load_s = measure_now_s() - from_s;
    (void)pthread_join(thread, NULL);
    tell(&watcher, sent, load_s);
    socket_close(&watcher.socket);
    sender_close(&sender);
    process_stop(&process, true);
    process_remove(&process);
    load_clear(&meanwhile);
    free(watcher.spread_ms);
    free(watcher.burst_ms);
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    struct plan plan = {
        .resting = measure_of(&wish, wish.cases, 1000000, 250000, 200),
        .spread = measure_of(&wish, 0, 100000, 50000, 100),
        .spread_ms = (int64_t)measure_of(&wish, 0, 10000, 5000, 100),
        .burst = measure_of(&wish, 0, 100000, 50000, 100),
        .events_per_s = measure_of(&wish, wish.events, 200000, 100000, 2000),
        .ahead_ms = (int64_t)measure_of(&wish, 0, 1000, 1000, 150),
        .is_smoke = wish.size == MEASURE_SMOKE,
    };
    measure(&plan);
    socket_terminate();
    return 0;
}
