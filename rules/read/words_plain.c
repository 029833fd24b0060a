/* words_plain.c - a text of words as it is kept and told: whoever counts a card again reads it from
 * the receipt, and knows one way to write each sign.
 */
#include "rules/read/words.h"

#include <stdio.h>

/* Nothing in it is written in another way than it is told. */
static bool is_plain(struct slice text)
{
    for (size_t i = 0; i < text.count; i++)
        if ((unsigned char)text.start[i] >= 0x80 ||
            (text.start[i] == '=' && i > 0 && text.start[i - 1] == '='))
            return false;
    return true;
}

/* One word as it is told; room: of its text, and 24 bytes. Returns its bytes. */
static size_t tell_word(const struct word *word, char *room)
{
    enum { MINUTE_MS = 60000, HOUR_MINUTES = 60, NUMBER_BYTES = 24 };
    struct slice said = word->kind == WORD_SIGN ? word->text : word->written;
    if (word->kind == WORD_NUMBER)
        return (size_t)snprintf(room, NUMBER_BYTES, "%lld", (long long)word->number);
    if (word->kind == WORD_TIME)
        return (size_t)snprintf(room, NUMBER_BYTES, "%02lld:%02lld",
                                (long long)word->number / MINUTE_MS / HOUR_MINUTES,
                                (long long)word->number / MINUTE_MS % HOUR_MINUTES);
    if (word->kind == WORD_TEXT) {
        bool has_single =
            word->text.count > 0 && memchr(word->text.start, '\'', word->text.count) != NULL;
        room[0] = has_single ? '"' : '\'';
        if (word->text.count > 0)
            memcpy(room + 1, word->text.start, word->text.count);
        room[word->text.count + 1] = room[0];
        return word->text.count + 2;
    }
    memcpy(room, said.start, said.count);
    return said.count;
}

bool words_plain(struct arena *arena, const struct yaml_node *node, bool has_hyphens,
                 struct slice *text_out)
{
    enum { WORD_MORE_BYTES = 25 };
    struct words words;
    size_t word_count = 0;
    if (is_plain(node->value))
        return arena_copy(arena, node->value, text_out);
    for (words_begin(&words, node, has_hyphens, NULL); words.now.kind != WORD_END; word_count++)
        (void)words_next(&words);
    char *text = arena_take(arena, node->value.count + word_count * WORD_MORE_BYTES + 1, 1);
    if (text == NULL)
        return false;
    size_t count = 0;
    const char *end = NULL;
    for (words_begin(&words, node, has_hyphens, NULL); words.now.kind != WORD_END;) {
        struct word word = words_next(&words);
        if (end != NULL && word.written.start > end)
            text[count++] = ' ';
        count += tell_word(&word, text + count);
        end = word.written.start + word.written.count;
    }
    *text_out = (struct slice){.start = text, .count = count};
    return true;
}
