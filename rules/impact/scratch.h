/* scratch.h - what preview and backtest stand on: a copy of the rule store in which a change is
 * made, and the journal of an engine, opened for reading.
 *
 * Layer: rules/impact. Each says itself what it cannot do, and returns an exit code.
 */
#ifndef RULES_SCRATCH_H
#define RULES_SCRATCH_H

#include "engine/store/store.h"
#include "rules/verbs/verbs.h"

enum { FOLDER_BYTES = 4096 };

struct scratch_store {
    char folder[FOLDER_BYTES]; /* empty: there is none to remove */
    uint32_t edition;          /* the number that the change would have */
    uint32_t before;           /* the newest edition without it; 0: none */
    enum edition_move move;
};

/* scratch_make - the store with the files imported; with --draft, with the draft approved; with
 * neither, with its newest edition as it is. Where --move is not given it is `calendars` when
 * nothing but calendars changes, else `all`. scratch_remove must follow in any case. */
MUST_USE int scratch_make(const struct verb_options *options, char *const *files,
                          struct scratch_store *scratch);
void scratch_remove(struct scratch_store *scratch);

/* journal_folder, rules_of - of an engine's folder: --data-dir, $CARDWATCH_HOME, or
 * ./cardwatch-data. The texts live to the end of the program. */
const char *journal_folder(const char *data_dir);
const char *rules_of(const char *data_dir);

/* journal_read - for reading, beside an engine that runs. Owns: ended with store_close. */
MUST_USE int journal_read(const char *journal, struct store **store_out);

/* unheard_answer, unheard_card - for the ports of a turn that only looks: it tells nobody. */
void unheard_answer(void *ctx, struct slice peer, struct slice message);
void unheard_card(void *ctx, uint64_t seq, struct slice topic, struct slice line);

/* journal_is_events - does the engine of this journal go by the clock of its events? */
bool journal_is_events(struct store *store);

#define OPTION_DATA(place_of)                                                                      \
    {                                                                                              \
        .name = "data-dir", .type = OPTION_TEXT, .value = "DIR",                                   \
        .en = "the engine's folder (default: $CARDWATCH_HOME, else ./cardwatch-data); its rule "   \
              "store is meant too, unless --store says otherwise",                                 \
        .zh = "引擎数据目录（默认：$CARDWATCH_HOME，否则 ./cardwatch-data）；"      \
              "未给 --store 时也指其中的规则库",                                                   \
        .place = &(place_of)                                                                       \
    }
#define OPTION_LIST_MAX(place_of)                                                                  \
    {                                                                                              \
        .name = "list", .type = OPTION_NUMBER, .value = "N", .preset = "20", .min = 0,             \
        .max = 10000000, .en = "how many limits and cards are listed",                             \
        .zh = "列出的时限和牌的条数", .place = &(place_of)                                         \
    }

#endif
