/* run_begin.c - before the first event: signals, the position file, the engine's greeting, the
 * place.
 */
#include "collectors/run_parts.h"
#include "engine/sys/clock.h"
#include "engine/sys/lang.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    stop_asked = number;
}

void stop_watch(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

bool stop_is_asked(void)
{
    return stop_asked != 0;
}

PRINTF_LIKE(2, 3) void run_tell(struct run *run, const char *format, ...)
{
    va_list arguments;
    bar_clear(&run->bar);
    va_start(arguments, format);
    (void)fputs("cardwatch collect: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

int run_cannot(struct run *run, const char *what, int status)
{
    run_tell(run, "%s: %s", what, strerror(-status));
    return status == -ENOMEM ? EX_OSERR : EX_IOERR;
}

int run_refused(struct run *run)
{
    run_tell(run, say("the engine refuses source %s: %s", "引擎拒绝来源 %s：%s"),
             run->options->source, push_error(run->push));
    return EX_PROTOCOL;
}

void run_show(struct run *run, const char *note, bool always)
{
    if (!run->bar.is_on)
        return;
    uint64_t committed = push_committed(run->push);
    const struct bar_facts facts = {
        .events = committed < run->committed_at_start ? 0 : committed - run->committed_at_start,
        .refused = report_refused(run->options->report),
        .progress = run->input->progress(run->input->ctx),
        .note = note,
    };
    bar_show(&run->bar, &facts, always);
}

/* ---- where to begin -------------------------------------------------------------------------- */

/* The engine's answer to hello. Returns 0 and `committed`, -1 when told to stop, or an exit code.
 */
static int greet(struct run *run, uint64_t *committed_out)
{
    int64_t began_ms = clock_monotonic_ms();
    bool is_told = false;
    for (;;) {
        int status = push_begin(run->push, 100, committed_out);
        int64_t waited_ms = clock_monotonic_ms() - began_ms;
        if (status == 0) {
            if (is_told)
                run_tell(
                    run,
                    say("the engine answered after %" PRId64 " s", "引擎在 %" PRId64 " 秒后应答"),
                    waited_ms / 1000);
            return 0;
        }
        if (status == PUSH_E_REJECTED)
            return run_refused(run);
        if (status < 0)
            return run_cannot(run, run->options->endpoint, status);
        if (stop_is_asked())
            return -1;
        if (!is_told && waited_ms >= 1000) {
            run_tell(run, say("no engine at %s yet; waiting for it", "%s 处尚无引擎；正在等待"),
                     run->options->endpoint);
            is_told = true;
        }
        run_show(run, say("waiting for the engine", "正在等待引擎"), false);
    }
}

static int read_position(struct run *run)
{
    if (run->options->position == NULL)
        return 0;
    int status = position_read(run->options->position, &run->position);
    if (status == POSITION_E_NONE)
        return 0;
    if (status == POSITION_E_BAD) {
        run_tell(run,
                 say("%s is not a position file; remove it to begin at the first row",
                     "%s 不是位置文件；如要从第一行开始，请删除它"),
                 run->options->position);
        return EX_DATAERR;
    }
    if (status != 0)
        return run_cannot(run, run->options->position, status);
    if (strcmp(run->position.source, run->options->source) != 0) {
        run_tell(
            run,
            say("%s is the position of source %s, not of %s", "%s 是来源 %s 的位置，不是 %s 的"),
            run->options->position, run->position.source, run->options->source);
        return EX_DATAERR;
    }
    if (strcmp(run->position.map, run->options->map_print) != 0)
        run_tell(run,
                 say("the mapping is another one than before: rows from row %" PRIu64
                     " on are read "
                     "with the new one",
                     "映射与上次不同：自第 %" PRIu64 " 行起按新映射读取"),
                 run->position.place.row + 1);
    run->has_position = true;
    return 0;
}

/* Find the file of the position among the files of this run. */
static int place_position(struct run *run)
{
    if (!run->has_position)
        return 0;
    struct place *place = &run->position.place;
    if (run->input->find(run->input->ctx, run->position.print, place))
        return 0;
    if (run->position.is_done) {
        run_tell(run,
                 say("%s was read to its end (event %" PRIu64 "); this input is taken to follow it",
                     "%s 已读到末尾（第 %" PRIu64 " 个事件）；本输入视为其后续"),
                 run->position.file, place->seq);
        *place = (struct place){.seq = place->seq, .file_seq = place->seq};
        return 0;
    }
    run_tell(run,
             say("the position file %s belongs to %s, which was read up to row %" PRIu64
                 " and is not this input; give that file first, or remove the position file",
                 "位置文件 %s 属于 %s，已读至第 %" PRIu64
                 " 行，与本输入不符；请先给出该文件，或删除位置文件"),
             run->options->position, run->position.file, place->row);
    return EX_DATAERR;
}

static int choose_place(struct run *run, uint64_t committed, struct place *place_out)
{
    struct place place = run->position.place;
    if (run->has_position && committed < place.seq) {
        run_tell(run,
                 say("the engine has %" PRIu64 " events of source %s, fewer than the %" PRIu64
                     " of the position file; reading again from further back",
                     "引擎只有 %" PRIu64 " 个来源 %s 的事件，少于位置文件的 %" PRIu64
                     " 个；从更早处重新读取"),
                 committed, run->options->source, place.seq);
        if (committed < place.file_seq && place.file_index == 0) {
            run_tell(run,
                     say("this input begins at event %" PRIu64 ", the engine lacks earlier ones; "
                         "remove %s and give all files since the first",
                         "本输入从第 %" PRIu64
                         " 个事件开始，引擎缺少更早的事件；请删除 %s 并给出自首个起的全部文件"),
                     place.file_seq + 1, run->options->position);
            return EX_DATAERR;
        }
        struct place begin = {0};
        if (committed >= place.file_seq) { /* the beginning of the file that it stands in */
            begin.seq = begin.file_seq = place.file_seq;
            begin.file_index = place.file_index;
        }
        place = begin;
    }
    *place_out = place;
    return 0;
}

/* Returns 0, -1 when told to stop, or an exit code. */
int run_begin(struct run *run)
{
    uint64_t committed;
    struct place place;
    int code = greet(run, &committed);
    if (code == 0)
        code = choose_place(run, committed, &place);
    if (code != 0)
        return code;
    int status = run->input->seek(run->input->ctx, &place);
    if (status == INPUT_E_BAD)
        return EX_DATAERR;
    if (status != 0)
        return run_cannot(run, run->input->name, status);
    push_start(run->push, &place, !run->has_position && !run->is_checked);
    run->is_checked = true;
    run->has_item = false;
    run->is_ended = false;
    run->last_at = INSTANT_NONE;
    run->committed_at_start = committed;
    return 0;
}

int run_prepare(struct run *run)
{
    int code = read_position(run);
    return code != 0 ? code : place_position(run);
}
