/* nearest.c - the edit distance with neighbours swapped, over three rows of a small table. */
#include "engine/sys/nearest.h"

#include <limits.h>

enum { WORD_BYTES = 64 };

static int smallest(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

int word_distance(const char *a, const char *b)
{
    size_t a_count = strlen(a);
    size_t b_count = strlen(b);
    if (a_count >= WORD_BYTES || b_count >= WORD_BYTES)
        return INT_MAX;
    int rows[3][WORD_BYTES] = {{0}};
    for (size_t j = 0; j <= b_count; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_count; i++) {
        int *row = rows[i % 3];
        const int *above = rows[(i + 2) % 3];
        const int *two_above = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= b_count; j++) {
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swapped && two_above[j - 2] + 1 < row[j])
                row[j] = two_above[j - 2] + 1;
        }
    }
    return rows[a_count % 3][b_count];
}

bool word_is_near(const char *typed, const char *known)
{
    size_t longer = strlen(typed) > strlen(known) ? strlen(typed) : strlen(known);
    int allowed = longer / 3 > 1 ? (int)(longer / 3) : 1;
    return word_distance(typed, known) <= allowed;
}
