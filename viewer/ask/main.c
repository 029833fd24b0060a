/* main.c - one question to the engine, one answer: case, explain, status, open, soon, pending,
 * quarantine.
 *
 * `cardwatch case X` runs this program with "case" as its first argument. Each verb is one row of
 * the table at the end: its options, the query it makes, and how the answer is shown.
 */
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "viewer/ask/lists.h"
#include "viewer/feed/card_view.h"
#include "viewer/feed/feed.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/place.h"
#include "viewer/feed/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static struct {
    const char *home;
    const char *query;
    const char *zone;
    const char *org;
    const char *area;
    const char *after;
    const char *within;
    const char *before;
    const char *who;
    const char *why;
    int64_t max;
    int64_t wait_ms;
    bool json;
    bool all;
    struct curve_given curve;
} wish;

#define OPTION_TO_ALL                                                                              \
    {"home",           0,         OPTION_TEXT, "DIR", PLACE_HOME, 0, 0, "the engine's folder",     \
     "引擎的数据目录", &wish.home},                                                                \
        {"query",                                                                                  \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "ENDPOINT",                                                                               \
         NULL,                                                                                     \
         0,                                                                                        \
         0,                                                                                        \
         "query endpoint (default: ipc://<home>/query)",                                           \
         "查询地址（默认 ipc://<home>/query）",                                                    \
         &wish.query},                                                                             \
        {"wait",          0,                                                                       \
         OPTION_DURATION, "TIME",                                                                  \
         "5 second",      10,                                                                      \
         600000,          "how long to wait for the engine",                                       \
         "等待引擎多久",  &wish.wait_ms},                                                          \
        {"zone",                                                                                   \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "ZONE",                                                                                   \
         NULL,                                                                                     \
         0,                                                                                        \
         0,                                                                                        \
         "time zone to show times in (default: the engine's)",                                     \
         "显示所用时区（默认按引擎）",                                                             \
         &wish.zone},                                                                              \
        CURVE_OPTIONS(wish.curve),                                                                 \
    {                                                                                              \
        "json", 0, OPTION_FLAG, NULL, NULL, 0, 0, "the answer as one line of JSON",                \
            "以一行 JSON 输出", &wish.json                                                         \
    }
#define OPTION_MAX(preset)                                                                         \
    {                                                                                              \
        "max", 0, OPTION_NUMBER, "N", preset, 1, 1000, "at most so many", "最多多少条", &wish.max  \
    }
#define OPTION_ORG                                                                                 \
    {                                                                                              \
        "org", 0, OPTION_TEXT, "ORG", NULL, 0, 0, "only this org", "只看该部门", &wish.org         \
    }
#define OPTION_AFTER(en, zh)                                                                       \
    {                                                                                              \
        "after", 0, OPTION_TEXT, "LAST", NULL, 0, 0, en, zh, &wish.after                           \
    }

static const struct option options_plain[] = {OPTION_TO_ALL};
static const struct option options_explain[] = {
    OPTION_TO_ALL,
    {"all", 0, OPTION_FLAG, NULL, NULL, 0, 0,
     "of a case: the rules of other items, too, and why they do not judge it",
     "办件：也列出属于其他事项的规则及其不适用的原因", &wish.all},
    OPTION_AFTER("of a case: go on behind this rule", "办件：从该规则之后继续")};
static const struct option options_open[] = {
    OPTION_TO_ALL,
    OPTION_ORG,
    {"area", 0, OPTION_TEXT, "AREA", NULL, 0, 0, "only this area", "只看该区划", &wish.area},
    OPTION_AFTER("go on behind this case", "从该办件之后继续"),
    OPTION_MAX("100")};
static const struct option options_soon[] = {
    OPTION_TO_ALL,
    OPTION_ORG,
    {"within", 0, OPTION_TEXT, "TERM", "2 day", 0, 0, "what falls due within this time",
     "多久之内到期", &wish.within},
    {"before", 0, OPTION_TEXT, "INSTANT", NULL, 0, 0, "what falls due before this instant",
     "在该时刻之前到期", &wish.before},
    OPTION_MAX("100")};
static const struct option options_pending[] = {OPTION_TO_ALL, OPTION_ORG, OPTION_MAX("100")};
static const struct option options_quarantine[] = {
    OPTION_TO_ALL,
    {"who", 0, OPTION_TEXT, "NAME", NULL, 0, 0, "requeue: who takes them in again",
     "requeue：由谁重新接收", &wish.who},
    {"why", 0, OPTION_TEXT, "REASON", NULL, 0, 0, "requeue: and why", "requeue：理由", &wish.why},
    OPTION_AFTER("go on behind this number", "从该编号之后继续"),
    OPTION_MAX("100")};

struct verb {
    struct program program;
    int operands_min;
    int operands_max;
    json_t *(*request)(int count, char **operands);
    void (*show)(FILE *out, const json_t *answer);
};

static const struct verb *verb_in_force;
static const char *asked = ""; /* the case or card that is asked about */

static _Noreturn void refuse(const char *what, const char *reason)
{
    (void)fprintf(stderr, say("%s: %s: %s\nTry: %s --help\n", "%s：%s：%s\n用法见：%s --help\n"),
                  verb_in_force->program.name, what, reason, verb_in_force->program.name);
    exit(EX_USAGE);
}

/* A name with an empty value stays out of the request. */
static json_t *request_of(const char *query, const char *name, const char *value)
{
    json_t *request = json_pack("{s:s}", "query", query);
    if (value != NULL && value[0] != '\0' &&
        json_object_set_new(request, name, json_string(value)) != 0)
        refuse(value, say("is not UTF-8 text", "不是 UTF-8 文本"));
    return request;
}

static json_t *request_status(int count, char **operands)
{
    (void)count;
    (void)operands;
    return json_pack("{s:s}", "query", "status");
}

static json_t *request_case(int count, char **operands)
{
    (void)count;
    asked = operands[0];
    return request_of("case", "case", asked);
}

static json_t *with_text(json_t *request, const char *name, const char *value)
{
    if (value != NULL && json_object_set_new(request, name, json_string(value)) != 0)
        refuse(value, say("is not UTF-8 text", "不是 UTF-8 文本"));
    return request;
}

/* A card's id has 32 hexadecimal digits; no authority numbers its cases like that. */
static json_t *request_explain(int count, char **operands)
{
    (void)count;
    const char *name = asked = operands[0];
    bool is_card = strlen(name) == 32 && strspn(name, "0123456789abcdef") == 32;
    json_t *request = request_of("explain", is_card ? "card" : "case", name);
    (void)json_object_set_new(request, "all", json_boolean(wish.all));
    return with_text(request, "after", wish.after);
}

static json_t *with_max(json_t *request)
{
    (void)json_object_set_new(request, "max", json_integer(wish.max)); /* NULL shows when sent */
    return request;
}

static json_t *request_open(int count, char **operands)
{
    (void)count;
    (void)operands;
    json_t *request = with_max(request_of("open", "org", wish.org));
    return with_text(with_text(request, "area", wish.area), "after", wish.after);
}

static json_t *request_pending(int count, char **operands)
{
    (void)count;
    (void)operands;
    return with_max(request_of("pending", "org", wish.org));
}

static json_t *request_soon(int count, char **operands)
{
    (void)count;
    (void)operands;
    json_t *request = with_max(request_of("due", "org", wish.org));
    if (wish.before != NULL)
        return with_text(request, "before", wish.before);
    return with_text(request, "within", wish.within);
}

static int64_t number_of(const char *text)
{
    char *rest = NULL;
    errno = 0;
    long long number = strtoll(text, &rest, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *rest != '\0')
        refuse(text, say("is not a number", "不是数字"));
    return number;
}

static json_t *request_requeue(int count, char **operands)
{
    if (count == 0)
        refuse("requeue", say("name the numbers", "请给出编号"));
    if (wish.who == NULL || wish.why == NULL)
        refuse("requeue", say("--who and --why must be given: it is recorded",
                              "必须给出 --who 和 --why：将记录在案"));
    json_t *numbers = json_array();
    for (int i = 0; i < count; i++)
        (void)json_array_append_new(numbers, json_integer(number_of(operands[i])));
    json_t *request = json_pack("{s:s,s:o}", "query", "requeue", "numbers", numbers);
    return with_text(with_text(request, "who", wish.who), "why", wish.why);
}

static json_t *request_quarantine(int count, char **operands)
{
    if (count > 0 && strcmp(operands[0], "requeue") == 0)
        return request_requeue(count - 1, operands + 1);
    if (count > 1 || (count == 1 && strcmp(operands[0], "list") != 0))
        refuse(operands[0], say("expected list or requeue", "应为 list 或 requeue"));
    json_t *request = with_max(json_pack("{s:s}", "query", "quarantine"));
    if (wish.after != NULL)
        (void)json_object_set_new(request, "after", json_integer(number_of(wish.after)));
    return request;
}

static void show_refused(FILE *out, const json_t *answer)
{
    if (json_is_array(json_object_get(answer, "refused")))
        show_quarantine(out, answer);
    else
        show_requeued(out, answer);
}

static const struct verb verbs[] = {
    {{"cardwatch case", "case", "[OPTION…] CASE",
      "The timeline of a case, and what will turn next.", "办件的时间线，以及接下来何时发牌。",
      options_plain, COUNT_OF(options_plain)},
     1,
     1,
     request_case,
     show_case},
    {{"cardwatch explain", "explain", "[OPTION…] CARD|CASE",
      "Why a card was raised, the whole count; or what is to come of a case, and what is not.",
      "为何发牌：完整的计算过程；或办件将发哪些牌、不发哪些牌及原因。", options_explain,
      COUNT_OF(options_explain)},
     1,
     1,
     request_explain,
     show_explanation},
    {{"cardwatch status", "status", "[OPTION…]",
      "The state of the engine, its counts and its sources.", "引擎状态、计数与来源。",
      options_plain, COUNT_OF(options_plain)},
     0,
     0,
     request_status,
     show_status},
    {{"cardwatch open", "open", "[OPTION…]", "The open cases.", "在办办件。", options_open,
      COUNT_OF(options_open)},
     0,
     0,
     request_open,
     show_open},
    {{"cardwatch soon", "soon", "[OPTION…]", "What falls due, soonest first.",
      "即将到期的办件，最近的在前。", options_soon, COUNT_OF(options_soon)},
     0,
     0,
     request_soon,
     show_soon},
    {{"cardwatch pending", "pending", "[OPTION…]",
      "The cards that wait for a supervisor, the most urgent first.",
      "待发的牌：等待监察员确认，最紧迫的在前。", options_pending, COUNT_OF(options_pending)},
     0,
     0,
     request_pending,
     show_pending},
    {{"cardwatch quarantine", "quarantine", "[OPTION…] [list | requeue N…]",
      "Events that were refused and kept aside.", "被拒收并保留的事件。", options_quarantine,
      COUNT_OF(options_quarantine)},
     0,
     64,
     request_quarantine,
     show_refused},
};

static const struct verb *verb_find(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (word != NULL && strcmp(verbs[i].program.section, word) == 0)
            return &verbs[i];
    }
    return NULL;
}

static int no_verb(const char *word)
{
    (void)lang_init(getenv("CARDWATCH_LANG"));
    bool is_help = word != NULL && strcmp(word, "--help") == 0;
    FILE *stream = is_help ? stdout : stderr;
    (void)fputs(say("Ask the engine:\n", "向引擎查询：\n"), stream);
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        (void)fprintf(stream, "  %s %s\n      %s\n", verbs[i].program.name, verbs[i].program.usage,
                      lang_is_zh() ? verbs[i].program.about_zh : verbs[i].program.about_en);
    return is_help ? EX_OK : EX_USAGE;
}

/* What the engine refuses, it says in English. */
static const char *refusal_said(const char *text)
{
    static const char *const said[][2] = {
        {"there is no such case", "没有这个办件"},
        {"there is no such card", "没有这张牌"},
        {"this needs a key with the role operator", "须使用角色为 operator 的密钥"},
        {"memory is short", "内存不足"},
        {"the ledger cannot be read", "无法读取牌的台账"},
        {"the store cannot be read", "无法读取存储"},
        {"what was refused cannot be read", "无法读取被拒收的事件"},
        {"numbers: a list of at most 1000 numbers", "编号：至多 1000 个"},
    };
    for (size_t i = 0; lang_is_zh() && i < COUNT_OF(said); i++)
        if (strcmp(text, said[i][0]) == 0)
            return said[i][1];
    return text;
}

/* An answer that is an error. What is asked about and does not exist is 66, the rest 65. */
static int show_error(const json_t *answer)
{
    const char *code = field_text(answer, "error");
    const char *text = field_text(answer, "text");
    (void)fprintf(stderr, say("%s: %s%s%s\n", "%s：%s%s%s\n"), verb_in_force->program.name, asked,
                  asked[0] == '\0' ? "" : say(": ", "："),
                  text[0] == '\0' ? code : refusal_said(text));
    bool is_absent = strncmp(code, "no_", 3) == 0 || strcmp(code, "not_found") == 0 ||
                     strncmp(code, "unknown_c", 9) == 0;
    return is_absent ? EX_NOINPUT : EX_DATAERR;
}

static int answer_show(const struct verb *verb, const json_t *answer)
{
    int code = json_is_false(json_object_get(answer, "ok")) ? show_error(answer) : EX_OK;
    if (wish.json) {
        char *line = json_dumps(answer, JSON_COMPACT);
        if (line == NULL)
            return EX_OSERR;
        puts(line);
        free(line);
    } else if (code == EX_OK) {
        verb->show(stdout, answer);
    }
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? code : EX_IOERR;
}

/* An answer whose instants are all in UTC does not say where the engine is: any card does. Without
 * one they are shown in UTC. */
static void learn_place(const char *endpoint)
{
    json_t *answer = NULL;
    json_t *request = json_pack("{s:s,s:i,s:i}", "query", "cards", "from", 1, "max", 1);
    if (ask(endpoint, request, (int)wish.wait_ms, &answer) == 0)
        (void)moment_learn(answer);
    json_decref(answer);
}

static int no_answer(const char *endpoint, int error)
{
    (void)fprintf(
        stderr, say("%s: no answer from the engine at %s: %s\n", "%s：引擎 %s 没有回答：%s\n"),
        verb_in_force->program.name, endpoint,
        error == -ETIMEDOUT ? say("it does not answer; is it running?", "未响应；是否已启动？")
                            : strerror(-error));
    return EX_UNAVAILABLE;
}

int main(int argc, char **argv)
{
    const struct verb *verb = verb_find(argc > 1 ? argv[1] : NULL);
    if (verb == NULL)
        return no_verb(argc > 1 ? argv[1] : NULL);
    verb_in_force = verb;
    log_init("ask", LOG_WARN_LEVEL);
    argc--;
    argv++;
    int first = options_read(&verb->program, argc, argv);
    curve_use(verb->program.name, &wish.curve);
    fit_init(fit_locale_is_utf8());
    if (wish.zone != NULL && !moment_zone(wish.zone))
        refuse(wish.zone, say("no such time zone", "没有这个时区"));
    int count = argc - first;
    if (count < verb->operands_min)
        refuse(verb->program.usage, say("something is missing", "缺少参数"));
    if (count > verb->operands_max)
        refuse(argv[first + verb->operands_max], say("too much", "参数过多"));

    char room[PLACE_BYTES];
    const char *endpoint = place_endpoint(wish.query, wish.home, "query", room);
    json_t *answer = NULL;
    int error = ask(endpoint, verb->request(count, argv + first), (int)wish.wait_ms, &answer);
    if (error != 0)
        return no_answer(endpoint, error);
    if (!wish.json && !moment_learn(answer))
        learn_place(endpoint);
    int code = answer_show(verb, answer);
    json_decref(answer);
    return code;
}
