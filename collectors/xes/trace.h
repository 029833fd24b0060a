/* trace.h - the attributes of the trace and the event that are being read, under the columns of the
 * mapping.
 *
 * Layer: collectors/xes. Knows XES, not XML: xes.c hands it tags. A row is complete when the first
 * event of a trace begins, or the trace ends (a row per case), and when an event ends.
 */
#ifndef XES_TRACE_H
#define XES_TRACE_H

#include "collectors/map/map.h"

struct trace;

enum { TRACE_E_ROW = 1 /* a row is complete: take it, then go on */ };

MUST_USE struct trace *trace_create(const struct map *map);
void trace_destroy(struct trace **trace_p);
void trace_clear(struct trace *trace); /* another file begins */

/* trace_open, trace_close - a tag; attributes as expat gives them. Returns 0 or TRACE_E_ROW. */
int trace_open(struct trace *trace, const char *tag, const char **attributes, uint64_t line);
int trace_close(struct trace *trace, const char *tag);

/* trace_failure - 0, or the negative errno that made it give up. */
int trace_failure(const struct trace *trace);

/* The row that is complete, until trace_row_done. */
bool trace_has_row(const struct trace *trace);
enum map_per trace_row_per(const struct trace *trace);
uint64_t trace_row_line(const struct trace *trace);
const struct slice *trace_row_values(struct trace *trace);
bool trace_row_is_cut(const struct trace *trace); /* a value was too long and left out */
void trace_row_done(struct trace *trace);

uint64_t trace_count(const struct trace *trace); /* traces seen in this file */

#endif
