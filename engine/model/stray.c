/* stray.c - the words of the reasons. */
#include "engine/model/stray.h"

const char *const stray_reason_name[STRAY_REASON_COUNT] = {
    [STRAY_NO_PAUSE] = "no-pause",
    [STRAY_REVERSED] = "reversed",
    [STRAY_SAME_PAUSE] = "same-pause",
    [STRAY_PAUSE_BEFORE_CASE] = "pause-before-case",
    [STRAY_PAUSE_AFTER_END] = "pause-after-end",
    [STRAY_PAUSES_FULL] = "pauses-full",
    [STRAY_START_AFTER_END] = "start-after-end",
    [STRAY_NO_LENGTH] = "no-length",
    [STRAY_EXTENSION_SPENT] = "extension-spent",
    [STRAY_EXTENSION_TOO_LATE] = "extension-too-late",
    [STRAY_EXTENSION_AFTER_END] = "extension-after-end",
    [STRAY_NO_CARD] = "no-card",
    [STRAY_NOT_PENDING] = "not-pending",
    [STRAY_CARDS_ALIKE] = "cards-alike",
};

const char *const stray_reason_en[STRAY_REASON_COUNT] = {
    [STRAY_NO_PAUSE] = "no pause is open: no effect",
    [STRAY_REVERSED] = "the pause ends before it begins: no effect",
    [STRAY_SAME_PAUSE] = "the same pause is open already: no effect",
    [STRAY_PAUSE_BEFORE_CASE] = "a pause before the case has begun: counts from a clock's start on",
    [STRAY_PAUSE_AFTER_END] = "a pause after the case has ended: counts only if it is reopened",
    [STRAY_PAUSES_FULL] = "too many pauses in one case: no effect",
    [STRAY_START_AFTER_END] = "a clock begins after the case has ended: it stands still",
    [STRAY_NO_LENGTH] = "its term is zero: no effect",
    [STRAY_EXTENSION_SPENT] = "no further extension is allowed: no effect",
    [STRAY_EXTENSION_TOO_LATE] = "an extension after the due instant: no effect",
    [STRAY_EXTENSION_AFTER_END] = "an extension after the case has ended: no effect",
    [STRAY_NO_CARD] = "no card of the case is called so, or none stood then: no effect",
    [STRAY_NOT_PENDING] = "the card does not wait to be released: no effect",
    [STRAY_CARDS_ALIKE] = "several cards are called so, name it by its id: no effect",
};

const char *const stray_reason_zh[STRAY_REASON_COUNT] = {
    [STRAY_NO_PAUSE] = "没有正在进行的暂停：不起作用",
    [STRAY_REVERSED] = "暂停的结束早于开始：不起作用",
    [STRAY_SAME_PAUSE] = "同一暂停已在进行：不起作用",
    [STRAY_PAUSE_BEFORE_CASE] = "暂停早于办件开始：自计时开始起才扣除",
    [STRAY_PAUSE_AFTER_END] = "暂停在办件结束之后：仅在重新打开时扣除",
    [STRAY_PAUSES_FULL] = "同一办件的暂停过多：不起作用",
    [STRAY_START_AFTER_END] = "计时开始于办件结束之后：不计时",
    [STRAY_NO_LENGTH] = "时限为零：不起作用",
    [STRAY_EXTENSION_SPENT] = "不允许再次延期：不起作用",
    [STRAY_EXTENSION_TOO_LATE] = "延期申请晚于到期时刻：不起作用",
    [STRAY_EXTENSION_AFTER_END] = "延期申请在办件结束之后：不起作用",
    [STRAY_NO_CARD] = "办件没有这张牌，或当时尚无此牌：不起作用",
    [STRAY_NOT_PENDING] = "该牌不在待发状态：不起作用",
    [STRAY_CARDS_ALIKE] = "有多张牌同名，请用牌的编号指明：不起作用",
};
