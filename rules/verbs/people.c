/* people.c - who makes a change: the person, the words that stand beside it, and the draft
 * that it becomes where it takes two.
 */
#include "rules/verbs/verbs.h"

#include "engine/sys/clock.h"
#include "engine/sys/lang.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* The person behind the process: with sudo, who called it. */
static const char *login_name(void)
{
    static char number[32];
    uid_t user = geteuid();
    const char *caller = getenv("SUDO_USER");
    if (user == 0 && caller != NULL && caller[0] != '\0')
        return caller;
    const struct passwd *entry = getpwuid(user);
    if (entry != NULL && entry->pw_name[0] != '\0')
        return entry->pw_name;
    (void)snprintf(number, sizeof number, "%lu", (unsigned long)user);
    return number;
}

/* A name that looks like another's must be another's: no blanks at its ends, nothing unseen. */
static bool is_name(const char *name)
{
    size_t count = strlen(name);
    if (count == 0 || name[0] == ' ' || name[count - 1] == ' ')
        return false;
    for (size_t i = 0; i < count; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == '\x7F')
            return false;
    return true;
}

int person_pick(const struct verb_options *options, const char **name_out)
{
    const char *name = options->author != NULL ? options->author : login_name();
    if (!is_name(name)) {
        (void)fprintf(stderr,
                      say("cardwatch rules: \"%s\" is no name: it is not empty, and begins and "
                          "ends with no blank\n",
                          "cardwatch rules：“%s”不是姓名：不能为空，首尾不能有空格\n"),
                      name);
        return EX_USAGE;
    }
    *name_out = name;
    return EX_OK;
}

int edition_words_pick(const struct verb_options *options, const char *preset_note,
                       struct edition_words *words_out)
{
    struct edition_words words = {.made_at = clock_now(),
                                  .note = options->note == NULL ? preset_note : options->note};
    int code = move_pick(options, &words.move);
    if (code == EX_OK)
        code = person_pick(options, &words.author);
    if (code == EX_OK)
        *words_out = words;
    return code;
}

char *people_say(const struct rule_edition *edition, char text[PEOPLE_SAY_BYTES])
{
    if (edition->approver[0] == '\0')
        (void)snprintf(text, PEOPLE_SAY_BYTES, "%s", edition->author);
    else
        (void)snprintf(text, PEOPLE_SAY_BYTES, say("%s, approved by %s", "%s，%s 批准"),
                       edition->author, edition->approver);
    return text;
}

bool number_operand(const char *text, bool is_draft, int64_t *number_out)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && number >= 1 && number <= UINT32_MAX) {
        *number_out = number;
        return true;
    }
    (void)fprintf(stderr,
                  is_draft
                      ? say("cardwatch rules: \"%s\" is no draft: give its number, such as 3\n",
                            "cardwatch rules：“%s”不是草稿：请给出数字，例如 3\n")
                      : say("cardwatch rules: \"%s\" is no edition: give its number, such as 3\n",
                            "cardwatch rules：“%s”不是版次：请给出数字，例如 3\n"),
                  text);
    return false;
}

int draft_pick(struct rule_store *store, int64_t number, struct arena *arena,
               struct rule_draft *draft_out)
{
    uint32_t latest = 0;
    int status = number > UINT32_MAX ? RULE_STORE_E_UNKNOWN
                                     : rule_store_draft(store, (uint32_t)number, arena, draft_out);
    if (status == 0)
        return EX_OK;
    if (status == RULE_STORE_E_UNKNOWN)
        status = rule_store_latest_draft(store, &latest);
    if (status != 0)
        return exit_of(status, "rule store");
    (void)fprintf(stderr,
                  say("cardwatch rules: there is no draft %lld: the newest is %u\n",
                      "cardwatch rules：没有第 %lld 号草稿：最新为第 %u 号\n"),
                  (long long)number, latest);
    return EX_DATAERR;
}

int draft_said(uint32_t draft, const struct edition_words *words,
               const struct verb_options *options)
{
    if (options->is_json)
        return json_say(json_pack("{s:n, s:i, s:s, s:s}", "edition", "draft", (int)draft, "author",
                                  words->author, "move", edition_move_name[words->move]));
    printf(say("draft %u waits for another person than %s: cardwatch rules approve %u\n",
               "第 %u 号草稿等待 %s 以外的人批准：cardwatch rules approve %u\n"),
           draft, words->author, draft);
    return EX_OK;
}
