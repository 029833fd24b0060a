/* yaml.c - libyaml's events become a tree.
 *
 * The nodes on the way from the root to where the parser stands are on a stack of YAML_DEPTH_MAX;
 * there is no recursion. The first problem with the YAML itself ends the reading, because after
 * it nothing can be trusted to stand where it seems to; so do all the things that are refused.
 */
#include "rules/read/yaml.h"
#include "engine/sys/yaml_words.h"

#include <errno.h>
#include <stdlib.h>
#include <yaml.h>

struct frame {
    struct yaml_node *node;
    struct yaml_node *last; /* its last child */
    bool has_key;           /* a map: a key was read, its value comes next */
    struct yaml_node key;   /* its place and text, to be given to the value */
};

struct builder {
    struct arena *arena;
    struct problem_list *problems;
    const char *file;
    struct slice text;
    yaml_parser_t parser;
    uint32_t depth;
    struct frame stack[YAML_DEPTH_MAX];
    struct yaml_node *root;
    uint32_t document_count;
};

TOLD_LIKE(3, 4, 5)
static int refuse(struct builder *builder, yaml_mark_t mark, const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = {.file = builder->file,
                                  .line = (uint32_t)mark.line + 1,
                                  .column = (uint32_t)mark.column + 1};
    problem_tell(builder->problems, &place, en, zh, arguments);
    va_end(arguments);
    return YAML_E_BAD;
}

/* A line of the text, from 0, without its end. */
static struct slice line_at(struct slice text, size_t number)
{
    struct slice line = text;
    for (;; number--) {
        const char *end = line.count == 0 ? NULL : memchr(line.start, '\n', line.count);
        size_t count = end == NULL ? line.count : (size_t)(end - line.start);
        if (number == 0 || end == NULL)
            return (struct slice){.start = line.start, .count = number == 0 ? count : 0};
        line = (struct slice){.start = end + 1, .count = line.count - count - 1};
    }
}

/* "ground：x", a line with the colon of Chinese texts where its key ends. */
static bool has_wide_colon(struct slice line, size_t *column_out)
{
    static const char wide[] = "：";
    *column_out = 0;
    for (size_t i = 0; i + sizeof wide - 1 <= line.count && line.start[i] != ':'; i++) {
        if (memcmp(line.start + i, wide, sizeof wide - 1) == 0)
            return true;
        *column_out += ((unsigned char)line.start[i] & 0xC0) != 0x80;
    }
    return false;
}

/* A sign of Chinese texts outside quotes, from a column on, that YAML knows by another form. */
static const char *wide_sign(struct slice line, size_t *column_io, const char **right_out)
{
    static const struct {
        const char *wide;
        const char *right;
    } signs[] = {{"，", ","}, {"｛", "{"}, {"｝", "}"}, {"［", "["},
                 {"］", "]"}, {"【", "["}, {"】", "]"}};
    char quote = '\0';
    size_t column = 0;
    for (size_t i = 0; i < line.count && (quote != '\0' || line.start[i] != '#'); i++) {
        char c = line.start[i];
        bool is_mark = c == '"' || c == '\'';
        if (is_mark && (quote == '\0' || quote == c))
            quote = quote == '\0' ? c : '\0';
        for (size_t k = 0; quote == '\0' && column >= *column_io && k < COUNT_OF(signs); k++) {
            size_t bytes = strlen(signs[k].wide);
            if (i + bytes > line.count || memcmp(line.start + i, signs[k].wide, bytes) != 0)
                continue;
            *column_io = column;
            *right_out = signs[k].right;
            return signs[k].wide;
        }
        column += i + 1 < line.count && ((unsigned char)line.start[i + 1] & 0xC0) != 0x80;
    }
    return NULL;
}

/* Between { } or [ ]: the first such sign between where it opened and where reading ended. Else one
 * right behind "key: ". */
static bool tell_wide_sign(struct builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    yaml_mark_t at = parser->problem_mark;
    bool is_in_flow = parser->context != NULL && strstr(parser->context, "flow") != NULL;
    size_t first = is_in_flow ? parser->context_mark.line : at.line;
    for (size_t i = first; i <= at.line; i++) {
        const char *right = NULL;
        yaml_mark_t place = {.line = i};
        struct slice line = line_at(builder->text, i);
        const char *colon = line.count == 0 ? NULL : memchr(line.start, ':', line.count);
        if (is_in_flow && i == first)
            place.column = parser->context_mark.column;
        else if (!is_in_flow)
            place.column = colon == NULL ? line.count : (size_t)(colon - line.start) + 2;
        size_t from = place.column;
        const char *wide = wide_sign(line, &place.column, &right);
        if (wide == NULL || (!is_in_flow && place.column != from))
            continue;
        (void)refuse(builder, place, "\"%s\" should be \"%s\"", "“%s”应为“%s”", wide, right);
        return true;
    }
    return false;
}

/* What a hand slips into most often; false: it is something else. */
static bool tell_slip(struct builder *builder)
{
    yaml_mark_t at = builder->parser.problem_mark;
    struct slice line = line_at(builder->text, at.line);
    if (at.column < line.count && line.start[at.column] == '\t') {
        (void)refuse(builder, at, "a tab stands here: write blanks", "此处是制表符：请改用空格");
        return true;
    }
    size_t first = builder->parser.context != NULL ? builder->parser.context_mark.line : at.line;
    for (size_t i = first; i <= at.line; i++) {
        yaml_mark_t place = {.line = i};
        if (!has_wide_colon(line_at(builder->text, i), &place.column))
            continue;
        (void)refuse(builder, place, "\"：\" should be \": \", with a blank behind it",
                     "“：”应为半角冒号加一个空格“: ”");
        return true;
    }
    return tell_wide_sign(builder);
}

/* Where a byte of the text stands. */
static yaml_mark_t mark_of(struct slice text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < text.count; i++) {
        if (text.start[i] == '\n')
            mark = (yaml_mark_t){.index = offset, .line = mark.line + 1};
        else
            mark.column += ((unsigned char)text.start[i] & 0xC0) != 0x80;
    }
    return mark;
}

static int refuse_parse(struct builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    const char *what = parser->problem == NULL ? "?" : parser->problem;
    const char *what_zh = yaml_words_zh(what);
    if (parser->error == YAML_MEMORY_ERROR)
        return -ENOMEM;
    if (parser->error == YAML_READER_ERROR)
        return refuse(builder, mark_of(builder->text, parser->problem_offset),
                      "this is not text in UTF-8 (%s%.0s); save the file as UTF-8",
                      "此处不是 UTF-8 文本（%.0s%s）；请将文件保存为 UTF-8", what, what_zh);
    if (tell_slip(builder))
        return YAML_E_BAD;
    bool is_in_flow = parser->context != NULL && strstr(parser->context, "flow") != NULL;
    if (parser->context != NULL)
        return refuse(
            builder, parser->problem_mark, "this is not YAML: %s%.0s (%s%.0s, line %zu)%s%.0s",
            "不是合法的 YAML：%.0s%s（%.0s%s，第 %zu 行）%.0s%s", what, what_zh, parser->context,
            yaml_words_zh(parser->context), parser->context_mark.line + 1,
            is_in_flow ? "; between { } or [ ] a text with a comma, [ ], { } or \": \" stands in "
                         "quotes"
                       : "",
            is_in_flow ? "；{ } 或 [ ] 之内，含逗号、[ ]、{ } 或“: ”的文本须加引号" : "");
    return refuse(builder, parser->problem_mark, "this is not YAML: %s%.0s",
                  "不是合法的 YAML：%.0s%s", what, what_zh);
}

/* ---- the same key twice ---------------------------------------------------------------------- */

static int order_by_key(const void *a_p, const void *b_p)
{
    const struct yaml_node *a = *(struct yaml_node *const *)a_p;
    const struct yaml_node *b = *(struct yaml_node *const *)b_p;
    int order = slice_order(a->key, b->key);
    if (order != 0)
        return order;
    return a->key_line < b->key_line ? -1 : a->key_line > b->key_line;
}

static int refuse_double_keys(struct builder *builder, const struct yaml_node *map)
{
    if (map->count < 2)
        return 0;
    struct yaml_node **sorted = calloc(map->count, sizeof(struct yaml_node *));
    if (sorted == NULL)
        return -ENOMEM;
    uint32_t count = 0;
    for (struct yaml_node *child = map->first; child != NULL; child = child->next)
        sorted[count++] = child;
    qsort(sorted, count, sizeof(struct yaml_node *), order_by_key);
    int status = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (!slice_is_equal(sorted[i - 1]->key, sorted[i]->key))
            continue;
        problem_error(builder->problems, builder->file, sorted[i]->key_line, sorted[i]->key_column,
                      "\"%.*s\" stands here twice; it is already in line %u",
                      "“%.*s”重复出现；第 %u 行已有", SLICE_ARG(sorted[i]->key),
                      sorted[i - 1]->key_line);
        status = YAML_E_BAD;
    }
    free(sorted);
    return status;
}

/* ---- events ---------------------------------------------------------------------------------- */

static struct yaml_node *node_place(struct builder *builder, enum yaml_kind kind, yaml_mark_t mark)
{
    struct yaml_node *node = arena_take(builder->arena, 1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->file = builder->file;
    node->line = (uint32_t)mark.line + 1;
    node->column = (uint32_t)mark.column + 1;
    if (builder->depth == 0) {
        builder->root = node;
        return node;
    }
    struct frame *frame = &builder->stack[builder->depth - 1];
    if (frame->last == NULL)
        frame->node->first = node;
    else
        frame->last->next = node;
    frame->last = node;
    frame->node->count++;
    if (frame->has_key) {
        node->key = frame->key.value;
        node->key_line = frame->key.line;
        node->key_column = frame->key.column;
        frame->has_key = false;
    }
    return node;
}

static bool waits_for_key(const struct builder *builder)
{
    if (builder->depth == 0)
        return false;
    const struct frame *frame = &builder->stack[builder->depth - 1];
    return frame->node->kind == YAML_MAP && !frame->has_key;
}

static int on_scalar(struct builder *builder, const yaml_event_t *event)
{
    const char *start = (const char *)event->data.scalar.value;
    struct slice text = {.start = start, .count = event->data.scalar.length};
    if (memchr(start, '\0', text.count) != NULL)
        return refuse(builder, event->start_mark, "a NUL character in a text; leave it out",
                      "文本中有 NUL 字符；请删去");
    struct slice copy;
    if (!arena_copy(builder->arena, text, &copy))
        return -ENOMEM;
    if (waits_for_key(builder)) {
        struct frame *frame = &builder->stack[builder->depth - 1];
        frame->key.value = copy;
        frame->key.line = (uint32_t)event->start_mark.line + 1;
        frame->key.column = (uint32_t)event->start_mark.column + 1;
        frame->has_key = true;
        return 0;
    }
    struct yaml_node *node = node_place(builder, YAML_SCALAR, event->start_mark);
    if (node == NULL)
        return -ENOMEM;
    node->value = copy;
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return 0;
}

static int on_start(struct builder *builder, const yaml_event_t *event, enum yaml_kind kind)
{
    if (waits_for_key(builder))
        return refuse(builder, event->start_mark, "a key must be plain text", "键必须是普通文本");
    if (builder->depth == YAML_DEPTH_MAX)
        return refuse(builder, event->start_mark, "nested deeper than %d levels", "嵌套超过 %d 层",
                      YAML_DEPTH_MAX);
    struct yaml_node *node = node_place(builder, kind, event->start_mark);
    if (node == NULL)
        return -ENOMEM;
    builder->stack[builder->depth++] = (struct frame){.node = node};
    return 0;
}

static int on_end(struct builder *builder)
{
    const struct yaml_node *node = builder->stack[--builder->depth].node;
    return node->kind == YAML_MAP ? refuse_double_keys(builder, node) : 0;
}

static int refuse_anchor(struct builder *builder, const yaml_event_t *event,
                         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL)
        return refuse(builder, event->start_mark,
                      "anchors (&%s) are not allowed; write it out where it is needed",
                      "不允许使用锚点（&%s）；请在需要处直接写出", (const char *)anchor);
    if (tag != NULL)
        return refuse(builder, event->start_mark, "tags (%s) are not allowed; leave it out",
                      "不允许使用标签（%s）；请删去", (const char *)tag);
    return 0;
}

static int on_document(struct builder *builder, const yaml_event_t *event)
{
    if (++builder->document_count > 1)
        return refuse(builder, event->start_mark,
                      "a second document (---) in one file; put it in a file of its own",
                      "一个文件中有第二个文档（---）；请另存为一个文件");
    return 0;
}

static int on_event(struct builder *builder, const yaml_event_t *event)
{
    int status = 0;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(builder, event->start_mark,
                      "aliases (*%s) are not allowed; write it out where it is needed",
                      "不允许使用别名（*%s）；请在需要处直接写出",
                      (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        status = refuse_anchor(builder, event, event->data.scalar.anchor, event->data.scalar.tag);
        return status != 0 ? status : on_scalar(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        status = refuse_anchor(builder, event, event->data.sequence_start.anchor,
                               event->data.sequence_start.tag);
        return status != 0 ? status : on_start(builder, event, YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        status = refuse_anchor(builder, event, event->data.mapping_start.anchor,
                               event->data.mapping_start.tag);
        return status != 0 ? status : on_start(builder, event, YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(builder);
    case YAML_DOCUMENT_START_EVENT:
        return on_document(builder, event);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return 0;
    }
    return 0;
}

static int build(struct builder *builder)
{
    for (bool is_end = false; !is_end;) {
        yaml_event_t event;
        if (yaml_parser_parse(&builder->parser, &event) == 0)
            return refuse_parse(builder);
        int status = on_event(builder, &event);
        is_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (status != 0)
            return status;
    }
    if (builder->root != NULL)
        return 0;
    problem_error(builder->problems, builder->file, 0, 0, "the file is empty", "文件是空的");
    return YAML_E_BAD;
}

int yaml_parse(struct arena *arena, const char *file, struct slice text,
               struct problem_list *problems, const struct yaml_node **root_out)
{
    if (text.count > YAML_BYTES_MAX) {
        problem_error(problems, file, 0, 0, "%zu bytes are more than the %d allowed",
                      "%zu 字节，超过允许的 %d 字节", text.count, YAML_BYTES_MAX);
        return YAML_E_BAD;
    }
    static const char mark[] = "\xEF\xBB\xBF"; /* some editors begin a file in UTF-8 with it */
    if (slice_starts(text, slice_of(mark)))
        text = (struct slice){.start = text.start + sizeof mark - 1,
                              .count = text.count - (sizeof mark - 1)};
    struct slice name;
    struct builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL || !arena_copy(arena, slice_of(file), &name) ||
        yaml_parser_initialize(&builder->parser) == 0) {
        free(builder);
        return -ENOMEM;
    }
    builder->arena = arena;
    builder->problems = problems;
    builder->file = name.start;
    builder->text = text;
    const char *start = text.count == 0 ? "" : text.start;
    yaml_parser_set_encoding(&builder->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder->parser, (const unsigned char *)start, text.count);
    int status = build(builder);
    if (status == 0)
        *root_out = builder->root;
    yaml_parser_delete(&builder->parser);
    free(builder);
    return status;
}
