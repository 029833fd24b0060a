/* marks.c - a treap: a search tree by (instant, age of the case, row) that is at the same time a
 * heap by a weight made from the row, and so, in all likelihood, no deeper than a few times its
 * logarithm.
 */
#include "engine/across/marks.h"

/* Deeper than any tree of 2^32 rows will be. */
enum { DEPTH_MAX = 256 };

/* From the root down to a mark. */
struct way {
    uint32_t count;
    uint32_t rows[DEPTH_MAX];
};

static struct core_mark *mark_at(const struct core *core, uint32_t row)
{
    return pool_row(&core->marks, row);
}

static uint32_t weight(uint32_t row)
{
    row ^= row >> 16;
    row *= UINT32_C(0x7feb352d);
    row ^= row >> 15;
    row *= UINT32_C(0x846ca68b);
    return row ^ row >> 16;
}

static bool is_before(const struct core *core, uint32_t a, uint32_t b)
{
    const struct core_mark *first = mark_at(core, a);
    const struct core_mark *second = mark_at(core, b);
    if (first->at_ms != second->at_ms)
        return first->at_ms < second->at_ms;
    if (first->case_key != second->case_key) /* keys grow with every new case */
        return first->case_key < second->case_key;
    return a < b;
}

/* What is known of all marks below and of itself. */
static void tell(const struct core *core, uint32_t row)
{
    static const struct core_mark none = {0};
    struct core_mark *mark = mark_at(core, row);
    const struct core_mark *left = mark->left == 0 ? &none : mark_at(core, mark->left);
    const struct core_mark *right = mark->right == 0 ? &none : mark_at(core, mark->right);
    uint32_t through = mark->is_so ? left->last + 1 + right->first : 0;
    mark->count = left->count + 1 + right->count;
    mark->first = left->first;
    if (left->first == left->count && mark->is_so)
        mark->first = left->count + 1 + right->first;
    mark->last = right->last;
    if (right->last == right->count && mark->is_so)
        mark->last = right->count + 1 + left->last;
    mark->longest = left->longest > right->longest ? left->longest : right->longest;
    if (mark->longest < through)
        mark->longest = through;
}

static void find_way(const struct core *core, uint32_t root, uint32_t row, struct way *way)
{
    way->count = 0;
    for (uint32_t at = root; at != 0 && at != row;) {
        assert(way->count < DEPTH_MAX);
        way->rows[way->count++] = at;
        at = is_before(core, row, at) ? mark_at(core, at)->left : mark_at(core, at)->right;
    }
}

/* Hang `new_row` where `old_row` hung. Returns the root. */
static uint32_t replace(const struct core *core, const struct way *way, uint32_t root,
                        uint32_t old_row, uint32_t new_row)
{
    if (way->count == 0)
        return new_row;
    struct core_mark *above = mark_at(core, way->rows[way->count - 1]);
    if (above->left == old_row)
        above->left = new_row;
    else
        above->right = new_row;
    return root;
}

/* A child takes the place of its parent, which becomes its child. */
static void lift(const struct core *core, uint32_t parent_row, uint32_t row)
{
    struct core_mark *parent = mark_at(core, parent_row);
    struct core_mark *child = mark_at(core, row);
    if (parent->left == row) {
        parent->left = child->right;
        child->right = parent_row;
    } else {
        parent->right = child->left;
        child->left = parent_row;
    }
    tell(core, parent_row);
    tell(core, row);
}

uint32_t marks_add(struct core *core, uint32_t root, uint32_t row)
{
    struct way way;
    struct core_mark *mark = mark_at(core, row);
    mark->left = mark->right = 0;
    find_way(core, root, row, &way);
    tell(core, row);
    if (way.count == 0)
        return row;
    struct core_mark *above = mark_at(core, way.rows[way.count - 1]);
    *(is_before(core, row, way.rows[way.count - 1]) ? &above->left : &above->right) = row;
    bool is_rising = true;
    while (way.count > 0) {
        uint32_t parent = way.rows[--way.count];
        is_rising = is_rising && weight(row) > weight(parent);
        if (!is_rising) {
            tell(core, parent);
            continue;
        }
        lift(core, parent, row);
        root = replace(core, &way, root, parent, row);
    }
    return root;
}

uint32_t marks_remove(struct core *core, uint32_t root, uint32_t row)
{
    struct way way;
    const struct core_mark *mark = mark_at(core, row);
    find_way(core, root, row, &way);
    while (mark->left != 0 || mark->right != 0) { /* down, until nothing hangs on it */
        uint32_t child = mark->left;
        if (child == 0 || (mark->right != 0 && weight(mark->right) > weight(child)))
            child = mark->right;
        lift(core, row, child);
        root = replace(core, &way, root, row, child);
        assert(way.count < DEPTH_MAX);
        way.rows[way.count++] = child;
    }
    root = replace(core, &way, root, row, 0);
    while (way.count > 0)
        tell(core, way.rows[--way.count]);
    return root;
}

void marks_renew(struct core *core, uint32_t root, uint32_t row)
{
    struct way way;
    find_way(core, root, row, &way);
    tell(core, row);
    while (way.count > 0)
        tell(core, way.rows[--way.count]);
}

uint32_t marks_count(const struct core *core, uint32_t root)
{
    return root == 0 ? 0 : mark_at(core, root)->count;
}

uint32_t marks_at(const struct core *core, uint32_t root, uint32_t place)
{
    uint32_t at = root;
    while (at != 0) {
        const struct core_mark *mark = mark_at(core, at);
        uint32_t before = marks_count(core, mark->left);
        if (place == before + 1)
            return at;
        at = place <= before ? mark->left : mark->right;
        place -= place <= before ? 0 : before + 1;
    }
    return 0;
}

uint32_t marks_before(const struct core *core, uint32_t root, int64_t at_ms)
{
    uint32_t before = 0;
    for (uint32_t at = root; at != 0;) {
        const struct core_mark *mark = mark_at(core, at);
        bool is_before_it = mark->at_ms < at_ms;
        if (is_before_it)
            before += marks_count(core, mark->left) + 1;
        at = is_before_it ? mark->right : mark->left;
    }
    return before;
}

uint32_t marks_behind(const struct core *core, uint32_t root, uint32_t place)
{
    static const struct core_mark none = {0};
    uint32_t running = 0; /* up to what is looked at */
    if (place > marks_count(core, root))
        return 0;
    for (uint32_t at = root; place > 0;) {
        const struct core_mark *mark = mark_at(core, at);
        const struct core_mark *left = mark->left == 0 ? &none : mark_at(core, mark->left);
        if (place <= left->count) {
            at = mark->left;
            continue;
        }
        running = left->last == left->count ? running + left->count : left->last;
        running = mark->is_so ? running + 1 : 0;
        place -= left->count + 1;
        at = mark->right;
    }
    return running;
}

uint32_t marks_ahead(const struct core *core, uint32_t root, uint32_t place)
{
    static const struct core_mark none = {0};
    uint32_t running = 0; /* from what is looked at on */
    uint32_t count = marks_count(core, root);
    uint32_t left_over = place == 0 || place > count ? 0 : count - place + 1; /* from the end */
    for (uint32_t at = root; left_over > 0;) {
        const struct core_mark *mark = mark_at(core, at);
        const struct core_mark *right = mark->right == 0 ? &none : mark_at(core, mark->right);
        if (left_over <= right->count) {
            at = mark->right;
            continue;
        }
        running = right->first == right->count ? running + right->count : right->first;
        running = mark->is_so ? running + 1 : 0;
        left_over -= right->count + 1;
        at = mark->left;
    }
    return running;
}

uint32_t marks_run(const struct core *core, uint32_t root, uint32_t length)
{
    uint32_t place = 0;   /* of the last mark before what is looked at */
    uint32_t running = 0; /* up to there */
    if (root == 0 || mark_at(core, root)->longest < length)
        return 0;
    for (uint32_t at = root; at != 0;) {
        const struct core_mark *mark = mark_at(core, at);
        const struct core_mark *left = mark->left == 0 ? NULL : mark_at(core, mark->left);
        if (left != NULL && (running + left->first >= length || left->longest >= length)) {
            at = mark->left;
            continue;
        }
        if (left != NULL) {
            place += left->count;
            running = left->last == left->count ? running + left->count : left->last;
        }
        place++;
        running = mark->is_so ? running + 1 : 0;
        if (running >= length)
            return place;
        at = mark->right;
    }
    return 0;
}
