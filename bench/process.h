/* process.h - the real engine as a process of its own, and a collector that sends it a load.
 *
 * Layer: bench. The programs are found through CARDWATCH_BIN, or in ../bin beside the
 * bench's own folder.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include "bench/load.h"
#include "bench/measure.h"
#include "engine/sys/socket.h"

struct process_options {
    const char *clock; /* "events" or "wall" */
    bool is_tcp;       /* else ipc */
    const char *credit;
    const char *turn_events;
    const char *image_mib;
};

struct process {
    char folder[MEASURE_PATH_BYTES];
    char intake[MEASURE_PATH_BYTES];
    char feed[MEASURE_PATH_BYTES];
    int pid;
    int out_fd;
    double start_s; /* from exec to its line "ready" */
};

/* process_prepare - a fresh data folder with the town's rules in it. */
void process_prepare(struct process *process);

/* process_fill - process_prepare, and an engine that has taken in so many open cases, written its
 * image and stopped. */
void process_fill(struct process *process, uint64_t cases);

/* process_run - a program that lies beside the engine's, with these arguments (NULL ends them), its
 * output thrown away; ends the bench when it fails. Returns: the seconds it took. */
double process_run(const char *name, char *const *arguments);

/* process_prepare_empty - a fresh data folder without rules. process_import - make these files an
 * edition of its rule store, as a person would; returns the seconds that `cardwatch rules import`
 * took. */
void process_prepare_empty(struct process *process);
double process_import(const struct process *process, const char *const *files, size_t file_count);

/* process_start - start the engine on the folder and wait for its line "ready". */
void process_start(struct process *process, const struct process_options *options);

/* process_stop - SIGTERM (or SIGKILL), and wait for its end. */
void process_stop(struct process *process, bool is_killed);

/* process_remove - the folder too. */
void process_remove(struct process *process);

/* ---- the collector -----------------------------------------------------------------------------
 */

struct sender {
    struct socket *socket;
    uint64_t committed;
    uint64_t credit;
    uint64_t refused;
};

/* sender_open - connect, and wait until rules are in force and the engine says how far it is. */
void sender_open(struct sender *sender, const char *endpoint);
void sender_close(struct sender *sender);

/* sender_push - send a load within credit, at most `window` events under way (0: credit alone);
 * returns the seconds until all of it was acknowledged. */
double sender_push(struct sender *sender, const struct load *load, uint64_t window);

/* sender_poll - take answers in, waiting up to wait_ms. */
void sender_poll(struct sender *sender, int wait_ms);

#endif
