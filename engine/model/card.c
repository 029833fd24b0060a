/* card.c - the words of a card's states. */
#include "engine/model/card.h"

const char *const card_state_name[CARD_STATE_COUNT] = {
    [CARD_PENDING] = "pending",   [CARD_ISSUED] = "issued",       [CARD_SUPERSEDED] = "superseded",
    [CARD_APPEALED] = "appealed", [CARD_WITHDRAWN] = "withdrawn", [CARD_DISMISSED] = "dismissed",
    [CARD_CLOSED] = "closed",
};

const char *const card_state_zh[CARD_STATE_COUNT] = {
    [CARD_PENDING] = "待发",    [CARD_ISSUED] = "已发",      [CARD_SUPERSEDED] = "已升级",
    [CARD_APPEALED] = "申诉中", [CARD_WITHDRAWN] = "已撤销", [CARD_DISMISSED] = "已摘牌",
    [CARD_CLOSED] = "已销号",
};
