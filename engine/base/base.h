/* base.h - the few words every file of every program may use.
 *
 * Pure: includes no system header that can reach the outside world. Asserts are part of the
 * program and stay on in every build; a build that turns them off does not compile.
 */
#ifndef BASE_H
#define BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef NDEBUG
#error "asserts are part of the program: do not define NDEBUG"
#endif

/* The caller has to look at the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* Calls destroy(&variable) when the variable goes out of scope. */
#define OWNED(destroy) __attribute__((cleanup(destroy)))

/* The compiler checks the arguments against the format; both are counted from 1. */
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
