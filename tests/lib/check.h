/* check.h - the whole test harness.
 *
 * A test is a function; a failed CHECK prints file, line and condition, ends that test and lets the
 * others run. The program ends by printing "NAME: tests=N failed=M checks=K", which tests/run.sh
 * counts. An argument runs only the tests with that word in their name.
 *
 *     static void empty_text_is_refused(void)
 *     {
 *         CHECK_EQ_INT(date_parse(SLICE(""), &day), DATE_E_SYNTAX);
 *     }
 *     CHECK_MAIN("unit/date", TEST(empty_text_is_refused), TEST(...))
 */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct check_test {
    const char *name;
    void (*run)(void);
};

static struct {
    jmp_buf test; /* where a failed test is left to */
    unsigned long checks;
    const char *skip; /* the reason the running test gave, or NULL */
} check_state;

#define CHECK(condition)                                                                           \
    ((void)(check_state.checks++, (condition) ? 0 : check_fail(__FILE__, __LINE__, #condition)))
#define CHECK_EQ_INT(is, should)                                                                   \
    check_eq_int(__FILE__, __LINE__, #is, (intmax_t)(is), (intmax_t)(should))
#define CHECK_EQ_STR(is, should)        check_eq_str(__FILE__, __LINE__, #is, (is), (should))
#define CHECK_EQ_MEM(is, should, count) CHECK((count) == 0 || memcmp((is), (should), (count)) == 0)

/* CHECK_EQ_SLICE - a struct slice (engine/base/slice.h) against a C string. */
#define CHECK_EQ_SLICE(is, should)                                                                 \
    check_eq_bytes(__FILE__, __LINE__, #is, (is).start, (is).count, (should))

/* SKIP - leave this test, and say why; never for a test that merely does not pass. */
#define SKIP(reason) (check_state.skip = (reason), longjmp(check_state.test, 1))

#define TEST(function)                                                                             \
    {                                                                                              \
        .name = #function, .run = function                                                         \
    }
#define CHECK_MAIN(suite, ...)                                                                     \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        static const struct check_test tests[] = {__VA_ARGS__};                                    \
        return check_run((suite), tests, sizeof tests / sizeof tests[0],                           \
                         argc > 1 ? argv[1] : NULL);                                               \
    }

static inline int check_fail(const char *file, int line, const char *condition)
{
    printf("%s:%d: CHECK(%s) failed\n", file, line, condition);
    longjmp(check_state.test, 1);
}

/* check_file_has - do these words stand in the first 8 KB of a file? If not, they are shown. */
static inline bool check_file_has(const char *path, const char *words)
{
    char text[8192];
    FILE *file = fopen(path, "r");
    size_t count = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL)
        (void)fclose(file);
    text[count] = '\0';
    if (strstr(text, words) != NULL)
        return true;
    printf("%s: %s", path, text);
    return false;
}

static inline void check_eq_int(const char *file, int line, const char *what, intmax_t is,
                                intmax_t should)
{
    check_state.checks++;
    if (is == should)
        return;
    printf("%s:%d: %s is %" PRIdMAX ", should be %" PRIdMAX "\n", file, line, what, is, should);
    longjmp(check_state.test, 1);
}

static inline void check_eq_bytes(const char *file, int line, const char *what, const char *is,
                                  size_t is_count, const char *should)
{
    check_state.checks++;
    if (is_count == strlen(should) && (is_count == 0 || memcmp(is, should, is_count) == 0))
        return;
    printf("%s:%d: %s is \"%.*s\", should be \"%s\"\n", file, line, what, (int)is_count,
           is == NULL ? "" : is, should);
    longjmp(check_state.test, 1);
}

static inline void check_eq_str(const char *file, int line, const char *what, const char *is,
                                const char *should)
{
    if (is == NULL) {
        printf("%s:%d: %s is NULL, should be \"%s\"\n", file, line, what, should);
        longjmp(check_state.test, 1);
    }
    check_eq_bytes(file, line, what, is, strlen(is), should);
}

static inline int check_run(const char *suite, const struct check_test *tests, size_t count,
                            const char *only)
{
    static size_t index, run, failed, skipped; /* static: they outlive the longjmp */
    for (index = 0; index < count; index++) {
        if (only != NULL && strstr(tests[index].name, only) == NULL)
            continue;
        run++;
        check_state.skip = NULL;
        if (setjmp(check_state.test) == 0) {
            tests[index].run();
        } else if (check_state.skip != NULL) {
            skipped++;
            printf("skip %s/%s: %s\n", suite, tests[index].name, check_state.skip);
        } else {
            failed++;
            printf("not ok %s/%s\n", suite, tests[index].name);
        }
        (void)fflush(stdout);
    }
    printf("%s: tests=%zu failed=%zu checks=%lu", suite, run, failed, check_state.checks);
    if (skipped > 0)
        printf(" skipped=%zu", skipped);
    printf("\n");
    (void)fflush(stdout); /* a leak checker ends the program before stdio does */
    return failed > 0 || run == 0;
}

#endif
