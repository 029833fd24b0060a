/* answers.c - what each peer is told, once, when the turn is on disk. */
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdlib.h>

static struct pending_answer *answer_of(struct turn *turn, struct slice peer, uint32_t source)
{
    for (uint32_t i = turn->answer_count; i-- > 0;) {
        struct pending_answer *answer = &turn->answers[i];
        if (answer->source == source && answer->peer_bytes == peer.count &&
            memcmp(answer->peer, peer.start, peer.count) == 0)
            return answer;
    }
    if (turn->answer_count == turn->answer_room) {
        uint32_t room = turn->answer_room == 0 ? 16 : turn->answer_room * 2;
        struct pending_answer *answers = realloc(turn->answers, room * sizeof *answers);
        if (answers == NULL)
            return NULL;
        memset(answers + turn->answer_room, 0, (room - turn->answer_room) * sizeof *answers);
        turn->answers = answers;
        turn->answer_room = room;
    }
    struct pending_answer *answer = &turn->answers[turn->answer_count++];
    assert(peer.count <= sizeof answer->peer);
    memcpy(answer->peer, peer.start, peer.count);
    answer->peer_bytes = peer.count;
    answer->source = source;
    answer->refused_count = 0;
    return answer;
}

int turn_answer_note(struct turn *turn, struct slice peer, uint32_t source,
                     const struct refused *refused)
{
    struct pending_answer *answer = answer_of(turn, peer, source);
    if (answer == NULL)
        return -ENOMEM;
    if (refused == NULL)
        return 0;
    if (answer->refused_count == answer->refused_room) {
        uint32_t room = answer->refused_room == 0 ? 16 : answer->refused_room * 2;
        struct refused *list = realloc(answer->refused, room * sizeof *list);
        if (list == NULL)
            return -ENOMEM;
        answer->refused = list;
        answer->refused_room = room;
    }
    answer->refused[answer->refused_count++] = *refused;
    return 0;
}

void turn_answer_refusal(struct turn *turn, struct slice peer, enum refusal refusal,
                         const char *text)
{
    struct bytes bytes = {0};
    if (encode_error(&bytes, refusal, slice_of(text)) == 0)
        turn->ports.answer(turn->ports.ctx, peer,
                           (struct slice){.start = bytes.start, .count = bytes.count});
    bytes_clear(&bytes);
}

void turn_answer_error(struct turn *turn, struct slice peer, enum refusal refusal, const char *text)
{
    turn->counts.malformed++;
    log_warn("intake: a message was refused whole, going on: code=%s text=%s",
             refusal_name[refusal], text);
    turn_answer_refusal(turn, peer, refusal, text);
}

void turn_answers_send(struct turn *turn)
{
    for (uint32_t i = 0; i < turn->answer_count; i++) {
        const struct pending_answer *answer = &turn->answers[i];
        const struct source *source = &turn->sources[answer->source];
        /* while the store is full, one event is enough to find out whether there is room again */
        uint32_t credit = turn->is_full ? 1 : turn->options.credit;
        turn->scratch.count = 0;
        if (encode_ack(&turn->scratch, source->name, source->row.committed, credit, answer->refused,
                       answer->refused_count) != 0)
            continue; /* the peer asks again with its hello */
        struct slice peer = {.start = (const char *)answer->peer, .count = answer->peer_bytes};
        turn->ports.answer(
            turn->ports.ctx, peer,
            (struct slice){.start = turn->scratch.start, .count = turn->scratch.count});
    }
    turn->answer_count = 0;
}

void turn_answers_clear(struct turn *turn)
{
    for (uint32_t i = 0; i < turn->answer_room; i++)
        free(turn->answers[i].refused);
    free(turn->answers);
}
