/* main.c - cardwatch rules: the rule files, and the store of their editions. */
#include "rules/verbs/verbs.h"

#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/nearest.h"
#include "rules/impact/impact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *en;
    const char *zh;
} verbs[] = {
    {"check", verb_check, "validate files, and run the tests they carry",
     "检查文件，并运行其中的测试"},
    {"import", verb_import, "check files, and make them a new edition of the store",
     "检查文件，并作为新版次存入规则库"},
    {"preview", verb_preview, "what an import would do to the open cases",
     "预览一次导入对在办件的影响"},
    {"backtest", verb_backtest, "which cards a change would have raised over what has happened",
     "回测：一次修改对已发生的事件会发哪些牌"},
    {"list", verb_list, "what the newest edition holds", "列出最新版次的内容"},
    {"show", verb_show, "a rule, an item, a document in plain words", "用平实的话说明规则或事项"},
    {"history", verb_history, "who changed what, when and why", "修改历史：何人何时为何"},
    {"diff", verb_diff, "what differs between two editions", "比较两个版次"},
    {"rollback", verb_rollback, "make an earlier edition the newest again", "回退到以前的版次"},
    {"export", verb_export, "write the files of an edition into a folder",
     "把版次的文件导出到目录"},
    {"promote", verb_promote, "a rule's cards are no longer shadow",
     "规则转正：牌不再只作影子记录"},
    {"remove", verb_remove, "a new edition without a document", "生成去除某一文件的新版次"},
    {"approval", verb_approval, "how many people a change takes: one, or two",
     "修改需要一人还是两人"},
    {"drafts", verb_drafts, "changes that wait for a second person, and what became of them",
     "待第二人审批的修改，以及结果"},
    {"approve", verb_approve, "put a draft into force", "批准草稿，使其生效"},
    {"reject", verb_reject, "turn a draft down", "否决草稿"},
};

static void overview(FILE *to)
{
    enum { VERB_COLUMNS = 10 };
    (void)fprintf(to, "%s\n\n%s\n\n",
                  say("cardwatch rules: rule files, catalogues, calendars, and the store of their "
                      "editions.",
                      "cardwatch rules：规则文件、事项目录、日历，以及保存其各版次的规则库。"),
                  say("Usage: cardwatch rules VERB [OPTION…] [ARGUMENT…]",
                      "用法：cardwatch rules 动词 [选项…] [参数…]"));
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        (void)fprintf(to, "  %-*s%s\n", VERB_COLUMNS, verbs[i].name, say(verbs[i].en, verbs[i].zh));
    (void)fprintf(to, "\n%s\n",
                  say("More on each: cardwatch rules VERB --help.",
                      "各动词的用法：cardwatch rules 动词 --help。"));
}

static int unknown(const char *name)
{
    const char *nearest = NULL;
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (word_is_near(name, verbs[i].name) &&
            (nearest == NULL || word_distance(name, verbs[i].name) < word_distance(name, nearest)))
            nearest = verbs[i].name;
    (void)fprintf(stderr,
                  say("cardwatch rules: %s: no such verb\n", "cardwatch rules：%s：没有这个动词\n"),
                  name);
    if (nearest != NULL)
        (void)fprintf(stderr,
                      say("Did you mean: cardwatch rules %s\n", "是否指：cardwatch rules %s\n"),
                      nearest);
    else
        overview(stderr);
    return EX_USAGE;
}

int main(int argc, char **argv)
{
    int first = 1;
    const char *lang = getenv("CARDWATCH_LANG");
    if (argc > 2 && strcmp(argv[1], "--lang") == 0) {
        lang = argv[2];
        first = 3;
    } else if (argc > 1 && strncmp(argv[1], "--lang=", 7) == 0) {
        lang = argv[1] + 7;
        first = 2;
    }
    (void)lang_init(lang); /* the verb's own options speak of a wrong one */
    if (first > 1 && setenv("CARDWATCH_LANG", lang, 1) != 0)
        return EX_OSERR;
    log_init("rules", LOG_WARN_LEVEL);
    if (first >= argc) {
        overview(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[first], "--help") == 0 || strcmp(argv[first], "help") == 0) {
        overview(stdout);
        return EX_OK;
    }
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(argv[first], verbs[i].name) == 0)
            return verbs[i].run(argc - first, argv + first);
    return unknown(argv[first]);
}
