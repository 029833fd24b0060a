/* journal.h - the least that a durable journal can be: values behind one another in LMDB, synced at
 * each commit. What engine/store does beyond it shows in the ratio.
 *
 * Layer: bench.
 */
#ifndef BENCH_JOURNAL_H
#define BENCH_JOURNAL_H

#include "bench/measure.h"

struct journal;

struct journal *journal_open(void); /* in a folder of its own; ends the bench when it cannot */
void journal_append(struct journal *journal, struct slice value);
void journal_commit(struct journal *journal); /* on disk when it returns; nothing to do: nothing */
void journal_close(struct journal **journal_p); /* the folder goes too */

#endif
