// SPDX-License-Identifier: MIT
// A thousand processes with ten channels each, at once; what one of them takes is printed.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "channels.h"
#include "child.h"
#include "events.h"

#define PROCESSES 1000
#define CHANNELS 10
#define MEMORY_MOST (256ll << 20)

static int64_t processes[PROCESSES];

static int start_all(coco_handle_t home, coco_handle_t go)
{
    const struct coco_spawn_handle handles[] = {
        {.handle = home, .rights = COCO_RIGHT_WRITE, .role = COCO_ROLE_FD + 9},
        {.handle = go, .rights = COCO_RIGHT_READ, .role = COCO_ROLE_FD + 8}};
    int count = 0;
    while (count < PROCESSES) {
        int64_t made = child_spawn(
            &(struct child){.program = MANY_PROGRAM, .handles = handles, .handle_count = 2});
        if (made < 0) {
            print("# process %d\n", count);
            EXPECT_EQ(made, 0);
            break;
        }
        processes[count++] = made;
    }
    return count;
}

/* Everybody has said that its channels are there. */
static int hear_all(coco_handle_t channel, int count)
{
    static struct channel_message message;
    int heard = 0;
    while (heard < count && coco_channel_receive(channel, &message, sizeof(message),
                                                 deadline_after(60 * SECONDS)) >= 0) {
        heard++;
    }
    return heard;
}

static void end_all(int count)
{
    for (int i = 0; i < count; i++) {
        struct coco_exit_status status = {0};
        if (child_wait(processes[i], &status) &&
            (status.reason != COCO_EXIT_CODE || status.code != 0)) {
            EXPECT_EQ(status.code, 0);
        }
    }
}

/* While they are there: how many, and what they take. */
static void look(const struct counters *before, int64_t free_before, int64_t heap_before)
{
    struct counters now;
    char line[120];
    if (!counters_read(&now)) {
        return;
    }
    int64_t used = free_before - counter(COCO_COUNTER_MEM_FREE);
    EXPECT_EQ(now.processes - before->processes, PROCESSES);
    // A channel, a connection: what holds the ten of each is counted in the processes.
    EXPECT_TRUE(now.objects - before->objects >= PROCESSES * CHANNELS * 2);
    EXPECT_TRUE(counter(COCO_COUNTER_MEM_TOTAL) - counter(COCO_COUNTER_MEM_FREE) < MEMORY_MOST);
    print_to(line, sizeof(line), "# %ld KiB for a process with ten channels, %ld of it heap\n",
             used / 1024 / PROCESSES,
             (counter(COCO_COUNTER_HEAP_USED) - heap_before) / 1024 / PROCESSES);
    print("%s", line);
}

TEST(scale, thousand_processes)
{
    struct counters before = {0};
    char text[120];
    bool counted = counters_available() && counters_read_still(&before);
    int64_t free_before = counted ? counters_free_memory() : 0;
    int64_t heap_before = counted ? counter(COCO_COUNTER_HEAP_USED) : 0;
    struct channel_pair home;
    coco_handle_t go = event_made(0);
    REQUIRE(channel_make(&home, 0));
    int count = start_all(home.connection, go);
    EXPECT_EQ(count, PROCESSES);
    EXPECT_EQ(hear_all(home.channel, count), count);
    if (counted) {
        look(&before, free_before, heap_before);
    }
    EXPECT_OK(coco_event_signal(go, 1));
    end_all(count);
    channel_close(&home);
    EXPECT_OK(coco_close(go));
    if (counted && !counters_settle(&before, text, sizeof(text))) {
        print("# %s\n", text);
        EXPECT_TRUE(false);
    }
}
