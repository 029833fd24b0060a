/* idle.c - the words of the reasons. */
#include "engine/model/idle.h"

const char *const idle_reason_name[IDLE_REASON_COUNT] = {
    [IDLE_NOT] = "",
    [IDLE_BEFORE] = "not-yet-valid",
    [IDLE_AFTER] = "no-longer-valid",
    [IDLE_KIND] = "kind",
    [IDLE_KINDLESS] = "kindless",
    [IDLE_APPLIES] = "applies",
    [IDLE_ITEM] = "item",
    [IDLE_START] = "start",
    [IDLE_FACT] = "fact",
    [IDLE_WAITS] = "waits",
    [IDLE_CARD] = "card",
    [IDLE_GROUP] = "group",
    [IDLE_FULL] = "full",
};
