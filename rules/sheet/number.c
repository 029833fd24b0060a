/* number.c - short plain numbers are taken as they stand; only the others go through a double. */
#include "rules/sheet/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS = 15 }; /* that a double keeps of any number */

/* "-12.5": digits, perhaps a sign, perhaps one point with digits behind it. */
static bool is_plain(struct slice text)
{
    size_t digits = 0;
    bool has_point = false;
    for (size_t i = 0; i < text.count; i++) {
        char c = text.start[i];
        bool is_digit = c >= '0' && c <= '9';
        bool is_sign = c == '-' && i == 0;
        bool is_point = c == '.' && !has_point && digits > 0 && i + 1 < text.count;
        if (!is_digit && !is_sign && !is_point)
            return false;
        digits += is_digit;
        has_point = has_point || is_point;
    }
    return digits > 0 && digits <= DIGITS;
}

static void cut_zeros(char *text)
{
    char *end = text + strlen(text);
    if (strchr(text, '.') == NULL)
        return;
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        end[-1] = '\0';
}

int number_plain(struct slice text, char plain_out[NUMBER_TEXT_BYTES])
{
    const double limit = 1e15;
    char typed[NUMBER_TEXT_BYTES];
    char *end = NULL;
    if (text.count == 0 || text.count >= sizeof typed)
        return NUMBER_E_BAD;
    memcpy(typed, text.start, text.count);
    typed[text.count] = '\0';
    if (is_plain(text)) {
        memcpy(plain_out, typed, text.count + 1);
        return 0;
    }
    for (size_t i = 0; i < text.count; i++) /* (strtod also reads inf, nan and 0x10) */
        if (strchr("0123456789+-.eE", typed[i]) == NULL)
            return NUMBER_E_BAD;
    double value = strtod(typed, &end);
    if (*end != '\0')
        return NUMBER_E_BAD;
    if (!(fabs(value) < limit))
        return NUMBER_E_LONG;
    int whole = 1; /* digits before the point */
    for (int64_t rest = (int64_t)fabs(value); rest >= 10; rest /= 10)
        whole++;
    (void)snprintf(plain_out, NUMBER_TEXT_BYTES, "%.*f", DIGITS - whole, value);
    cut_zeros(plain_out);
    return 0;
}
