/* map_parts.h - a mapping as it lies in memory: what map.c reads and apply.c uses.
 *
 * Layer: collectors/map. Nobody else comes here.
 */
#ifndef MAP_MAP_PARTS_H
#define MAP_MAP_PARTS_H

#include "collectors/map/map.h"
#include "collectors/map/times.h"
#include "engine/base/arena.h"
#include "rules/read/yaml.h"

enum {
    FIELD_COUNT = 19,
    FIELD_AT = 1,
    FIELD_STEP = 4,
    WORDS_MAX = 512,
    WHEN_MAX = 8,
    BLANK_MAX = 16
};

/* The fields of an event that a column can fill, under their canonical names. */
extern const char *const map_field_name[FIELD_COUNT];
extern const bool map_field_is_time[FIELD_COUNT];

enum { COLUMN_NONE = -1 };

/* Where a field comes from: a column, or a constant, or nothing. */
struct field_from {
    int column; /* COLUMN_NONE: the constant */
    struct slice constant;
};

/* A word of the source, and what it means. */
struct map_word {
    struct slice word;
    enum event_kind kind; /* EVENT_NONE: no event */
    struct slice step;    /* empty: not said */
};

/* A condition on a column: one of some texts (has_not: none of them). */
struct map_when {
    int column;
    bool has_not;
    uint32_t count;
    const struct slice *texts;
};

enum map_other { OTHER_REFUSE, OTHER_SKIP, OTHER_KIND };

struct map_event {
    enum map_per per;
    enum event_kind kind; /* EVENT_NONE: by the words */
    int kind_column;
    uint32_t word_count;
    struct map_word *words; /* sorted by word */
    enum map_other other;
    enum event_kind other_kind;
    bool is_optional; /* no time: no event, and nothing to tell */
    enum date_only date_only;
    struct field_from fields[FIELD_COUNT];
    uint32_t when_count;
    struct map_when when[WHEN_MAX];
};

struct map_attr {
    struct slice name;
    int column;
};

struct map {
    struct arena *arena;
    const char *source;
    const char *encoding;
    char delimiter;
    bool by_time;
    struct times times;
    struct calendar_zone zone;
    enum date_only date_only;
    uint32_t blank_count;
    struct slice blanks[BLANK_MAX];
    uint32_t column_count;
    struct slice columns[MAP_COLUMNS_MAX];
    struct field_from common[FIELD_COUNT];
    uint32_t attr_count;
    struct map_attr attrs[MAP_ATTRS_MAX];
    uint32_t event_count;
    struct map_event events[MAP_EVENTS_MAX];
    char print[MAP_PRINT_BYTES];
};

/* map_column_of - the index of a column, entered on its first use; -1 when there are too many. */
int map_column_of(struct map *map, struct slice name);

/* map_read_field - one "field: column" or, is_constant, "field: text" below `node`. */
void map_read_fields(struct map *map, const struct yaml_node *node, bool is_constant,
                     struct field_from *fields, struct problem_list *problems);

/* map_read_date_only - DATE_ONLY_… of a scalar. */
enum date_only map_read_date_only(const struct yaml_node *node, struct problem_list *problems);

/* map_read_events - the list under `events:`. */
void map_read_events(struct map *map, const struct yaml_node *list, struct problem_list *problems);

/* map_word_find - NULL: not among the words. */
const struct map_word *map_word_find(const struct map_event *event, struct slice word);

#endif
