/* map.h - a mapping: how the rows of a source become events.
 *
 * Layer: collectors/map. Reads the YAML file that a person wrote for one source, and applies it to
 * one row after the other. What may stand in the file is told in collectors/README.md. It carries
 * no column that the file does not name.
 */
#ifndef MAP_MAP_H
#define MAP_MAP_H

#include "collectors/push/input.h"
#include "collectors/push/report.h"
#include "rules/read/problem.h"

enum {
    MAP_EVENTS_MAX = 16, /* events that one row gives */
    MAP_ATTRS_MAX = 32,
    MAP_COLUMNS_MAX = 128, /* that a mapping reads */
    MAP_PRINT_BYTES = 48,
};

/* What a row of the source is; an entry under `events:` says which of them it is for. */
enum map_per { MAP_PER_ROW, MAP_PER_CASE, MAP_PER_EVENT };

struct map;

enum { MAP_E_BAD = 1 /* told in problems */ };

/* map_read - read and check a mapping file. Returns 0, MAP_E_BAD, -ENOMEM. */
MUST_USE int map_read(const char *path, struct problem_list *problems, struct map **map_out);

/* map_parse - the same from memory; file is the name to show. */
MUST_USE int map_parse(const char *file, struct slice text, struct problem_list *problems,
                       struct map **map_out);
void map_destroy(struct map **map_p);

const char *map_source(const struct map *map);   /* NULL: the file names none */
const char *map_encoding(const struct map *map); /* NULL: UTF-8 */
char map_delimiter(const struct map *map);       /* of CSV; ',' if not said */
bool map_by_time(const struct map *map);         /* order: by time */
const char *map_print(const struct map *map);    /* "map:" and the hash of the file */

/* The columns that the mapping reads, each once, in an order of its own. A reader hands in values
 * in that order, so that names are looked up once per file and not once per row. */
size_t map_column_count(const struct map *map);
struct slice map_column(const struct map *map, size_t index);

/* One row of a source. Borrowed. */
struct row {
    const char *file;
    uint64_t number;            /* from 1; what a person's editor shows */
    enum map_per per;           /* what kind of row it is */
    const struct slice *values; /* map_column_count of them; empty: not given */
    const uint32_t *positions;  /* of these columns in the file, from 1; NULL: it has no order */
};

/* What a row becomes. One applier per input. */
struct applier;

MUST_USE int applier_create(const struct map *map, struct report *report,
                            struct applier **applier_out);
void applier_destroy(struct applier **applier_p);

/* applier_apply - all events of a row, in the order of the mapping; what cannot be made is
 * reported.
 *
 * Borrows: the events borrow from the applier and the row, until the next call.
 * Returns: how many there are; 0 to MAP_EVENTS_MAX.
 */
size_t applier_apply(struct applier *applier, const struct row *row,
                     const struct event **events_out);

#endif
