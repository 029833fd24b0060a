/* test_words.c - the words of a line of a rule: how each is told, whatever it was typed with. */
#include "rules/read/words.h"
#include "tests/lib/check.h"

static void what_is_kept_is_plain(void)
{
    static const struct {
        const char *written;
        const char *plain;
    } rows[] = {
        {"2 workday  before promised", "2 workday  before promised"}, /* it was plain already */
        {"８７.５％ of promised", "87.5% of promised"},
        {"８７．５％ of promised", "87.5% of promised"},
        {"“it's”", "\"it's\""},
        {"‘say \"no\"’", "'say \"no\"'"},
        {"２ 个工作日　before 受理", "2 个工作日 before 受理"},
        {"over（promised） ≥ −2", "over(promised) >= -2"},
        {"30 minute before １２：００", "30 minute before 12:00"},
        {"5 workday after yellow-2 card，unless closed",
         "5 workday after yellow-2 card,unless closed"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct yaml_node node = {
            .kind = YAML_SCALAR, .value = slice_of(rows[i].written), .file = "x.yaml"};
        struct arena *arena = arena_create();
        struct slice plain;
        CHECK(arena != NULL);
        CHECK(words_plain(arena, &node, true, &plain));
        CHECK_EQ_SLICE(plain, rows[i].plain);
        arena_destroy(&arena);
    }
}

CHECK_MAIN("unit/words", TEST(what_is_kept_is_plain))
