// SPDX-License-Identifier: MIT
// Waiting for several objects, with host threads that make them ready.
#include "host_sched.h"
#include "plain.h"

#include <object/poll.h>
#include <unit.h>

#define SOURCES 3u
#define ROUNDS 3000u
#define MS 1000000ull

static struct object *sources[SOURCES];

static void make(struct poll_item items[SOURCES])
{
    host_thread_reset();
    for (unsigned i = 0; i < SOURCES; i++) {
        sources[i] = plain_make(COCO_OBJECT_PIPE, NULL, NULL);
        items[i] = (struct poll_item){.object = sources[i], .wanted = COCO_EVENT_READ};
    }
}

static void drop(void)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        object_put(sources[i]);
    }
}

UNIT_TEST(poll_looks_without_waiting)
{
    struct poll_item items[SOURCES];
    size_t ready;

    make(items);
    UNIT_OK(poll_wait(items, SOURCES, 0, &ready));
    UNIT_EQUAL(ready, 0);
    plain_set_events(sources[1], COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_HANGUP);
    plain_set_events(sources[2], COCO_EVENT_WRITE);
    UNIT_OK(poll_wait(items, SOURCES, WAIT_FOREVER, &ready));
    UNIT_EQUAL(ready, 1);
    UNIT_EQUAL(items[0].returned, 0);
    UNIT_EQUAL(items[1].returned, COCO_EVENT_READ | COCO_EVENT_HANGUP);
    UNIT_EQUAL(items[2].returned, 0);
    drop();
}

UNIT_TEST(poll_of_an_always_ready_kind)
{
    struct object *file = plain_make(COCO_OBJECT_LOG, NULL, NULL);
    struct poll_item item = {.object = file, .wanted = COCO_EVENT_WRITE};
    size_t ready;

    UNIT_CHECK(object_event_queue(file) == NULL);
    UNIT_OK(poll_wait(&item, 1, WAIT_FOREVER, &ready));
    UNIT_EQUAL(ready, 1);
    UNIT_EQUAL(item.returned, COCO_EVENT_WRITE);
    object_put(file);
}

UNIT_TEST(poll_deadline_and_end)
{
    struct poll_item items[SOURCES];
    size_t ready;
    uint64_t start = host_now();

    make(items);
    UNIT_OK(poll_wait(items, SOURCES, start + 5 * MS, &ready));
    UNIT_EQUAL(ready, 0);
    UNIT_CHECK(host_now() >= start + 5 * MS);
    UNIT_CHECK(list_empty(&object_event_queue(sources[0])->waiters));
    host_thread_cancel(0);
    UNIT_EQUAL(poll_wait(items, SOURCES, WAIT_FOREVER, &ready), ERR_CANCELED);
    UNIT_CHECK(list_empty(&object_event_queue(sources[2])->waiters));
    host_thread_reset();
    items[0].object = NULL; /* passed over, but what the caller says of it counts */
    items[0].returned = COCO_EVENT_INVALID;
    UNIT_OK(poll_wait(items, SOURCES, WAIT_FOREVER, &ready));
    UNIT_EQUAL(ready, 1);
    drop();
}

/* Each round one thread makes one source ready, the other has to see it; without the wake-up it
   would sleep until the scheduler of the tests gives up. */
static uint32_t turn; /* atomic: rounds made ready */
static uint32_t seen; /* atomic: rounds seen */

static void poll_worker(void *argument)
{
    struct poll_item *items = argument;
    bool maker = __atomic_fetch_add(&turn, ROUNDS, __ATOMIC_RELAXED) == 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned source = round * 7 % SOURCES;
        size_t ready = 0;
        if (maker) {
            while (__atomic_load_n(&seen, __ATOMIC_ACQUIRE) != round) {
                arch_spin_wait(); /* the other may need the processor */
            }
            plain_set_events(sources[source], COCO_EVENT_READ);
        } else {
            UNIT_OK(poll_wait(items, SOURCES, WAIT_FOREVER, &ready));
            UNIT_EQUAL(ready, 1);
            UNIT_EQUAL(items[source].returned, COCO_EVENT_READ);
            plain_set_events(sources[source], 0);
            __atomic_store_n(&seen, round + 1, __ATOMIC_RELEASE);
        }
    }
}

UNIT_TEST(poll_loses_nothing)
{
    struct poll_item items[SOURCES];

    make(items);
    turn = 0;
    seen = 0;
    host_threads_run(2, poll_worker, items);
    UNIT_EQUAL(seen, ROUNDS);
    drop();
}

UNIT_TEST(status_flags_change_in_one_step)
{
    struct object *object = plain_make(COCO_OBJECT_FILE, NULL, NULL);

    UNIT_EQUAL(object_change_status_flags(object, 0, COCO_STATUS_APPEND), 0);
    UNIT_EQUAL(object_change_status_flags(object, COCO_STATUS_APPEND, COCO_STATUS_NONBLOCK),
               COCO_STATUS_APPEND);
    UNIT_EQUAL(object_status_flags(object), COCO_STATUS_NONBLOCK);
    object_put(object);
}
