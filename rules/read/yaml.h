/* yaml.h - a YAML file as a tree of nodes that remember where they stood.
 *
 * Layer: rules/read. The one place that speaks to libyaml. Rule files are a small, plain part of
 * YAML, so that nothing in them means something else than it looks like: maps, lists and scalars.
 * Refused, with the place named: anchors and aliases, tags, several documents in one file, keys
 * that are not plain text, the same key twice in a map, NUL characters, nesting deeper than
 * YAML_DEPTH_MAX, files above YAML_BYTES_MAX. A scalar is never anything but its text: `no` is
 * "no", 010 is "010"; what it means is for the reader of that key to say.
 */
#ifndef READ_YAML_H
#define READ_YAML_H

#include "engine/base/arena.h"
#include "rules/read/problem.h"

enum { YAML_DEPTH_MAX = 32, YAML_BYTES_MAX = 16 * 1024 * 1024 };

enum { FILE_BYTES_MAX = 64 * 1024 * 1024 }; /* of any file that is read whole */

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_LIST };

struct yaml_node {
    enum yaml_kind kind;
    bool is_quoted;     /* scalar: in quotes, or a block (| >) */
    uint32_t line;      /* from 1: where the value begins */
    uint32_t column;    /* from 1, in characters */
    struct slice value; /* scalar: its text, with an end mark behind it */
    uint32_t count;     /* map, list: children */
    struct yaml_node *first;
    struct yaml_node *next; /* the next child of the same parent */
    struct slice key;       /* child of a map: its key, with an end mark behind it */
    uint32_t key_line;
    uint32_t key_column;
    const char *file;
};

enum {
    YAML_E_BAD = 1, /* at least one error was added to the problems */
};

/* yaml_parse - the tree of one document.
 *
 * file:    the name to show in problems; copied into the arena.
 * Borrows: nothing of text; the tree lives in the arena.
 * Returns: 0, YAML_E_BAD, -ENOMEM. An empty file is YAML_E_BAD.
 */
MUST_USE int yaml_parse(struct arena *arena, const char *file, struct slice text,
                        struct problem_list *problems, const struct yaml_node **root_out);

/* yaml_read_bytes - the bytes of a file as they are, into the arena, with an end mark behind them.
 * A file above FILE_BYTES_MAX is a problem.
 *
 * Returns: 0, YAML_E_BAD (told), -ENOMEM.
 */
MUST_USE int yaml_read_bytes(struct arena *arena, const char *path, struct problem_list *problems,
                             struct slice *bytes_out);

/* yaml_error, yaml_refuse, yaml_warn - a problem at the place of a node's value: see problem.h. */
TOLD_LIKE(3, 4, 5)
void yaml_error(const struct yaml_node *node, struct problem_list *problems, const char *en,
                const char *zh, ...);
TOLD_LIKE(3, 4, 5)
void yaml_refuse(const struct yaml_node *node, struct problem_list *problems, const char *en,
                 const char *zh, ...);
TOLD_LIKE(3, 4, 5)
void yaml_warn(const struct yaml_node *node, struct problem_list *problems, const char *en,
               const char *zh, ...);

/* yaml_find - the value of a key of a map; NULL: it has none, or the node is no map (or NULL). */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key);

/* yaml_is_map, yaml_is_list, yaml_is_scalar - is the node of this kind? If not, a problem says
 * what it is and what it should be. A scalar without text is none of them ("key:" left empty).
 */
MUST_USE bool yaml_is_map(const struct yaml_node *node, struct problem_list *problems);
MUST_USE bool yaml_is_list(const struct yaml_node *node, struct problem_list *problems);
MUST_USE bool yaml_is_scalar(const struct yaml_node *node, struct problem_list *problems);

/* yaml_text - the text of a scalar that must be there under `key`; the empty slice and a problem
 * if it is not, is no scalar, or is empty. */
struct slice yaml_text(const struct yaml_node *map, const char *key, struct problem_list *problems);

/* yaml_is_none - the word none: nothing of what else would stand here. Tells nothing. */
bool yaml_is_none(const struct yaml_node *node);

/* yaml_number - a whole number, digits with perhaps a sign, not in quotes. */
MUST_USE bool yaml_number(const struct yaml_node *node, int64_t min, int64_t max,
                          struct problem_list *problems, int64_t *number_out);

/* yaml_bool - true or false, written so and nothing else. */
MUST_USE bool yaml_bool(const struct yaml_node *node, struct problem_list *problems,
                        bool *bool_out);

/* yaml_choice - one of a list of words; a problem names the nearest and all of them.
 *
 * Returns: its index, or -1.
 */
int yaml_choice(const struct yaml_node *node, const char *const *words, size_t count,
                struct problem_list *problems);

/* yaml_check_keys - every key of the map that is not among the words is a problem that names the
 * nearest right one, and all of them. Returns: whether all are known (and it is a map).
 */
bool yaml_check_keys(const struct yaml_node *map, const char *const *words, size_t count,
                     struct problem_list *problems);

#endif
