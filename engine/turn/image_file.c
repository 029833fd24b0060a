/* image_file.c - the state as a file, so that a restart reads it instead of replaying history.
 *
 * A child process writes it: the system's copy-on-write gives it the state of one instant for
 * nothing, and no turn waits. The file gets its name when it is whole and on disk; a damaged or
 * foreign one is passed over, and the journal is replayed from its beginning.
 *
 *     mark, journal entry, card seq, counts, moving, editions │ the core's own image │ checksum
 *
 * The entry is named by its number and by what stands in it: behind an older copy of the journal
 * that went on, or behind another one, the number alone would fit as well.
 */
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20, PATH_BYTES = 4096, SUM_BYTES = 32, COURSE_BYTES = 16 };

static const char file_mark[8] = "CWIMG05";

struct file_head {
    char mark[8];
    uint64_t entry;
    unsigned char course[COURSE_BYTES];
    uint64_t card_seq;
    struct turn_counts counts;
    uint32_t edition_count;
    uint32_t in_force; /* number of the edition */
    struct turn_moving moving;
};

/* Whose rules, and whose calendars. */
struct edition_pair {
    uint32_t edition;
    uint32_t calendars;
};

struct image_file {
    int fd;
    size_t used;
    size_t filled;
    unsigned char course[COURSE_BYTES];
    crypto_generichash_state sum;
    unsigned char buffer[BUFFER_BYTES];
};

/* Of this entry of this journal. Between store_read_begin and store_read_end. */
static int course_of(struct store *store, uint64_t number, unsigned char course[COURSE_BYTES])
{
    crypto_generichash_state sum;
    struct entry entry;
    const char *instance = store_instance(store);
    (void)crypto_generichash_init(&sum, NULL, 0, COURSE_BYTES);
    (void)crypto_generichash_update(&sum, (const unsigned char *)instance, strlen(instance));
    int error = number == 0 ? 0 : store_entry(store, number, &entry);
    if (error == 0 && number > 0) {
        uint64_t numbers[] = {number,           (uint64_t)entry.kind,   entry.source,
                              entry.first_seq,  (uint64_t)entry.now.ms, entry.edition,
                              entry.event_count};
        (void)crypto_generichash_update(&sum, (const unsigned char *)numbers, sizeof numbers);
        (void)crypto_generichash_update(&sum, entry.words, entry.event_count * sizeof(uint64_t));
        (void)crypto_generichash_update(&sum, (const unsigned char *)entry.body.start,
                                        entry.body.count);
    }
    (void)crypto_generichash_final(&sum, course, COURSE_BYTES);
    return error;
}

static int file_flush(struct image_file *file)
{
    for (size_t at = 0; at < file->used;) {
        ssize_t count = write(file->fd, file->buffer + at, file->used - at);
        if (count < 0 && errno != EINTR)
            return -errno;
        at += count < 0 ? 0 : (size_t)count;
    }
    (void)crypto_generichash_update(&file->sum, file->buffer, file->used);
    file->used = 0;
    return 0;
}

static int file_write(void *ctx, const void *bytes, size_t count)
{
    struct image_file *file = ctx;
    const unsigned char *from = bytes;
    while (count > 0) {
        size_t room = sizeof file->buffer - file->used;
        size_t piece = count < room ? count : room;
        memcpy(file->buffer + file->used, from, piece);
        file->used += piece;
        from += piece;
        count -= piece;
        if (file->used == sizeof file->buffer) {
            int error = file_flush(file);
            if (error != 0)
                return error;
        }
    }
    return 0;
}

static int editions_save(const struct turn *turn, struct image_file *file)
{
    const struct ruleset *ruleset;
    int error = 0;
    for (uint32_t i = 0; error == 0 && (ruleset = core_edition(turn->core, i)) != NULL; i++) {
        struct edition_pair pair = {ruleset->edition, ruleset->calendars_edition};
        error = file_write(file, &pair, sizeof pair);
    }
    return error;
}

static int image_write(const struct turn *turn, struct image_file *file)
{
    struct file_head head;
    unsigned char sum[SUM_BYTES];
    memset(&head, 0, sizeof head);
    memcpy(head.mark, file_mark, sizeof head.mark);
    head.entry = turn->image_child_entry;
    memcpy(head.course, file->course, sizeof head.course);
    head.card_seq = turn->card_seq;
    head.counts = turn->counts;
    head.moving = turn->moving;
    head.in_force = core_rules(turn->core) == NULL ? 0 : core_rules(turn->core)->edition;
    while (core_edition(turn->core, head.edition_count) != NULL)
        head.edition_count++;
    (void)crypto_generichash_init(&file->sum, NULL, 0, sizeof sum);
    int error = file_write(file, &head, sizeof head);
    if (error == 0)
        error = editions_save(turn, file);
    if (error == 0)
        error = core_save(turn->core, file_write, file);
    if (error == 0)
        error = file_flush(file);
    if (error != 0)
        return error;
    (void)crypto_generichash_final(&file->sum, sum, sizeof sum);
    memcpy(file->buffer, sum, sizeof sum);
    file->used = sizeof sum;
    error = file_flush(file);
    return error == 0 && fsync(file->fd) != 0 ? -errno : error;
}

/* In the child. Only plain system calls: no lock of another thread may be waited for. */
static int image_child(const struct turn *turn, struct image_file *file, const char *temporary)
{
    file->fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file->fd < 0)
        return 1;
    if (image_write(turn, file) != 0)
        return 2;
    return rename(temporary, turn->options.image_path) != 0 ? 3 : 0;
}

void turn_image(struct turn *turn)
{
    static struct image_file file;
    char temporary[PATH_BYTES];
    if (turn->options.image_path == NULL || turn->image_child > 0)
        return;
    (void)snprintf(temporary, sizeof temporary, "%s.new", turn->options.image_path);
    turn->image_child_entry = store_entry_last(turn->store);
    turn->bytes_since_image = 0;
    int error = store_read_begin(turn->store);
    if (error == 0)
        error = course_of(turn->store, turn->image_child_entry, file.course);
    store_read_end(turn->store);
    if (error != 0) {
        log_warn("image: the journal cannot be read, going on without");
        return;
    }
    pid_t child = fork();
    if (child == 0)
        _exit(image_child(turn, &file, temporary));
    if (child < 0)
        log_warn("image: fork failed, going on without: %s", strerror(errno));
    else
        turn->image_child = child;
}

bool turn_image_poll(struct turn *turn)
{
    int status;
    if (turn->image_child <= 0)
        return false;
    if (waitpid(turn->image_child, &status, WNOHANG) == 0)
        return true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        turn->image_entry = turn->image_child_entry;
    else
        log_warn("image: could not be written, going on with the one before: status=%d", status);
    turn->image_child = 0;
    return false;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static int file_fill(struct image_file *file)
{
    for (;;) {
        ssize_t count = read(file->fd, file->buffer, sizeof file->buffer);
        if (count < 0 && errno == EINTR)
            continue;
        file->used = 0;
        file->filled = count < 0 ? 0 : (size_t)count;
        return count > 0 ? 0 : count == 0 ? -EIO : -errno;
    }
}

static int file_read(void *ctx, void *bytes, size_t count)
{
    struct image_file *file = ctx;
    unsigned char *to = bytes;
    while (count > 0) {
        int error = file->used < file->filled ? 0 : file_fill(file);
        if (error != 0)
            return error;
        size_t there = file->filled - file->used;
        size_t piece = there < count ? there : count;
        memcpy(to, file->buffer + file->used, piece);
        file->used += piece;
        to += piece;
        count -= piece;
    }
    return 0;
}

/* The last SUM_BYTES are the checksum of all before them. It is looked at before anything is made
 * of the rest: one wrong byte in a count could ask for all the memory there is. */
static int file_verify(struct image_file *file)
{
    unsigned char sum[SUM_BYTES];
    unsigned char written[SUM_BYTES];
    unsigned char piece[4096];
    off_t size = lseek(file->fd, 0, SEEK_END);
    if (size < (off_t)SUM_BYTES || lseek(file->fd, 0, SEEK_SET) != 0)
        return -EIO;
    (void)crypto_generichash_init(&file->sum, NULL, 0, SUM_BYTES);
    for (off_t left = size - (off_t)SUM_BYTES; left > 0;) {
        size_t count = left < (off_t)sizeof piece ? (size_t)left : sizeof piece;
        int error = file_read(file, piece, count);
        if (error != 0)
            return error;
        (void)crypto_generichash_update(&file->sum, piece, count);
        left -= (off_t)count;
    }
    int error = file_read(file, written, sizeof written);
    (void)crypto_generichash_final(&file->sum, sum, sizeof sum);
    file->used = file->filled = 0;
    if (error != 0 || sodium_memcmp(sum, written, sizeof sum) != 0 ||
        lseek(file->fd, 0, SEEK_SET) != 0)
        return -EIO;
    return 0;
}

static int editions_load(struct turn *turn, struct image_file *file, const struct file_head *head)
{
    int error = 0;
    for (uint32_t i = 0; error == 0 && i < head->edition_count; i++) {
        struct edition_pair pair;
        const struct ruleset *ruleset;
        error = file_read(file, &pair, sizeof pair);
        if (error == 0)
            error =
                turn->ports.rules(turn->ports.rules_ctx, pair.edition, pair.calendars, &ruleset);
        if (error == 0)
            error = pair.edition == head->in_force && pair.calendars == head->in_force
                        ? core_set_rules(turn->core, ruleset)
                        : core_add_rules(turn->core, ruleset);
    }
    return error;
}

static int image_read(struct turn *turn, struct image_file *file, uint64_t *entry_out)
{
    struct file_head head;
    int error = file_verify(file);
    if (error == 0)
        error = file_read(file, &head, sizeof head);
    if (error != 0)
        return error;
    if (memcmp(head.mark, file_mark, sizeof head.mark) != 0 ||
        head.entry > store_entry_last(turn->store) ||
        course_of(turn->store, head.entry, file->course) != 0 ||
        memcmp(head.course, file->course, sizeof head.course) != 0)
        return -EIO;
    error = editions_load(turn, file, &head);
    if (error == 0)
        error = core_load(turn->core, file_read, file);
    if (error != 0)
        return error;
    turn->counts = head.counts;
    turn->moving = head.moving;
    turn->card_seq = head.card_seq;
    *entry_out = head.entry;
    return 0;
}

/* An image that fails leaves half a state: an empty core takes its place. */
static int start_empty(struct turn *turn)
{
    struct core_ports ports = {
        .ctx = turn, .card = turn_card_on, .history = turn_history_port, .card_id = card_id};
    core_destroy(&turn->core);
    turn->core = core_create(&turn->options.limits, &ports);
    turn->moving = (struct turn_moving){.kind = MOVE_NONE};
    turn->counts = (struct turn_counts){0};
    turn->card_seq = 0;
    return turn->core == NULL ? -ENOMEM : 0;
}

int turn_image_load(struct turn *turn, uint64_t *entry_out)
{
    if (turn->options.image_path == NULL)
        return 0;
    struct image_file *file = malloc(sizeof *file);
    if (file == NULL)
        return -ENOMEM;
    file->used = file->filled = 0;
    file->fd = open(turn->options.image_path, O_RDONLY | O_CLOEXEC);
    int error = 0;
    if (file->fd >= 0) {
        error = image_read(turn, file, entry_out);
        (void)close(file->fd);
        if (error != 0) {
            log_warn("image: %s cannot be used, replaying the journal instead",
                     turn->options.image_path);
            *entry_out = 0;
            error = start_empty(turn);
        }
    }
    free(file);
    return error;
}
