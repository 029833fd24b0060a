/* newest.c - what an import would change, told before it is made. */
#include "rules/verbs/newest.h"

#include "engine/sys/lang.h"
#include "rules/difference/difference.h"
#include "rules/difference/rows.h"

#include <errno.h>
#include <stdio.h>

struct newest {
    uint32_t count;
    struct document *documents;
};

static int read_newest(struct rule_store *store, struct arena *arena, struct newest *newest)
{
    uint32_t number = 0;
    int status = store == NULL ? 0 : rule_store_latest(store, &number);
    if (status == 0 && number > 0)
        status = rule_store_documents(store, number, arena, &newest->documents, &newest->count);
    return status;
}

static const struct document *same_in(const struct newest *newest, const struct document *document)
{
    for (uint32_t i = 0; i < newest->count; i++)
        if (newest->documents[i].kind == document->kind &&
            strcmp(newest->documents[i].name, document->name) == 0)
            return &newest->documents[i];
    return NULL;
}

int newest_settle(struct rule_store *store, struct document_set *set, uint32_t count)
{
    struct newest newest = {.count = 0};
    int status = read_newest(store, set->arena, &newest);
    for (uint32_t i = 0; i < count && status >= 0; i++) {
        struct document *document = &set->at[i];
        const struct document *same = same_in(&newest, document);
        if (document->kept_as == NULL || same == NULL)
            continue;
        status = rows_are_equal(set->arena, same->text, document->text);
        if (status != 1)
            continue;
        document->text = same->text;
        document->kept_as = same->file;
    }
    return status < 0 ? status : 0;
}

int newest_say(struct rule_store *store, struct document_set *set, uint32_t count, bool is_json)
{
    struct newest newest = {.count = 0};
    json_t *all = is_json ? json_array() : NULL;
    uint32_t changed = 0;
    int status = read_newest(store, set->arena, &newest);
    for (uint32_t i = 0; i < count && status == 0; i++) {
        const struct document *document = &set->at[i];
        const struct document *same = same_in(&newest, document);
        if (same != NULL && slice_is_equal(same->text, document->text))
            continue;
        struct difference difference = {.kind = document->kind, .name = document->name};
        difference.after = document->text.start == NULL ? SLICE("") : document->text;
        if (same != NULL)
            difference.before = same->text.start == NULL ? SLICE("") : same->text;
        changed++;
        status = difference_say(set->arena, &difference, false, all);
    }
    if (all != NULL) {
        (void)json_dumpf(all, stdout, JSON_INDENT(2));
        (void)fputc('\n', stdout);
        json_decref(all);
    } else if (status == 0 && changed == 0) {
        printf("%s\n", say("nothing would change: the store holds these documents already",
                           "不会有变化：规则库中已是这些文件"));
    }
    return status;
}
