/* measure.h - what every bench needs: a stop watch, a hash of the result, order statistics, memory,
 * a folder that goes away again.
 *
 * Layer: bench. A bench prints lines "name key_with_unit=value … hash=…" and run.sh makes a table
 * of them.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "engine/base/slice.h"

enum { MEASURE_PATH_BYTES = 512 };

/* How much is measured. The numbers behind it are each bench's own. */
enum measure_size {
    MEASURE_FULL,
    MEASURE_QUICK, /* a smaller world, on machines with little memory */
    MEASURE_SMOKE, /* does it still run? well below a second */
};

/* What the command line says; a bench takes what it understands. */
struct measure_wish {
    enum measure_size size;
    uint64_t events; /* --events N; 0: the bench's own number */
    uint64_t cases;  /* --cases N */
    uint64_t batch;  /* --batch N */
    bool is_kept;    /* --keep: leave the folder behind, for a profiler */
};

struct measure_wish measure_read(int argc, char **argv);

/* measure_of - the number for a size, unless one was wished for. */
uint64_t measure_of(const struct measure_wish *wish, uint64_t wished, uint64_t full, uint64_t quick,
                    uint64_t smoke);

double measure_now_s(void); /* monotonic */

/* measure_cpu_s - time that this thread has had a processor: for figures without any waiting in
 * them, which a busy machine would spoil. */
double measure_cpu_s(void);
int64_t measure_wall_ms(void); /* since 1970 */
void measure_wait_ms(int ms);

/* measure_fold - FNV-1a over bytes; begin with hash 0. */
uint64_t measure_fold(uint64_t hash, const void *bytes, size_t count);

/* measure_sort - for measure_at: the value below which `permille` of them lie. */
void measure_sort(double *values, size_t count);
double measure_at(const double *sorted, size_t count, uint32_t permille);

/* measure_memory_bytes - resident memory of a process; pid 0: of this one. */
uint64_t measure_memory_bytes(int pid);

/* measure_process_cpu_s - time that the first thread of a process has had a processor. */
double measure_process_cpu_s(int pid);

/* measure_folder - a fresh folder under $CARDWATCH_BENCH_DIR, $TMPDIR or /var/tmp: on a real disk,
 * or durability costs nothing. measure_folder_remove: with all that is in it. */
void measure_folder(char path[MEASURE_PATH_BYTES]);
void measure_folder_remove(const char *path);

/* measure_disk_bytes - of all files in a folder, as the disk sees them. */
uint64_t measure_disk_bytes(const char *path);

/* measure_must - ends the program with a message when something that has to work did not. */
void measure_must(bool is_good, const char *what);

#endif
