/* test_rule_record.c - what the rule store writes is read back, or found damaged. */
#include "rules/store/record.h"
#include "tests/lib/check.h"

#include <errno.h>
#include <stdlib.h>

static struct arena *arena;

static const struct decision_words by = {
    .made_at = {.ms = INT64_C(1737500000000)}, .by = "李", .note = "同意"};

static void check_shortened(enum edition_move move)
{
    struct edition_document documents[] = {{.kind = DOCUMENT_RULES, .name = "n", .file = "f"}};
    struct rule_edition edition = {.number = 1,
                                   .author = "a",
                                   .approver = "",
                                   .note = "b",
                                   .move = move,
                                   .count = 1,
                                   .documents = documents};
    struct rule_edition back;
    struct slice bytes;
    arena = arena_create();
    CHECK(arena != NULL);
    CHECK_EQ_INT(edition_encode(arena, &edition, &bytes), 0);
    CHECK_EQ_INT(edition_decode(arena, 1, bytes, &back), 0);
    CHECK_EQ_STR(back.documents[0].name, "n");
    for (size_t count = 0; count < bytes.count; count++) {
        char *shorter = malloc(count + 1);
        CHECK(shorter != NULL);
        memcpy(shorter, bytes.start, count);
        CHECK_EQ_INT(edition_decode(arena, 1, (struct slice){shorter, count}, &back), -EBADMSG);
        free(shorter);
    }
    arena_destroy(&arena);
}

static void a_shortened_record_is_damaged_not_read_past(void)
{
    check_shortened(MOVE_NONE);
    check_shortened(MOVE_CALENDARS);
}

static void shortened_records_of_drafts_are_damaged_too(void)
{
    const struct rule_draft draft = {
        .act = DRAFT_EDITION, .base = 7, .edition = {.author = "a", .approver = "", .note = "b"}};
    const struct draft_decision decision = {.is_approved = true, .words = by, .edition = 8};
    const struct rule_approval approval = {
        .people = 2, .author = "a", .approver = "b", .note = "c"};
    struct rule_draft draft_back;
    struct draft_decision decision_back;
    struct rule_approval approval_back;
    struct slice bytes[3];
    arena = arena_create();
    CHECK(arena != NULL);
    CHECK_EQ_INT(draft_encode(arena, &draft, &bytes[0]), 0);
    CHECK_EQ_INT(decision_encode(arena, &decision, &bytes[1]), 0);
    CHECK_EQ_INT(approval_encode(arena, &approval, &bytes[2]), 0);
    CHECK_EQ_INT(draft_decode(arena, 1, bytes[0], &draft_back), 0);
    CHECK_EQ_INT(draft_back.base, 7);
    CHECK_EQ_INT(decision_decode(arena, bytes[1], &decision_back), 0);
    CHECK_EQ_STR(decision_back.words.note, "同意");
    CHECK_EQ_INT(approval_decode(arena, 1, bytes[2], &approval_back), 0);
    CHECK_EQ_STR(approval_back.approver, "b");
    for (size_t kind = 0; kind < COUNT_OF(bytes); kind++) {
        for (size_t count = 0; count < bytes[kind].count; count++) {
            char *shorter = malloc(count + 1);
            CHECK(shorter != NULL);
            memcpy(shorter, bytes[kind].start, count);
            const struct slice cut = {.start = shorter, .count = count};
            CHECK_EQ_INT(kind == 0   ? draft_decode(arena, 1, cut, &draft_back)
                         : kind == 1 ? decision_decode(arena, cut, &decision_back)
                                     : approval_decode(arena, 1, cut, &approval_back),
                         -EBADMSG);
            free(shorter);
        }
    }
    arena_destroy(&arena);
}

CHECK_MAIN("unit/rule_record", TEST(a_shortened_record_is_damaged_not_read_past),
           TEST(shortened_records_of_drafts_are_damaged_too))
