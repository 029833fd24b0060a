/* run.c - pull an event, wait until it is due, add it, let the push work; and how it ends.
 *
 * An event that was pulled and could not be added yet (the ring is full) stays in `item`; nothing
 * is pulled before it is added, so the order is the input's.
 */
#include "collectors/run_parts.h"
#include "engine/sys/clock.h"
#include "engine/sys/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { WAIT_MS = 20, FOLLOW_WAIT_MS = 100, WORK_EVERY = 1024 };

/* ---- the loop -------------------------------------------------------------------------------- */

static bool place_is_same(const struct place *a, const struct place *b)
{
    return a->seq == b->seq && a->file_seq == b->file_seq && a->file_index == b->file_index &&
           a->offset == b->offset && a->row == b->row;
}

static int save_position(struct run *run, bool always)
{
    int64_t now_ms = clock_monotonic_ms();
    if (run->options->position == NULL || (!always && now_ms - run->position_ms < RUN_POSITION_MS))
        return 0;
    run->position_ms = now_ms;
    struct place place = push_safe(run->push);
    bool is_done = run->is_ended && push_committed(run->push) >= push_last_seq(run->push);
    bool is_same = run->has_position && is_done == run->position.is_done &&
                   place_is_same(&place, &run->position.place);
    const char *print = run->input->print(run->input->ctx, &place);
    if (is_same || print[0] == '\0')
        return 0;
    struct position *position = &run->position;
    position->place = place;
    position->is_done = is_done;
    (void)snprintf(position->source, sizeof position->source, "%s", run->options->source);
    (void)snprintf(position->file, sizeof position->file, "%s",
                   run->input->path(run->input->ctx, &place));
    (void)snprintf(position->print, sizeof position->print, "%s", print);
    (void)snprintf(position->map, sizeof position->map, "%s", run->options->map_print);
    int status = position_write(run->options->position, position);
    if (status == 0)
        run->has_position = true;
    return status == 0 ? 0 : run_cannot(run, run->options->position, status);
}

/* Let bytes move. Returns 0, -1 (begin again), or an exit code. */
static int work(struct run *run, bool flush, int wait_ms)
{
    run->since_work = 0;
    int status = push_work(run->push, flush, wait_ms);
    if (status == PUSH_E_BEHIND)
        return -1;
    if (status == PUSH_E_CONFLICT) {
        run_tell(
            run,
            say("event %" PRIu64 " of source %s is another one in the engine: this is not the "
                "input that was sent before; give that one, or another --source",
                "引擎中来源的第 %" PRIu64
                " 个事件（%s）与此不同：这不是先前发送的输入；请给出原输入，或换一个 --source"),
            push_committed(run->push), run->options->source);
        return EX_DATAERR;
    }
    if (status == PUSH_E_REJECTED)
        return run_refused(run);
    if (status < 0)
        return run_cannot(run, run->options->endpoint, status);
    run_show(run,
             push_is_connected(run->push) ? NULL : say("waiting for the engine", "正在等待引擎"),
             false);
    return save_position(run, false);
}

/* While nothing is due: the simulated time goes on, or at least the source is alive. */
static void tick(struct run *run)
{
    int64_t now_ms = clock_monotonic_ms();
    if (run->options->speed > 0 && now_ms - run->tick_ms >= RUN_TICK_MS) {
        struct instant at = pace_now(&run->pace);
        if (run->has_item && at.ms >= run->item.event.at.ms)
            at.ms = run->item.event.at.ms - 1; /* never ahead of what is still to be sent */
        if (at.ms != INSTANT_NEVER.ms && push_tick(run->push, at))
            run->tick_ms = now_ms;
        return;
    }
    if (run->active_seq != push_last_seq(run->push)) {
        run->active_seq = push_last_seq(run->push);
        run->active_ms = now_ms;
    }
    if (run->options->alive_ms > 0 && now_ms - run->active_ms >= run->options->alive_ms &&
        push_tick(run->push, clock_now()))
        run->active_ms = now_ms;
}

static int pull(struct run *run)
{
    int status = run->input->next(run->input->ctx, &run->item);
    if (status == INPUT_E_END)
        run->is_ended = true;
    if (status == INPUT_E_END || status == INPUT_E_WAIT)
        return status;
    if (status == INPUT_E_BAD)
        return EX_DATAERR;
    if (status != 0)
        return run_cannot(run, run->input->name, status);
    run->has_item = true;
    if (push_last_seq(run->push) >= push_committed(run->push))
        pace_base(&run->pace, instant_later_of(run->item.event.at, run->options->paced_from));
    return 0;
}

/* The item in hand goes to the push once it is due. */
static int give(struct run *run)
{
    int64_t wait_ms = push_last_seq(run->push) < push_committed(run->push)
                          ? 0
                          : pace_wait_ms(&run->pace, run->item.event.at);
    if (wait_ms > 0) {
        tick(run);
        return work(run, true, wait_ms < WAIT_MS ? (int)wait_ms : WAIT_MS);
    }
    int status = push_add(run->push, &run->item);
    if (status == PUSH_E_FULL)
        return work(run, false, WAIT_MS);
    if (status != 0)
        return run_cannot(run, run->input->name, status);
    run->has_item = false;
    run->last_at = instant_later_of(run->last_at, run->item.event.at);
    if (++run->since_work >= WORK_EVERY || push_has_batch(run->push))
        return work(run, false, 0);
    return 0;
}

/* Returns 0 at the end of the input, or when told to stop; -1: begin again; or an exit code. */
static int pump(struct run *run)
{
    while (!stop_is_asked()) {
        int code = run->has_item ? give(run) : 0;
        if (code != 0)
            return code;
        if (run->has_item)
            continue;
        code = pull(run);
        if (code == INPUT_E_END)
            return 0;
        if (code == INPUT_E_WAIT) {
            tick(run);
            code = work(run, true, FOLLOW_WAIT_MS);
        }
        if (code != 0)
            return code;
    }
    return 0;
}

/* Wait until everything is committed; when told to stop, for a moment only. */
static int drain(struct run *run)
{
    int64_t stop_ms = 0;
    while (push_committed(run->push) < push_last_seq(run->push)) {
        if (stop_is_asked() && stop_ms == 0)
            stop_ms = clock_monotonic_ms() + RUN_STOP_WAIT_MS;
        if (stop_ms != 0 && clock_monotonic_ms() > stop_ms)
            return 0;
        int code = work(run, true, WAIT_MS);
        if (code != 0)
            return code;
    }
    return 0;
}

static int end_tick(struct run *run)
{
    const struct run_options *options = run->options;
    struct instant at = instant_is_set(options->end_at) ? options->end_at : run->last_at;
    if (!options->has_end_tick || !run->is_ended || !instant_is_set(at))
        return 0;
    bool is_sent = false;
    while (!stop_is_asked()) {
        if (!is_sent && push_tick(run->push, at)) {
            is_sent = true;
            push_sync(run->push); /* an answer to this hello means that the tick has arrived */
        } else if (is_sent && push_is_synced(run->push)) {
            return 0;
        }
        int code = work(run, true, WAIT_MS);
        if (code != 0)
            return code;
    }
    return 0;
}

/* ---- the end --------------------------------------------------------------------------------- */

static int summarize(struct run *run)
{
    struct push_counts counts = push_counts(run->push);
    uint64_t committed = push_committed(run->push);
    uint64_t last = push_last_seq(run->push);
    uint64_t refused = report_refused(run->options->report);
    int64_t spent_ms = clock_monotonic_ms() - run->began_ms;
    uint64_t sent = committed < run->committed_at_start ? 0 : committed - run->committed_at_start;
    if (last < committed && run->is_ended) {
        run_tell(run,
                 say("the engine has %" PRIu64
                     " events of source %s, this input gives only %" PRIu64
                     ": it is not the whole input, or somebody else sends under this name",
                     "引擎有 %" PRIu64 " 个来源 %s 的事件，本输入只有 %" PRIu64
                     " 个：输入不完整，或另有程序以此名发送"),
                 committed, run->options->source, last);
        return EX_DATAERR;
    }
    run_tell(run,
             say("source=%s events=%" PRIu64 " committed=%" PRIu64 " already_there=%" PRIu64
                 " refused=%" PRIu64 " notes=%" PRIu64 " seconds=%" PRId64 ".%03d%s",
                 "来源=%s 事件=%" PRIu64 " 已提交=%" PRIu64 " 早已在引擎=%" PRIu64 " 被拒=%" PRIu64
                 " 提示=%" PRIu64 " 秒=%" PRId64 ".%03d%s"),
             run->options->source, sent, committed, counts.known, refused,
             report_notes(run->options->report), spent_ms / 1000, (int)(spent_ms % 1000),
             last > committed
                 ? say(" (stopped; the rest is sent next time)", "（已停止；余下的下次发送）")
                 : "");
    return run->options->is_strict && refused > 0 ? EX_DATAERR : EX_OK;
}

static void on_refused(void *ctx, const struct push_refused *refused)
{
    struct run *run = ctx;
    struct place place = push_safe(run->push);
    struct fault fault = {
        .file = run->input->path(run->input->ctx, &place),
        .row = refused->row,
        .seq = refused->seq,
        .field = refused->field,
        .code = refused->code,
    };
    /* The text may begin with the field, as people read it, or leave that to us. */
    bool has_field = refused->text.count >= refused->field.count &&
                     (slice_is_empty(refused->field) ||
                      memcmp(refused->text.start, refused->field.start, refused->field.count) == 0);
    fault_say(&fault, "event %" PRIu64 ": the engine refused it: %.*s%s%.*s",
              "第 %" PRIu64 " 个事件：引擎拒绝：%.*s%s%.*s", refused->seq,
              has_field ? 0 : (int)refused->field.count, has_field ? "" : refused->field.start,
              has_field ? "" : ": ", (int)refused->text.count,
              refused->text.count == 0 ? "" : refused->text.start);
    report_add(run->options->report, &fault);
}

static int connect_push(struct run *run)
{
    const struct run_options *options = run->options;
    const struct push_options push_options = {
        .endpoint = options->endpoint,
        .source = options->source,
        .batch_events = (uint32_t)options->batch_events,
        .ctx = run,
        .refused = on_refused,
    };
    int status = push_open(&push_options, &run->push);
    return status == 0 ? 0 : run_cannot(run, options->endpoint, status);
}

static int run_whole(struct run *run)
{
    int code = connect_push(run);
    if (code == 0)
        code = run_prepare(run);
    if (code != 0)
        return code;
    do {
        code = run_begin(run);
        if (code == -1)
            return summarize(run); /* told to stop while the engine was away */
        if (code == 0)
            code = pump(run);
        if (code == 0)
            code = drain(run);
        if (code == 0)
            code = end_tick(run);
    } while (code == -1);
    int saved = code == 0 ? save_position(run, true) : 0;
    run_show(run, NULL, true);
    if (code != 0)
        return code;
    code = summarize(run);
    return code != 0 ? code : saved;
}

int run_input(const struct input *input, const struct run_options *options)
{
    struct run run = {
        .input = input,
        .options = options,
        .pace = {.speed = options->speed, .is_live = options->is_live},
        .last_at = INSTANT_NONE,
        .began_ms = clock_monotonic_ms(),
    };
    bar_init(&run.bar, input->progress(input->ctx));
    int code = run_whole(&run);
    push_close(&run.push);
    return code;
}
