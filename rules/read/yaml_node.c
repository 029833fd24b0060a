/* yaml_node.c - what readers ask of a YAML tree, and the words when the answer is no. */
#include "rules/read/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

TOLD_LIKE(4, 5, 0)
static void tell(const struct yaml_node *node, struct problem_list *problems, bool is_warning,
                 const char *en, const char *zh, va_list arguments)
{
    const struct problem place = {
        .file = node->file, .line = node->line, .column = node->column, .is_warning = is_warning};
    problem_tell(problems, &place, en, zh, arguments);
}

void yaml_error(const struct yaml_node *node, struct problem_list *problems, const char *en,
                const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    tell(node, problems, false, en, zh, arguments);
    va_end(arguments);
}

void yaml_refuse(const struct yaml_node *node, struct problem_list *problems, const char *en,
                 const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    problems->forgiven_count += problems->is_in_force;
    tell(node, problems, problems->is_in_force, en, zh, arguments);
    va_end(arguments);
}

void yaml_warn(const struct yaml_node *node, struct problem_list *problems, const char *en,
               const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    tell(node, problems, true, en, zh, arguments);
    va_end(arguments);
}

/* ---- reading a file -------------------------------------------------------------------------- */

static int cannot_read(struct problem_list *problems, const char *path, int error)
{
    problem_error(problems, path, 0, 0, "cannot be read: %s", "无法读取：%s", strerror(error));
    return YAML_E_BAD;
}

static int refuse_size(struct problem_list *problems, const char *path)
{
    problem_error(problems, path, 0, 0, "more than %d MB", "超过 %d MB",
                  FILE_BYTES_MAX / 1024 / 1024);
    return YAML_E_BAD;
}

/* All bytes of a file, or enough of them to see that they are too many; NULL if memory is short.
 * The caller frees them. */
static char *read_all(FILE *file, size_t *count_out)
{
    enum { FIRST_BYTES = 65536 };
    char *bytes = NULL;
    size_t room = 0;
    size_t count = 0;
    size_t got = 0;
    do {
        if (count == room) {
            room = room == 0 ? FIRST_BYTES : room * 2;
            char *more = realloc(bytes, room);
            if (more == NULL) {
                free(bytes);
                return NULL;
            }
            bytes = more;
        }
        got = fread(bytes + count, 1, room - count, file);
        count += got;
    } while (got > 0 && count <= FILE_BYTES_MAX);
    *count_out = count;
    return bytes;
}

static int read_open_file(FILE *file, struct arena *arena, const char *path,
                          struct problem_list *problems, struct slice *bytes_out)
{
    size_t count = 0;
    char *bytes = read_all(file, &count);
    if (bytes == NULL)
        return -ENOMEM;
    int status = 0;
    if (ferror(file))
        status = cannot_read(problems, path, errno);
    else if (count > FILE_BYTES_MAX)
        status = refuse_size(problems, path);
    else if (!arena_copy(arena, (struct slice){.start = bytes, .count = count}, bytes_out))
        status = -ENOMEM;
    free(bytes);
    return status;
}

int yaml_read_bytes(struct arena *arena, const char *path, struct problem_list *problems,
                    struct slice *bytes_out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return cannot_read(problems, path, errno);
    int status = read_open_file(file, arena, path, problems, bytes_out);
    (void)fclose(file); /* it was only read */
    return status;
}

/* ---- asking ---------------------------------------------------------------------------------- */

const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    size_t count = strlen(key);
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
        if (child->key.count == count && memcmp(child->key.start, key, count) == 0)
            return child;
    return NULL;
}

static bool is_kind(const struct yaml_node *node, enum yaml_kind kind)
{
    bool is_empty = node->kind == YAML_SCALAR && node->value.count == 0 && !node->is_quoted;
    return node->kind == kind && !is_empty;
}

bool yaml_is_map(const struct yaml_node *node, struct problem_list *problems)
{
    if (is_kind(node, YAML_MAP))
        return true;
    yaml_error(node, problems, "%.*s%sexpected a map here (key: value)",
               "%.*s%s此处应为映射（键: 值）", SLICE_ARG(node->key),
               node->key.count == 0 ? "" : ": ");
    return false;
}

bool yaml_is_list(const struct yaml_node *node, struct problem_list *problems)
{
    if (is_kind(node, YAML_LIST))
        return true;
    if (node->kind == YAML_SCALAR && slice_starts(node->value, SLICE("【"))) {
        yaml_error(node, problems, "\"%s\" should be \"%s\"", "“%s”应为“%s”", "【 】", "[ ]");
        return false;
    }
    yaml_error(node, problems, "%.*s%sexpected a list here ([a, b], or lines with - )",
               "%.*s%s此处应为列表（[甲, 乙]，或以 - 开头的各行）", SLICE_ARG(node->key),
               node->key.count == 0 ? "" : ": ");
    return false;
}

bool yaml_is_scalar(const struct yaml_node *node, struct problem_list *problems)
{
    if (is_kind(node, YAML_SCALAR))
        return true;
    yaml_error(node, problems, "%.*s%sexpected a single value here", "%.*s%s此处应为单个值",
               SLICE_ARG(node->key), node->key.count == 0 ? "" : ": ");
    return false;
}

bool yaml_is_none(const struct yaml_node *node)
{
    return is_kind(node, YAML_SCALAR) && slice_is_equal(node->value, SLICE("none"));
}

struct slice yaml_text(const struct yaml_node *map, const char *key, struct problem_list *problems)
{
    const struct slice none = {0};
    const struct yaml_node *node = yaml_find(map, key);
    if (node == NULL) {
        yaml_error(map, problems, "\"%s\" is missing here", "此处缺少“%s”", key);
        return none;
    }
    if (!yaml_is_scalar(node, problems))
        return none;
    if (node->value.count == 0)
        yaml_error(node, problems, "\"%s\" is empty", "“%s”是空的", key);
    return node->value;
}

/* The text of a plain scalar as a number; false when it is none or does not fit. */
static bool digits(const struct yaml_node *node, int64_t *number_out)
{
    struct slice text = node->value;
    size_t i = text.count > 0 && (text.start[0] == '-' || text.start[0] == '+') ? 1 : 0;
    if (node->is_quoted || text.count == i || text.count - i > 18)
        return false;
    int64_t number = 0;
    for (size_t k = i; k < text.count; k++) {
        if (text.start[k] < '0' || text.start[k] > '9')
            return false;
        number = number * 10 + (text.start[k] - '0');
    }
    *number_out = text.start[0] == '-' ? -number : number;
    return true;
}

bool yaml_number(const struct yaml_node *node, int64_t min, int64_t max,
                 struct problem_list *problems, int64_t *number_out)
{
    int64_t number = 0;
    if (!yaml_is_scalar(node, problems))
        return false;
    if (!digits(node, &number) || number < min || number > max) {
        yaml_error(node, problems, "\"%.*s\" should be a whole number from %lld to %lld",
                   "“%.*s”应为 %lld 至 %lld 之间的整数", SLICE_ARG(node->value), (long long)min,
                   (long long)max);
        return false;
    }
    *number_out = number;
    return true;
}

bool yaml_bool(const struct yaml_node *node, struct problem_list *problems, bool *bool_out)
{
    if (!yaml_is_scalar(node, problems))
        return false;
    bool is_true = slice_is_equal(node->value, SLICE("true"));
    if (node->is_quoted || (!is_true && !slice_is_equal(node->value, SLICE("false")))) {
        yaml_error(node, problems, "\"%.*s\" should be true or false", "“%.*s”应为 true 或 false",
                   SLICE_ARG(node->value));
        return false;
    }
    *bool_out = is_true;
    return true;
}

/* All the words in one line, with commas; cut off with "…" when there are too many. */
static void join(const char *const *words, size_t count, char *line, size_t bytes)
{
    size_t at = 0;
    line[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *word = words[i];
        if (at + strlen(word) + 8 > bytes)
            word = "…";
        int got = snprintf(line + at, bytes - at, "%s%s", i == 0 ? "" : ", ", word);
        if (got < 0 || word != words[i])
            return;
        at += (size_t)got;
    }
}

enum { JOINED_BYTES = 200 };

int yaml_choice(const struct yaml_node *node, const char *const *words, size_t count,
                struct problem_list *problems)
{
    if (!yaml_is_scalar(node, problems))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (slice_is_equal(node->value, slice_of(words[i])))
            return (int)i;
    char all[JOINED_BYTES];
    join(words, count, all, sizeof all);
    const char *nearest = text_nearest(node->value, words, count);
    if (nearest != NULL)
        yaml_error(node, problems, "\"%.*s\" is not known here; did you mean \"%s\"? (%s)",
                   "此处不认识“%.*s”；是否想写“%s”？（%s）", SLICE_ARG(node->value), nearest, all);
    else
        yaml_error(node, problems, "\"%.*s\" is not known here; it can be: %s",
                   "此处不认识“%.*s”；可以是：%s", SLICE_ARG(node->value), all);
    return -1;
}

static bool is_among(struct slice key, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is_equal(key, slice_of(words[i])))
            return true;
    return false;
}

/* A bracket that closes and was never opened: "count(return" stands before the comma. */
static bool is_cut_off(struct slice key)
{
    size_t before = strcspn(key.start, "()");
    return before < key.count && key.start[before] == ')';
}

bool yaml_check_keys(const struct yaml_node *map, const char *const *words, size_t count,
                     struct problem_list *problems)
{
    if (!yaml_is_map(map, problems))
        return false;
    bool are_known = true;
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next) {
        if (is_among(child->key, words, count))
            continue;
        are_known = false;
        if (is_cut_off(child->key)) {
            problem_error(problems, child->file, child->key_line, child->key_column,
                          "\"%.*s\" is cut off at the comma before it: put a text with a "
                          "comma in quotes",
                          "“%.*s”在其前的逗号处被截断：含逗号的文字请加引号",
                          SLICE_ARG(child->key));
            continue;
        }
        char all[JOINED_BYTES];
        join(words, count, all, sizeof all);
        const char *nearest = text_nearest(child->key, words, count);
        if (nearest != NULL)
            problem_error(problems, child->file, child->key_line, child->key_column,
                          "unknown key \"%.*s\"; did you mean \"%s\"? (%s)",
                          "不认识的键“%.*s”；是否想写“%s”？（%s）", SLICE_ARG(child->key), nearest,
                          all);
        else
            problem_error(problems, child->file, child->key_line, child->key_column,
                          "unknown key \"%.*s\"; known here: %s", "不认识的键“%.*s”；此处可用：%s",
                          SLICE_ARG(child->key), all);
    }
    return are_known;
}
