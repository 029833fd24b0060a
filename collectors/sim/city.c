/* city.c - city.def, multiplied by the variants in which an approval is asked for.
 */
#include "collectors/sim/city.h"

#include <string.h>

struct base_item {
    const char *name;
    enum item_kind kind;
    int promised;
    int statutory;
    uint16_t org;
};

struct base_org {
    const char *code;
    const char *name;
};

static const struct base_org base_orgs[] = {
#define ORG(code, name) {code, name},
#define ITEM(name, kind, promised, statutory)
#include "collectors/sim/city.def"
#undef ORG
#undef ITEM
};

/* Every row of city.def in order: an ORG is a row without a name. */
static const struct base_item base_rows[] = {
#define ORG(code, name)                       {NULL, ITEM_IMMEDIATE, 0, 0, 0},
#define ITEM(name, kind, promised, statutory) {name, ITEM_##kind, promised, statutory, 0},
#include "collectors/sim/city.def"
#undef ORG
#undef ITEM
};

static const struct {
    const char *name;
    int more; /* workdays on top of the promise */
} variants[] = {{"（新办）", 0}, {"（变更）", -1}, {"（延续）", 1}, {"（补证）", -2}};

static const char city_area[] = "330400000000";
static char area_room[CITY_AREAS][13];
static struct city city;

static void make_areas(void)
{
    for (int i = 0; i < CITY_AREAS; i++) {
        int district = i == 0 ? 0 : 1 + (i - 1) % 7;
        int town = i <= 7 ? 0 : 1 + (i - 8) / 7;
        (void)snprintf(area_room[i], sizeof area_room[i], "%.4s%02d%03d000", city_area, district,
                       town);
        city.areas[i] = slice_of(area_room[i]);
    }
}

static void add_item(const struct base_item *base, size_t row, size_t variant)
{
    assert(city.item_count < CITY_ITEMS_MAX);
    struct city_item *item = &city.items[city.item_count++];
    int promised = base->promised + (base->kind == ITEM_PROMISED ? variants[variant].more : 0);
    if (promised < 1)
        promised = 1;
    item->kind = base->kind;
    item->org = (uint16_t)(city.org_count - 1);
    (void)snprintf(item->name, sizeof item->name, "%s%s", base->name,
                   base->kind == ITEM_PROMISED ? variants[variant].name : "");
    (void)snprintf(item->code, sizeof item->code, "11330400%02u%04zu%02zu", city.org_count % 100,
                   row % 10000, variant % 100);
    item->code_text = slice_of(item->code);
    item->promised = (struct term){.n = promised, .unit = UNIT_WORKDAY};
    if (base->kind == ITEM_IMMEDIATE && row % 3 == 0)
        item->promised = (struct term){.n = 30, .unit = UNIT_MINUTE};
    item->statutory = (struct term){.n = base->statutory, .unit = UNIT_WORKDAY};
}

const struct city *city_get(void)
{
    static_assert(COUNT_OF(base_orgs) <= CITY_ORGS_MAX, "more offices than there is room for");
    if (city.item_count > 0)
        return &city;
    make_areas();
    for (size_t row = 0; row < COUNT_OF(base_rows); row++) {
        const struct base_item *base = &base_rows[row];
        if (base->name == NULL) {
            city.org_codes[city.org_count] = slice_of(base_orgs[city.org_count].code);
            city.org_names[city.org_count] = slice_of(base_orgs[city.org_count].name);
            city.org_count++;
            continue;
        }
        size_t count = base->kind == ITEM_PROMISED ? COUNT_OF(variants) : 1;
        for (size_t variant = 0; variant < count; variant++)
            add_item(base, row, variant);
    }
    return &city;
}

bool city_catalogue(FILE *to, const char *calendar)
{
    const struct city *all = city_get();
    (void)fputs("item_code,item_name,kind,org,calendar,promised,statutory\n", to);
    for (uint32_t i = 0; i < all->item_count; i++) {
        const struct city_item *item = &all->items[i];
        char promised[TERM_TEXT_BYTES];
        char statutory[TERM_TEXT_BYTES];
        (void)fprintf(to, "%s,%s,%s,%s,%s,%s,%s\n", item->code, item->name,
                      item->kind == ITEM_IMMEDIATE ? "immediate" : "promised",
                      all->org_codes[item->org].start, calendar,
                      term_format(item->promised, promised),
                      term_format(item->statutory, statutory));
    }
    return fflush(to) == 0 && ferror(to) == 0;
}
