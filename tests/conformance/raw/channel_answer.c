// SPDX-License-Identifier: MIT
// Tests of `channel_answer`; handles that are moved are in channel_exchange.c.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"

static void expect_refused(coco_handle_t channel, const struct coco_exchange *answer,
                           int64_t expected)
{
    struct coco_exchange copy = *answer;
    EXPECT_EQ(coco_channel_answer(channel, &copy), expected);
}

TEST(channel_answer, refusals, RULE("channel_answer.1"), RULE("channel_answer.EINVAL"),
     RULE("channel_answer.EPERM"), RULE("channel_answer.ENOTFOUND"), RULE("channel_answer.ETOOBIG"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "q", 1)};
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    const struct coco_exchange good = {.size = sizeof(good)};
    struct coco_exchange bad = good;
    bad.size = 8;
    expect_refused(pair.channel, &bad, COCO_EINVAL);
    bad = good, bad.kind = COCO_CHANNEL_SEND;
    expect_refused(pair.channel, &bad, COCO_EINVAL);
    bad = good, bad.deadline = 1;
    expect_refused(pair.channel, &bad, COCO_EINVAL);
    bad = good, bad.reply = 1;
    expect_refused(pair.channel, &bad, COCO_EINVAL);
    bad = good, bad.reply_capacity = 1;
    expect_refused(pair.channel, &bad, COCO_EINVAL);
    bad = good, bad.reply_handle_count = 1;
    expect_refused(pair.channel, &bad, COCO_EINVAL);
    bad = good, bad.length = COCO_CHANNEL_MESSAGE_MAX + 1;
    expect_refused(pair.channel, &bad, COCO_ETOOBIG);
    bad = good, bad.handle_count = 1, bad.handles[0].handle = 999;
    expect_refused(pair.channel, &bad, COCO_ENOTFOUND);
    bad.handles[0] = (struct coco_transfer){.handle = pair.connection, .rights = COCO_RIGHT_MANAGE};
    expect_refused(pair.channel, &bad, COCO_EPERM);
    /* None of them was the reply. */
    EXPECT_OK(coco_channel_answer(pair.channel, &good));
    EXPECT_OK(channel_client_end(&client));
    channel_close(&pair);
}
