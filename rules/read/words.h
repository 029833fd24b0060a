/* words.h - the words of one line of a rule, with their places: "2 workday before promised".
 *
 * Layer: rules/read. The ground of every small grammar in a rule file: limits, rungs, pauses,
 * conditions. Each word knows its column, so that a message names the very word at fault.
 */
#ifndef READ_WORDS_H
#define READ_WORDS_H

#include "engine/model/term.h"
#include "rules/read/yaml.h"

enum word_kind {
    WORD_END,
    WORD_NAME,   /* letters, digits, _ and, not in a condition, - */
    WORD_NUMBER, /* digits; the number is in `number` */
    WORD_TIME,   /* 17:00; `number` is ms since midnight, up to 24:00 */
    WORD_TEXT,   /* 'text', "text", ‘text’ or “text”; `text` is without the quotes */
    WORD_SIGN,   /* one of ( ) [ ] , = != < <= > >= + - * / % … (also "..." and "→", "->") */
    WORD_BAD,    /* none of these: a stray character, an open quote, a number too big */
};

struct word {
    enum word_kind kind;
    struct slice text;
    struct slice written; /* as it stands there, quotes and all */
    int64_t number;
    uint32_t column;
};

struct words {
    const char *file;
    uint32_t line;
    struct problem_list *problems;
    bool has_hyphens; /* a - inside a name belongs to it */
    const char *cursor;
    const char *end;
    uint32_t column; /* of the cursor */
    struct word now; /* the word that is looked at */
};

/* words_begin - look at the first word of a scalar. Borrows: the node's text. */
void words_begin(struct words *words, const struct yaml_node *node, bool has_hyphens,
                 struct problem_list *problems);

/* words_begin_at - the same for any text that stands at a place of a file. */
void words_begin_at(struct words *words, const char *file, uint32_t line, uint32_t column,
                    struct slice text, bool has_hyphens, struct problem_list *problems);

/* words_next - move on, and return the word that was looked at until now. */
struct word words_next(struct words *words);

/* word_is - is it this name or sign? */
bool word_is(const struct word *word, const char *text);

/* words_take - if the word is this one, move past it. */
bool words_take(struct words *words, const char *text);

/* words_end - true at the end; else a problem says that `word` is more than was expected. */
MUST_USE bool words_end(struct words *words);

/* words_term - "20 workday", a number and its unit; zero is refused.
 *
 * Returns false, and has told, if it is none. */
MUST_USE bool words_term(struct words *words, struct term *term_out);

/* words_limit - a term, or "same day" (当日): the limit that ends with the day of the start. */
MUST_USE bool words_limit(struct words *words, struct term *term_out);

/* words_plain - the text of a scalar with each sign, digit, blank and quote written in one way.
 * false: memory is short. */
bool words_plain(struct arena *arena, const struct yaml_node *node, bool has_hyphens,
                 struct slice *text_out);

/* words_tell_bad - the word that is looked at can stand nowhere: a negative number, or one too
 * large, no time of day, && for and. Returns whether it was told. */
bool words_tell_bad(struct words *words);

/* words_number - a whole number, perhaps with a sign before it. Returns false without a word when
 * there is none; then nothing was taken. */
MUST_USE bool words_number(struct words *words, int64_t *number_out);

/* WORD_ERROR(words, &word, en, zh, …) - a problem at the place of that word. */
#define WORD_ERROR(words, word, ...)                                                               \
    problem_error((words)->problems, (words)->file, (words)->line, (word)->column, __VA_ARGS__)

/* WORD_REFUSE - the same as problem_refuse. */
#define WORD_REFUSE(words, word, ...)                                                              \
    problem_refuse((words)->problems, (words)->file, (words)->line, (word)->column, __VA_ARGS__)

/* WORD_ARG - a word as the two arguments of "%.*s"; an end reads as nothing. */
#define WORD_ARG(word) SLICE_ARG((word)->text)

/* words_pick - the index of a word in a list of names, or -1 after a problem like
 *     unknown event kind "acept": did you mean "accept"?
 * en, zh: what it should be: "event kind", "事件类型". */
int words_pick(struct words *words, const struct word *word, const char *const *names, size_t count,
               const char *en, const char *zh);

/* tell_unknown - the problem of words_pick, for a name that stands anywhere. */
void tell_unknown(struct problem_list *problems, const char *file, uint32_t line, uint32_t column,
                  struct slice name, const char *const *names, size_t count, const char *en,
                  const char *zh);

#endif
