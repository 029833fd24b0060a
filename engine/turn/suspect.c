/* suspect.c - the signals of a program's own faults leave their number in the mapped page; nothing
 * else is done in the handler, and the signal then takes its course.
 */
#include "engine/turn/suspect.h"
#include "engine/sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char page_mark[8] = "CWSUS01";
static const int faults[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

/* For the handler: a signal knows no context. A child that writes an image has another id, and its
 * death is not ours. */
static struct suspect_page *volatile watched;
static volatile pid_t watched_pid;

static void on_fault(int number)
{
    if (watched != NULL && getpid() == watched_pid)
        watched->fault = (uint32_t)number;
    (void)raise(number); /* as soon as this returns, and with its usual effect */
}

/* The handler runs once, and then the signal has its usual effect. */
static void watch(struct suspect_page *page)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    assert(page == NULL || watched == NULL);
    if (page != NULL) {
        action.sa_handler = on_fault;
        action.sa_flags = (int)SA_RESETHAND;
    }
    watched_pid = getpid();
    watched = page;
    (void)sigemptyset(&action.sa_mask); /* cannot fail, nor can the next: the numbers are right */
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        (void)sigaction(faults[i], &action, NULL);
}

static bool is_same(const struct suspect_slot *slot, struct slice source, uint64_t seq,
                    uint64_t entry)
{
    struct slice name = {.start = slot->source, .count = slot->source_bytes};
    return slot->deaths > 0 && slot->seq == seq && slot->entry == entry &&
           (entry != 0 || slice_is_equal(name, source));
}

struct suspect_slot *suspect_slot(struct suspect *suspect, struct slice source, uint64_t seq,
                                  uint64_t entry)
{
    for (size_t i = 0; i < SUSPECT_SLOTS; i++) {
        struct suspect_slot *slot = &suspect->page->slots[i];
        if (slot->deaths >= SUSPECT_DEATHS_MAX && is_same(slot, source, seq, entry))
            return slot;
    }
    return NULL;
}

/* The place of this event, or the next one in turn: thirty-two poisons at once are a broken
 * program, and then the oldest may be found out again. */
static struct suspect_slot *slot_for(struct suspect_page *page, struct slice source)
{
    for (size_t i = 0; i < SUSPECT_SLOTS; i++)
        if (is_same(&page->slots[i], source, page->seq, page->entry))
            return &page->slots[i];
    struct suspect_slot *slot = &page->slots[page->slot_next++ % SUSPECT_SLOTS];
    *slot = (struct suspect_slot){
        .seq = page->seq, .entry = page->entry, .source_bytes = page->source_bytes};
    memcpy(slot->source, page->source, sizeof slot->source);
    return slot;
}

static void accuse(struct suspect_page *page)
{
    struct slice source = {.start = page->source, .count = page->source_bytes};
    if (page->phase == SUSPECT_TIME) {
        log_error("the last run died by signal %u while time passed, with no event in hand",
                  page->fault);
        return;
    }
    struct suspect_slot *slot = slot_for(page, source);
    slot->deaths++;
    log_error("the last run died by signal %u over an event%s: source=%.*s seq=%llu entry=%llu "
              "deaths=%u",
              page->fault, slot->deaths < SUSPECT_DEATHS_MAX ? "" : ", which is set aside now",
              (int)source.count, source.start, (unsigned long long)page->seq,
              (unsigned long long)page->entry, slot->deaths);
}

static bool is_sound(const struct suspect_page *page)
{
    bool is_sound = memcmp(page->mark, page_mark, sizeof page_mark) == 0 &&
                    page->source_bytes <= sizeof page->source;
    for (size_t i = 0; i < SUSPECT_SLOTS; i++)
        is_sound = is_sound && page->slots[i].source_bytes <= sizeof page->slots[i].source;
    return is_sound;
}

static int map(struct suspect *suspect, const char *path, bool is_private)
{
    int fd = open(path, (is_private ? O_RDONLY : O_RDWR | O_CREAT) | O_CLOEXEC, 0600);
    struct stat stat;
    void *page = MAP_FAILED;
    /* Beyond a file's end lies no memory: one that is too short is not looked at, or made longer.
     */
    bool is_whole = fd >= 0 && fstat(fd, &stat) == 0 &&
                    (stat.st_size >= (off_t)sizeof *suspect->page ||
                     (!is_private && ftruncate(fd, sizeof *suspect->page) == 0));
    if (is_whole)
        page = mmap(NULL, sizeof *suspect->page, PROT_READ | PROT_WRITE,
                    is_private ? MAP_PRIVATE : MAP_SHARED, fd, 0);
    int error = page == MAP_FAILED ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    suspect->is_file = page != MAP_FAILED;
    if (suspect->is_file)
        suspect->page = page;
    else if (!is_private)
        log_error("cannot make %s: %s", path, strerror(error));
    return is_private ? 0 : -error;
}

int suspect_open(struct suspect *suspect, const char *path, bool is_private)
{
    *suspect = (struct suspect){0};
    int error = path == NULL ? 0 : map(suspect, path, is_private);
    if (error == 0 && suspect->page == NULL)
        suspect->page = calloc(1, sizeof *suspect->page);
    if (error == 0 && suspect->page == NULL)
        error = -ENOMEM;
    if (error != 0)
        return error;
    struct suspect_page *page = suspect->page;
    if (!is_sound(page)) {
        memset(page, 0, sizeof *page);
        memcpy(page->mark, page_mark, sizeof page->mark);
    }
    if (page->fault != 0 && page->phase != SUSPECT_NOTHING)
        accuse(page);
    page->phase = SUSPECT_NOTHING;
    page->fault = 0;
    for (size_t i = 0; i < SUSPECT_SLOTS; i++)
        suspect->poison_count += page->slots[i].deaths >= SUSPECT_DEATHS_MAX;
    watch(page);
    return 0;
}

void suspect_close(struct suspect *suspect)
{
    if (suspect->page == NULL)
        return;
    watch(NULL);
    if (suspect->is_file)
        (void)munmap(suspect->page, sizeof *suspect->page); /* fails only for what is not mapped */
    else
        free(suspect->page);
    suspect->page = NULL;
}

void suspect_begin(struct suspect *suspect, enum suspect_phase phase, struct slice source,
                   uint64_t entry)
{
    struct suspect_page *page = suspect->page;
    size_t count = source.count < sizeof page->source ? source.count : sizeof page->source;
    page->phase = SUSPECT_NOTHING; /* not yet: what follows belongs together */
    page->seq = 0;
    page->entry = entry;
    if (count > 0)
        memcpy(page->source, source.start, count);
    page->source_bytes = (uint32_t)count;
    page->phase = phase;
}
