/* cardwatch.c - the one command that people type: `cardwatch VERB …` becomes the program that
 * lies beside it and does the work. It reads nothing, opens nothing, and is gone after exec.
 */
#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"
#include "engine/sys/version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* How the words behind the verb go to the program. */
enum handover {
    REST,       /* all that follow the verb */
    WITH_VERB,  /* the verb too: one program answers to several */
    WITH_CHECK, /* all that follow, and --check-config */
};

/* One verb of one or two words. A row without a program begins a group of the overview. */
struct verb {
    const char *name;
    const char *second;
    const char *program;
    enum handover handover;
    const char *en;
    const char *zh;
};

static const struct verb verbs[] = {
    {.en = "Rules and time limits", .zh = "规则与时限"},
    {"rules", NULL, "cardwatch-rules", REST,
     "check, import, compare, roll back rules and catalogues",
     "检查、导入、比较、回退规则与事项目录"},
    {"due", NULL, "cardwatch-due", REST, "one deadline, and how it was counted",
     "计算一个期限，并说明如何计算"},
    {"replay", NULL, "cardwatch-replay", REST, "recorded events in, cards out, offline",
     "离线回放：输入事件，输出牌"},
    {.en = "The engine and what feeds it", .zh = "引擎与采集"},
    {"engine", NULL, "cardwatch-engine", REST, "the daemon that watches every case",
     "监察引擎（常驻服务）"},
    {"collect", NULL, "cardwatch-collect", REST, "push events from files and systems to an engine",
     "从文件或业务系统采集事件"},
    {"config", "check", "cardwatch-engine", WITH_CHECK,
     "what configuration is in force, and from where", "检查生效的配置及其来源"},
    {"keys", NULL, "cardwatch-keys", REST, "keys for whoever comes over the network",
     "网络接入所用的密钥"},
    {"backup", NULL, "cardwatch-backup", REST, "a copy of everything, while the engine runs",
     "在引擎运行时备份全部数据"},
    {"verify", NULL, "cardwatch-verify", REST, "is the whole journal and ledger still sound",
     "检查整个日志与牌账是否完好"},
    {.en = "The feed of cards", .zh = "发牌动态"},
    {"view", "tail", "cardwatch-view-tail", REST, "every card as a line, as it is raised",
     "逐行显示每一张牌"},
    {"view", "top", "cardwatch-view-top", REST, "the whole picture on a terminal", "终端全屏总览"},
    {"view", "web", "cardwatch-view-web", REST, "the page for the wall of a service hall",
     "政务大厅的大屏网页"},
    {"view", "notify", "cardwatch-view-notify", REST, "mails and chat robots",
     "邮件与群机器人通知"},
    {.en = "Questions to a running engine", .zh = "查询运行中的引擎"},
    {"case", NULL, "cardwatch-ask", WITH_VERB, "one case: its course, and what fires next",
     "一个办件：经过，以及接下来何时发牌"},
    {"explain", NULL, "cardwatch-ask", WITH_VERB, "why a card was raised", "为什么发这张牌"},
    {"open", NULL, "cardwatch-ask", WITH_VERB, "the open cases", "在办件列表"},
    {"soon", NULL, "cardwatch-ask", WITH_VERB, "what falls due, soonest first", "即将到期"},
    {"pending", NULL, "cardwatch-ask", WITH_VERB, "the cards that wait for a supervisor",
     "待发的牌"},
    {"status", NULL, "cardwatch-ask", WITH_VERB, "health, sources, queues", "运行状况、来源、队列"},
    {"quarantine", NULL, "cardwatch-ask", WITH_VERB, "refused events, and why",
     "被拒收的事件及原因"},
};

enum { PATH_BYTES = 4096, VERB_COLUMNS = 16 };

static void overview(void)
{
    printf("%s\n\n",
           say("cardwatch: electronic monitoring of government cases. Events in, cards out.",
               "cardwatch：政务办件电子监察。事件进，牌出。"));
    printf("%s\n", say("Usage: cardwatch VERB [ARGUMENT…]", "用法：cardwatch 动词 [参数…]"));
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const struct verb *verb = &verbs[i];
        if (verb->program == NULL) {
            printf("\n%s\n", say(verb->en, verb->zh));
            continue;
        }
        char name[32];
        (void)snprintf(name, sizeof name, "%s%s%s", verb->name, verb->second == NULL ? "" : " ",
                       verb->second == NULL ? "" : verb->second);
        printf("  %-*s%s\n", VERB_COLUMNS, name, say(verb->en, verb->zh));
    }
    printf("\n%s\n", say("More on each: cardwatch VERB --help. The other language: --lang zh.",
                         "各动词的用法：cardwatch 动词 --help。切换语言：--lang en。"));
}

static const struct verb *verb_find(const char *name, const char *second)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const struct verb *verb = &verbs[i];
        if (verb->program == NULL || strcmp(verb->name, name) != 0)
            continue;
        if (verb->second == NULL || (second != NULL && strcmp(verb->second, second) == 0))
            return verb;
    }
    return NULL;
}

static const char *nearer(const char *typed, const char *known, const char *nearest)
{
    bool is_nearer =
        known != NULL && word_is_near(typed, known) &&
        (nearest == NULL || word_distance(typed, known) < word_distance(typed, nearest));
    return is_nearer ? known : nearest;
}

/* The second words of a verb, if it has any: "tail, top, web, notify". */
static bool seconds_of(const char *name, char *text, size_t room)
{
    size_t count = 0;
    text[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const struct verb *verb = &verbs[i];
        if (verb->program != NULL && verb->second != NULL && strcmp(verb->name, name) == 0 &&
            count < room)
            count += (size_t)snprintf(text + count, room - count, "%s%s", count == 0 ? "" : ", ",
                                      verb->second);
    }
    return count > 0;
}

static int unknown(const char *name, const char *second)
{
    char seconds[128];
    const char *nearest = NULL;
    if (seconds_of(name, seconds, sizeof seconds)) {
        for (size_t i = 0; second != NULL && i < COUNT_OF(verbs); i++)
            nearest = verbs[i].name != NULL && strcmp(verbs[i].name, name) == 0
                          ? nearer(second, verbs[i].second, nearest)
                          : nearest;
        (void)fprintf(
            stderr,
            say("cardwatch: %s is followed by one of: %s\n", "cardwatch：%s 之后应为：%s\n"), name,
            seconds);
        if (nearest != NULL)
            (void)fprintf(stderr,
                          say("Did you mean: cardwatch %s %s\n", "是否指：cardwatch %s %s\n"), name,
                          nearest);
        return EX_USAGE;
    }
    nearest = nearer(name, "help", nearest);
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        nearest = nearer(name, verbs[i].name, nearest);
    (void)fprintf(stderr, say("cardwatch: %s: no such verb\n", "cardwatch：%s：没有这个动词\n"),
                  name);
    if (nearest != NULL)
        (void)fprintf(stderr, say("Did you mean: cardwatch %s\n", "是否指：cardwatch %s\n"),
                      nearest);
    else
        (void)fprintf(stderr, "%s",
                      say("All of them: cardwatch help\n", "全部动词：cardwatch help\n"));
    return EX_USAGE;
}

/* The program beside this one; failing that, the one on PATH. Returns only when there is none. */
static int become(const char *program, char **arguments)
{
    char path[PATH_BYTES];
    ssize_t count = readlink("/proc/self/exe", path, sizeof path - 1);
    if (count > 0) {
        path[count] = '\0';
        char *slash = strrchr(path, '/');
        assert(slash != NULL); /* the kernel's answer is an absolute path */
        size_t room = sizeof path - (size_t)(slash + 1 - path);
        if (snprintf(slash + 1, room, "%s", program) < (int)room)
            (void)execv(path, arguments);
    }
    if (count <= 0 || errno == ENOENT)
        (void)execvp(program, arguments);
    (void)fprintf(stderr,
                  say("cardwatch: %s cannot be started: %s\n", "cardwatch：无法启动 %s：%s\n"),
                  program, strerror(errno));
    return EX_UNAVAILABLE;
}

/* argv from the verb on; the program sees its own name first, then what the row hands over. */
static int run(const struct verb *verb, int argc, char **argv)
{
    static char check[] = "--check-config";
    char **arguments = calloc((size_t)argc + 3, sizeof *arguments);
    char *program = strdup(verb->program);
    if (arguments == NULL || program == NULL) {
        free(program);
        free(arguments);
        return EX_OSERR;
    }
    size_t count = 0;
    arguments[count++] = program;
    int first = verb->second != NULL ? 2 : verb->handover == WITH_VERB ? 0 : 1;
    for (int i = first; i < argc; i++)
        arguments[count++] = argv[i];
    if (verb->handover == WITH_CHECK)
        arguments[count++] = check;
    int result = become(verb->program, arguments);
    free(program);
    free(arguments);
    return result;
}

/* --lang before the verb goes on to the program through the environment. */
static int take_language(char ***argv_io)
{
    char **argv = *argv_io;
    const char *lang = getenv("CARDWATCH_LANG");
    if (argv[1] != NULL && strcmp(argv[1], "--lang") == 0 && argv[2] != NULL) {
        lang = argv[2];
        *argv_io += 2;
    } else if (argv[1] != NULL && strncmp(argv[1], "--lang=", 7) == 0) {
        lang = argv[1] + 7;
        *argv_io += 1;
    }
    if (!lang_init(lang)) {
        (void)fprintf(stderr, "cardwatch: --lang: %s\n",
                      say("must be en or zh", "必须是 en 或 zh"));
        return EX_USAGE;
    }
    return lang != NULL && setenv("CARDWATCH_LANG", lang, 1) != 0 ? EX_OSERR : 0;
}

/* help VERB … is VERB … --help. */
static int help(int argc, char **argv)
{
    static char help_option[] = "--help";
    const struct verb *verb = verb_find(argv[0], argc > 1 ? argv[1] : NULL);
    if (verb == NULL)
        return unknown(argv[0], argc > 1 ? argv[1] : NULL);
    char *one[] = {argv[0], help_option, NULL};
    char *two[] = {argv[0], argv[1], help_option, NULL};
    return verb->second == NULL ? run(verb, 2, one) : run(verb, 3, two);
}

int main(int argc, char **argv)
{
    char **words = argv;
    int result = take_language(&words);
    if (result != 0)
        return result;
    argc -= (int)(words - argv) + 1;
    words++;
    bool is_help = argc == 0 || strcmp(words[0], "help") == 0 || strcmp(words[0], "--help") == 0 ||
                   strcmp(words[0], "-h") == 0;
    if (is_help && argc > 1)
        return help(argc - 1, words + 1);
    if (is_help) {
        overview();
        return 0;
    }
    if (strcmp(words[0], "--version") == 0) {
        printf("cardwatch %s\n", CARDWATCH_VERSION);
        return 0;
    }
    const struct verb *verb = verb_find(words[0], argc > 1 ? words[1] : NULL);
    return verb == NULL ? unknown(words[0], argc > 1 ? words[1] : NULL) : run(verb, argc, words);
}
