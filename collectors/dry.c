/* dry.c - collecting without an engine: what would be sent, as canonical JSON Lines. The number of
 * a line is the number of its event.
 */
#include "collectors/run.h"
#include "engine/sys/lang.h"
#include "engine/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static int print_event(struct bytes *line, const struct event *event, bool is_csv)
{
    line->count = 0;
    int status = is_csv ? event_to_csv(line, event) : event_to_json(line, event);
    if (status == 0 && !is_csv)
        status = bytes_append(line, SLICE("\n"));
    if (status != 0)
        return EX_OSERR;
    return fwrite(line->start, 1, line->count, stdout) == line->count ? 0 : EX_IOERR;
}

static int print_all(const struct input *input, bool is_csv, struct bytes *line,
                     uint64_t *count_out)
{
    const struct place start = {0};
    struct item item;
    int status = input->seek(input->ctx, &start);
    while (status == 0 && !stop_is_asked()) {
        status = input->next(input->ctx, &item);
        if (status != 0)
            break;
        int code = print_event(line, &item.event, is_csv);
        if (code != 0)
            return code;
        ++*count_out;
    }
    if (status == 0 || status == INPUT_E_END || status == INPUT_E_WAIT)
        return fflush(stdout) == 0 ? 0 : EX_IOERR;
    return status == INPUT_E_BAD ? EX_DATAERR : EX_IOERR;
}

int run_dry(const struct input *input, const struct run_options *options)
{
    struct bytes line = {0};
    uint64_t count = 0;
    int code = print_all(input, false, &line, &count);
    bytes_clear(&line);
    uint64_t refused = report_refused(options->report);
    (void)fprintf(stderr,
                  say("cardwatch collect: source=%s events=%" PRIu64 " refused=%" PRIu64
                      " notes=%" PRIu64 " (nothing was sent)\n",
                      "cardwatch collect: 来源=%s 事件=%" PRIu64 " 被拒=%" PRIu64 " 提示=%" PRIu64
                      "（未发送）\n"),
                  options->source, count, refused, report_notes(options->report));
    if (code != 0)
        return code;
    return options->is_strict && refused > 0 ? EX_DATAERR : EX_OK;
}

int out_input(const struct input *input, const char *form)
{
    struct bytes line = {0};
    uint64_t count = 0;
    bool is_csv = strcmp(form, "csv") == 0;
    if (is_csv)
        (void)fputs(event_csv_header, stdout);
    int code = print_all(input, is_csv, &line, &count);
    bytes_clear(&line);
    return code;
}
