/* item.c - an item of the catalogue read aloud: its kind, its limits, its steps. */
#include "rules/sentences/sentences.h"

static void say_step(const struct speaker *speaker, const struct item_step *step)
{
    say_text(speaker, IN(speaker, "  Step %u, %.*s", "  环节 %u，%.*s"), step->place,
             SLICE_ARG(step->step_code));
    if (!slice_is_empty(step->name))
        say_text(speaker, IN(speaker, ": %.*s", "：%.*s"), SLICE_ARG(step->name));
    if (term_is_set(step->limit)) {
        say_text(speaker, "%s", IN(speaker, "; ", "；"));
        say_term(speaker, step->limit);
    }
    for (uint32_t i = 0; i < step->result_count; i++)
        say_text(speaker, "%s%.*s",
                 i > 0 ? IN(speaker, ", ", "、") : IN(speaker, "; results ", "；结果："),
                 SLICE_ARG(step->results[i]));
    say_text(speaker, "\n");
}

void item_say(FILE *out, const struct ruleset *ruleset, const struct item *item, bool is_zh)
{
    const struct speaker one = {.ruleset = ruleset, .out = out, .is_zh = is_zh};
    const struct speaker *speaker = &one;
    say_text(speaker, IN(speaker, "Item %.*s: %.*s\n", "事项 %.*s：%.*s\n"), SLICE_ARG(item->code),
             SLICE_ARG(item->name));
    say_text(speaker, IN(speaker, "  Kind: %s\n", "  类型：%s\n"),
             IN(speaker, item_kind_name[item->kind], item_kind_zh[item->kind]));
    if (!slice_is_empty(item->org))
        say_text(speaker, IN(speaker, "  Org: %.*s\n", "  部门：%.*s\n"), SLICE_ARG(item->org));
    for (uint32_t i = 0; i < item->limit_count; i++) {
        struct slice title = limit_said(speaker, ruleset->limit_names[item->limits[i].name]);
        say_text(speaker, IN(speaker, "  Limit \"%.*s\": ", "  时限“%.*s”："), SLICE_ARG(title));
        say_term(speaker, item->limits[i].term);
        say_text(speaker, "\n");
    }
    for (uint32_t i = 0; i < item->step_count; i++)
        say_step(speaker, &item->steps[i]);
}
