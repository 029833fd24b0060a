/* town.c - cases wait in a heap for their next event; what happens to a case is decided when it is
 * applied for. Ten events a case, some more for pauses and extensions.
 */
#include "bench/town.h"
#include "bench/measure.h"
#include "rules/store/store.h"
#include "rules/text/ruleset_text.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS = 3,
    DAY_MS = 86400000,
    OPENS_MS = 9 * 3600000,
    CLOSES_MS = 17 * 3600000,
    ZONE_MS = 8 * 3600000,
    CASE_DAYS = 10, /* from apply to finish, in the mean, weekends included */
    EVENTS_PER_CASE = 10,
};

enum fate { FATE_ALWAYS = 0, FATE_PAUSED = 1, FATE_CORRECTED = 2, FATE_EXTENDED = 4 };

static const struct {
    enum event_kind kind;
    uint8_t step; /* 1 to STEPS */
    uint8_t fate; /* happens to cases with this fate only */
} script[] = {
    {EVENT_APPLY, 0, FATE_ALWAYS},           {EVENT_ACCEPT, 0, FATE_ALWAYS},
    {EVENT_STEP_START, 1, FATE_ALWAYS},      {EVENT_CORRECT_ASK, 0, FATE_CORRECTED},
    {EVENT_CORRECT_DONE, 0, FATE_CORRECTED}, {EVENT_STEP_END, 1, FATE_ALWAYS},
    {EVENT_STEP_START, 2, FATE_ALWAYS},      {EVENT_PAUSE, 2, FATE_PAUSED},
    {EVENT_RESUME, 2, FATE_PAUSED},          {EVENT_STEP_END, 2, FATE_ALWAYS},
    {EVENT_EXTEND, 0, FATE_EXTENDED},        {EVENT_STEP_START, 3, FATE_ALWAYS},
    {EVENT_STEP_END, 3, FATE_ALWAYS},        {EVENT_DECIDE, 0, FATE_ALWAYS},
    {EVENT_FINISH, 0, FATE_ALWAYS},
};

struct life {
    int64_t at_ms; /* of its next event */
    int64_t before_ms;
    uint64_t serial;
    uint32_t mean_gap_ms;
    uint8_t place; /* in the script */
    uint8_t fate;
};

struct town {
    struct town_options options;
    uint64_t random;
    uint64_t given;
    uint64_t serial;
    int64_t next_case_ms;
    int64_t case_gap_ms;
    struct life *heap; /* from 1 */
    size_t count;
    size_t room;
    char case_no[TOWN_CASE_BYTES];
};

enum { NAME_BYTES = 24 };

struct names {
    char item[TOWN_ITEMS][NAME_BYTES];
    char org[TOWN_ORGS][NAME_BYTES];
    char area[TOWN_AREAS][NAME_BYTES];
    char handler[TOWN_HANDLERS][NAME_BYTES];
};

static const char *const steps[STEPS + 1] = {"", "check", "review", "sign"};

static const struct names *names_get(void)
{
    static struct names names;
    if (names.item[0][0] != '\0')
        return &names;
    for (int i = 0; i < TOWN_ITEMS; i++)
        (void)snprintf(names.item[i], sizeof names.item[i], "350100-%04d", i + 1);
    for (int i = 0; i < TOWN_ORGS; i++)
        (void)snprintf(names.org[i], sizeof names.org[i], "ORG-%02d", i + 1);
    for (int i = 0; i < TOWN_AREAS; i++)
        (void)snprintf(names.area[i], sizeof names.area[i], "3501%02d000000", i + 2);
    for (int i = 0; i < TOWN_HANDLERS; i++)
        (void)snprintf(names.handler[i], sizeof names.handler[i], "H%05d", 10000 + i);
    return &names;
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static char *file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    measure_must(file != NULL, "no rules: a bench runs at the root of the tree");
    char *text = malloc(1 << 20);
    measure_must(text != NULL, "memory is short");
    size_t count = fread(text, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    text[count] = '\0';
    return text;
}

static char *items_write(void)
{
    enum { ROOM = 1 << 16 };
    const struct names *names = names_get();
    char *text = malloc(ROOM);
    measure_must(text != NULL, "memory is short");
    int at = snprintf(text, ROOM, "item_code,item_name,kind,org,promised,statutory\n");
    for (int i = 0; i < TOWN_ITEMS; i++)
        at += snprintf(text + at, (size_t)(ROOM - at),
                       "%s,item %d,promised,%s,%d workday,%d workday\n", names->item[i], i + 1,
                       names->org[i % TOWN_ORGS], 9 + i % 8, 20 + i % 11);
    return text;
}

enum { TOWN_DOCUMENTS = 3 };

static void documents_make(struct document documents[TOWN_DOCUMENTS])
{
    static const char *const files[TOWN_DOCUMENTS] = {"rules/calendars/cn.yaml", "bench/rules.yaml",
                                                      "bench/items.csv"};
    static char *texts[TOWN_DOCUMENTS];
    static char names[TOWN_DOCUMENTS][DOCUMENT_NAME_BYTES];
    struct problem_list problems;
    problem_list_init(&problems);
    for (int i = 0; i < TOWN_DOCUMENTS; i++) {
        if (texts[i] == NULL)
            texts[i] = i == 2 ? items_write() : file_read(files[i]);
        documents[i] = (struct document){.text = slice_of(texts[i]), .file = files[i]};
        documents[i].kind = document_identify(documents[i].text, files[i], names[i], &problems);
        documents[i].name = names[i];
    }
    problem_list_clear(&problems);
}

struct ruleset *town_ruleset(void)
{
    struct document documents[TOWN_DOCUMENTS];
    struct problem_list problems;
    struct ruleset *ruleset = NULL;
    problem_list_init(&problems);
    documents_make(documents);
    int error = ruleset_compile(documents, TOWN_DOCUMENTS, 1, &problems, &ruleset);
    problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    measure_must(error == 0, "the rules do not compile");
    return ruleset;
}

void town_store(const char *folder)
{
    struct document documents[TOWN_DOCUMENTS];
    struct rule_store *store = NULL;
    struct edition_words words = {.made_at = {.ms = TOWN_FROM_MS}, .author = "bench", .note = ""};
    uint32_t number;
    documents_make(documents);
    measure_must(rule_store_open(folder, true, &store) == 0 &&
                     rule_store_import(store, &words, documents, TOWN_DOCUMENTS, &number) == 0,
                 "the rules cannot be stored");
    rule_store_close(&store);
}

/* ---- time and chance ---------------------------------------------------------------------------
 */

static uint64_t chance(struct town *town)
{
    uint64_t word = town->random += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

static int64_t chance_below(struct town *town, int64_t end)
{
    return (int64_t)(chance(town) % (uint64_t)end);
}

/* The hall is closed at night and at weekends: what falls there happens the next morning. */
static int64_t open_hours(struct town *town, int64_t at_ms)
{
    int64_t day = (at_ms + ZONE_MS) / DAY_MS;
    int64_t time = (at_ms + ZONE_MS) % DAY_MS;
    bool is_moved = false;
    if (time >= CLOSES_MS) {
        day++;
        is_moved = true;
    }
    is_moved = is_moved || time < OPENS_MS;
    for (int64_t week_day = (day + 3) % 7; week_day >= 5; week_day = (day + 3) % 7) {
        day++;
        is_moved = true;
    }
    return is_moved ? day * DAY_MS + OPENS_MS - ZONE_MS + chance_below(town, 2 * 3600000) : at_ms;
}

/* ---- the heap ----------------------------------------------------------------------------------
 */

static bool is_before(const struct life *a, const struct life *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->serial < b->serial;
}

static void heap_add(struct town *town, const struct life *life)
{
    if (town->count + 1 >= town->room) {
        town->room = town->room == 0 ? 1024 : town->room * 2;
        town->heap = realloc(town->heap, town->room * sizeof *town->heap);
        measure_must(town->heap != NULL, "memory is short");
    }
    size_t place = ++town->count;
    for (; place > 1 && is_before(life, &town->heap[place / 2]); place /= 2)
        town->heap[place] = town->heap[place / 2];
    town->heap[place] = *life;
}

static void heap_sink(struct town *town, struct life life)
{
    size_t place = 1;
    for (size_t child; (child = place * 2) <= town->count; place = child) {
        if (child < town->count && is_before(&town->heap[child + 1], &town->heap[child]))
            child++;
        if (!is_before(&town->heap[child], &life))
            break;
        town->heap[place] = town->heap[child];
    }
    town->heap[place] = life;
}

/* ---- cases -------------------------------------------------------------------------------------
 */

static void case_number(uint64_t serial, char room[TOWN_CASE_BYTES])
{
    (void)snprintf(room, TOWN_CASE_BYTES, "350100-24-%010llu", (unsigned long long)serial);
}

static void case_fields(uint64_t serial, struct event *event)
{
    const struct names *names = names_get();
    uint64_t item = serial * UINT64_C(2654435761) >> 8;
    item %= TOWN_ITEMS;
    event->entered_at = INSTANT_NONE;
    event->due_at = INSTANT_NONE;
    event->fee_due = event->fee_paid = EVENT_FEE_NONE;
    event->org = slice_of(names->org[item % TOWN_ORGS]);
    if (event->kind == EVENT_APPLY) {
        event->item = slice_of(names->item[item]);
        event->area = slice_of(names->area[serial % TOWN_AREAS]);
    } else {
        event->handler = slice_of(names->handler[(serial * 7 + event->kind) % TOWN_HANDLERS]);
    }
}

void town_opening(uint64_t serial, uint32_t which, struct instant at, char room[TOWN_CASE_BYTES],
                  struct event *event_out)
{
    static const enum event_kind kinds[TOWN_OPENINGS] = {EVENT_APPLY, EVENT_ACCEPT,
                                                         EVENT_STEP_START};
    case_number(serial, room);
    *event_out = (struct event){.case_no = slice_of(room), .kind = kinds[which], .at = at};
    if (which == 2)
        event_out->step = slice_of(steps[1]);
    case_fields(serial, event_out);
}

static void case_begin(struct town *town)
{
    struct life life = {.serial = ++town->serial, .at_ms = town->next_case_ms};
    int64_t days = 4 + chance_below(town, 2 * CASE_DAYS - 8);
    life.mean_gap_ms = (uint32_t)(days * DAY_MS / (EVENTS_PER_CASE + 1));
    uint64_t dice = chance(town) % 100;
    life.fate = dice < 8 ? FATE_PAUSED : dice < 16 ? FATE_CORRECTED : dice < 20 ? FATE_EXTENDED : 0;
    life.before_ms = life.at_ms;
    town->next_case_ms = open_hours(town, town->next_case_ms + town->case_gap_ms);
    heap_add(town, &life);
}

struct town *town_open(const struct town_options *options)
{
    struct town *town = calloc(1, sizeof *town);
    measure_must(town != NULL, "memory is short");
    town->options = *options;
    if (town->options.pace == 0)
        town->options.pace = 1;
    town->random = options->seed;
    town->next_case_ms = TOWN_FROM_MS;
    /* a case is open for CASE_DAYS, of which people apply 8 hours on 5 of 7 days */
    int64_t open_ms = (int64_t)CASE_DAYS * (CLOSES_MS - OPENS_MS) * 5 / 7;
    town->case_gap_ms = open_ms / (int64_t)(options->open > 0 ? options->open : 1);
    return town;
}

void town_close(struct town **town_p)
{
    if (*town_p != NULL)
        free((*town_p)->heap);
    free(*town_p);
    *town_p = NULL;
}

static void life_go_on(struct town *town, struct life life)
{
    life.before_ms = life.at_ms;
    do
        life.place++;
    while (life.place < COUNT_OF(script) && script[life.place].fate != FATE_ALWAYS &&
           (life.fate & script[life.place].fate) == 0);
    if (life.place < COUNT_OF(script)) {
        int64_t gap = chance_below(town, 2 * (int64_t)life.mean_gap_ms) + 1000;
        life.at_ms = open_hours(town, life.at_ms + gap);
        heap_sink(town, life);
    } else {
        struct life last = town->heap[town->count--];
        if (town->count > 0)
            heap_sink(town, last);
    }
}

bool town_next(struct town *town, struct event *event_out)
{
    const struct town_options *options = &town->options;
    if (town->given == options->events)
        return false;
    while (town->count == 0 || town->next_case_ms <= town->heap[1].at_ms)
        case_begin(town);
    struct life life = town->heap[1];
    int64_t at_ms = life.at_ms;
    if (life.place > 1 && (uint32_t)chance_below(town, 1000) < options->late_per_mille)
        at_ms = life.before_ms - chance_below(town, 3600000) - 1;
    case_number(life.serial, town->case_no);
    *event_out = (struct event){
        .case_no = slice_of(town->case_no),
        .kind = script[life.place].kind,
        .at = {.ms = options->from_ms + (at_ms - TOWN_FROM_MS) / options->pace},
        .step = slice_of(steps[script[life.place].step]),
    };
    case_fields(life.serial, event_out);
    town->given++;
    life_go_on(town, life);
    return true;
}
