/* Does each source of a value override the weaker ones, and is every mistake told with its place?
 *
 * options_read ends the program for a mistake, so each case runs in a child of its own.
 */
#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"
#include "engine/sys/options.h"
#include "tests/lib/check.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *data_dir;
static bool quick;
static int64_t count;
static int64_t pause_ms;
static struct option_list rules;

static const struct option rows[] = {
    {.name = "data-dir",
     .short_name = 'd',
     .type = OPTION_TEXT,
     .value = "DIR",
     .preset = "/var/lib/x",
     .en = "where the ledger lies",
     .zh = "数据目录",
     .place = &data_dir},
    {.name = "quick", .type = OPTION_FLAG, .en = "do not wait", .zh = "不等待", .place = &quick},
    {.name = "count",
     .short_name = 'n',
     .type = OPTION_NUMBER,
     .value = "N",
     .preset = "3",
     .min = 1,
     .max = 10,
     .en = "how many",
     .zh = "数量",
     .place = &count},
    {.name = "pause",
     .type = OPTION_DURATION,
     .value = "TIME",
     .preset = "500 ms",
     .min = 1,
     .max = 60000,
     .en = "how long",
     .zh = "时长",
     .place = &pause_ms},
    {.name = "rules",
     .type = OPTION_LIST,
     .value = "FILE",
     .en = "rule files",
     .zh = "规则文件",
     .place = &rules},
};

static const struct program program = {.name = "cardwatch test",
                                       .section = "test",
                                       .usage = "[OPTION…] FILE…",
                                       .about_en = "A test.",
                                       .about_zh = "测试。",
                                       .options = rows,
                                       .option_count = COUNT_OF(rows)};

static char said[8192]; /* what the child wrote on both outputs */
static char config_path[] = "/tmp/cardwatch-options-XXXXXX";

static void child(char **argv)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    int first = options_read(&program, argc, argv);
    printf("%s|%d|%lld|%lld|", data_dir, quick, (long long)count, (long long)pause_ms);
    for (uint32_t i = 0; i < rules.count; i++)
        printf("%s ", rules.values[i]);
    printf("|");
    for (int i = first; i < argc; i++)
        printf("%s ", argv[i]);
    (void)fflush(stdout);
    exit(0);
}

/* The words of one command line, separated by blanks; "_" within a word stands for a blank.
 * Returns the exit status. */
static int run(const char *line)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    (void)fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        static char words[1024];
        char *argv[32] = {words};
        (void)snprintf(words, sizeof words, "test %s", line);
        int argc = 0;
        char *rest = NULL;
        for (char *word = strtok_r(words, " ", &rest); word != NULL;
             word = strtok_r(NULL, " ", &rest)) {
            for (char *c = strchr(word, '_'); c != NULL; c = strchr(c, '_'))
                *c = ' ';
            argv[argc++] = word;
        }
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        child(argv);
    }
    (void)close(ends[1]);
    size_t filled = 0;
    ssize_t got = 0;
    while ((got = read(ends[0], said + filled, sizeof said - 1 - filled)) > 0)
        filled += (size_t)got;
    said[filled] = '\0';
    (void)close(ends[0]);
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs with this as the configuration file. */
static int run_with(const char *yaml, const char *line)
{
    char whole[512];
    FILE *file = fopen(config_path, "w");
    CHECK(file != NULL);
    CHECK(fputs(yaml, file) >= 0);
    CHECK(fclose(file) == 0);
    (void)snprintf(whole, sizeof whole, "--config %s %s", config_path, line);
    return run(whole);
}

static void presets_hold_where_nothing_is_said(void)
{
    CHECK_EQ_INT(run(""), 0);
    CHECK_EQ_STR(said, "/var/lib/x|0|3|500||");
}

static void flags_and_operands_may_be_mixed(void)
{
    CHECK_EQ_INT(run("a --count=7 b -d /tmp --quick --rules r1 --rules=r2 --pause 2_second -- --c"),
                 0);
    CHECK_EQ_STR(said, "/tmp|1|7|2000|r1 r2 |a b --c ");
    CHECK_EQ_INT(run("--quick --no-quick"), 0);
    CHECK_EQ_STR(said, "/var/lib/x|0|3|500||");
}

static void the_stronger_source_wins(void)
{
    static const char yaml[] = "data-dir: /top\ncount: 4\nrules: [t1, t2]\n"
                               "test:\n  count: 5\n  rules:\n    - s1\n  pause: 1 minute\n";
    CHECK_EQ_INT(run_with(yaml, ""), 0);
    CHECK_EQ_STR(said, "/top|0|5|60000|s1 |");
    CHECK(setenv("CARDWATCH_COUNT", "6", 1) == 0);
    CHECK_EQ_INT(run_with(yaml, ""), 0);
    CHECK_EQ_STR(said, "/top|0|6|60000|s1 |");
    CHECK(setenv("CARDWATCH_TEST_COUNT", "7", 1) == 0);
    CHECK(setenv("CARDWATCH_RULES", "e1, e2", 1) == 0);
    CHECK(setenv("CARDWATCH_DATA_DIR", "", 1) == 0); /* empty: as if it were not there */
    CHECK_EQ_INT(run_with(yaml, ""), 0);
    CHECK_EQ_STR(said, "/top|0|7|60000|e1 e2 |");
    CHECK_EQ_INT(run_with(yaml, "--count 8 --rules f1"), 0);
    CHECK_EQ_STR(said, "/top|0|8|60000|f1 |");
    CHECK(unsetenv("CARDWATCH_COUNT") == 0);
    CHECK(unsetenv("CARDWATCH_TEST_COUNT") == 0);
    CHECK(unsetenv("CARDWATCH_RULES") == 0);
    CHECK(unsetenv("CARDWATCH_DATA_DIR") == 0);
}

static void a_mistake_on_the_command_line_ends_with_64(void)
{
    static const struct {
        const char *line;
        const char *says;
    } mistakes[] = {
        {"--dat-dir x", "--dat-dir: no such option; did you mean --data-dir?"},
        {"--xyzzy", "--xyzzy: no such option\n"},
        {"-x", "-x: no such option\n"},
        {"--quick=yes", "--quick=yes: takes no value"},
        {"--count", "--count: needs a value"},
        {"-n", "-n: needs a value"},
        {"--count 0", "--count: must be 1 to 10"},
        {"--count 11", "--count: must be 1 to 10"},
        {"--count 3x", "--count: \"3x\" is not a whole number"},
        {"--count 99999999999999999999", "is not a whole number"},
        {"--pause 5", "--pause: \"5\" has no unit: write \"5 second\""},
        {"--pause 5_parsec", "--pause: \"5 parsec\" is not a length of time"},
        {"--pause -5_ms", "--pause: \"-5 ms\" is not a length of time"},
        {"--pause 2_hour", "--pause: must be 1 ms to 1 minute"},
        {"--lang fr", "--lang: must be en or zh"},
        {"--lang zh --dat-dir x", "--dat-dir: 没有这个选项；是否指 --data-dir？"},
    };
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        CHECK_EQ_INT(run(mistakes[i].line), 64);
        CHECK(strstr(said, mistakes[i].says) != NULL);
        CHECK(strncmp(said, "cardwatch test: ", 16) == 0);
    }
}

static void a_mistake_in_the_file_ends_with_78_and_its_place(void)
{
    static const struct {
        const char *yaml;
        const char *says; /* behind the file's name */
    } mistakes[] = {
        {"test:\n  cuont: 3\n", ":2:3: cuont: no such option; did you mean count?\n"},
        {"test:\n  xyzzy: 3\n", ":2:3: xyzzy: no such option\n"},
        {"coumt: 3\n", ":1:1: coumt: no such option; did you mean count?\n"},
        {"tset:\n  count: 3\n", ":1:1: tset: no such section; did you mean test?\n"},
        {"count: 3\ncount: 4\n", ":2:1: count: given twice\n"},
        {"rules: [a]\nrules: [b]\n", ":2:1: rules: given twice\n"},
        {"count: [1, 2]\n", ":1:1: count: takes one value, not a list\n"},
        {"count: 11\n", ":1:1: count: must be 1 to 10\n"},
        {"count:\n", ":1:1: count: has no value: give one, or leave the line out\n"},
        {"quick: maybe\n", ":1:1: quick: \"maybe\" is neither true nor false\n"},
        {"test:\n  count: {a: b}\n", ":2:10: expected \"option: value\""},
        {"- count\n", ":1:1: expected \"option: value\""},
        {"count\n", ":1:1: expected \"option: value\""},
        {"data-dir: &a /x\n", ":1:11: anchors and aliases are not used here\n"},
        {"data-dir: *a\n", ":1:11: anchors and aliases are not used here\n"},
        {"count: 3\n---\ncount: 4\n", ":2:1: a second document begins\n"},
        {"count: \"3\n", ":2:1: this is not YAML: found unexpected end of stream\n"},
    };
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        CHECK_EQ_INT(run_with(mistakes[i].yaml, ""), 78);
        CHECK(strncmp(said, config_path, strlen(config_path)) == 0);
        const char *behind = said + strlen(config_path);
        if (strncmp(behind, mistakes[i].says, strlen(mistakes[i].says)) != 0)
            CHECK_EQ_STR(behind, mistakes[i].says);
    }
    CHECK_EQ_INT(run("--config /nowhere/at/all.yaml"), 78);
    CHECK_EQ_STR(said, "/nowhere/at/all.yaml: No such file or directory\n");
}

static void other_programs_have_their_say_in_the_same_file(void)
{
    CHECK_EQ_INT(run_with("# nothing\n", ""), 0);
    CHECK_EQ_INT(run_with("intake: tcp://*:7401\nengine:\n  anything: [1, 2]\n  more: yes\n"
                          "test:\n  quick: yes\n",
                          ""),
                 0);
    CHECK_EQ_STR(said, "/var/lib/x|1|3|500||");
}

static void help_and_version_end_well(void)
{
    CHECK_EQ_INT(run("--help"), 0);
    CHECK(strstr(said, "Usage: cardwatch test [OPTION…] FILE…\n\nA test.\n") != NULL);
    CHECK(strstr(said, "  -d, --data-dir DIR  where the ledger lies (default: /var/lib/x)\n") !=
          NULL);
    CHECK_EQ_INT(run("--help --lang zh"), 0);
    CHECK(strstr(said, "  -n, --count N       数量（默认 3）\n") != NULL);
    CHECK_EQ_INT(run("--version"), 0);
    CHECK(strncmp(said, "cardwatch test 0.", 17) == 0);
}

static void what_was_meant_is_near(void)
{
    CHECK_EQ_INT(word_distance("", ""), 0);
    CHECK_EQ_INT(word_distance("abc", ""), 3);
    CHECK_EQ_INT(word_distance("replay", "repaly"), 1);
    CHECK_EQ_INT(word_distance("rules", "rule"), 1);
    CHECK_EQ_INT(word_distance("kitten", "sitting"), 3);
    CHECK(word_is_near("satus", "status"));
    CHECK(!word_is_near("due", "engine"));
}

/* The file's name is made once; what is left of it goes with the last test. */
static void set_up(void)
{
    int fd = mkstemp(config_path);
    CHECK(fd >= 0);
    CHECK(close(fd) == 0);
    CHECK(unsetenv("CARDWATCH_CONFIG") == 0);
    CHECK(unsetenv("CARDWATCH_LANG") == 0);
    CHECK(setenv("LC_ALL", "C", 1) == 0);
}

static void tear_down(void)
{
    CHECK(unlink(config_path) == 0);
}

CHECK_MAIN("unit/options", TEST(set_up), TEST(presets_hold_where_nothing_is_said),
           TEST(flags_and_operands_may_be_mixed), TEST(the_stronger_source_wins),
           TEST(a_mistake_on_the_command_line_ends_with_64),
           TEST(a_mistake_in_the_file_ends_with_78_and_its_place),
           TEST(other_programs_have_their_say_in_the_same_file), TEST(help_and_version_end_well),
           TEST(what_was_meant_is_near), TEST(tear_down))
