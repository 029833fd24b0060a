/* test_xes.c - event logs in XES become rows, and broken ones are told and never more than that. */
#include "collectors/map/map.h"
#include "collectors/xes/xes.h"
#include "engine/wire/text.h"
#include "tests/lib/check.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static const char mapping[] =
    "columns: {case: \"case:concept:name\"}\n"
    "events:\n"
    "  - {kind: apply, per: case, at: \"case:start\", org: \"case:a/b\"}\n"
    "  - {kind: step_end, per: event, at: \"time:timestamp\","
    " step: \"concept:name\"}\n";

static struct {
    struct problem_list problems;
    struct map *map;
    struct report *report;
    struct input input;
    char path[64];
    char report_path[64];
} held;

static void let_go(void)
{
    if (held.input.close != NULL)
        held.input.close(held.input.ctx);
    held.input = (struct input){0};
    map_destroy(&held.map);
    report_close(&held.report);
    problem_list_clear(&held.problems);
    (void)unlink(held.path);
    (void)unlink(held.report_path);
}

static void put_file(const char *text, size_t count, bool is_packed)
{
    (void)snprintf(held.path, sizeof held.path, "/tmp/cardwatch-%ld.xes%s", (long)getpid(),
                   is_packed ? ".gz" : "");
    if (is_packed) {
        gzFile file = gzopen(held.path, "wb");
        CHECK(file != NULL);
        CHECK_EQ_INT(gzwrite(file, text, (unsigned)count), (int)count);
        CHECK_EQ_INT(gzclose(file), Z_OK);
        return;
    }
    FILE *file = fopen(held.path, "wb");
    CHECK(file != NULL);
    CHECK_EQ_INT(fwrite(text, 1, count, file), count);
    CHECK_EQ_INT(fclose(file), 0);
}

static void begin(const char *text, bool is_packed)
{
    static char *paths[] = {held.path};
    let_go();
    put_file(text, strlen(text), is_packed);
    problem_list_init(&held.problems);
    CHECK_EQ_INT(map_parse("m.yaml", slice_of(mapping), &held.problems, &held.map), 0);
    (void)snprintf(held.report_path, sizeof held.report_path, "/tmp/cardwatch-xes-%ld",
                   (long)getpid());
    CHECK_EQ_INT(report_open(held.report_path, true, &held.report), 0);
    const struct files_options options = {.paths = paths, .count = 1, .report = held.report};
    CHECK_EQ_INT(xes_open(&options, held.map, &held.input), 0);
    CHECK_EQ_INT(held.input.seek(held.input.ctx, &(struct place){0}), 0);
}

static bool is_reported(const char *words)
{
    return check_file_has(held.report_path, words);
}

static void next_is(const char *case_no, enum event_kind kind, const char *detail)
{
    struct item item;
    CHECK_EQ_INT(held.input.next(held.input.ctx, &item), 0);
    CHECK_EQ_SLICE(item.event.case_no, case_no);
    CHECK_EQ_INT(item.event.kind, kind);
    CHECK_EQ_SLICE(kind == EVENT_APPLY ? item.event.org : item.event.step, detail);
}

static int next_status(void)
{
    struct item item;
    return held.input.next(held.input.ctx, &item);
}

static const char two_traces[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<log xes.version=\"1.0\">\n"
    " <string key=\"concept:name\" value=\"of the log\"/>\n"
    " <global scope=\"event\"><string key=\"concept:name\" value=\"UNKNOWN\"/></global>\n"
    " <trace>\n"
    "  <date key=\"start\" value=\"2011-10-11T13:42:22.688+02:00\"/>\n"
    "  <string key=\"concept:name\" value=\"c&lt;1\"/>\n"
    "  <string key=\"a\" value=\"x\"><string key=\"b\" value=\"Group 2\"/></string>\n"
    "  <event><string key=\"concept:name\" value=\"\xE6\x94\xB6\xE4\xBB\xB6\"/>\n"
    "   <date key=\"time:timestamp\" value=\"2011-10-11T13:45:40.276+02:00\"/></event>\n"
    "  <event><date key=\"time:timestamp\" value=\"2011-10-12T13:45:40.276+02:00\"/>\n"
    "   <string key=\"concept:name\" value=\"T02\"><string key=\"concept:name\" value=\"in\"/>"
    "</string></event>\n"
    " </trace>\n"
    " <trace><string key=\"concept:name\" value=\"c2\"/>\n"
    "  <date key=\"start\" value=\"2011-10-11T13:42:22+02:00\"/></trace>\n"
    "</log>\n";

static void traces_and_events_become_rows(void)
{
    for (int packed = 0; packed < 2; packed++) {
        begin(two_traces, packed == 1);
        next_is("c<1", EVENT_APPLY, "Group 2");
        next_is("c<1", EVENT_STEP_END, "收件");
        next_is("c<1", EVENT_STEP_END, "T02");
        next_is("c2", EVENT_APPLY, "");
        CHECK_EQ_INT(next_status(), INPUT_E_END);
        CHECK_EQ_INT(report_refused(held.report), 0);
    }
}

static void reading_goes_on_at_a_number(void)
{
    struct item item;
    begin(two_traces, false);
    CHECK_EQ_INT(held.input.seek(held.input.ctx, &(struct place){.seq = 2}), 0);
    CHECK_EQ_INT(held.input.next(held.input.ctx, &item), 0);
    CHECK_EQ_SLICE(item.event.step, "T02");
    CHECK_EQ_INT(item.after.seq, 3);
    CHECK_EQ_INT(item.row, 11);
}

static void an_event_without_anything_in_it_is_a_row_too(void)
{
    begin("<log><trace><string key=\"concept:name\" value=\"c\"/>"
          "<date key=\"start\" value=\"2011-10-11T13:42:22Z\"/><event/><event/></trace></log>",
          false);
    next_is("c", EVENT_APPLY, "");
    CHECK_EQ_INT(next_status(), INPUT_E_END);
    CHECK_EQ_INT(report_refused(held.report), 2); /* two events without a time */
    CHECK(is_reported("\"field\":\"at\",\"code\":\"missing\""));
}

static void what_is_cut_off_is_told(void)
{
    static char text[sizeof two_traces];
    for (size_t count = 0; count < sizeof two_traces - 8; count += 7) {
        memcpy(text, two_traces, count);
        text[count] = '\0';
        begin(text, false);
        int status;
        do
            status = next_status();
        while (status == 0);
        CHECK_EQ_INT(status, INPUT_E_BAD);
        CHECK(is_reported("is not XML that can be read on"));
    }
}

static void what_is_no_log_is_told(void)
{
    begin("<html><p>404</p></html>", false);
    CHECK_EQ_INT(next_status(), INPUT_E_BAD);
    CHECK(is_reported("is no event log"));
    begin("case,kind\n", false);
    CHECK_EQ_INT(next_status(), INPUT_E_BAD);
    CHECK(is_reported("syntax error"));
}

static void entities_are_refused(void)
{
    begin("<?xml version=\"1.0\"?><!DOCTYPE log [<!ENTITY a \"aaaaaaaaaa\">"
          "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><log><trace>"
          "<string key=\"concept:name\" value=\"&b;\"/></trace></log>",
          false);
    CHECK_EQ_INT(next_status(), INPUT_E_BAD);
    CHECK(is_reported("entities are not allowed"));
}

static void deep_nesting_and_long_values_do_no_harm(void)
{
    struct bytes text = {0};
    CHECK_EQ_INT(bytes_append(&text, SLICE("<log><trace><string key=\"concept:name\" value=\"c\"/>"
                                           "<date key=\"start\" value=\"2011-10-11T13:42:22Z\"/>")),
                 0);
    for (int i = 0; i < 100; i++)
        CHECK_EQ_INT(bytes_append(&text, SLICE("<string key=\"a\" value=\"x\">")), 0);
    for (int i = 0; i < 100; i++)
        CHECK_EQ_INT(bytes_append(&text, SLICE("</string>")), 0);
    CHECK_EQ_INT(bytes_append(&text, SLICE("<string key=\"a\"><string key=\"b\" value=\"")), 0);
    for (int i = 0; i < 70000; i++)
        CHECK_EQ_INT(bytes_append(&text, SLICE("y")), 0);
    CHECK_EQ_INT(bytes_append(&text, SLICE("\"/></string></trace></log>")), 0);
    CHECK_EQ_INT(bytes_append(&text, (struct slice){"", 1}), 0);
    begin(text.start, false);
    next_is("c", EVENT_APPLY, "");
    CHECK_EQ_INT(next_status(), INPUT_E_END);
    CHECK(is_reported("a value longer than 65536 bytes was left out"));
    bytes_clear(&text);
}

static void it_all_ends_clean(void)
{
    let_go();
    CHECK(held.map == NULL);
}

CHECK_MAIN("unit/xes", TEST(traces_and_events_become_rows), TEST(reading_goes_on_at_a_number),
           TEST(an_event_without_anything_in_it_is_a_row_too), TEST(what_is_cut_off_is_told),
           TEST(what_is_no_log_is_told), TEST(entities_are_refused),
           TEST(deep_nesting_and_long_values_do_no_harm), TEST(it_all_ends_clean))
