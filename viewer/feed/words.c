/* words.c - one table for all words: none of them means two things. */
#include "viewer/feed/words.h"
#include "engine/sys/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    const char *en;
    const char *zh;
} words[] = {
    /* states of a case, a clock, a rung */
    {"open", "open", "在办"},
    {"finished", "finished", "已办结"},
    {"void", "void", "已作废"},
    {"running", "running", "计时中"},
    {"paused", "paused", "暂停计时"},
    {"stopped", "stopped", "已停止"},
    {"cancelled", "cancelled", "已终止"},
    {"waiting", "waiting", "未到"},
    {"held", "held", "已到"},
    {"issued", "issued", "已发"},
    {"withdrawn", "withdrawn", "已撤销"},
    {"dismissed", "dismissed", "已摘牌"},
    {"skipped", "passed over", "已跳过"},
    {"fact", "looked at with each event", "随事件判断"},
    {"never", "never", "不会触发"},
    /* kinds of item */
    {"immediate", "immediate", "即办件"},
    {"promised", "promised", "承诺件"},
    {"joint", "joint", "联办件"},
    {"forwarded", "forwarded", "上报件"},
    /* where a limit comes from */
    {"event", "the event", "事件"},
    {"item", "the item", "事项目录"},
    {"kind", "the kind of item", "事项类型"},
    {"org", "the org", "部门"},
    {"step", "the step", "环节"},
    {"otherwise", "the rule", "规则"},
    {"rule", "the rule", "规则"},
    /* conventions */
    {"day", "whole days", "按整日"},
    {"instant", "to the instant", "按时刻"},
    {"ceil", "units begun count whole", "不足一个单位按一个计"},
    {"next-day", "from the next day", "次日起算"},
    {"same-day", "from the same day", "当日起算"},
    {"start-of-day", "start of the day", "当日开始"},
    {"end-of-day", "to the end of the day", "至当日结束"},
    {"24:00", "to the end of the day", "至当日结束"},
    {"close", "to the close of business", "至下班时刻"},
    {"next", "next working day", "顺延至下一工作日"},
    {"none", "not moved", "不顺延"},
    /* weekdays */
    {"Mon", "Mon", "周一"},
    {"Tue", "Tue", "周二"},
    {"Wed", "Wed", "周三"},
    {"Thu", "Thu", "周四"},
    {"Fri", "Fri", "周五"},
    {"Sat", "Sat", "周六"},
    {"Sun", "Sun", "周日"},
};

const char *word_text(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(words[i].word, word) == 0)
            return lang_is_zh() ? words[i].zh : words[i].en;
    }
    return word;
}

char *level_label(const char *level, char room[WORDS_BYTES])
{
    room[0] = '\0';
    if (level[0] == '\0')
        return room;
    struct level_look look = level_look(level);
    (void)snprintf(room, WORDS_BYTES, "%s %s", look.shape, look.text);
    return room;
}

char *state_label(const char *state, bool is_shadow, char room[WORDS_BYTES])
{
    (void)snprintf(room, WORDS_BYTES, "%s%s", state_text(state),
                   is_shadow ? say(" (shadow)", "（影子）") : "");
    return room;
}

char *after_text(const json_t *after, char room[WORDS_BYTES])
{
    char card[WORDS_BYTES];
    char rule[WORDS_BYTES];
    (void)labelled(card, say("after", "接于"), level_look(field_text(after, "rung")).text);
    (void)labelled(rule, say("of rule", "规则"), field_text(after, "rule"));
    return JOINED(room, " · ", card, rule, field_text(after, "card"));
}

char *edition_text(const json_t *object, char room[WORDS_BYTES])
{
    int64_t edition = field_number(object, "edition");
    int64_t calendars = field_number(object, "calendars_edition");
    room[0] = '\0';
    if (edition > 0 && (calendars == 0 || calendars == edition))
        (void)snprintf(room, WORDS_BYTES, "%lld", (long long)edition);
    else if (edition > 0)
        (void)snprintf(room, WORDS_BYTES,
                       say("rules: %lld, calendars: %lld", "规则第 %lld 版，日历第 %lld 版"),
                       (long long)edition, (long long)calendars);
    return room;
}

const char *limit_title(const char *name)
{
    static const char *const titles[][2] = {
#define LIMIT(name, zh) {name, zh},
#include "engine/model/limit_names.def"
#undef LIMIT
    };
    for (size_t i = 0; lang_is_zh() && i < COUNT_OF(titles); i++)
        if (strcmp(name, titles[i][0]) == 0)
            return titles[i][1];
    return name;
}

/* "2 workday before promised": a term, a sign, and of what. */
static void rung_around(const char *term, bool is_before, const char *name, const char *more,
                        char *room)
{
    char said[TERM_ROOM_BYTES];
    struct level_look look = level_look(name);
    bool is_card = strncmp(more, " card", strlen(" card")) == 0 || look.tint != TINT_OTHER;
    term_text(term, said);
    if (is_before && strchr(name, ':') != NULL)
        (void)snprintf(room, WORDS_BYTES, "期满当日 %s 前 %s", name, said);
    else if (!is_before && is_card)
        (void)snprintf(room, WORDS_BYTES, "%s发出后 %s仍未结束", look.text, said);
    else
        (void)snprintf(room, WORDS_BYTES, is_before ? "“%s”届满前 %s" : "“%s”届满后 %s",
                       limit_title(name), said);
}

/* "over promised > 1", "over(promised) ≥ −2": whole workdays used beyond the limit. Returns false
 * where it is another form. */
static bool rung_over(const char *text, char *room)
{
    enum { PART_BYTES = 64 };
    char name[PART_BYTES];
    char sign[PART_BYTES];
    int end = 0;
    if (sscanf(text, "over%*[ (]%63[^ )]%*[ )]%63[>=\xE2\x89\xA5] %n", name, sign, &end) != 2 ||
        end == 0)
        return false;
    const char *rest = text + end;
    char *after = NULL;
    bool is_less = strncmp(rest, "−", strlen("−")) == 0;
    if (is_less)
        rest += strlen("−");
    long number = strtol(rest, &after, 10);
    if (after == rest ||
        (strcmp(sign, ">") != 0 && strcmp(sign, ">=") != 0 && strcmp(sign, "≥") != 0))
        return false;
    number = (is_less ? -number : number) + (strcmp(sign, ">") == 0 ? 1 : 0);
    (void)snprintf(room, WORDS_BYTES,
                   number > 0    ? "“%s”超出 %ld 个工作日及以上"
                   : number == 0 ? "“%s”剩 %ld 个工作日"
                                 : "“%s”剩 %ld 个工作日及以下",
                   limit_title(name), number < 0 ? -number : number);
    return true;
}

const char *said_text(const json_t *object, const char *text)
{
    const json_t *both = json_object_get(json_object_get(object, "said"), text);
    const char *said = field_text(both, lang_is_zh() ? "zh" : "en");
    return said[0] == '\0' ? text : said;
}

char *rung_text(const char *text, char room[WORDS_BYTES])
{
    enum { PART_BYTES = 64 };
    char number[PART_BYTES];
    char unit[PART_BYTES];
    char sign[PART_BYTES];
    char name[PART_BYTES];
    char term[2 * PART_BYTES + 1];
    int end = 0;
    (void)snprintf(room, WORDS_BYTES, "%s", text);
    if (!lang_is_zh() || rung_over(text, room))
        return room;
    if (sscanf(text, "%63[0-9.]%% of %63[^ ,]%n", number, name, &end) == 2 && text[end] == '\0') {
        (void)snprintf(room, WORDS_BYTES, "用去“%s”的 %s%%", limit_title(name), number);
    } else if (sscanf(text, "%63[0-9] %63s %63s %63[^ ,]%n", number, unit, sign, name, &end) == 4 &&
               (strcmp(sign, "before") == 0 || strcmp(sign, "after") == 0)) {
        (void)snprintf(term, sizeof term, "%s %s", number, unit);
        rung_around(term, sign[0] == 'b', name, text + end, room);
    } else if (sscanf(text, "%63s %63[^ ,]%n", sign, name, &end) == 2 && text[end] == '\0' &&
               (strcmp(sign, "at") == 0 || strcmp(sign, "after") == 0)) {
        (void)snprintf(room, WORDS_BYTES, strchr(name, ':') != NULL ? "期满当日 %s" : "“%s”届满",
                       limit_title(name));
    }
    return room;
}

char *field_when(const json_t *object, const char *name, char room[WORDS_BYTES])
{
    char text[MOMENT_TEXT_BYTES];
    struct moment moment = field_moment(object, name);
    (void)snprintf(room, WORDS_BYTES, "%s",
                   instant_is_set(moment.at) ? moment_text(moment, MOMENT_FULL, text)
                                             : field_text(object, name));
    return room;
}

/* Between two Han characters there is no blank; before a figure or a code there is. */
char *labelled(char room[WORDS_BYTES], const char *label, const char *value)
{
    room[0] = '\0';
    bool is_han = lang_is_zh() && (value[0] & 0x80) != 0;
    if (value[0] != '\0')
        (void)snprintf(room, WORDS_BYTES, "%s%s%s", label, is_han ? "" : " ", value);
    return room;
}

char *words_join(char room[WORDS_BYTES], const char *separator, const char *const *parts,
                 size_t count)
{
    size_t used = 0;
    room[0] = '\0';
    for (size_t i = 0; i < count && used < WORDS_BYTES; i++) {
        if (parts[i][0] == '\0')
            continue;
        int put =
            snprintf(room + used, WORDS_BYTES - used, "%s%s", used == 0 ? "" : separator, parts[i]);
        used += put > 0 ? (size_t)put : 0;
    }
    return room;
}
