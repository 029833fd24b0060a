/* preview.c - cardwatch rules preview: what an import would do to the open cases of an engine.
 *
 * The rule store is copied, the files are imported into the copy, and the journal is brought back
 * as at an engine's start, beside the engine, which goes on. Then the cases move, by the very code
 * by which they would. Nothing of the engine's is written to.
 */
#include "engine/explain/explain.h"
#include "engine/io/editions.h"
#include "engine/sys/clock.h"
#include "engine/sys/columns.h"
#include "engine/sys/lang.h"
#include "engine/turn/turn.h"
#include "rules/impact/impact.h"
#include "rules/impact/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LIMITS_MAX = 512 };

static struct verb_options options;
static const char *data_dir;
static int64_t list_max;

struct preview {
    struct scratch_store scratch;
    struct store *store;
    struct editions *editions;
    struct turn *turn;
    struct impact *impact;
    const struct calendar *calendar; /* by which the head tells its time */
    bool is_events;                  /* the engine goes by the clock of its events */
    struct limit_instant before[LIMITS_MAX];
    uint32_t before_count;
};

/* ---- what changes ------------------------------------------------------------------------------
 */

static void on_before(void *ctx, uint32_t case_index)
{
    struct preview *preview = ctx;
    preview->before_count =
        explain_limits(turn_core(preview->turn), case_index, preview->before, LIMITS_MAX);
}

static bool is_same_limit(const struct limit_instant *a, const struct limit_instant *b)
{
    return a->cycle == b->cycle && slice_is_equal(a->rule->name, b->rule->name) &&
           slice_is_equal(a->step, b->step) && slice_is_equal(a->limit, b->limit);
}

static struct instant due_before(const struct preview *preview, const struct limit_instant *limit)
{
    for (uint32_t i = 0; i < preview->before_count && i < LIMITS_MAX; i++)
        if (is_same_limit(&preview->before[i], limit))
            return preview->before[i].due_at;
    return INSTANT_NONE;
}

static bool note_limit(struct preview *preview, const struct case_view *kase,
                       const struct limit_instant *limit, struct instant from, struct instant to)
{
    if (from.ms == to.ms)
        return false;
    const struct impact_limit change = {.case_no = kase->case_no,
                                        .org = kase->org,
                                        .rule = limit->rule->name,
                                        .step = limit->step,
                                        .limit = limit->limit,
                                        .from = from,
                                        .to = to,
                                        .calendar = limit->rule->calendar};
    impact_limit_add(preview->impact, &change);
    return true;
}

static void on_after(void *ctx, uint32_t case_index)
{
    struct preview *preview = ctx;
    struct limit_instant after[LIMITS_MAX];
    struct case_view kase;
    const struct core *core = turn_core(preview->turn);
    explain_case(core, case_index, &kase);
    uint32_t count = explain_limits(core, case_index, after, LIMITS_MAX);
    bool has_moved = false;
    for (uint32_t i = 0; i < count && i < LIMITS_MAX; i++)
        has_moved |=
            note_limit(preview, &kase, &after[i], due_before(preview, &after[i]), after[i].due_at);
    for (uint32_t i = 0; i < preview->before_count && i < LIMITS_MAX; i++) {
        bool is_there = false;
        for (uint32_t k = 0; k < count && k < LIMITS_MAX && !is_there; k++)
            is_there = is_same_limit(&after[k], &preview->before[i]);
        if (!is_there)
            has_moved |= note_limit(preview, &kase, &preview->before[i], preview->before[i].due_at,
                                    INSTANT_NONE);
    }
    impact_case(preview->impact, kase.org, has_moved);
}

static void on_card(void *ctx, const struct card *card)
{
    struct preview *preview = ctx;
    bool is_moved = slice_starts(card->reason, SLICE("moved: "));
    enum impact_change change = card->state == CARD_WITHDRAWN || card->state == CARD_DISMISSED
                                    ? IMPACT_VANISHES
                                : is_moved ? IMPACT_MOVES
                                           : IMPACT_APPEARS;
    impact_card_add(preview->impact, card, change, card->due_at);
}

/* ---- the world it happens in -------------------------------------------------------------------
 */

static int open_turn(struct preview *preview)
{
    const char *journal = journal_folder(data_dir);
    static char image[FOLDER_BYTES + 8];
    (void)snprintf(image, sizeof image, "%s/image", journal);
    int code = journal_read(journal, &preview->store);
    if (code != EX_OK)
        return code;
    preview->is_events = journal_is_events(preview->store);
    const struct turn_options turn_options = {
        .clock = preview->is_events ? TURN_EVENTS : TURN_WALL,
        .image_path = image,
        .is_verifying = true,
        .limits = {.case_max = UINT32_C(200000000), .is_stepping = preview->is_events},
    };
    const struct turn_ports ports = {.ctx = preview,
                                     .answer = unheard_answer,
                                     .card = unheard_card,
                                     .rules = editions_get,
                                     .rules_ctx = preview->editions};
    int status = turn_open(&turn_options, preview->store, &ports, &preview->turn);
    return status == 0 ? EX_OK : exit_of(status, journal);
}

static int look(struct preview *preview)
{
    const struct ruleset *ruleset = NULL;
    const struct turn_preview told = {
        .ctx = preview, .before = on_before, .after = on_after, .card = on_card};
    uint32_t number = preview->scratch.edition;
    int status = editions_get(preview->editions, number, number, &ruleset);
    if (status == 0)
        status = store_read_begin(preview->store);
    if (status != 0)
        return status;
    preview->calendar = first_calendar(ruleset);
    const struct core *core = turn_core(preview->turn);
    struct instant now = preview->is_events ? core_now(core) : clock_now();
    status = turn_preview(preview->turn, now, ruleset, 1, 1, &told);
    store_read_end(preview->store);
    return status;
}

static void say_line(const char *text)
{
    text_wrap(stdout, slice_of(text), 0, terminal_columns(stdout));
    printf("\n");
}

static void say_head(const struct preview *preview)
{
    char at[INSTANT_SAY_BYTES];
    char move[MOVE_SAY_BYTES];
    char text[MOVE_SAY_BYTES + INSTANT_SAY_BYTES + 64];
    (void)snprintf(text, sizeof text,
                   say("Edition %u, as it would be: %s (at %s)", "设想的第 %u 版：%s（%s）"),
                   preview->scratch.edition, move_say(preview->scratch.move, move),
                   instant_say_in(preview->calendar, core_now(turn_core(preview->turn)), at));
    say_line(text);
    printf("\n");
}

static void say_foot(void)
{
    const char *text =
        say("Nothing has been changed. rules import (or approve) with the same --move "
            "does exactly this.",
            "未作任何更改。以相同的 --move 执行 rules import（或 approve）即得此结果。");
    printf("\n");
    say_line(text);
}

static int run(struct preview *preview)
{
    preview->editions = editions_open(preview->scratch.folder);
    preview->impact = impact_create((uint64_t)list_max, options.is_json);
    if (preview->editions == NULL || preview->impact == NULL)
        return exit_of(-ENOMEM, "preview");
    int code = open_turn(preview);
    if (code != EX_OK)
        return code;
    int status = look(preview);
    if (status == 0 && !options.is_json)
        say_head(preview);
    if (status == 0)
        status = impact_print(preview->impact, stdout, false);
    if (status != 0)
        return exit_of(status, "preview");
    if (!options.is_json)
        say_foot();
    return EX_OK;
}

int verb_preview(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options), OPTION_DATA(data_dir), OPTION_CALENDARS(options),
        OPTION_MOVE(options),  OPTION_DRAFT(options), OPTION_LIST_MAX(list_max),
        OPTION_JSON(options),
    };
    static const struct program program = {
        .name = "cardwatch rules preview",
        .section = "rules",
        .usage = "[OPTION…] --move WHAT [FILE…]",
        .about_en = "What an import of these files with --move would do to the open cases of an "
                    "engine, which\nmay go on: whose limits move, which cards appear, vanish or "
                    "move, by org. Without files:\nof the newest edition as it is. Nothing is "
                    "changed.",
        .about_zh =
            "预览：以 --move 导入这些文件会对引擎的在办件有何影响（引擎可照常运行）：\n"
            "哪些时限变动，哪些牌出现、消失或改期，按机构汇总。不给文件时预览现有最新版次。\n"
            "不作任何更改。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    struct preview *preview = calloc(1, sizeof *preview);
    int first = options_read(&program, argc, argv);
    if (preview == NULL)
        return exit_of(-ENOMEM, "preview");
    if (options.store == NULL)
        options.store = rules_of(data_dir);
    int code = scratch_make(&options, argv + first, &preview->scratch);
    if (code == EX_OK)
        code = run(preview);
    turn_close(&preview->turn);
    if (preview->store != NULL)
        store_close(&preview->store);
    editions_close(&preview->editions);
    impact_destroy(&preview->impact);
    scratch_remove(&preview->scratch);
    free(preview);
    return code;
}
