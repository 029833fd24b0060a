/* map.c - the top of a mapping file; the entries under `events:` are read in map_events.c.
 */
#include "collectors/map/map_parts.h"
#include "rules/days/zone.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

const char *const map_field_name[FIELD_COUNT] = {
    "case",    "at",      "entered_at", "item",   "step",    "org",    "area",
    "handler", "result",  "reason",     "term",   "limit",   "due_at", "parent",
    "card",    "fee_due", "fee_paid",   "rating", "version",
};
const bool map_field_is_time[FIELD_COUNT] = {[1] = true, [2] = true, [12] = true};

static const char *const top_keys[] = {
    "source", "zone",    "encoding",  "delimiter", "times",    "date_only", "order",
    "blank",  "columns", "constants", "attrs",     "personal", "events"};

int map_column_of(struct map *map, struct slice name)
{
    for (uint32_t i = 0; i < map->column_count; i++)
        if (slice_is_equal(map->columns[i], name))
            return (int)i;
    if (map->column_count == MAP_COLUMNS_MAX)
        return -1;
    map->columns[map->column_count] = name;
    return (int)map->column_count++;
}

static int column_at(struct map *map, const struct yaml_node *node, struct problem_list *problems)
{
    if (!yaml_is_scalar(node, problems))
        return COLUMN_NONE;
    int column = map_column_of(map, node->value);
    if (column < 0)
        yaml_error(node, problems, "more than %d columns; leave out what is not needed",
                   "超过 %d 列；请删去不需要的列", MAP_COLUMNS_MAX);
    return column;
}

static int field_of(struct slice name)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (slice_is_equal(name, slice_of(map_field_name[i])))
            return i;
    return -1;
}

void map_read_fields(struct map *map, const struct yaml_node *node, bool is_constant,
                     struct field_from *fields, struct problem_list *problems)
{
    if (node == NULL || !yaml_is_map(node, problems) ||
        !yaml_check_keys(node, map_field_name, FIELD_COUNT, problems))
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        int field = field_of(child->key);
        assert(field >= 0);
        if (!is_constant)
            fields[field] = (struct field_from){.column = column_at(map, child, problems)};
        else if (yaml_is_scalar(child, problems))
            fields[field] = (struct field_from){.column = COLUMN_NONE, .constant = child->value};
    }
}

enum date_only map_read_date_only(const struct yaml_node *node, struct problem_list *problems)
{
    static const char *const words[] = {"refuse", "start of day", "end of day"};
    int choice = yaml_choice(node, words, COUNT_OF(words), problems);
    return choice < 0 ? DATE_ONLY_REFUSE : (enum date_only)choice;
}

static void read_zone(struct map *map, const struct yaml_node *node, struct problem_list *problems)
{
    if (node == NULL || !yaml_is_scalar(node, problems))
        return;
    int status = zone_read(map->arena, node->value, &map->zone);
    if (status == 0) {
        map->times.zone = &map->zone;
        return;
    }
    yaml_error(node, problems,
               "no time zone \"%.*s\" in this system's database; names are such as "
               "Asia/Shanghai",
               "本机时区库中没有“%.*s”；名称形如 Asia/Shanghai", SLICE_ARG(node->value));
}

static void read_time(struct map *map, const struct yaml_node *node, struct problem_list *problems)
{
    if (!yaml_is_scalar(node, problems))
        return;
    uint32_t index = map->times.count;
    if (index == TIMES_MAX) {
        yaml_error(node, problems, "more than %d forms of time", "时间格式超过 %d 种", TIMES_MAX);
        return;
    }
    enum time_form form = slice_is_equal(node->value, SLICE("iso"))       ? TIME_ISO
                          : slice_is_equal(node->value, SLICE("unix"))    ? TIME_UNIX
                          : slice_is_equal(node->value, SLICE("unix_ms")) ? TIME_UNIX_MS
                                                                          : TIME_PATTERN;
    if (form == TIME_PATTERN) {
        const char *wrong = times_pattern_check(node->value.start);
        if (strchr(node->value.start, '%') == NULL)
            wrong = node->value.start;
        if (wrong != NULL) {
            yaml_error(
                node, problems,
                "not a form of time, at \"%s\"; use iso, unix, unix_ms, or %%Y %%m %%d %%H %%M "
                "%%S %%f %%z %%b %%y %%I %%p",
                "“%s”处不是时间格式；可用 iso、unix、unix_ms，或 %%Y %%m %%d %%H %%M %%S %%f %%z "
                "%%b %%y %%I %%p",
                wrong);
            return;
        }
    }
    map->times.at[index].form = form;
    map->times.at[index].pattern = node->value;
    map->times.count++;
}

static void read_times(struct map *map, const struct yaml_node *node, struct problem_list *problems)
{
    if (node == NULL)
        return;
    if (node->kind == YAML_SCALAR) {
        read_time(map, node, problems);
        return;
    }
    if (!yaml_is_list(node, problems))
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        read_time(map, child, problems);
}

static void read_blanks(struct map *map, const struct yaml_node *node,
                        struct problem_list *problems)
{
    if (node == NULL || !yaml_is_list(node, problems))
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (child->kind != YAML_SCALAR)
            yaml_error(child, problems, "must be a text that means nothing, such as \"NULL\"",
                       "必须是表示空值的文本，例如 \"NULL\"");
        else if (map->blank_count == BLANK_MAX)
            yaml_error(child, problems, "more than %d texts", "超过 %d 个文本", BLANK_MAX);
        else
            map->blanks[map->blank_count++] = child->value;
    }
}

/* Words in a column's name that speak of an applicant; such a column is only carried when it stands
 * under `personal:`, so that nobody carries it by mistake. */
static bool is_personal(struct slice name)
{
    static const char *const words[] = {
        "姓名", "身份证", "证件号", "电话",    "手机",    "地址",   "住址",      "联系方式",
        "邮箱", "phone",  "mobile", "address", "id_card", "idcard", "applicant", "email"};
    char lower[256];
    size_t count = name.count < sizeof lower - 1 ? name.count : sizeof lower - 1;
    for (size_t i = 0; i < count; i++) {
        char c = name.start[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    lower[count] = '\0';
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(lower, words[i]) != NULL)
            return true;
    return false;
}

static void read_attr(struct map *map, const struct yaml_node *node, bool is_personal_list,
                      struct problem_list *problems)
{
    int column = column_at(map, node, problems);
    if (column < 0)
        return;
    struct slice name = node->key.count > 0 ? node->key : node->value;
    if (map->attr_count == MAP_ATTRS_MAX) {
        yaml_error(node, problems, "more than %d attributes", "超过 %d 个属性", MAP_ATTRS_MAX);
        return;
    }
    if (field_of(name) >= 0 || slice_is_equal(name, SLICE("kind"))) {
        yaml_error(node, problems,
                   "\"%.*s\" is the name of a field; name it here as \"other_name: column\"",
                   "“%.*s”是字段名；请写成“另一名称: 列名”", SLICE_ARG(name));
        return;
    }
    if (is_personal(node->value) && !is_personal_list) {
        yaml_error(node, problems,
                   "column \"%.*s\" looks like personal data, which is not carried; if it must be, "
                   "name it under \"personal:\"",
                   "“%.*s”列像是个人信息，不予采集；确需采集时请写在“personal:”之下",
                   SLICE_ARG(node->value));
        return;
    }
    if (is_personal_list) { /* whoever gets the event can tell by the name what must not go on */
        char text[256];
        (void)snprintf(text, sizeof text, "personal.%.*s", SLICE_ARG(name));
        if (!arena_copy(map->arena, slice_of(text), &name))
            return;
    }
    map->attrs[map->attr_count++] = (struct map_attr){.name = name, .column = column};
}

static void read_attrs(struct map *map, const struct yaml_node *node, bool is_personal_list,
                       struct problem_list *problems)
{
    if (node == NULL || (node->kind != YAML_MAP && !yaml_is_list(node, problems)))
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        read_attr(map, child, is_personal_list, problems);
}

static void read_delimiter(struct map *map, const struct yaml_node *node,
                           struct problem_list *problems)
{
    map->delimiter = ',';
    if (node == NULL)
        return;
    if (node->kind == YAML_SCALAR && slice_is_equal(node->value, SLICE("tab")))
        map->delimiter = '\t';
    else if (node->kind == YAML_SCALAR && node->value.count == 1 &&
             strchr(",;|\t", node->value.start[0]) != NULL)
        map->delimiter = node->value.start[0];
    else
        yaml_error(node, problems, "must be one of \",\", \";\", \"|\", tab",
                   "必须是 \",\"、\";\"、\"|\"、tab 之一");
}

static void read_encoding(struct map *map, const struct yaml_node *node,
                          struct problem_list *problems)
{
    static const char *const words[] = {"UTF-8", "GB18030", "GBK", "GB2312"};
    if (node == NULL)
        return;
    int choice = yaml_choice(node, words, COUNT_OF(words), problems);
    if (choice > 0)
        map->encoding = "GB18030"; /* the older ones are parts of it */
}

static void read_top(struct map *map, const struct yaml_node *root, struct problem_list *problems)
{
    static const char *const orders[] = {"file", "by time"};
    const struct yaml_node *node;
    if (!yaml_is_map(root, problems))
        return;
    (void)yaml_check_keys(root, top_keys, COUNT_OF(top_keys), problems); /* told; we go on */
    node = yaml_find(root, "source");
    if (node != NULL && yaml_is_scalar(node, problems)) {
        map->source = node->value.start;
        if (node->value.count > EVENT_SOURCE_BYTES_MAX)
            yaml_error(node, problems, "longer than %d bytes", "超过 %d 字节",
                       EVENT_SOURCE_BYTES_MAX);
    }
    read_zone(map, yaml_find(root, "zone"), problems);
    read_encoding(map, yaml_find(root, "encoding"), problems);
    read_delimiter(map, yaml_find(root, "delimiter"), problems);
    read_times(map, yaml_find(root, "times"), problems);
    node = yaml_find(root, "date_only");
    if (node != NULL)
        map->date_only = map_read_date_only(node, problems);
    node = yaml_find(root, "order");
    if (node != NULL)
        map->by_time = yaml_choice(node, orders, COUNT_OF(orders), problems) == 1;
    read_blanks(map, yaml_find(root, "blank"), problems);
    map_read_fields(map, yaml_find(root, "columns"), false, map->common, problems);
    map_read_fields(map, yaml_find(root, "constants"), true, map->common, problems);
    read_attrs(map, yaml_find(root, "attrs"), false, problems);
    read_attrs(map, yaml_find(root, "personal"), true, problems);
    node = yaml_find(root, "events");
    if (node == NULL)
        yaml_error(root, problems, "\"events:\" is missing: a list of what a row gives",
                   "缺少“events:”：一行产生哪些事件的列表");
    else
        map_read_events(map, node, problems);
}

static void make_print(struct map *map, struct slice text)
{
    unsigned char hash[16];
    char hex[sizeof hash * 2 + 1];
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)text.start, text.count, NULL,
                             0);
    (void)snprintf(map->print, sizeof map->print, "map:%s",
                   sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static int read_all(const char *file, struct slice text, struct problem_list *problems,
                    struct map *map)
{
    const struct yaml_node *root = NULL;
    uint32_t errors = problems->error_count;
    int status = yaml_parse(map->arena, file, text, problems, &root);
    if (status != 0)
        return status == YAML_E_BAD ? MAP_E_BAD : status;
    for (int i = 0; i < FIELD_COUNT; i++)
        map->common[i].column = COLUMN_NONE;
    read_top(map, root, problems);
    make_print(map, text);
    return problems->error_count > errors ? MAP_E_BAD : 0;
}

static int fill(const char *file, const char *path, struct slice text,
                struct problem_list *problems, struct map *map)
{
    map->arena = arena_create();
    if (map->arena == NULL)
        return -ENOMEM;
    int status = path == NULL ? 0 : yaml_read_bytes(map->arena, path, problems, &text);
    if (status == YAML_E_BAD)
        return MAP_E_BAD;
    return status != 0 ? status : read_all(file, text, problems, map);
}

static int parse_into(const char *file, const char *path, struct slice text,
                      struct problem_list *problems, struct map **map_out)
{
    struct map *map = calloc(1, sizeof *map);
    if (map == NULL)
        return -ENOMEM;
    int status = fill(file, path, text, problems, map);
    if (status != 0) {
        map_destroy(&map);
        return status;
    }
    *map_out = map;
    return 0;
}

int map_read(const char *path, struct problem_list *problems, struct map **map_out)
{
    return parse_into(path, path, (struct slice){0}, problems, map_out);
}

int map_parse(const char *file, struct slice text, struct problem_list *problems,
              struct map **map_out)
{
    return parse_into(file, NULL, text, problems, map_out);
}

void map_destroy(struct map **map_p)
{
    if (*map_p == NULL)
        return;
    arena_destroy(&(*map_p)->arena);
    free(*map_p);
    *map_p = NULL;
}

const char *map_source(const struct map *map)
{
    return map->source;
}

const char *map_encoding(const struct map *map)
{
    return map->encoding;
}

char map_delimiter(const struct map *map)
{
    return map->delimiter;
}

bool map_by_time(const struct map *map)
{
    return map->by_time;
}

const char *map_print(const struct map *map)
{
    return map->print;
}

size_t map_column_count(const struct map *map)
{
    return map->column_count;
}

struct slice map_column(const struct map *map, size_t index)
{
    assert(index < map->column_count);
    return map->columns[index];
}
