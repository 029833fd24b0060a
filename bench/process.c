/* process.c - see process.h. */
#include "bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 32, READY_BYTES = 2048, ANSWER_MS = 20000, FILL_BATCH = 256 };

void process_prepare_empty(struct process *process)
{
    *process = (struct process){.out_fd = -1};
    measure_folder(process->folder);
}

void process_prepare(struct process *process)
{
    char rules[MEASURE_PATH_BYTES + 8];
    process_prepare_empty(process);
    (void)snprintf(rules, sizeof rules, "%s/rules", process->folder);
    town_store(rules);
}

static void program_path(const char *name, char path[MEASURE_PATH_BYTES])
{
    const char *folder = getenv("CARDWATCH_BIN");
    char self[MEASURE_PATH_BYTES];
    ssize_t count = readlink("/proc/self/exe", self, sizeof self - 1);
    if (folder == NULL && count > 0) {
        self[count] = '\0';
        char *slash = strrchr(self, '/');
        *slash = '\0';
        (void)snprintf(path, MEASURE_PATH_BYTES, "%.400s/../bin/%s", self, name);
    } else {
        (void)snprintf(path, MEASURE_PATH_BYTES, "%s/%s", folder != NULL ? folder : ".", name);
    }
    measure_must(access(path, X_OK) == 0, "a program is missing: build it, or set CARDWATCH_BIN");
}

static void endpoint_read(const char *line, const char *key, char room[MEASURE_PATH_BYTES])
{
    const char *found = strstr(line, key);
    measure_must(found != NULL, "the engine's line \"ready\" names no endpoint");
    found += strlen(key);
    (void)snprintf(room, MEASURE_PATH_BYTES, "%.*s", (int)strcspn(found, " \n"), found);
}

static void ready_wait(struct process *process)
{
    char line[READY_BYTES];
    size_t count = 0;
    for (;;) {
        ssize_t got = read(process->out_fd, line + count, sizeof line - 1 - count);
        measure_must(got > 0, "the engine did not get ready");
        count += (size_t)got;
        line[count] = '\0';
        if (strstr(line, "ready ") != NULL && strchr(line, '\n') != NULL)
            break;
    }
    endpoint_read(line, "intake=", process->intake);
    endpoint_read(line, "feed=", process->feed);
}

static void child_run(const char *program, char *const *arguments, const char *folder, int out_fd)
{
    char log[MEASURE_PATH_BYTES + 16];
    (void)snprintf(log, sizeof log, "%s/engine.log", folder);
    int log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(out_fd, 1);
    (void)dup2(log_fd, 2);
    (void)execv(program, arguments);
    _exit(127);
}

double process_import(const struct process *process, const char *const *files, size_t file_count)
{
    enum { FILES_MAX = 128, WORDS = 6 };
    char program[MEASURE_PATH_BYTES];
    char store[MEASURE_PATH_BYTES + 8];
    char given[WORDS][16] = {"", "import", "--store", "", "--author", "bench"};
    char *arguments[WORDS + FILES_MAX + 1] = {program, given[1], given[2],
                                              store,   given[4], given[5]};
    int pipe_fds[2];
    int status = 0;
    measure_must(file_count <= FILES_MAX && pipe(pipe_fds) == 0, "too many files");
    program_path("cardwatch-rules", program);
    (void)snprintf(store, sizeof store, "%s/rules", process->folder);
    for (size_t i = 0; i < file_count; i++) {
        union {
            const char *in;
            char *out;
        } text = {.in = files[i]}; /* execv does not write to it */
        arguments[WORDS + i] = text.out;
    }
    double from_s = measure_now_s();
    int pid = (int)fork();
    measure_must(pid >= 0, "no fork");
    if (pid == 0)
        child_run(program, arguments, process->folder, pipe_fds[1]);
    (void)close(pipe_fds[1]);
    char said[READY_BYTES];
    while (read(pipe_fds[0], said, sizeof said) > 0)
        ;
    (void)close(pipe_fds[0]);
    (void)waitpid(pid, &status, 0);
    measure_must(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the rules cannot be imported");
    return measure_now_s() - from_s;
}

void process_start(struct process *process, const struct process_options *options)
{
    char program[MEASURE_PATH_BYTES];
    char given[ARGUMENTS_MAX][MEASURE_PATH_BYTES];
    char *arguments[ARGUMENTS_MAX + 1];
    const char *const words[][2] = {
        {"--data-dir", process->folder},
        {"--clock", options->clock},
        {"--credit", options->credit},
        {"--turn-events", options->turn_events},
        {"--image-mib", options->image_mib},
        {"--intake", options->is_tcp ? "tcp://127.0.0.1:*" : NULL},
    };
    int pipe_fds[2];
    int count = 0;
    program_path("cardwatch-engine", program);
    (void)snprintf(given[count++], MEASURE_PATH_BYTES, "%s", program);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (words[i][1] == NULL)
            continue;
        (void)snprintf(given[count++], MEASURE_PATH_BYTES, "%s", words[i][0]);
        (void)snprintf(given[count++], MEASURE_PATH_BYTES, "%s", words[i][1]);
    }
    for (int i = 0; i < count; i++)
        arguments[i] = given[i];
    arguments[count] = NULL;
    measure_must(pipe(pipe_fds) == 0, "no pipe");
    double from_s = measure_now_s();
    process->pid = (int)fork();
    measure_must(process->pid >= 0, "no fork");
    if (process->pid == 0)
        child_run(program, arguments, process->folder, pipe_fds[1]);
    (void)close(pipe_fds[1]);
    process->out_fd = pipe_fds[0];
    ready_wait(process);
    process->start_s = measure_now_s() - from_s;
}

void process_stop(struct process *process, bool is_killed)
{
    int status = 0;
    if (process->pid == 0)
        return;
    (void)kill(process->pid, is_killed ? SIGKILL : SIGTERM);
    (void)waitpid(process->pid, &status, 0);
    measure_must(is_killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0),
                 "the engine did not end well: see engine.log in its folder");
    (void)close(process->out_fd);
    process->pid = 0;
}

void process_fill(struct process *process, uint64_t cases)
{
    const struct process_options options = {.clock = "events", .image_mib = "0"};
    struct load load = {.batch = FILL_BATCH};
    struct sender sender;
    struct event event;
    char name[TOWN_CASE_BYTES];
    for (uint64_t serial = 1; serial <= cases; serial++) {
        struct instant at = {.ms = TOWN_FROM_MS + (int64_t)(serial * 14400000 / cases)};
        for (uint32_t which = 0; which < TOWN_OPENINGS; which++) {
            town_opening(serial, which, at, name, &event);
            load_add(&load, &event);
        }
    }
    load_finish(&load);
    process_prepare(process);
    process_start(process, &options);
    sender_open(&sender, process->intake);
    (void)sender_push(&sender, &load, 0);
    sender_close(&sender);
    process_stop(process, false); /* here it writes its image */
    load_clear(&load);
}

double process_run(const char *name, char *const *arguments)
{
    char program[MEASURE_PATH_BYTES];
    int status = 0;
    program_path(name, program);
    double from_s = measure_now_s();
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1);
        (void)execv(program, arguments);
        _exit(127);
    }
    measure_must(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
                     WEXITSTATUS(status) == 0,
                 "a program failed");
    return measure_now_s() - from_s;
}

void process_remove(struct process *process)
{
    measure_folder_remove(process->folder);
}

/* ---- the collector -----------------------------------------------------------------------------
 */

static bool answer_take(struct sender *sender, struct slice message)
{
    struct answer answer;
    struct slice refused;
    struct refused_text error;
    measure_must(answer_decode(message, &answer, &refused, &error) == REFUSAL_NONE,
                 "an answer of the engine cannot be read");
    if (answer.is_error)
        return false;
    sender->committed = answer.committed;
    sender->credit = answer.credit;
    sender->refused += answer.refused_count;
    return true;
}

void sender_poll(struct sender *sender, int wait_ms)
{
    struct received received;
    while (socket_receive_wait(sender->socket, wait_ms, &received) == 0) {
        bool is_taken = answer_take(sender, received.frames[received.count - 1]);
        received_clear(&received);
        measure_must(is_taken, "the engine refused a message");
        wait_ms = 0;
    }
}

void sender_open(struct sender *sender, const char *endpoint)
{
    const struct socket_options options = {.send_max = 10000,
                                           .receive_max = 10000,
                                           .message_bytes_max = BATCH_BYTES_MAX,
                                           .linger_ms = 0};
    struct bytes tick = {0};
    double from_s = measure_now_s();
    *sender = (struct sender){0};
    measure_must(socket_open(SOCKET_DEALER, false, endpoint, &options, &sender->socket) == 0,
                 "cannot connect");
    measure_must(encode_tick(&tick, SLICE(LOAD_SOURCE), (struct instant){.ms = 0}) == 0,
                 "memory is short");
    struct slice frame = {.start = tick.start, .count = tick.count};
    for (bool is_ready = false; !is_ready;) {
        struct received received;
        measure_must(socket_send(sender->socket, &frame, 1) == 0, "cannot send");
        int outcome = socket_receive_wait(sender->socket, ANSWER_MS, &received);
        measure_must(outcome == 0, "the engine does not answer");
        is_ready = answer_take(sender, received.frames[received.count - 1]);
        received_clear(&received);
        measure_must(measure_now_s() - from_s < 20, "no rules came into force");
        if (!is_ready)
            measure_wait_ms(20);
    }
    bytes_clear(&tick);
}

void sender_close(struct sender *sender)
{
    socket_close(&sender->socket);
}

double sender_push(struct sender *sender, const struct load *load, uint64_t window)
{
    uint64_t base = sender->committed;
    uint64_t sent = 0;
    uint32_t index = 0;
    double from_s = measure_now_s();
    while (sender->committed - base < load->event_count) {
        uint64_t room = window != 0 && window < sender->credit ? window : sender->credit;
        bool is_stuck = true;
        for (int i = 0; i < 64 && index < load->message_count; i++) {
            uint64_t until = load_events_until(load, index);
            struct slice frame = load_message(load, index);
            if (until - (sender->committed - base) > room && sent > sender->committed - base)
                break;
            if (socket_send(sender->socket, &frame, 1) != 0)
                break;
            sent = until;
            index++;
            is_stuck = false;
        }
        sender_poll(sender, is_stuck ? 1000 : 0);
        measure_must(measure_now_s() - from_s < 300, "the engine hangs");
    }
    return measure_now_s() - from_s;
}
