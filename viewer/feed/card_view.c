/* card_view.c - offsets: an instant is shown at the offset its writer gave it, since that is the
 * authority's own time; a zone that the reader asked for goes through the tz database of libc.
 */
#include "viewer/feed/card_view.h"
#include "engine/base/date.h"
#include "engine/model/card.h"
#include "engine/model/event.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *const level_names[LEVEL_COUNT] = {"warn", "yellow", "red"};

static bool has_zone;      /* the reader's choice: for all instants */
static bool has_home_zone; /* the engine's place: for those written in UTC … */
static bool has_home_offset;
static int32_t home_offset; /* … or at least its offset */

const char *field_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

int64_t field_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool field_is_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* What libc makes of it: seconds since 1970 as the wall clock of its zone shows them. */
static int64_t libc_s(int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;
    if (localtime_r(&time, &tm) == NULL)
        return seconds;
    int32_t day = date_day((struct date){.year = (int16_t)(tm.tm_year + 1900),
                                         .month = (uint8_t)(tm.tm_mon + 1),
                                         .day = (uint8_t)tm.tm_mday});
    int32_t second = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
    return (int64_t)day * 86400 + second;
}

struct moment moment_here(struct instant at)
{
    int64_t seconds = floor_divide(at.ms, 1000);
    return (struct moment){.at = at, .offset_s = (int32_t)(libc_s(seconds) - seconds)};
}

static bool has_offset(const char *text)
{
    size_t count = strlen(text);
    return count >= 6 && (text[count - 6] == '+' || text[count - 6] == '-');
}

/* The offset at the end of a text that instant_parse has accepted. */
static int32_t offset_of(const char *text)
{
    size_t count = strlen(text);
    const char *digits = text + count - 5;
    int32_t seconds = ((digits[0] - '0') * 10 + (digits[1] - '0')) * 3600 +
                      ((digits[3] - '0') * 10 + (digits[4] - '0')) * 60;
    return text[count - 6] == '-' ? -seconds : seconds;
}

struct moment moment_of(const char *text)
{
    struct moment moment = {.at = INSTANT_NONE};
    if (instant_parse(slice_of(text), &moment.at) != 0)
        return (struct moment){.at = INSTANT_NONE};
    if (has_offset(text))
        moment.offset_s = offset_of(text);
    else
        moment.offset_s = has_home_zone ? moment_here(moment.at).offset_s : home_offset;
    return moment;
}

struct moment field_moment(const json_t *object, const char *name)
{
    return moment_of(field_text(object, name));
}

/* libc takes an unknown zone for UTC without a word, so the file is looked for first. */
static bool zone_set(const char *zone)
{
    const char *folder = getenv("TZDIR");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder == NULL ? "/usr/share/zoneinfo" : folder,
                   zone);
    if (zone[0] == '\0' || strstr(zone, "..") != NULL || access(path, R_OK) != 0)
        return false;
    if (setenv("TZ", zone, 1) != 0)
        return false;
    tzset();
    return true;
}

bool moment_zone(const char *zone)
{
    has_zone = zone_set(zone);
    return has_zone;
}

/* Instants that belong to a calendar carry its offset; they lie a few levels deep. */
static bool learn_offset(const json_t *object, int depth)
{
    static const char *const instants[] = {"due_at", "issued_at", "counted_from", "start_at"};
    static const char *const parts[] = {"case",  "receipt", "card",  "clocks",
                                        "cards", "limits",  "rungs", "due"};
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        const char *text = field_text(object, instants[i]);
        struct instant at;
        if (has_offset(text) && instant_parse(slice_of(text), &at) == 0) {
            home_offset = offset_of(text);
            return true;
        }
    }
    for (size_t i = 0; depth > 0 && i < COUNT_OF(parts); i++) {
        const json_t *part = json_object_get(object, parts[i]);
        if (json_is_object(part) && learn_offset(part, depth - 1))
            return true;
        for (size_t k = 0; k < json_array_size(part); k++) {
            if (learn_offset(json_array_get(part, k), depth - 1))
                return true;
        }
    }
    return false;
}

bool moment_learn(const json_t *answer)
{
    const json_t *places[] = {answer, json_object_get(answer, "case"),
                              json_object_get(json_object_get(answer, "receipt"), "calendar")};
    for (size_t i = 0; !has_zone && !has_home_zone && i < COUNT_OF(places); i++)
        has_home_zone = zone_set(field_text(places[i], "zone"));
    if (!has_zone && !has_home_zone && learn_offset(answer, 6))
        has_home_offset = true;
    return has_zone || has_home_zone || has_home_offset;
}

/* The same at the zone that was chosen, or else at the moment's own offset. */
static int64_t local_s(struct moment moment)
{
    int64_t seconds = floor_divide(moment.at.ms, 1000);
    return has_zone ? libc_s(seconds) : seconds + moment.offset_s;
}

int32_t moment_day(struct moment moment)
{
    return (int32_t)floor_divide(local_s(moment), 86400);
}

char *moment_text(struct moment moment, enum moment_style style, char text[MOMENT_TEXT_BYTES])
{
    text[0] = '\0';
    if (!instant_is_set(moment.at) || moment.at.ms < INSTANT_FIRST_MS ||
        moment.at.ms > INSTANT_LAST_MS)
        return text;
    int64_t seconds = local_s(moment);
    int32_t day = (int32_t)floor_divide(seconds, 86400);
    int rest = (int)(seconds - (int64_t)day * 86400);
    int hour = rest / 3600;
    int minute = rest / 60 % 60;
    char date[DATE_TEXT_BYTES];
    (void)date_format(day, date);
    if (style == MOMENT_TIME)
        (void)snprintf(text, MOMENT_TEXT_BYTES, "%02d:%02d:%02d", hour, minute, rest % 60);
    else if (style == MOMENT_SHORT)
        (void)snprintf(text, MOMENT_TEXT_BYTES, "%.5s %02d:%02d", date + 5, hour, minute);
    else
        (void)snprintf(text, MOMENT_TEXT_BYTES, "%.10s %02d:%02d:%02d", date, hour, minute,
                       rest % 60);
    return text;
}

char *span_text(int64_t ms, char text[SPAN_TEXT_BYTES])
{
    static const struct {
        int64_t from_ms;
        int64_t unit_ms;
        const char *en;
        const char *zh;
    } units[] = {
        {INT64_C(172800000), 86400000, "d", "天"},
        {INT64_C(7200000), 3600000, "h", "小时"},
        {INT64_C(120000), 60000, "min", "分"},
        {INT64_C(1000), 1000, "s", "秒"},
    };
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (ms >= units[i].from_ms) {
            (void)snprintf(text, SPAN_TEXT_BYTES, "%lld %s", (long long)(ms / units[i].unit_ms),
                           lang_is_zh() ? units[i].zh : units[i].en);
            return text;
        }
    }
    (void)snprintf(text, SPAN_TEXT_BYTES, say("%lld ms", "%lld 毫秒"), (long long)ms);
    return text;
}

/* Pieces such as "1 workday 30 workminute" are turned one by one. */
char *term_text(const char *term, char room[TERM_ROOM_BYTES])
{
    static const char *const units[][2] = {
        {"minute", "分钟"},       {"hour", "小时"},  {"workminute", "工作分钟"},
        {"workhour", "工作小时"}, {"day", "天"},     {"week", "周"},
        {"workday", "个工作日"},  {"month", "个月"}, {"year", "年"},
    };
    size_t used = 0;
    room[0] = '\0';
    for (const char *at = term; *at != '\0' && used < TERM_ROOM_BYTES;) {
        size_t count = strcspn(at, " ");
        size_t plain = count > 1 && at[count - 1] == 's' ? count - 1 : count;
        const char *word = at;
        int bytes = (int)count;
        for (size_t i = 0; lang_is_zh() && i < COUNT_OF(units); i++) {
            if (strlen(units[i][0]) == plain && strncmp(units[i][0], at, plain) == 0) {
                word = units[i][1];
                bytes = (int)strlen(word);
            }
        }
        int put = snprintf(room + used, TERM_ROOM_BYTES - used, "%s%.*s", used == 0 ? "" : " ",
                           bytes, word);
        used += put > 0 ? (size_t)put : 0;
        at += count + strspn(at + count, " ");
    }
    return room;
}

struct level_look level_look(const char *level)
{
    bool is_plain = !fit_is_utf8();
    if (strcmp(level, "warn") == 0)
        return (struct level_look){is_plain ? "^" : "▲", say("warning", "预警"), TINT_CALM};
    if (strcmp(level, "yellow") == 0)
        return (struct level_look){is_plain ? "#" : "■", say("yellow", "黄牌"), TINT_YELLOW};
    if (strcmp(level, "red") == 0)
        return (struct level_look){is_plain ? "@" : "⬢", say("red", "红牌"), TINT_RED};
    return (struct level_look){is_plain ? "*" : "◆", level, TINT_OTHER};
}

const char *state_text(const char *state)
{
    for (size_t i = 0; i < CARD_STATE_COUNT; i++) {
        if (strcmp(state, card_state_name[i]) == 0)
            return lang_is_zh() ? card_state_zh[i] : card_state_name[i];
    }
    return state;
}

const char *kind_text(const char *kind)
{
    static const struct {
        const char *name;
        const char *en;
        const char *zh;
    } kinds[] = {
#define KIND(name, NAME, en, zh) {name, en, zh},
#include "engine/model/kinds.def"
#undef KIND
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kind, kinds[i].name) == 0)
            return lang_is_zh() ? kinds[i].zh : kinds[i].en;
    }
    return kind;
}

/* The engine writes its reasons into the ledger, and the ledger has one language. */
const char *reason_text(const char *reason)
{
    static const char *const sentences[][2] = {
        {"late: found after its instant", "迟发：事后才得知"},
        {"withdrawn: a later event shows that it should not have been",
         "撤销：后到的事件表明不应发牌"},
        {"moved: its instant was judged again", "改期：到期时刻重新判定"},
        {"late: the rules or the calendar of its case have changed",
         "补发：办件的规则或日历已变更"},
        {"withdrawn: the rules or the calendar of its case have changed",
         "撤销：办件的规则或日历已变更"},
        {"moved: the rules or the calendar of its case have changed",
         "改期：办件的规则或日历已变更"},
        {"dismissed: a higher card took its place", "摘牌：由更高一级的牌取代"},
        {"restored: the higher card was withdrawn", "恢复：更高一级的牌已撤销"},
        {"released: by a supervisor", "发牌：监察员确认"},
        {"released: its time to be decided on has passed", "发牌：期限内无人决定，自动发出"},
        {"released: the rules of its case have changed", "发牌：办件的规则已变更，无须确认"},
        {"dismissed: by a supervisor", "摘牌：监察员不予发牌"},
        {"recalled: its release does not hold any more", "收回待发：其确认已不成立"},
        {"restored: its dismissal does not hold any more", "恢复待发：不予发牌的决定已不成立"},
        {"overdue: its time to be decided on has passed", "超期未定：监察员未在期限内决定"},
        {"waits for the release of the card it follows", "待所依据的前一张牌确认发出后起算"},
        {"found only after the clock had stopped", "时钟停止后才得知"},
        {"found only after the clock was cancelled", "时钟终止后才得知"},
        {"found only after its limit was over", "时限已过才得知"},
        {"a higher card was found at once", "同时得知更高一级的牌"},
        {"its condition did not hold", "条件不成立"},
        {"the clock was cancelled", "时钟已终止"},
        {"the case has no such limit", "本办件未设此时限"},
        {"the clock stopped in time", "时钟已在时限内停止"},
        {"held by an open pause", "暂停尚未结束"},
        {"the card it follows was not issued", "所依据的前一张牌没有发出"},
        {"waits for the card it follows", "待前一张牌发出后起算"},
        {"cannot be judged: the calendar does not cover it", "无法判断：超出日历范围"},
        {"cannot be judged: neither item, org nor rule has a calendar",
         "无法判断：事项、部门、规则都没有日历"},
    };
    for (size_t i = 0; lang_is_zh() && i < COUNT_OF(sentences); i++) {
        if (strcmp(reason, sentences[i][0]) == 0)
            return sentences[i][1];
    }
    return reason;
}

struct card_view card_view_of(const json_t *card)
{
    struct card_view view = {
        .seq = (uint64_t)field_number(card, "seq"),
        .id = field_text(card, "card"),
        .case_no = field_text(card, "case"),
        .item = field_text(card, "item"),
        .step = field_text(card, "step"),
        .org = field_text(card, "org"),
        .area = field_text(card, "area"),
        .handler = field_text(card, "handler"),
        .about_org = field_text(card, "about_org"),
        .level = field_text(card, "level"),
        .rule = field_text(card, "rule"),
        .clock = field_text(card, "clock"),
        .rung = field_text(card, "rung"),
        .state = field_text(card, "state"),
        .limit = field_text(card, "limit"),
        .used = field_text(card, "used"),
        .over = field_text(card, "over"),
        .reason = field_text(card, "reason"),
        .due = field_moment(card, "due_at"),
        .issued = field_moment(card, "issued_at"),
        .late_ms = field_number(card, "late_ms"),
        .until = field_moment(card, "until"),
        .is_shadow = field_is_true(card, "shadow"),
        .is_unreleased = field_is_true(card, "unreleased"),
    };
    view.is_withdrawn = strcmp(view.state, "withdrawn") == 0;
    view.is_pending = strcmp(view.state, "pending") == 0;
    return view;
}
