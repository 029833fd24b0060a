/* city.h - the made-up city: its offices, items, areas.
 *
 * Layer: collectors/sim. Static facts; the same for every seed, so that one catalogue fits all.
 */
#ifndef SIM_CITY_H
#define SIM_CITY_H

#include "engine/base/slice.h"
#include "engine/model/term.h"

#include <stdio.h>

enum { CITY_ITEMS_MAX = 512, CITY_ORGS_MAX = 32, CITY_AREAS = 40 };

enum item_kind { ITEM_IMMEDIATE, ITEM_PROMISED };

struct city_item {
    char code[32];
    char name[128];
    struct slice code_text;
    uint16_t org;
    enum item_kind kind;
    struct term promised;
    struct term statutory;
};

struct city {
    uint32_t item_count;
    uint32_t org_count;
    struct slice org_codes[CITY_ORGS_MAX];
    struct slice org_names[CITY_ORGS_MAX];
    struct slice areas[CITY_AREAS]; /* 12 digits: the city, districts, towns */
    struct city_item items[CITY_ITEMS_MAX];
};

/* city_get - the city; made on the first call, lives to the end of the program. */
const struct city *city_get(void);

/* city_catalogue - the items as CSV with a header, as `cardwatch rules import` reads them.
 *
 * calendar: the name for the column calendar.
 * Returns:  whether all was written.
 */
bool city_catalogue(FILE *to, const char *calendar);

#endif
