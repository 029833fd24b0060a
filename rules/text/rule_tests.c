/* rule_tests.c - the tests a rule file carries, as lines: "2025-01-20 10:00 accept org=A". Times
 * are local to the rule's calendar, because that is how the person who checks them reads them.
 */
#include "rules/text/compile.h"
#include "rules/text/test_line.h"

struct test_reader {
    struct compile *compile;
    const struct rule_source *source;
    const struct calendar *calendar;
    struct rule_test *test;
    struct slice item_code; /* what an event is about that names no item */
};

#define FIELD_ERROR(reader, line, field, ...)                                                      \
    problem_error((reader)->compile->problems, (line)->node->file, (line)->node->line,             \
                  (field)->column, __VA_ARGS__)

/* A date and a time, or one instant with an offset. Returns how many words it took; 0: told. */
static uint32_t read_at(const struct test_reader *reader, const struct test_line *line,
                        struct instant *at_out)
{
    int32_t day = 0;
    const struct line_word *first = &line->at[0];
    if (line->count >= 2) {
        const char *end = line->at[1].text.start + line->at[1].text.count;
        struct slice both = {.start = first->text.start,
                             .count = (size_t)(end - first->text.start)};
        if (local_time(both, reader->calendar, at_out))
            return 2;
    }
    if (line->count >= 1 && instant_parse(first->text, at_out) == 0)
        return 1;
    if (line->count >= 1 && date_parse(first->text, &day) == DATE_E_RANGE)
        FIELD_ERROR(reader, line, first, "there is no such day: %.*s", "没有这一天：%.*s",
                    SLICE_ARG(first->text));
    else if (line->count >= 2 && date_parse(first->text, &day) == 0 &&
             memchr(line->at[1].text.start, ':', line->at[1].text.count) != NULL)
        FIELD_ERROR(reader, line, &line->at[1], "\"%.*s\" is no time of day: 00:00 to 24:00",
                    "“%.*s”不是一天中的时刻：00:00 至 24:00", SLICE_ARG(line->at[1].text));
    else
        yaml_error(line->node, reader->compile->problems,
                   "begin with date and time: 2025-01-20 10:00",
                   "请以日期和时刻开头：2025-01-20 10:00");
    return 0;
}

/* ---- events ---------------------------------------------------------------------------------- */

static struct slice unquoted(struct slice text)
{
    if (text.count >= 2 && (text.start[0] == '"' || text.start[0] == '\'') &&
        text.start[text.count - 1] == text.start[0])
        return (struct slice){.start = text.start + 1, .count = text.count - 2};
    return text;
}

static bool whole_number(struct slice text, int64_t *number_out)
{
    int64_t number = 0;
    if (text.count == 0 || text.count > 12)
        return false;
    for (size_t i = 0; i < text.count; i++) {
        if (text.start[i] < '0' || text.start[i] > '9')
            return false;
        number = number * 10 + (text.start[i] - '0');
    }
    *number_out = number;
    return true;
}

enum value_place {
    PLACE_CASE,
    PLACE_ITEM,
    PLACE_STEP,
    PLACE_ORG,
    PLACE_AREA,
    PLACE_HANDLER,
    PLACE_RESULT,
    PLACE_REASON,
    PLACE_PARENT,
    PLACE_CARD,
    PLACE_TERM,
    PLACE_LIMIT,
    PLACE_DUE_AT,
    PLACE_ENTERED_AT,
    PLACE_SEEN,
    PLACE_FEE_DUE,
    PLACE_FEE_PAID,
    PLACE_RATING,
    PLACE_VERSION,
    PLACE_SEQ,
};

static const char *const place_names[] = {
    "case",   "item",    "step",     "org",    "area",    "handler", "result",
    "reason", "parent",  "card",     "term",   "limit",   "due_at",  "entered_at",
    "seen",   "fee_due", "fee_paid", "rating", "version", "seq",
};

/* What a value of it looks like. */
static const char *place_example(enum value_place place)
{
    if (place <= PLACE_CARD)
        return "A-1";
    if (place <= PLACE_LIMIT)
        return "5workday";
    if (place <= PLACE_SEEN)
        return "2025-01-27T10:00";
    if (place <= PLACE_FEE_PAID)
        return "10000";
    return place == PLACE_RATING ? "1 … 5" : "1";
}

static struct slice *text_place(struct event *event, enum value_place place)
{
    struct slice *const places[] = {
        &event->case_no, &event->item,   &event->step,   &event->org,    &event->area,
        &event->handler, &event->result, &event->reason, &event->parent, &event->card};
    return places[place];
}

static bool put_number(struct rule_test_event *it, enum value_place place, struct slice value)
{
    enum { RATING_MAX = 5 };
    struct event *event = &it->event;
    int64_t number = 0;
    if (!whole_number(value, &number))
        return false;
    if (place == PLACE_FEE_DUE)
        event->fee_due = number;
    else if (place == PLACE_FEE_PAID)
        event->fee_paid = number;
    else if (place == PLACE_VERSION)
        event->version = (uint32_t)number;
    else if (place == PLACE_SEQ)
        it->seq = (uint64_t)number;
    else if (number >= 1 && number <= RATING_MAX)
        event->rating = (int32_t)number;
    else
        return false;
    return true;
}

static bool put_value(const struct test_reader *reader, struct rule_test_event *it,
                      enum value_place place, struct slice value)
{
    struct event *event = &it->event;
    if (place <= PLACE_CARD) {
        *text_place(event, place) = compile_copy(reader->compile, value);
        return !slice_is_empty(value);
    }
    if (place >= PLACE_FEE_DUE)
        return put_number(it, place, value);
    if (place == PLACE_TERM)
        return term_parse(value, &event->term) == 0;
    if (place == PLACE_LIMIT)
        return term_parse(value, &event->limit) == 0;
    return local_time(value, reader->calendar,
                      place == PLACE_DUE_AT       ? &event->due_at
                      : place == PLACE_ENTERED_AT ? &event->entered_at
                                                  : &it->seen_at);
}

static bool read_value(const struct test_reader *reader, const struct test_line *line,
                       const struct line_word *field, struct rule_test_event *it)
{
    size_t count = field->text.count;
    const char *equals = count == 0 ? NULL : memchr(field->text.start, '=', count);
    if (equals == NULL) {
        FIELD_ERROR(reader, line, field,
                    "\"%.*s\": write name=value, such as org=A or term=5workday",
                    "“%.*s”：应写作 名称=值，例如 org=A 或 term=5workday", SLICE_ARG(field->text));
        return false;
    }
    struct slice name = {.start = field->text.start, .count = (size_t)(equals - field->text.start)};
    struct slice value =
        unquoted((struct slice){.start = equals + 1, .count = field->text.count - name.count - 1});
    if (name.count > 5 && memcmp(name.start, "attr.", 5) == 0) {
        test_attr_put(reader->compile, &it->event.attrs,
                      (struct slice){.start = name.start + 5, .count = name.count - 5}, value);
        return true;
    }
    for (const struct line_word *other = line->at; other < field; other++)
        if (other->text.count > name.count &&
            memcmp(other->text.start, name.start, name.count + 1) == 0) {
            FIELD_ERROR(reader, line, field, "\"%.*s\" stands here twice", "“%.*s”重复出现",
                        SLICE_ARG(name));
            return false;
        }
    for (size_t i = 0; i < COUNT_OF(place_names); i++) {
        if (!slice_is_equal(name, slice_of(place_names[i])))
            continue;
        if (put_value(reader, it, (enum value_place)i, value))
            return true;
        if (is_no_such_day(value)) {
            FIELD_ERROR(reader, line, field, "there is no such day: %.*s", "没有这一天：%.*s",
                        SLICE_ARG(value));
            return false;
        }
        FIELD_ERROR(reader, line, field, "\"%.*s\" is no value for %s: it is written %s=%s",
                    "“%.*s”不能作 %s 的值：应写作 %s=%s", SLICE_ARG(value), place_names[i],
                    place_names[i], place_example((enum value_place)i));
        return false;
    }
    tell_unknown(reader->compile->problems, line->node->file, line->node->line, field->column, name,
                 place_names, COUNT_OF(place_names), "field of an event", "事件字段");
    return false;
}

static bool read_event(const struct test_reader *reader, const struct yaml_node *node,
                       struct rule_test_event *it)
{
    struct test_line line;
    if (!yaml_is_scalar(node, reader->compile->problems))
        return false;
    if (!test_line_read(node, &line, reader->compile->problems))
        return false;
    *it = (struct rule_test_event){.line = node->line};
    it->event = (struct event){.case_no = SLICE("CASE-1"),
                               .item = reader->item_code,
                               .entered_at = INSTANT_NONE,
                               .due_at = INSTANT_NONE,
                               .fee_due = EVENT_FEE_NONE,
                               .fee_paid = EVENT_FEE_NONE};
    uint32_t next = read_at(reader, &line, &it->event.at);
    if (next == 0)
        return false;
    it->seen_at = it->event.at;
    if (next == line.count) {
        yaml_error(node, reader->compile->problems,
                   "the event has no kind: 2025-01-20 10:00 accept",
                   "事件没有类型：2025-01-20 10:00 accept");
        return false;
    }
    const struct line_word *kind = &line.at[next++];
    it->event.kind = event_kind_find(kind->text);
    if (it->event.kind == EVENT_NONE) {
        tell_unknown(reader->compile->problems, node->file, node->line, kind->column, kind->text,
                     event_kind_name + 1, EVENT_KIND_COUNT - 1, "event kind", "事件类型");
        return false;
    }
    for (; next < line.count; next++)
        if (!read_value(reader, &line, &line.at[next], it))
            return false;
    return true;
}

static bool read_events(const struct test_reader *reader, const struct yaml_node *map)
{
    const struct yaml_node *list = yaml_find(map, "events");
    struct compile *compile = reader->compile;
    if (list == NULL || list->kind != YAML_LIST || list->count == 0) {
        yaml_error(list == NULL ? map : list, compile->problems,
                   "a test needs events: lines such as - 2025-01-20 10:00 accept",
                   "测试须有 events: 各行如 - 2025-01-20 10:00 accept");
        return false;
    }
    struct rule_test_event *events = compile_take(compile, list->count, sizeof *events);
    if (events == NULL)
        return false;
    uint32_t count = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!read_event(reader, node, &events[count]))
            return false;
        if (count > 0 && instant_is_before(events[count].seen_at, events[count - 1].seen_at)) {
            yaml_error(node, compile->problems,
                       "seen before the event above it: write the events in the order in which "
                       "they arrive, and seen=2025-01-27T10:00 for one that arrives late",
                       "早于上一事件：请按到达次序书写，迟到的事件注明 seen=2025-01-27T10:00");
            return false;
        }
        count++;
    }
    reader->test->event_count = count;
    reader->test->events = events;
    return true;
}

/* ---- cards ----------------------------------------------------------------------------------- */

static bool read_card_word(const struct test_reader *reader, const struct test_line *line,
                           const struct line_word *field, struct rule_test_card *card)
{
    static const struct {
        const char *word;
        enum card_state state;
    } taken_back[] = {{"withdrawn", CARD_WITHDRAWN},
                      {"dismissed", CARD_DISMISSED},
                      {"superseded", CARD_DISMISSED}}; /* two words for one thing */
    struct slice text = field->text;
    if (slice_is_equal(text, SLICE("pending")) || slice_is_equal(text, SLICE("shadow"))) {
        *(text.start[0] == 'p' ? &card->is_pending : &card->is_shadow) = true;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(taken_back); i++) {
        if (slice_is_equal(text, slice_of(taken_back[i].word))) {
            card->state = taken_back[i].state;
            return true;
        }
    }
    bool is_org = text.count > 4 && memcmp(text.start, "org=", 4) == 0;
    if (is_org || (text.count > 5 && memcmp(text.start, "case=", 5) == 0)) {
        size_t name = is_org ? 4 : 5;
        *(is_org ? &card->org : &card->case_no) =
            compile_copy(reader->compile, (struct slice){text.start + name, text.count - name});
        return true;
    }
    for (uint32_t i = 0; i < reader->compile->source_count; i++)
        if (slice_is_equal(reader->compile->rules[i].name, text)) {
            card->rule = reader->compile->rules[i].name;
            return true;
        }
    FIELD_ERROR(reader, line, field,
                "\"%.*s\" is neither a rule nor pending, shadow, withdrawn, dismissed, superseded, "
                "case=…, org=…",
                "“%.*s”既不是规则，也不是 "
                "pending、shadow、withdrawn、dismissed、superseded、case=…、org=…",
                SLICE_ARG(text));
    return false;
}

static bool read_card(const struct test_reader *reader, const struct yaml_node *node,
                      struct rule_test_card *card)
{
    struct test_line line;
    const struct ruleset *ruleset = reader->compile->ruleset;
    if (!yaml_is_scalar(node, reader->compile->problems))
        return false;
    if (!test_line_read(node, &line, reader->compile->problems))
        return false;
    *card = (struct rule_test_card){.line = node->line, .state = CARD_ISSUED};
    uint32_t next = read_at(reader, &line, &card->due_at);
    if (next == 0)
        return false;
    int level = next < line.count ? ruleset_level(ruleset, line.at[next].text) : -1;
    if (level < 0) {
        const char *names[RULESET_LEVELS_MAX];
        for (uint32_t i = 0; i < ruleset->level_count; i++)
            names[i] = ruleset->levels[i].start;
        struct line_word field = next < line.count ? line.at[next] : line.at[0];
        tell_unknown(reader->compile->problems, node->file, node->line, field.column,
                     next < line.count ? field.text : SLICE(""), names, ruleset->level_count,
                     "level of card", "牌的级别");
        return false;
    }
    card->level = (uint8_t)level;
    for (next++; next < line.count; next++)
        if (!read_card_word(reader, &line, &line.at[next], card))
            return false;
    return true;
}

static bool read_cards(const struct test_reader *reader, const struct yaml_node *map)
{
    const struct yaml_node *list = yaml_find(map, "cards");
    struct compile *compile = reader->compile;
    if (list == NULL || list->kind != YAML_LIST) {
        yaml_error(list == NULL ? map : list, compile->problems,
                   "a test says which cards there must be: cards: [] for none",
                   "测试须写明应有的牌：没有则写 cards: []");
        return false;
    }
    struct rule_test_card *cards = compile_take(compile, list->count, sizeof *cards);
    uint32_t count = 0;
    for (const struct yaml_node *node = list->first; cards != NULL && node != NULL;
         node = node->next)
        if (!read_card(reader, node, &cards[count++]))
            return false;
    reader->test->card_count = count;
    reader->test->cards = cards;
    return cards != NULL;
}

/* ---- one test -------------------------------------------------------------------------------- */

static bool read_item(struct test_reader *reader, const struct yaml_node *node)
{
    struct item *item = &reader->test->item;
    if (node == NULL)
        return true;
    if (node->kind == YAML_SCALAR) { /* one of the catalogue */
        reader->item_code = compile_copy(reader->compile, node->value);
        return yaml_is_scalar(node, reader->compile->problems);
    }
    reader->test->has_item = true;
    if (!test_item_read(reader->compile, node, item))
        return false;
    reader->item_code = item->code;
    return true;
}

static void read_test(struct test_reader *reader, const struct yaml_node *node)
{
    static const char *const keys[] = {"it", "item", "supervisors", "events", "cards", "until"};
    struct compile *compile = reader->compile;
    struct rule_test *test = reader->test;
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
        return;
    test->it = compile_copy(compile, yaml_text(node, "it", compile->problems));
    test->file = compile_copy(compile, slice_of(node->file));
    test->line = node->line;
    test->set = compile_copy(compile, reader->source->set_name);
    test->calendar = reader->calendar;
    if (reader->source->rule != NULL)
        test->rule = reader->source->rule->name;
    bool is_good = test_supervisors_read(compile, yaml_find(node, "supervisors"), test);
    is_good = read_item(reader, yaml_find(node, "item")) && read_events(reader, node) && is_good;
    is_good = read_cards(reader, node) && is_good;
    const struct yaml_node *until = yaml_find(node, "until");
    if (until == NULL) {
        yaml_error(node, compile->problems, "the test has no until: the last instant to look at",
                   "测试没有 until:（看到什么时刻为止）");
        return;
    }
    if (!yaml_is_scalar(until, compile->problems))
        return;
    if (is_no_such_day(until->value))
        yaml_error(until, compile->problems, "there is no such day: %.*s", "没有这一天：%.*s",
                   SLICE_ARG(until->value));
    else if (!local_time(until->value, reader->calendar, &test->until))
        yaml_error(until, compile->problems, "\"%.*s\" is no time: 2025-01-20 10:00",
                   "“%.*s”不是时间：2025-01-20 10:00", SLICE_ARG(until->value));
    else if (is_good && instant_is_before(test->until, test->events[test->event_count - 1].seen_at))
        yaml_error(until, compile->problems, "until: lies before the last event",
                   "until: 早于最后一个事件");
}

uint32_t tests_count(const struct rule_source *source)
{
    const struct yaml_node *tests = yaml_find(source->node, "tests");
    return tests == NULL ? 0 : tests->count;
}

void tests_read(struct compile *compile, const struct rule_source *source)
{
    struct test_reader reader = {.compile = compile, .source = source};
    const struct yaml_node *tests = yaml_find(source->node, "tests");
    const struct yaml_node *calendar = setting(source, "calendar");
    if (tests == NULL || calendar == NULL || !yaml_is_list(tests, compile->problems))
        return; /* (a rule without calendar was told of) */
    int index = compile_calendar_named(compile, calendar->value);
    if (index < 0 || compile->calendars[index] == NULL)
        return;
    reader.calendar = compile->calendars[index];
    struct problem_list *problems = compile->problems;
    struct problem_list passed_over;
    problem_list_init(&passed_over);
    for (const struct yaml_node *node = tests->first; node != NULL; node = node->next) {
        reader.test = &compile->tests[compile->test_count];
        reader.item_code = (struct slice){0};
        /* a test of rules that are in force has done its work: no case hangs on it */
        compile->problems = problems->is_in_force ? &passed_over : problems;
        uint32_t before = passed_over.error_count;
        read_test(&reader, node);
        compile->problems = problems;
        if (passed_over.error_count == before)
            compile->test_count++;
        else
            yaml_warn(node, problems, "this test cannot be read any more: it is not run",
                      "此测试已不能读取：不再运行");
    }
    problem_list_clear(&passed_over);
}
