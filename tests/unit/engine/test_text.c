/* Does every broken line of text get the words a person needs, and are cards written as promised?
 */
#include "engine/wire/text.h"
#include "tests/lib/check.h"

#include <stdlib.h>

static struct event event;
static struct slice source;
static uint64_t seq;
static struct text_refusal refused;

static enum refusal read_line(struct event_reader *reader, const char *line)
{
    return event_from_json(reader, slice_of(line), NULL, &event, &source, &seq, &refused);
}

static void a_line_becomes_an_event(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    CHECK_EQ_INT(read_line(reader,
                           "{\"source\":\"hall\",\"seq\":12,\"case\":\"JX-1\",\"kind\":\"pause\","
                           "\"at\":\"2025-01-20T10:00:00.5+08:00\",\"term\":\"5 workday\","
                           "\"fee_due\":1200,\"rating\":5,\"item\":null,"
                           "\"reason\":\"听证\",\"attrs\":{\"b\":\"2\",\"a\":\"1\"}}"),
                 REFUSAL_NONE);
    CHECK_EQ_SLICE(source, "hall");
    CHECK_EQ_INT(seq, 12);
    CHECK_EQ_SLICE(event.case_no, "JX-1");
    CHECK_EQ_INT(event.kind, EVENT_PAUSE);
    CHECK_EQ_INT(event.at.ms, INT64_C(1737338400500));
    CHECK_EQ_INT(event.term.n, 5);
    CHECK_EQ_INT(event.term.unit, UNIT_WORKDAY);
    CHECK_EQ_INT(event.fee_due, 1200);
    CHECK(event.fee_paid == EVENT_FEE_NONE);
    CHECK_EQ_INT(event.rating, 5);
    CHECK_EQ_SLICE(event.attrs, "{\"a\":\"1\",\"b\":\"2\"}");
    CHECK_EQ_SLICE(event.item, "");
}

#define AT   ",\"at\":\"2025-01-20T10:00:00Z\""
#define GOOD "\"case\":\"JX-1\",\"kind\":\"accept\"" AT

struct bad_line {
    const char *line;
    enum refusal refusal;
    const char *en;
    const char *zh;
};

static const struct bad_line bad_lines[] = {
    {"", REFUSAL_MALFORMED,
     "line: cannot be decoded: '[' or '{' expected near end of file (byte 0)",
     "line：无法解码：'[' or '{' expected near end of file（第 0 字节）"},
    {"[]", REFUSAL_MALFORMED, "line: cannot be decoded: \"not a JSON object\"",
     "line：无法解码：“not a JSON object”"},
    {"{\"case\":\"JX-1\"", REFUSAL_MALFORMED,
     "line: cannot be decoded: '}' expected near end of file (byte 14)",
     "line：无法解码：'}' expected near end of file（第 14 字节）"},
    {"{" GOOD "} x", REFUSAL_MALFORMED,
     "line: cannot be decoded: end of file expected near 'x' (byte 61)",
     "line：无法解码：end of file expected near 'x'（第 61 字节）"},
    {"{\"case\":\"\xba\xbc\"}", REFUSAL_NOT_TEXT,
     "line: not valid UTF-8, or has control characters (byte 9)",
     "line：不是有效的 UTF-8 文本，或含控制字符（第 9 字节）"},
    {"{\"kind\":\"accept\"" AT "}", REFUSAL_MISSING, "case: must be given", "case：缺少必填字段"},
    {"{\"case\":\"\",\"kind\":\"accept\"" AT "}", REFUSAL_MISSING, "case: must be given",
     "case：缺少必填字段"},
    {"{\"case\":\"JX-1\"" AT "}", REFUSAL_MISSING, "kind: must be given", "kind：缺少必填字段"},
    {"{\"case\":\"JX-1\",\"kind\":\"approve\"" AT "}", REFUSAL_UNKNOWN_KIND,
     "kind: no such kind of event: \"approve\"", "kind：没有这种事件类型：“approve”"},
    {"{\"case\":\"JX-1\",\"kind\":\"accept\"}", REFUSAL_MISSING, "at: must be given",
     "at：缺少必填字段"},
    {"{\"case\":\"JX-1\",\"kind\":\"accept\",\"at\":\"2025-01-20T10:00:00\"}", REFUSAL_NO_ZONE,
     "at: a time without an offset from UTC: \"2025-01-20T10:00:00\"",
     "at：时间没有时区：“2025-01-20T10:00:00”"},
    {"{\"case\":\"JX-1\",\"kind\":\"accept\",\"at\":\"2025-01-20\"}", REFUSAL_DATE_ONLY,
     "at: a date without a time of day: \"2025-01-20\"", "at：只有日期，没有时刻：“2025-01-20”"},
    {"{\"case\":\"JX-1\",\"kind\":\"accept\",\"at\":\"next week\"}", REFUSAL_BAD_TIME,
     "at: not a time (RFC 3339): \"next week\"", "at：不是时间（RFC 3339）：“next week”"},
    {"{\"case\":\"JX-1\",\"kind\":\"accept\",\"at\":1737338400000}", REFUSAL_BAD_TIME,
     "at: not a time (RFC 3339): \"1737338400000\"", "at：不是时间（RFC 3339）：“1737338400000”"},
    {"{\"case\":\"JX-1\",\"kind\":\"accept\",\"at\":\"2025-02-30T10:00:00Z\"}",
     REFUSAL_OUT_OF_RANGE, "at: outside what is possible: \"2025-02-30T10:00:00Z\"",
     "at：超出可能的范围：“2025-02-30T10:00:00Z”"},
    {"{" GOOD ",\"term\":\"5\"}", REFUSAL_BAD_TERM,
     "term: not a term with a unit, such as 5 workday: \"5\"",
     "term：不是带单位的期限，例如 5 workday：“5”"},
    {"{" GOOD ",\"term\":5}", REFUSAL_BAD_TERM,
     "term: not a term with a unit, such as 5 workday: \"5\"",
     "term：不是带单位的期限，例如 5 workday：“5”"},
    {"{" GOOD ",\"term\":\"-5 workday\"}", REFUSAL_BAD_TERM,
     "term: not a term with a unit, such as 5 workday: \"-5 workday\"",
     "term：不是带单位的期限，例如 5 workday：“-5 workday”"},
    {"{" GOOD ",\"limit\":\"0 workday\"}", REFUSAL_OUT_OF_RANGE,
     "limit: outside what is possible: \"0 workday\"", "limit：超出可能的范围：“0 workday”"},
    {"{" GOOD ",\"rating\":\"good\"}", REFUSAL_BAD_NUMBER,
     "rating: not a number of the kind asked for: \"good\"", "rating：不是所要求的数字：“good”"},
    {"{" GOOD ",\"rating\":6}", REFUSAL_OUT_OF_RANGE, "rating: outside what is possible: \"6\"",
     "rating：超出可能的范围：“6”"},
    {"{" GOOD ",\"fee_paid\":-1}", REFUSAL_OUT_OF_RANGE,
     "fee_paid: outside what is possible: \"-1\"", "fee_paid：超出可能的范围：“-1”"},
    {"{" GOOD ",\"fee_due\":12.5}", REFUSAL_BAD_NUMBER,
     "fee_due: not a number of the kind asked for", "fee_due：不是所要求的数字"},
    {"{" GOOD ",\"fee_due\":99999999999999999999}", REFUSAL_BAD_NUMBER,
     "line: not a number of the kind asked for (byte 89)", "line：不是所要求的数字（第 89 字节）"},
    {"{" GOOD ",\"item\":7}", REFUSAL_NOT_TEXT, "item: not valid UTF-8, or has control characters",
     "item：不是有效的 UTF-8 文本，或含控制字符"},
    {"{" GOOD ",\"handler\":\"a\\tb\"}", REFUSAL_NOT_TEXT,
     "handler: not valid UTF-8, or has control characters",
     "handler：不是有效的 UTF-8 文本，或含控制字符"},
    {"{" GOOD ",\"handler\":\"a\\u0000b\"}", REFUSAL_NOT_TEXT,
     "line: not valid UTF-8, or has control characters (byte 79)",
     "line：不是有效的 UTF-8 文本，或含控制字符（第 79 字节）"},
    {"{" GOOD ",\"applicant\":\"x\"}", REFUSAL_UNKNOWN_FIELD, "applicant: no such field",
     "applicant：没有这个字段"},
    {"{" GOOD ",\"attrs\":[]}", REFUSAL_MALFORMED, "attrs: cannot be decoded", "attrs：无法解码"},
    {"{" GOOD ",\"attrs\":{\"a\":1}}", REFUSAL_NOT_TEXT,
     "attrs: not valid UTF-8, or has control characters",
     "attrs：不是有效的 UTF-8 文本，或含控制字符"},
    {"{" GOOD ",\"seq\":0}", REFUSAL_OUT_OF_RANGE, "seq: outside what is possible: \"0\"",
     "seq：超出可能的范围：“0”"},
    {"{" GOOD ",\"case\":\"JX-2\"}", REFUSAL_MALFORMED,
     "line: cannot be decoded: duplicate object key near '\"case\"' (byte 65)",
     "line：无法解码：duplicate object key near '\"case\"'（第 65 字节）"},
    {"{\"case\":\"JX-1\",\"kind\":\"step_start\"" AT "}", REFUSAL_MISSING, "step: must be given",
     "step：缺少必填字段"},
};

static void a_broken_line_is_told_in_words(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    for (size_t i = 0; i < COUNT_OF(bad_lines); i++) {
        CHECK_EQ_INT(read_line(reader, bad_lines[i].line), bad_lines[i].refusal);
        CHECK_EQ_STR(refused.en, bad_lines[i].en);
        CHECK_EQ_STR(refused.zh, bad_lines[i].zh);
        CHECK_EQ_INT(refused.refusal, bad_lines[i].refusal);
    }
}

static void a_line_of_more_than_64_kib_is_too_long(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    char *line = calloc(1, EVENT_BYTES_MAX + 2);
    CHECK(line != NULL);
    memset(line, '[', EVENT_BYTES_MAX + 1);
    enum refusal whole = read_line(reader, line);
    line[EVENT_BYTES_MAX] = '\0';
    enum refusal deep = read_line(reader, line);
    free(line);
    CHECK_EQ_INT(whole, REFUSAL_TOO_LONG);
    CHECK_EQ_INT(deep, REFUSAL_MALFORMED);
}

#define ENVELOPE                                                                                   \
    "\"specversion\":\"1.0\",\"source\":\"/hall/1\",\"subject\":\"JX-1\","                         \
    "\"time\":\"2025-01-20T10:00:00+08:00\""

static void a_cloud_event_is_the_same_event(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    CHECK_EQ_INT(read_line(reader,
                           "{" ENVELOPE ",\"id\":\"77\",\"type\":\"cn.gov.hall.step_start\","
                           "\"datacontenttype\":\"application/json\",\"traceparent\":\"00-\","
                           "\"data\":{\"step\":\"review\",\"org\":\"330100-SJ\"}}"),
                 REFUSAL_NONE);
    CHECK_EQ_SLICE(source, "/hall/1");
    CHECK_EQ_INT(seq, 77);
    CHECK_EQ_SLICE(event.case_no, "JX-1");
    CHECK_EQ_INT(event.kind, EVENT_STEP_START);
    CHECK_EQ_INT(event.at.ms, INT64_C(1737338400000));
    CHECK_EQ_SLICE(event.step, "review");
    CHECK_EQ_INT(read_line(reader, "{" ENVELOPE ",\"id\":\"a-7\",\"type\":\"accept\","
                                   "\"data\":{\"seq\":8}}"),
                 REFUSAL_NONE);
    CHECK_EQ_INT(seq, 8);
}

static void a_broken_cloud_event_is_told_in_words(void)
{
    static const struct bad_line lines[] = {
        {"{\"specversion\":\"0.3\"}", REFUSAL_MALFORMED,
         "specversion: cannot be decoded: \"only 1.0 is read\"", NULL},
        {"{" ENVELOPE ",\"type\":\"accept\"}", REFUSAL_MISSING, "id: must be given", NULL},
        {"{" ENVELOPE ",\"id\":\"1\"}", REFUSAL_MISSING, "type: must be given", NULL},
        {"{" ENVELOPE ",\"id\":1,\"type\":\"accept\"}", REFUSAL_NOT_TEXT,
         "id: not valid UTF-8, or has control characters", NULL},
        {"{" ENVELOPE ",\"id\":\"1\",\"type\":\"cn.gov.approve\"}", REFUSAL_UNKNOWN_KIND,
         "type: no such kind of event: \"cn.gov.approve\"", NULL},
        {"{" ENVELOPE ",\"id\":\"1\",\"type\":\"accept\",\"data\":{\"case\":\"JX-2\"}}",
         REFUSAL_MALFORMED, "case: cannot be decoded: \"given twice\"", NULL},
        {"{" ENVELOPE ",\"id\":\"1\",\"type\":\"accept\",\"data\":{\"phone\":\"1\"}}",
         REFUSAL_UNKNOWN_FIELD, "phone: no such field", NULL},
        {"{" ENVELOPE ",\"id\":\"1\",\"type\":\"accept\",\"data\":\"x\"}", REFUSAL_MALFORMED,
         "data: cannot be decoded: \"not a JSON object\"", NULL},
        {"{" ENVELOPE ",\"id\":\"1\",\"type\":\"accept\",\"data_base64\":\"eA==\"}",
         REFUSAL_MALFORMED, "data: cannot be decoded: \"only JSON is read\"", NULL},
    };
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        CHECK_EQ_INT(read_line(reader, lines[i].line), lines[i].refusal);
        CHECK_EQ_STR(refused.en, lines[i].en);
    }
}

static int32_t eight_hours(void *ctx, struct instant local)
{
    (void)ctx;
    (void)local;
    return 8 * 3600;
}

static const struct local_zone shanghai = {.offset_s = eight_hours};

static enum refusal read_row(struct event_reader *reader, bool attrs_take, const char *last_name,
                             const char *last_value)
{
    const struct slice names[] = {SLICE("case"), SLICE("kind"), SLICE("at"), slice_of(last_name)};
    char reused[] = "JX-1"; /* the reader keeps its own copy */
    const struct slice values[] = {slice_of(reused), SLICE("accept"), SLICE("2025-01-20 10:00:00"),
                                   slice_of(last_value)};
    enum refusal refusal =
        event_from_columns(reader, names, values, 4, attrs_take, &shanghai, &event, &refused);
    memset(reused, '#', 4);
    return refusal;
}

static void a_row_becomes_an_event(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    CHECK_EQ_INT(read_row(reader, false, "attrs", "{\"window\":\"3\"}"), REFUSAL_NONE);
    CHECK_EQ_SLICE(event.case_no, "JX-1");
    CHECK_EQ_INT(event.at.ms, INT64_C(1737338400000));
    CHECK_EQ_SLICE(event.attrs, "{\"window\":\"3\"}");
    CHECK_EQ_INT(read_row(reader, true, "窗口", "3"), REFUSAL_NONE);
    CHECK_EQ_SLICE(event.attrs, "{\"窗口\":\"3\"}");
    CHECK_EQ_INT(read_row(reader, true, "窗口", ""), REFUSAL_NONE);
    CHECK_EQ_SLICE(event.attrs, "");
    CHECK_EQ_INT(read_row(reader, false, "seq", "5"), REFUSAL_NONE);
}

static void a_broken_row_is_told_in_words(void)
{
    static const struct {
        const char *name;
        const char *value;
        const char *en;
    } rows[] = {
        {"窗口", "3", "窗口: no such field"},
        {"kind", "accept", "kind: cannot be decoded: \"given twice\""},
        {"rating", "5.0", "rating: not a number of the kind asked for: \"5.0\""},
        {"version", "-1", "version: outside what is possible: \"-1\""},
        {"version", "4294967296", "version: outside what is possible: \"4294967296\""},
        {"due_at", "2025-01-20", "due_at: a date without a time of day: \"2025-01-20\""},
        {"attrs", "{\"a\"}", "attrs: cannot be decoded: ':' expected near '}' (byte 5)"},
        {"org", "\xba\xbc\xd6\xdd", "org: not valid UTF-8, or has control characters"},
    };
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    CHECK(reader != NULL);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(read_row(reader, false, rows[i].name, rows[i].value) != REFUSAL_NONE);
        CHECK_EQ_STR(refused.en, rows[i].en);
    }
    char *field = malloc(EVENT_BYTES_MAX + 1);
    CHECK(field != NULL);
    memset(field, 'x', EVENT_BYTES_MAX);
    field[EVENT_BYTES_MAX] = '\0';
    enum refusal refusal = read_row(reader, false, "reason", field);
    free(field);
    CHECK_EQ_INT(refusal, REFUSAL_TOO_LONG);
    CHECK_EQ_STR(refused.en, "line: longer than allowed");
}

static void a_long_value_is_cut_between_characters(void)
{
    static const char value[] = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十";
    refusal_text(REFUSAL_BAD_TIME, "at", SLICE(value), &refused);
    CHECK_EQ_STR(refused.en, "at: not a time (RFC 3339): \"一二三四五六七八九十"
                             "一二三四五六七八九十…\"");
    refusal_text(REFUSAL_MALFORMED, "", SLICE(""), &refused);
    CHECK_EQ_STR(refused.en, "cannot be decoded");
}

static void json_is_escaped(void)
{
    OWNED(bytes_clear) struct bytes bytes = {0};
    CHECK_EQ_INT(json_text(&bytes, SLICE("a\"b\\c\nd\te\x01\xff\xe4\xb8 杭\x7f")), 0);
    CHECK_EQ_SLICE(((struct slice){bytes.start, bytes.count}),
                   "\"a\\\"b\\\\c\\nd\\te\\u0001\\ufffd\\ufffd\\ufffd 杭\x7f\"");
    bytes.count = 0;
    CHECK_EQ_INT(json_text(&bytes, (struct slice){NULL, 0}), 0);
    CHECK_EQ_SLICE(((struct slice){bytes.start, bytes.count}), "\"\"");
}

/* Reckoned by Python: hashlib.blake2b(b"JX-1\0promised\0" b"0\0red").digest()[:16].hex() */
static void a_card_has_one_name_for_ever(void)
{
    char id[CARD_ID_BYTES];
    card_id(SLICE("JX-1"), SLICE("promised"), 0, SLICE("red"), id);
    CHECK_EQ_STR(id, "db5564405c4eae327980ead263056684");
    card_id(SLICE("JX-1"), SLICE("promised"), 4294967295u, SLICE(""), id);
    CHECK_EQ_STR(id, "25d1df8b3df0a2c38a58d7d6216bfaa7");
}

static void a_card_is_one_line(void)
{
    struct card card = {.id = "00112233445566778899aabbccddeeff",
                        .case_no = SLICE("JX-1"),
                        .org = SLICE("330100-SJ"),
                        .level = SLICE("red"),
                        .rule = SLICE("promised"),
                        .rule_version = 3,
                        .clock = SLICE("promised"),
                        .rung = SLICE("red"),
                        .due_at = {.ms = 1737338400000},
                        .issued_at = {.ms = 1737338400120},
                        .late_ms = 120,
                        .state = CARD_ISSUED,
                        .limit = SLICE("7 workday"),
                        .used = SLICE("7 workday"),
                        .seq = 12,
                        .reason = SLICE("he said \"no\""),
                        .edition = 2};
    OWNED(bytes_clear) struct bytes bytes = {0};
    CHECK_EQ_INT(card_to_json(&bytes, &card, 8 * 3600), 0);
    CHECK_EQ_SLICE(
        ((struct slice){bytes.start, bytes.count}),
        "{\"card\":\"00112233445566778899aabbccddeeff\",\"case\":\"JX-1\",\"item\":\"\","
        "\"org\":\"330100-SJ\",\"area\":\"\",\"step\":\"\",\"handler\":\"\",\"level\":\"red\","
        "\"rule\":\"promised\",\"rule_version\":3,\"clock\":\"promised\",\"cycle\":0,"
        "\"rung\":\"red\",\"due_at\":\"2025-01-20T10:00:00+08:00\","
        "\"issued_at\":\"2025-01-20T10:00:00.120+08:00\",\"late_ms\":120,\"state\":\"issued\","
        "\"limit\":\"7 workday\",\"used\":\"7 workday\",\"over\":\"\",\"seq\":12,"
        "\"reason\":\"he said \\\"no\\\"\",\"shadow\":false,\"provisional\":false,\"edition\":2}");
}

CHECK_MAIN("unit/text", TEST(a_line_becomes_an_event), TEST(a_broken_line_is_told_in_words),
           TEST(a_line_of_more_than_64_kib_is_too_long), TEST(a_cloud_event_is_the_same_event),
           TEST(a_broken_cloud_event_is_told_in_words), TEST(a_row_becomes_an_event),
           TEST(a_broken_row_is_told_in_words), TEST(a_long_value_is_cut_between_characters),
           TEST(json_is_escaped), TEST(a_card_has_one_name_for_ever), TEST(a_card_is_one_line))
