/* test_condition.c - what a condition means, and that it means something whatever is missing. */
#include "rules/condition/condition_text.h"
#include "tests/lib/check.h"

/* A case with some values, and some that are not there. */
struct fake {
    struct slice reason; /* empty: none */
    int64_t fee_due;
    int64_t fee_paid; /* -1: none */
};

static struct value text_value(struct slice text)
{
    return (struct value){.type = text.count == 0 ? VALUE_NONE : VALUE_TEXT, .text = text};
}

static struct value fake_field(void *ctx, enum field field)
{
    const struct fake *fake = ctx;
    struct value value = {.type = VALUE_NONE};
    if (field == FIELD_REASON)
        return text_value(fake->reason);
    if (field == FIELD_KIND)
        return text_value(SLICE("reject"));
    if (field == FIELD_ITEM_KIND)
        return text_value(SLICE("joint"));
    if (field == FIELD_ORG)
        return text_value(SLICE("ORG-7"));
    if (field == FIELD_IN_HOURS)
        return (struct value){.type = VALUE_BOOL, .truth = true};
    if (field == FIELD_AT)
        return (struct value){.type = VALUE_INSTANT, .number = INT64_C(1737338400000)};
    if (field == FIELD_FEE_DUE)
        value = (struct value){.type = VALUE_NUMBER, .number = fake->fee_due};
    if (field == FIELD_FEE_PAID && fake->fee_paid >= 0)
        value = (struct value){.type = VALUE_NUMBER, .number = fake->fee_paid};
    return value;
}

static uint32_t fake_count(void *ctx, enum event_kind kind)
{
    (void)ctx;
    return kind == EVENT_CORRECT_ASK ? 2 : 0;
}

static struct value fake_since(void *ctx, enum event_kind kind, enum unit unit)
{
    (void)ctx;
    if (kind != EVENT_CORRECT_ASK)
        return (struct value){.type = VALUE_NONE};
    return (struct value){.type = VALUE_NUMBER, .number = unit == UNIT_WORKHOUR ? 5 : 1};
}

static uint32_t fake_count_step(void *ctx, enum event_kind kind)
{
    (void)ctx;
    return kind == EVENT_CORRECT_ASK ? 1 : 0;
}

/* Twice within five days of any kind, whatever of one step; an unknown calendar for months. */
static struct value fake_count_within(void *ctx, const struct window *window)
{
    (void)ctx;
    if (window->within.unit == UNIT_MONTH || window->kind != EVENT_RETURN)
        return (struct value){.type = VALUE_NONE};
    return (struct value){.type = VALUE_NUMBER,
                          .number = window->is_of_step ? 1 : window->within.n};
}

static struct value fake_attr(void *ctx, struct slice name)
{
    (void)ctx;
    return text_value(slice_is_equal(name, SLICE("channel")) ? SLICE("web")
                      : slice_is_equal(name, SLICE("floor")) ? SLICE("-12")
                      : slice_is_equal(name, SLICE("price")) ? SLICE("12.5")
                                                             : SLICE(""));
}

static bool fake_raised(void *ctx, struct slice rule, struct slice card)
{
    (void)ctx;
    return slice_is_equal(rule, SLICE("my-rule")) && slice_is_equal(card, SLICE("red"));
}

static bool fake_same_arrival(void *ctx, enum event_kind kind)
{
    (void)ctx;
    return kind == EVENT_ACCEPT;
}

static struct arena *arena;
static struct problem_list problems;

static const struct condition *parse(const char *text)
{
    const struct condition *condition = NULL;
    const struct yaml_node node = {
        .kind = YAML_SCALAR, .line = 3, .column = 10, .value = slice_of(text), .file = "x.yaml"};
    arena_destroy(&arena);
    arena = arena_create();
    CHECK(arena != NULL);
    problem_list_clear(&problems);
    problem_list_init(&problems);
    int status = condition_parse(arena, &node, CONDITION_AT_EVENT, &problems, &condition);
    CHECK_EQ_INT(status, problems.error_count > 0 ? CONDITION_E_BAD : 0);
    return condition;
}

static bool holds_of(const struct condition *condition, struct fake *fake)
{
    const struct condition_asker asker = {.ctx = fake,
                                          .field = fake_field,
                                          .count = fake_count,
                                          .since = fake_since,
                                          .count_step = fake_count_step,
                                          .count_within = fake_count_within,
                                          .raised = fake_raised,
                                          .same_arrival = fake_same_arrival,
                                          .attr = fake_attr};
    return condition_holds(condition, &asker);
}

static bool holds(const char *text, struct fake *fake)
{
    const struct condition *condition = parse(text);
    if (condition == NULL)
        printf("%s: %s\n", text, problems.at[0].en);
    CHECK(condition != NULL);
    return holds_of(condition, fake);
}

static void end(void)
{
    arena_destroy(&arena);
    problem_list_clear(&problems);
}

/* What an input method for Chinese types is taken, and told as every reader of a receipt knows it.
 */
static void each_sign_is_told_in_one_way(void)
{
    static const char *const rows[][2] = {
        {"fee_due >= 1000", "fee_due >= 1000"},
        {"fee_due ≥ 1000", "fee_due >= 1000"},
        {"fee_due＞＝１０００", "fee_due>=1000"},
        {"count（return） == 2", "count(return) = 2"},
        {"reason　!=　‘无 故’", "reason != '无 故'"},
        {"reason != “it's”", "reason != \"it's\""},
        {"result in ［“一”，“二”］", "result in ['一','二']"},
        {"time_of_day ＜ １１：３０", "time_of_day < 11:30"},
        {"raised(规则-1, red)  and has org", "raised(规则-1, red) and has org"},
        {"fee_due × 2 ≠ fee_paid ÷ 3", "fee_due * 2 != fee_paid / 3"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct condition *condition = parse(rows[i][0]);
        CHECK(condition != NULL);
        CHECK_EQ_SLICE(condition->text, rows[i][1]);
    }
    end();
}

static void each_form_means_what_it_says(void)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        {"fee_due = 1000", true},
        {"fee_due != 1000", false},
        {"fee_due < 1001", true},
        {"fee_due <= 999", false},
        {"fee_due > 999 and fee_due >= 1000", true},
        {"fee_due > 999 and fee_due > 1000 or in_hours", true},
        {"fee_due > 999 and (fee_due > 1000 or not in_hours)", false},
        {"not not in_hours", true},
        {"not in_hours", false},
        {"not fee_due = 1", true},
        {"kind = reject", true},
        {"kind = 'reject'", true},
        {"kind in [accept, reject]", true},
        {"item_kind in [promised, immediate]", false},
        {"org in ['ORG-6', 'ORG-7']", true},
        {"org = \"ORG-7\"", true},
        {"count(correct_ask) >= 2", true},
        {"count(accept) + 1 = 1", true},
        {"seen(correct_ask)", true},
        {"count(correct_ask, step) = 1", true},
        {"raised(my-rule, red)", true},
        {"in_hours and not raised(my-rule, yellow)", true},
        {"raised(my, red) or raised( my-rule , red )", true},
        {"not seen(accept)", true},
        {"same_arrival(accept) and not same_arrival(finish)", true},
        {"since(correct_ask) in workhour > 4", true},
        {"since(correct_ask) in workhour > 4 workhour", true},
        {"since(correct_ask) in workday > 4", false},
        {"fee_paid * 100 > fee_due * 105", true},
        {"fee_paid - fee_due = 51", true},
        {"fee_paid / 10 = 105", true},
        {"2 + 3 * 4 = fee_due - 986", true},
        {"(2 + 3) * 4 = fee_due - 980", true},
        {"fee_due > -5", true},
        {"length(reason) = 4", true},
        {"length(reason) < 10", true},
        {"attr('channel') = 'web'", true},
        {"attr('channel') in ['app', 'web'] and has attr('floor')", true},
        {"has attr('color') or attr('color') != 'x'", false},
        {"number(attr('floor')) = -12", true},
        {"number(attr('floor')) + 13 > 0", true},
        {"number(attr('price')) > 0 or number(attr('price')) <= 0", false},
        {"number(attr('channel')) != 1", false},
        {"number(reason) != 1", false},
        {"length(attr('channel')) = 3 and length(attr('color')) = 0", true},
        {"has reason", true},
        {"has rating", false},
        {"at > '2025-01-20T09:59:59+08:00'", true},
        {"at = '2025-01-20T10:00:00+08:00'", true},
        {"in_hours = true", true},
        {"fee_due ≥ 1000", true},
    };
    struct fake fake = {.reason = SLICE("材料不全"), .fee_due = 1000, .fee_paid = 1051};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool is_so = holds(rows[i].text, &fake);
        if (is_so != rows[i].holds)
            printf("%s\n", rows[i].text);
        CHECK(is_so == rows[i].holds);
    }
    end();
}

static void a_window_is_counted_as_it_is_written(void)
{
    static const struct {
        const char *text;
        bool holds;
        uint32_t most; /* so many have to be told apart for it */
    } rows[] = {
        {"count(return, within 5 workday) >= 5", true, 5},
        {"count(return, within 5 workday) > 5", false, 6},
        {"count(return, within 5 workday) < 6", true, 6},
        {"6 > count(return, within 5 workday)", true, 6},
        {"5 >= count(return, within 5 workday)", true, 6},
        {"(count(return, within 2 week)) = 14", true, 15},
        {"count(return, within 4 个工作日) in [3, 4, 2]", true, 5},
        {"count(return, step, within 5 workday) = 1", true, 2},
        {"count(return, step, within 5 workday) != 1", false, 2},
        {"count(return, within 100 hour) >= 100", true, 100},
        {"count(return, within 1 month) >= 1 or count(accept, within 1 day) < 1", false, 1},
    };
    struct fake fake = {.fee_due = 1000};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool is_so = holds(rows[i].text, &fake);
        if (is_so != rows[i].holds)
            printf("%s\n", rows[i].text);
        CHECK(is_so == rows[i].holds);
        CHECK_EQ_INT(parse(rows[i].text)->windows[0].most, rows[i].most);
    }
    end();
}

static void what_is_missing_makes_a_comparison_false(void)
{
    struct fake fake = {.fee_due = 1000, .fee_paid = -1};
    CHECK(!holds("fee_paid = 0", &fake));
    CHECK(!holds("fee_paid != 0", &fake));
    CHECK(!holds("fee_paid < fee_due", &fake));
    CHECK(!holds("fee_paid + 1 > 0", &fake));
    CHECK(holds("not fee_paid > 0", &fake));
    CHECK(!holds("rating in [1, 2]", &fake));
    CHECK(!holds("reason = 'x'", &fake));
    CHECK(holds("length(reason) = 0", &fake));
    CHECK(!holds("is_finished", &fake));
    CHECK(holds("not is_finished", &fake));
    CHECK(!holds("since(accept) in day >= 0", &fake));
    end();
}

static void arithmetic_never_goes_wrong(void)
{
    struct fake fake = {.fee_due = INT64_MAX, .fee_paid = 0};
    CHECK(!holds("fee_due / fee_paid >= 0", &fake));
    CHECK(!holds("fee_due + 1 > 0", &fake));
    CHECK(!holds("fee_due * 2 > 0", &fake));
    CHECK(!holds("0 - fee_due - 2 < 0", &fake));
    end();
}

static void a_deep_condition_is_refused_not_run(void)
{
    char text[4096] = "";
    for (int i = 0; i < 200; i++)
        (void)strncat(text, "(", sizeof text - strlen(text) - 1);
    CHECK(parse(text) == NULL);
    CHECK_EQ_STR(problems.at[0].en, "parentheses nested deeper than 32");
    text[0] = '\0';
    for (int i = 0; i < 200; i++)
        (void)strncat(text, "in_hours and ", sizeof text - strlen(text) - 1);
    (void)strncat(text, "in_hours", sizeof text - strlen(text) - 1);
    CHECK(parse(text) == NULL);
    CHECK_EQ_INT(problems.at[0].line, 3);
    text[0] = '\0';
    for (int i = 0; i < 40; i++)
        (void)strncat(text, "fee_due + (", sizeof text - strlen(text) - 1);
    CHECK(parse(text) == NULL);
    end();
}

static void a_mistake_is_told_at_its_word(void)
{
    static const struct {
        const char *text;
        uint32_t column;
        const char *en;
        const char *zh;
    } rows[] = {
        {"fee_du > 3", 10, "unknown field \"fee_du\": did you mean \"fee_due\"?",
         "没有这个字段“fee_du”：是不是“fee_due”？"},
        {"fee_due > '3'", 20, "\"3\" is text, but \"fee_due\" is a number: they cannot be compared",
         "“3”是文本，而“fee_due”是数字：不能比较"},
        {"fee_due > 3 and org", 26, "\"org\" is text, not yes or no: compare it with something",
         "“org”是文本，不是“是否”：请与别的值比较"},
        {"at > 'yesterday'", 15, "\"yesterday\" is no instant: write '2025-01-20T10:00:00+08:00'",
         "“yesterday”不是时刻：应写作 '2025-01-20T10:00:00+08:00'"},
        {"item_kind = prompt", 22,
         "unknown kind of item \"prompt\": it is one of immediate, promised, joint, forwarded",
         "没有这个事项类型“prompt”：应为 immediate, promised, joint, forwarded 之一"},
        {"org in [fee_due]", 18, "a list holds numbers or 'texts', not \"fee_due\"",
         "列表中只能是数字或“'文本'”，不能是“fee_due”"},
        {"count accept > 1", 16, "expected \"(\" here, found \"accept\"",
         "此处应为“(”，而不是“accept”"},
        {"has reason reason", 21, "unexpected \"reason\": the text should end before it",
         "多余的“reason”：此前文字应已结束"},
        {"reason = 'open", 19, "expected a field, a number or a 'text' here, found \"'open\"",
         "此处应为字段、数字或“'文本'”，而不是“'open”"},
        {"办件 = 3", 10,
         "unknown field \"办件\": it is one of kind, item, item_kind, org, area, step, step_place, "
         "last_step_place, furthest_step_place, step_node, last_result, last_step_handler, "
         "handler, "
         "result, reason, fee_due, fee_paid, "
         "rating, at, time_of_day, entered_at, entry_delay, arrival_delay, in_hours, is_finished, "
         "is_accepted, "
         "in_catalogue, children, children_open, children_finished, parent, result_allowed",
         "没有这个字段“办件”：应为 kind, item, item_kind, org, area, step, step_place, "
         "last_step_place, furthest_step_place, step_node, last_result, last_step_handler, "
         "handler, "
         "result, reason, fee_due, fee_paid, "
         "rating, at, time_of_day, entered_at, entry_delay, arrival_delay, in_hours, is_finished, "
         "is_accepted, "
         "in_catalogue, children, children_open, children_finished, parent, result_allowed 之一"},
        {"count(accept, setp) > 1", 24,
         "expected \"step\" or \"within 5 workday\" here, found \"setp\"",
         "此处应为“step”或“within 5 workday”，而不是“setp”"},
        {"count(accept, step, 5 day) > 1", 30, "expected \"within 5 workday\" here, found \"5\"",
         "此处应为“within 5 workday”，而不是“5”"},
        {"count(accept, within 5) > 1", 31, "5 has no unit: write for example 5 workday or 5 day",
         "5 没有单位：请写明，例如 5 workday（工作日）或 5 day（自然日）"},
        {"seen(accept, within 5 day)", 21, "expected \")\" here, found \",\"",
         "此处应为“)”，而不是“,”"},
        {"reason = ''", 19,
         "a field never is an empty text: write \"not has reason\", or \"has reason\"",
         "字段不会是空文本：应写作 not has reason 或 has reason"},
        {"org in ['A', '']", 23,
         "a field never is an empty text: write \"not has org\", or \"has org\"",
         "字段不会是空文本：应写作 not has org 或 has org"},
        {"'' != step", 10,
         "a field never is an empty text: write \"not has step\", or \"has step\"",
         "字段不会是空文本：应写作 not has step 或 has step"},
        {"raised(my-rule)", 24, "expected \",\" here, found \")\"", "此处应为“,”，而不是“)”"},
        {"entry_delay > 4 workday", 24, "this counts in workday, the other side in workhour",
         "此处单位为 workday，另一侧为 workhour"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(parse(rows[i].text) == NULL);
        CHECK_EQ_INT(problems.error_count, 1);
        CHECK_EQ_STR(problems.at[0].en, rows[i].en);
        CHECK_EQ_STR(problems.at[0].zh, rows[i].zh);
        CHECK_EQ_INT(problems.at[0].column, rows[i].column);
    }
    end();
}

/* Which parts did not hold is told by their text: each must be the program of its own text. */
static void a_condition_comes_apart_where_and_joins_it(void)
{
    static const struct {
        const char *text;
        const char *parts[4]; /* a '+' before those that hold of the case */
    } rows[] = {
        {"kind = accept", {"kind = accept"}},
        {"kind = reject and length(reason) > 3", {"+kind = reject", "length(reason) > 3"}},
        {"fee_due = 3 and not in_hours and kind in [accept, reject] and fee_due + 1 > fee_paid * 2",
         {"fee_due = 3", "not in_hours", "+kind in [accept, reject]",
          "+fee_due + 1 > fee_paid * 2"}},
        {"(fee_due = 3 and in_hours) and kind = reject",
         {"(fee_due = 3 and in_hours)", "+kind = reject"}},
        {"kind = reject and (in_hours and fee_due = 3)",
         {"+kind = reject", "(in_hours and fee_due = 3)"}},
        {"kind = accept and in_hours or kind = apply",
         {"kind = accept and in_hours or kind = apply"}},
        {"org = 'A and B' and org != 'x or y'", {"org = 'A and B'", "+org != 'x or y'"}},
        {"(kind = accept and org = 'x')", {"(kind = accept and org = 'x')"}},
    };
    struct fake fake = {.fee_due = 5, .fee_paid = 0};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct condition parts[CONDITION_PARTS_MAX];
        const struct condition *whole = parse(rows[i].text);
        uint32_t count = condition_parts(whole, parts);
        for (uint32_t k = 0; k < 4; k++) {
            const char *should = rows[i].parts[k];
            CHECK_EQ_INT(k < count, should != NULL);
            if (k >= count || should == NULL)
                continue;
            bool holds = should[0] == '+';
            CHECK_EQ_SLICE(parts[k].text, should + (holds ? 1 : 0));
            CHECK_EQ_INT(holds_of(&parts[k], &fake), holds);
        }
    }
    end();
}

/* What no case can make true, or false, is told; what some case can, is taken. */
static void what_is_always_the_same_is_refused(void)
{
    static const char *const never[] = {
        "is_accepted and not is_accepted",
        "not (is_accepted or not is_accepted)",
        "in_hours and (org = 'A' and not in_hours)",
        "kind = accept and kind = finish",
        "kind in [accept, finish] and kind in [apply, pause]",
        "org = 'A' and org = 'B'",
        "org = 'A' and org in ['B', 'C']",
        "org = 'A' and not has org",
        "fee_due > 3 and fee_due < 4",
        "3 < fee_due and not has fee_due",
        "fee_due = 3 and fee_due != 3",
        "count(accept) < 0",
        "seen(accept) and count(accept) = 0",
        "length(reason) > 5 and length(reason) <= 5",
        "since(accept) in workday > 3 and since(accept) in workday < 3",
        "attr('a') = 'x' and attr('a') = 'y'",
        "raised(r, red) and not raised(r, red)",
        "item_kind = joint and item_kind != joint",
        "item_kind in [joint] and item_kind = promised",
    };
    static const char *const always[] = {
        "is_accepted or not is_accepted",
        "count(accept) >= 0",
        "length(reason) >= 0",
        "has org or not has org",
        "seen(accept) or count(accept) = 0",
        "not (kind = accept and kind = finish)",
        "kind != accept or kind != finish",
    };
    static const char *const open[] = {
        "fee_due >= 3 and fee_due < 4",
        "fee_due < 3 or fee_due >= 3",
        "org = 'A' or org != 'A'",
        "not (org = 'A') and not (org != 'A')",
        "attr('a') = 'x' and attr('b') = 'y'",
        "attr('a') = ''",
        "attr('a') = 'x' or not has attr('a')",
        "raised(r, red) and not raised(r, x)",
        "count(accept) > 0 and count(accept, step) = 0",
        "in_hours and is_accepted",
        "since(accept) in workday > 3 and since(accept) in workhour < 3",
        "item_kind != joint and item_kind != promised",
        "has reason and length(reason) < 1",
        "fee_due + 1 > 3 and fee_due + 1 < 3",
        "rating < 3 or rating >= 3",
        "kind = accept or kind = finish",
        "number(attr('a')) > 3 and attr('a') = 'x'",
    };
    for (size_t i = 0; i < COUNT_OF(never); i++) {
        CHECK(parse(never[i]) == NULL);
        CHECK_EQ_STR(problems.at[0].en, "this can never hold: its parts contradict each other");
        CHECK_EQ_STR(problems.at[0].zh, "此条件永不成立：各部分互相矛盾");
        CHECK_EQ_INT(problems.at[0].column, 10);
    }
    for (size_t i = 0; i < COUNT_OF(always); i++) {
        CHECK(parse(always[i]) == NULL);
        CHECK_EQ_STR(problems.at[0].en,
                     "this always holds: leave it out, or say what it depends on");
        CHECK_EQ_STR(problems.at[0].zh, "此条件总是成立：请删去，或写明取决于什么");
    }
    for (size_t i = 0; i < COUNT_OF(open); i++) {
        const struct condition *condition = parse(open[i]);
        if (condition == NULL)
            printf("%s: %s\n", open[i], problems.at[0].en);
        CHECK(condition != NULL);
    }
    end();
}

CHECK_MAIN("unit/condition", TEST(a_condition_comes_apart_where_and_joins_it),
           TEST(what_is_always_the_same_is_refused), TEST(each_form_means_what_it_says),
           TEST(each_sign_is_told_in_one_way), TEST(a_window_is_counted_as_it_is_written),
           TEST(what_is_missing_makes_a_comparison_false), TEST(arithmetic_never_goes_wrong),
           TEST(a_deep_condition_is_refused_not_run), TEST(a_mistake_is_told_at_its_word))
