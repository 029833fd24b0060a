/* play.c - plays scenarios on a fake clock: at this time this event, then exactly these cards.
 *
 *     play [WORD]      all scenarios, or those with the word in FOLDER/NAME
 *
 *     text NAME                                 a document of the scenario's own: the lines below
 *     | …                                       that begin with a bar
 *     rules FILE…                               its documents, or files of the tree (with a slash)
 *     at 2025-01-20 10:00 event accept case=A   an event; at=, source=, seq=, version= may be said
 *     at 2025-01-27 00:00:00.001 card warn case=A due=2025-01-27
 *                                               the next card, handed out at this instant; late,
 *                                               moved, restored, withdrawn, dismissed, provisional
 *     at … nothing                              nothing has come out that was not announced
 *     at … refused conflict seq                 the engine's answer to the last event
 *     at … requeue 1                            take a refused event in again
 *     at … rules FILE…                          another edition comes into force
 *     at … ask case case=A => case.state=open   a question to the engine
 *     restart [image [damaged|cut]]             the program ends and starts again
 *
 * Times are local to the calendar of the first rule. Any card that is not announced fails the
 * scenario, and so does any that is left over.
 */
#include "tests/scenario/play.h"

#include "engine/sys/log.h"
#include "tests/lib/check.h"
#include "tests/scenario/stage.h"

#include <glob.h>
#include <stdio.h>

_Noreturn void play_leave(void)
{
    longjmp(check_state.test, 1);
}

static void step_at(struct stage *stage, const struct script_line *line)
{
    static const struct {
        const char *word;
        void (*take)(struct stage *stage, const struct script_line *line, uint32_t first);
        bool is_answered; /* it speaks of what has come out already */
    } steps[] = {
        {"event", stage_event, false},    {"card", stage_card, true},
        {"refused", stage_refused, true}, {"requeue", stage_requeue, false},
        {"ask", stage_ask, false},        {"rules", stage_rules, false},
    };
    struct instant at;
    if (!script_time(line, 1, stage_calendar(stage), &at))
        script_fail(line, "no time: at 2025-01-20 10:00 …");
    if (instant_is_set(stage->wall) && at.ms < stage->wall.ms)
        script_fail(line, "before the line above");
    stage_advance(stage, at);
    if (script_is(line, 3, "nothing")) {
        stage->checks++;
        stage_is_quiet(stage, line);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (!script_is(line, 3, steps[i].word))
            continue;
        if (!steps[i].is_answered)
            stage_is_quiet(stage, line);
        steps[i].take(stage, line, 4);
        return;
    }
    script_fail(line, "unknown step");
}

static void step(struct stage *stage, const struct script_line *line)
{
    if (script_is(line, 0, "at")) {
        step_at(stage, line);
    } else if (script_is(line, 0, "rules")) {
        stage_rules(stage, line, 1);
    } else if (script_is(line, 0, "restart")) {
        stage_is_quiet(stage, line);
        stage_restart(stage, line, 1);
    } else {
        script_fail(line, "unknown word %.*s", SLICE_ARG(line->words[0]));
    }
}

/* The lines that begin with a bar become a file. Returns the next line, or false at the end. */
static bool document(struct stage *stage, const struct script_line *line, FILE *from, char *text,
                     uint32_t *number)
{
    char path[HOUSE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%.300s/%.*s", stage->house.folder,
                   line->count > 1 ? (int)line->words[1].count : 0,
                   line->count > 1 ? line->words[1].start : "");
    FILE *to = fopen(path, "w");
    if (to == NULL)
        script_fail(line, "text NAME");
    bool is_more;
    while ((is_more = fgets(text, SCRIPT_LINE_BYTES, from) != NULL) && *text == '|') {
        (void)fputs(text + (text[1] == ' ' ? 2 : 1), to);
        (*number)++;
    }
    (void)fclose(to);
    (*number)++;
    return is_more;
}

static void play_lines(struct stage *stage, struct script_line *line, FILE *file)
{
    static char text[SCRIPT_LINE_BYTES];
    uint32_t number = 1;
    bool is_more = fgets(text, sizeof text, file) != NULL;
    while (is_more) {
        bool is_said = script_split(line, text);
        line->number = number;
        if (is_said && script_is(line, 0, "text")) {
            is_more = document(stage, line, file, text, &number);
            continue;
        }
        if (is_said)
            step(stage, line);
        is_more = fgets(text, sizeof text, file) != NULL;
        number++;
    }
    stage_is_quiet(stage, line);
}

static bool play(const char *path)
{
    static struct stage stage;
    static struct script_line line;
    static FILE *file;
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    line = (struct script_line){.file = path};
    stage_open(&stage);
    bool is_good = setjmp(check_state.test) == 0;
    if (is_good)
        play_lines(&stage, &line, file);
    (void)fclose(file);
    check_state.checks += stage.checks;
    stage_close(&stage);
    return is_good;
}

int main(int argc, char **argv)
{
    static const char folder[] = "tests/scenario/";
    glob_t found = {0};
    unsigned run = 0;
    unsigned failed = 0;
    log_init("play", LOG_ERROR_LEVEL);
    if (glob("tests/scenario/*/*.scn", 0, NULL, &found) != 0)
        found.gl_pathc = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = found.gl_pathv[i] + sizeof folder - 1;
        if (argc > 1 && strstr(name, argv[1]) == NULL)
            continue;
        run++;
        if (!play(found.gl_pathv[i])) {
            failed++;
            printf("not ok scenario/%s\n", name);
        }
    }
    globfree(&found);
    printf("scenario: tests=%u failed=%u checks=%lu\n", run, failed, check_state.checks);
    return failed > 0 || run == 0;
}
