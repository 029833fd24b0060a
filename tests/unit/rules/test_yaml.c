/* test_yaml.c - the tree, what is refused, and the words in which it is. */
#include "rules/read/yaml.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static struct arena *arena;
static struct problem_list problems;

static const struct yaml_node *parse(const char *text)
{
    const struct yaml_node *root = NULL;
    arena_destroy(&arena);
    problem_list_clear(&problems);
    arena = arena_create();
    CHECK(arena != NULL);
    int status = yaml_parse(arena, "t.yaml", slice_of(text), &problems, &root);
    CHECK_EQ_INT(status, root == NULL ? YAML_E_BAD : 0);
    CHECK((problems.error_count > 0) == (root == NULL));
    return root;
}

/* "line:column text" of the first problem. */
static const char *first_problem(void)
{
    static char text[PROBLEM_TEXT_BYTES + 32];
    CHECK(problems.count > 0);
    (void)snprintf(text, sizeof text, "%u:%u %s", problems.at[0].line, problems.at[0].column,
                   problems.at[0].en);
    return text;
}

static void nodes_know_their_place(void)
{
    const struct yaml_node *root = parse("# head\nrule: permit\n"
                                         "cards:\n  - {warn: \"no\", 红: 010}\n  - text\n");
    CHECK(root != NULL && root->kind == YAML_MAP && root->count == 2);
    CHECK_EQ_STR(root->file, "t.yaml");
    const struct yaml_node *rule = yaml_find(root, "rule");
    CHECK_EQ_SLICE(rule->value, "permit");
    CHECK(rule->line == 2 && rule->column == 7 && rule->key_line == 2 && rule->key_column == 1);
    CHECK(!rule->is_quoted && rule->value.start[rule->value.count] == '\0');
    const struct yaml_node *cards = yaml_find(root, "cards");
    CHECK(cards->kind == YAML_LIST && cards->count == 2);
    const struct yaml_node *no = yaml_find(cards->first, "warn");
    CHECK(no->is_quoted && no->line == 4 && no->column == 12);
    CHECK_EQ_SLICE(no->value, "no");
    CHECK_EQ_SLICE(yaml_find(cards->first, "红")->value, "010");
    CHECK_EQ_SLICE(cards->first->next->value, "text");
    CHECK(yaml_find(root, "other") == NULL && yaml_find(rule, "x") == NULL);
    CHECK(yaml_find(NULL, "x") == NULL);
}

static void what_could_mislead_is_refused(void)
{
    static const struct {
        const char *text;
        const char *problem;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", "3:1 \"a\" stands here twice; it is already in line 1"},
        {"a: &x 1\n", "1:4 anchors (&x) are not allowed; write it out where it is needed"},
        {"a: *x\n", "1:4 aliases (*x) are not allowed; write it out where it is needed"},
        {"a: !!int 1\n", "1:4 tags (tag:yaml.org,2002:int) are not allowed; leave it out"},
        {"a: 1\n---\nb: 2\n",
         "2:1 a second document (---) in one file; put it in a file of its own"},
        {"? [a]\n: 1\n", "1:3 a key must be plain text"},
        {"a: \"b\\0\"\n", "1:4 a NUL character in a text; leave it out"},
        {"", "0:0 the file is empty"},
        {"# nothing\n", "0:0 the file is empty"},
        {"a: 1\nb:\n\tc: 1\n", "3:1 a tab stands here: write blanks"},
        {"a: 1\n依据：x\nb: 2\n", "2:3 \"：\" should be \": \", with a blank behind it"},
        {"rule: r\nground：x\nb：y\n", "2:7 \"：\" should be \": \", with a blank behind it"},
        {"a: [1, 2\n",
         "2:1 this is not YAML: did not find expected ',' or ']' (while parsing a flow sequence, "
         "line 1); between { } or [ ] a text with a comma, [ ], { } or \": \" stands in quotes"},
        {"a: 1\n部门: \xff\n",
         "2:5 this is not text in UTF-8 (invalid leading UTF-8 octet); save the file as UTF-8"},
        {"a: {b: 1，c: 2}\n", "1:9 \"，\" should be \",\""},
        {"a: {b: 'x，y', # ，\n  c: 1，d: 2}\n", "2:7 \"，\" should be \",\""},
        {"a: ｛b: 1, c: 2｝\n", "1:4 \"｛\" should be \"{\""},
        {"a: {b: [1, 2】\n", "1:13 \"】\" should be \"]\""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(parse(rows[i].text) == NULL);
        CHECK_EQ_STR(first_problem(), rows[i].problem);
    }
}

/* libyaml speaks English alone: of each of its sentences the Chinese says no word of it. */
static void what_is_no_yaml_is_said_in_chinese(void)
{
    static const struct {
        const char *text;
        const char *zh;
    } rows[] = {
        {"a: [1, 2\n", "不是合法的 YAML：此处应为“,”或“]”（解析 [ ] 列表时，第 1 行）；{ } 或 [ ] "
                       "之内，含逗号、[ ]、{ } 或“: ”的文本须加引号"},
        {"a: {b: 1\n", "不是合法的 YAML：此处应为“,”或“}”（解析 { } 映射时，第 1 行）；{ } 或 [ ] "
                       "之内，含逗号、[ ]、{ } 或“: ”的文本须加引号"},
        {"a: 'b\n",
         "不是合法的 YAML：文件在此提前结束：检查引号和括号是否成对（读取引号中的文本时，第 1 "
         "行）"},
        {"a: \"\\q\"\n",
         "不是合法的 YAML：双引号中有未知的转义（\\ 之后的字符）（解析引号中的文本时，第 1 行）"},
        {"a: \"\\xzz\"\n",
         "不是合法的 YAML：转义中缺少十六进制数字（解析引号中的文本时，第 1 行）"},
        {"a: \"\\uD800\"\n",
         "不是合法的 YAML：转义写出的不是有效的 Unicode 字符（解析引号中的文本时，第 1 行）"},
        {"a: 1: 2\n", "不是合法的 YAML：此处不能出现“键: 值”：检查缩进，含“: ”的文本请加引号"},
        {"a: @b\n",
         "不是合法的 YAML：此字符不能作为开头（如 @ 或 `）：请加引号（读取下一个词时，第 1 行）"},
        {"a: - b\n", "不是合法的 YAML：此处不能出现“- ”开头的列表项"},
        {"a: 1\nb\n", "不是合法的 YAML：键后缺少冒号“:”（读取键时，第 2 行）"},
        {"a:\n  b: 1\n c: 2\n",
         "不是合法的 YAML：此处应为一个键：检查缩进（解析“键: 值”时，第 1 行）"},
        {"- a\nb: 1\n",
         "不是合法的 YAML：此处应为“- ”开头的列表项：检查缩进（解析“- ”列表时，第 1 行）"},
        {"a: |0\n b\n", "不是合法的 YAML：缩进指示不能为 0（读取“|”或“>”文本块时，第 1 行）"},
        {"a: | b\n", "不是合法的 YAML：此处应为注释或换行（读取“|”或“>”文本块时，第 1 行）"},
        {"a: &\n", "不是合法的 YAML：此处应为字母或数字（读取锚点时，第 1 行）"},
        {"a: *\n", "不是合法的 YAML：此处应为字母或数字（读取别名时，第 1 行）"},
        {"%FOO\n---\na: 1\n", "不是合法的 YAML：未知的“%”指令（读取“%”指令时，第 1 行）"},
        {"%YAML 2.0\n---\na: 1\n", "不是合法的 YAML：不支持的 YAML 版本"},
        {"a: !x!y 1\n", "不是合法的 YAML：标签前缀没有定义（解析内容时，第 1 行）"},
        {"a: !<x 1\n", "不是合法的 YAML：标签缺少“>”（读取标签时，第 1 行）"},
        {"]\n", "不是合法的 YAML：此处缺少内容（解析缩进的内容时，第 1 行）"},
        {"\"a\" \"b\"\n", "不是合法的 YAML：此处应为文档开头（---）：检查缩进"},
        {"a: \xff\n", "此处不是 UTF-8 文本（UTF-8 首字节无效）；请将文件保存为 UTF-8"},
        {"a: \xe4\x41\n", "此处不是 UTF-8 文本（UTF-8 后续字节无效）；请将文件保存为 UTF-8"},
        {"a: \x01\n", "此处不是 UTF-8 文本（不允许控制字符）；请将文件保存为 UTF-8"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(parse(rows[i].text) == NULL);
        CHECK_EQ_STR(problems.at[0].zh, rows[i].zh);
    }
}

static void depth_and_size_have_an_end(void)
{
    char text[2 * YAML_DEPTH_MAX + 8] = "";
    memset(text, '[', YAML_DEPTH_MAX);
    memset(text + YAML_DEPTH_MAX, ']', YAML_DEPTH_MAX);
    CHECK(parse(text) != NULL);
    memset(text, '[', YAML_DEPTH_MAX + 1);
    memset(text + YAML_DEPTH_MAX + 1, ']', YAML_DEPTH_MAX + 1);
    CHECK(parse(text) == NULL);
    CHECK_EQ_STR(first_problem(), "1:33 nested deeper than 32 levels");

    char *large = malloc(YAML_BYTES_MAX + 1);
    CHECK(large != NULL);
    memset(large, ' ', YAML_BYTES_MAX + 1);
    const struct yaml_node *root = NULL;
    problem_list_clear(&problems);
    CHECK_EQ_INT(
        yaml_parse(arena, "t.yaml", (struct slice){large, YAML_BYTES_MAX + 1}, &problems, &root),
        YAML_E_BAD);
    CHECK_EQ_STR(first_problem(), "0:0 16777217 bytes are more than the 16777216 allowed");
    free(large);
}

static void readers_say_what_would_be_right(void)
{
    static const char *const keys[] = {"calendar", "zone", "week"};
    static const char *const levels[] = {"warn", "yellow", "red"};
    const struct yaml_node *root =
        parse("calender: x\nzone: [a]\nn: 12\nbad: 1.5\nquoted: \"7\"\nyes: true\nno: no\n"
              "level: yelow\nother: blue\nempty:\n");
    CHECK(!yaml_check_keys(root, keys, COUNT_OF(keys), &problems));
    CHECK_EQ_STR(first_problem(), "1:1 unknown key \"calender\"; did you mean \"calendar\"? "
                                  "(calendar, zone, week)");
    CHECK_EQ_STR(problems.at[0].zh,
                 "不认识的键“calender”；是否想写“calendar”？（calendar, zone, week）");
    int64_t number = 0;
    bool truth = false;
    problem_list_clear(&problems);
    CHECK(yaml_number(yaml_find(root, "n"), 1, 12, &problems, &number) && number == 12);
    CHECK(yaml_bool(yaml_find(root, "yes"), &problems, &truth) && truth);
    CHECK_EQ_INT(problems.error_count, 0);
    CHECK(!yaml_number(yaml_find(root, "n"), 1, 11, &problems, &number));
    CHECK_EQ_STR(first_problem(), "3:4 \"12\" should be a whole number from 1 to 11");
    CHECK(!yaml_number(yaml_find(root, "bad"), 1, 11, &problems, &number));
    CHECK(!yaml_number(yaml_find(root, "quoted"), 1, 11, &problems, &number));
    CHECK(!yaml_bool(yaml_find(root, "no"), &problems, &truth));
    problem_list_clear(&problems);
    CHECK_EQ_INT(yaml_choice(yaml_find(root, "level"), levels, COUNT_OF(levels), &problems), -1);
    CHECK_EQ_STR(first_problem(), "8:8 \"yelow\" is not known here; did you mean \"yellow\"? "
                                  "(warn, yellow, red)");
    problem_list_clear(&problems);
    CHECK_EQ_INT(yaml_choice(yaml_find(root, "other"), levels, COUNT_OF(levels), &problems), -1);
    CHECK_EQ_STR(first_problem(), "9:8 \"blue\" is not known here; it can be: warn, yellow, red");
    problem_list_clear(&problems);
    CHECK_EQ_SLICE(yaml_text(root, "zone", &problems), "");
    CHECK_EQ_STR(first_problem(), "2:7 zone: expected a single value here");
    problem_list_clear(&problems);
    CHECK_EQ_SLICE(yaml_text(root, "empty", &problems), "");
    CHECK_EQ_STR(first_problem(), "10:7 empty: expected a single value here");
    problem_list_clear(&problems);
    CHECK_EQ_SLICE(yaml_text(root, "absent", &problems), "");
    CHECK_EQ_STR(first_problem(), "1:1 \"absent\" is missing here");
}

static void problems_are_cut_and_counted_never_lost(void)
{
    char name[PROBLEM_TEXT_BYTES + 8];
    for (size_t i = 0; i + 3 < sizeof name; i += 3)
        memcpy(name + i, "期", 4);
    problem_list_clear(&problems);
    problem_error(&problems, "a.yaml", 1, 2, "x%s", "错%s", name);
    for (const char *at = problems.at[0].en + 1; *at != '\0'; at += 3)
        CHECK(memcmp(at, "期", 3) == 0); /* no character in halves */
    for (uint32_t i = 1; i < PROBLEM_MAX + 5; i++)
        problem_warn(&problems, "a.yaml", i, 1, "w", "警");
    CHECK_EQ_INT(problems.count, PROBLEM_MAX);
    CHECK_EQ_INT(problems.error_count, 1);
    CHECK_EQ_INT(problems.warning_count, PROBLEM_MAX + 4);
    CHECK(problems.at[1].file == problems.at[0].file);
    problem_list_clear(&problems);
    CHECK_EQ_INT(problems.count, 0);
    arena_destroy(&arena);
}

CHECK_MAIN("unit/yaml", TEST(nodes_know_their_place), TEST(what_could_mislead_is_refused),
           TEST(what_is_no_yaml_is_said_in_chinese), TEST(depth_and_size_have_an_end),
           TEST(readers_say_what_would_be_right), TEST(problems_are_cut_and_counted_never_lost))
