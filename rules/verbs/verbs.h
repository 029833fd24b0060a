/* verbs.h - what the verbs of `cardwatch rules` share.
 *
 * Layer: rules/verbs. A verb reads its own options, prints to standard output what it found, to
 * standard error what is wrong, and returns an exit code of sysexits.h.
 */
#ifndef RULES_VERBS_H
#define RULES_VERBS_H

#include "engine/sys/options.h"
#include "rules/store/store.h"
#include "rules/verbs/documents.h"

#include <jansson.h>

/* The options that most verbs have. */
struct verb_options {
    const char *store;
    const char *calendars; /* folder of calendars to take what is missing from */
    const char *author;
    const char *note;
    const char *move; /* "calendars", "all"; NULL: open cases stay */
    bool is_json;
    int64_t edition; /* 0: the newest */
    int64_t draft;   /* 0: none, an edition */
};

/* Rows for a table of options. */
#define OPTION_STORE(options)                                                                      \
    {                                                                                              \
        .name = "store", .type = OPTION_TEXT, .value = "DIR",                                      \
        .en = "the rule store (default: $CARDWATCH_HOME/rules, else ./cardwatch-data/rules)",      \
        .zh = "规则库（默认：$CARDWATCH_HOME/rules，否则 ./cardwatch-data/rules）",                \
        .place = &(options).store                                                                  \
    }
#define OPTION_JSON(options)                                                                       \
    {                                                                                              \
        .name = "json", .type = OPTION_FLAG, .en = "as JSON, for programs",                        \
        .zh = "以 JSON 输出，供程序使用", .place = &(options).is_json                              \
    }
#define OPTION_EDITION(options)                                                                    \
    {                                                                                              \
        .name = "edition", .type = OPTION_NUMBER, .value = "N", .preset = "0", .min = 0,           \
        .max = UINT32_MAX, .en = "this edition of the store; 0: the newest",                       \
        .zh = "规则库的版次；0 为最新", .place = &(options).edition                                \
    }
#define OPTION_CALENDARS(options)                                                                  \
    {                                                                                              \
        .name = "calendars", .type = OPTION_TEXT, .value = "DIR",                                  \
        .en = "folder to take calendars from that are not given (default: those shipped)",         \
        .zh = "未给出的日历从此目录取（默认：随软件提供的日历）", .place = &(options).calendars    \
    }
#define OPTION_AUTHOR(options)                                                                     \
    {                                                                                              \
        .name = "author", .type = OPTION_TEXT, .value = "NAME",                                    \
        .en = "who makes the change (default: the login this runs under)",                         \
        .zh = "修改人（默认：运行本命令的登录名）", .place = &(options).author                     \
    }
#define OPTION_NOTE(options)                                                                       \
    {                                                                                              \
        .name = "note", .type = OPTION_TEXT, .value = "TEXT", .en = "why, for the history",        \
        .zh = "修改原因，记入历史", .place = &(options).note                                       \
    }

#define OPTION_MOVE(options)                                                                       \
    {                                                                                              \
        .name = "move", .type = OPTION_TEXT, .value = "WHAT",                                      \
        .en = "open cases move to the new edition too: calendars, or all",                         \
        .zh = "在办件随之迁移到新版次：calendars（仅日历）或 all（全部）",                         \
        .place = &(options).move                                                                   \
    }

#define OPTION_BY(options)                                                                         \
    {                                                                                              \
        .name = "by", .type = OPTION_TEXT, .value = "NAME",                                        \
        .en = "who decides (default: the login this runs under)",                                  \
        .zh = "审批人（默认：运行本命令的登录名）", .place = &(options).author                     \
    }
#define OPTION_DRAFT(options)                                                                      \
    {                                                                                              \
        .name = "draft", .type = OPTION_NUMBER, .value = "N", .preset = "0", .min = 0,             \
        .max = UINT32_MAX, .en = "what this draft would become, in place of an edition",           \
        .zh = "查看此草稿将成为的版次", .place = &(options).draft                                  \
    }

/* What --move means, for every --help that has it. */
#define MOVE_EN                                                                                    \
    "By default a case keeps what it was accepted under: a new edition is for new cases.\n"        \
    "With --move calendars, open cases keep their rules, items and limits and are counted\n"       \
    "by the new calendars; with --move all, open cases are judged by the new edition\n"            \
    "altogether. Closed cases never move. Preview it first: cardwatch rules preview."
#define MOVE_ZH                                                                                    \
    "默认情况下，办件始终按受理时的版次判断，新版次只用于新办件。\n" \
    "--move calendars：在办件的规则、事项和时限不变，改按新日历计算；\n"   \
    "--move all：在办件全部改按新版次判断。已办结的办件从不迁移。\n"      \
    "请先预览：cardwatch rules preview。"

/* store_folder - what --store says, or its default. Lives to the end of the program. */
const char *store_folder(const struct verb_options *options);

/* verb_store_open - says itself why not. Returns: 0, or an exit code; with is_needed a store that
 * is not there is said too, without it *store_out is then NULL. */
MUST_USE int verb_store_open(const struct verb_options *options, bool is_writable, bool is_needed,
                             struct rule_store **store_out);

/* edition_pick - the edition that --edition asks for, said when there is none. 0 or an exit code.
 */
MUST_USE int edition_pick(struct rule_store *store, int64_t wanted, uint32_t *number_out);

/* move_pick - what --move asks for; a word that is none of its own is said. 0 or an exit code. */
MUST_USE int move_pick(const struct verb_options *options, enum edition_move *move_out);

/* move_say - "moves open cases: calendars", for a move that is not none. */
enum { MOVE_SAY_BYTES = 96 };
char *move_say(enum edition_move move, char text[MOVE_SAY_BYTES]);

/* edition_words_pick - what stands beside a new edition, from --author, --note (preset_note:
 * without it) and
 * --move; a name that is none is said. 0 or an exit code. */
MUST_USE int edition_words_pick(const struct verb_options *options, const char *preset_note,
                                struct edition_words *words_out);

/* person_pick - who does this: --author or --by, else the name of the login. 0 or an exit code. */
MUST_USE int person_pick(const struct verb_options *options, const char **name_out);

/* number_operand - "3" → 3; what is no number of an edition, or of a draft, is said. */
MUST_USE bool number_operand(const char *text, bool is_draft, int64_t *number_out);

/* draft_pick - a draft, said when there is none. 0 or an exit code. */
MUST_USE int draft_pick(struct rule_store *store, int64_t number, struct arena *arena,
                        struct rule_draft *draft_out);

/* draft_said - a change became a draft, and what to do next. Returns EX_OK. */
int draft_said(uint32_t draft, const struct edition_words *words,
               const struct verb_options *options);

/* What --edition and --draft ask for. */
struct looked_at {
    uint32_t draft; /* 0: an edition */
    uint32_t base;  /* of a draft: the edition it was made on */
    struct rule_edition edition;
    struct document *documents;
    uint32_t count;
};

/* look_at - all of it in the arena; said when there is none. 0 or an exit code. */
MUST_USE int look_at(const struct verb_options *options, struct rule_store *store,
                     struct arena *arena, struct looked_at *looked_out);

/* looked_compile - what was looked at, or other documents in its place, compiled; mistakes are
 * said. is_in_force: it has been an edition, and what this program would refuse to import is no
 * mistake in it. The caller owns *ruleset_out. 0 or an exit code. */
MUST_USE int looked_compile(const struct looked_at *looked, bool is_in_force,
                            struct ruleset **ruleset_out);

/* changes_say - what `after` did to `before`: "+ rules wabo, ~ items boston, - orgs orgs". only: of
 * documents of this name; NULL: of all. */
enum { CHANGES_SAY_BYTES = 512 };
char *changes_say(const struct rule_edition *before, const struct rule_edition *after,
                  const char *only, char text[CHANGES_SAY_BYTES]);

/* people_say - "王", or "王, approved by 李". */
enum { PEOPLE_SAY_BYTES = 256 };
char *people_say(const struct rule_edition *edition, char text[PEOPLE_SAY_BYTES]);

/* json_say - as text to standard output; the value is given up. 0 or an exit code. */
int json_say(json_t *value);

/* rule_nearest - the rule whose name was probably meant; NULL: none is near. */
const char *rule_nearest(const struct ruleset *ruleset, const char *name);

/* exit_of - the exit code of a negative errno, said. */
int exit_of(int status, const char *what);

/* files_check - what check and import do with their files, said on standard error: the documents
 * that would be in force, the first given_out of them given or taken along. 0 or an exit code; in
 * either case documents_clear. No files: none are given. */
MUST_USE int files_check(const struct verb_options *given, char *const *files,
                         struct document_set *set_out, uint32_t *given_out);

/* revisions_check - the rules of `after` that also stood in the documents of `before`: one that
 * says something else needs a new revision. A warning; an error where the old revision is promoted.
 */
void revisions_check(const struct document *before, uint32_t before_count,
                     const struct document *after, uint32_t after_count,
                     const struct ruleset *ruleset, struct problem_list *problems);

/* run_tests - the tests that the rule set carries, failures said on standard error; 0 or an exit
 * code. */
MUST_USE int run_tests(const struct ruleset *ruleset, uint32_t *count_out);

/* instant_say - "2025-01-20 10:00 +0800" in the time zone of this machine, for lists. Returns text.
 */
enum { INSTANT_SAY_BYTES = 128 };
char *instant_say(struct instant at, char text[INSTANT_SAY_BYTES]);

/* instant_say_in - "2025-01-20 10:00 Asia/Shanghai" by the wall clock of a calendar; NULL: as
 * instant_say. Returns text. */
char *instant_say_in(const struct calendar *calendar, struct instant at,
                     char text[INSTANT_SAY_BYTES]);

/* first_calendar - that of the first rule: what a date without a zone goes by. NULL: no rule has
 * one. */
const struct calendar *first_calendar(const struct ruleset *ruleset);

int verb_check(int argc, char **argv);
int verb_import(int argc, char **argv);
int verb_list(int argc, char **argv);
int verb_show(int argc, char **argv);
int verb_history(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_rollback(int argc, char **argv);
int verb_export(int argc, char **argv);
int verb_promote(int argc, char **argv);
int verb_remove(int argc, char **argv);
int verb_approval(int argc, char **argv);
int verb_drafts(int argc, char **argv);
int verb_approve(int argc, char **argv);
int verb_reject(int argc, char **argv);

#endif
