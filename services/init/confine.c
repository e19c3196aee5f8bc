// SPDX-License-Identifier: MIT
// When everything that needs files is done, init gives up what it does not need to keep services
// going: whoever took it over could start and end services, and nothing else. The calls of the
// manifests it may hand on without making them itself.
#include <coconut/coconut.h>

#include "service.h"

#define CLASSES_MAX 32u

/* Sets of calls, one for each class. */
struct sets {
    struct coco_call_set set[CLASSES_MAX];
    uint32_t count;
};

static bool add(struct sets *sets, uint32_t call_class, uint64_t mask)
{
    for (uint32_t i = 0; i < sets->count; i++) {
        if (sets->set[i].call_class == call_class) {
            sets->set[i].mask |= mask;
            return true;
        }
    }
    if (sets->count == CLASSES_MAX) {
        return false;
    }
    sets->set[sets->count++] = (struct coco_call_set){call_class, 0, mask};
    return true;
}

/* What supervise() and what it calls make, with what the C library needs for memory and to end. */
static const uint64_t needed[] = {
    COCO_SYS_PROCESS_SPAWN_CONFINED,
    COCO_SYS_PROCESS_WAIT,
    COCO_SYS_PROCESS_KILL,
    COCO_SYS_PROCESS_HANDLE_ID,
    COCO_SYS_PROCESS_EXIT,
    COCO_SYS_SIGNAL_SEND,
    COCO_SYS_CHANNEL_CONNECT,
    COCO_SYS_CHANNEL_SEND,
    COCO_SYS_OBJECT_POLL,
    COCO_SYS_LOG_SEEK,
    COCO_SYS_CLOCK_GET,
    COCO_SYS_QUERY,
    COCO_SYS_READ,
    COCO_SYS_WRITE,
    COCO_SYS_CLOSE,
    COCO_SYS_MMAP,
    COCO_SYS_MUNMAP,
    COCO_SYS_EXIT,
    COCO_SYS_THREAD_EXIT,
    COCO_SYS_SIGNAL_RETURN,
};

/* With a service that may find channels: what registry_serve() makes. */
static const uint64_t registry_needs[] = {
    COCO_SYS_CHANNEL_RECEIVE,
    COCO_SYS_CHANNEL_REPLY,
    COCO_SYS_CHANNEL_ANSWER,
};

bool confine_init(const struct world *world)
{
    static struct sets calls;
    static struct sets grants;
    bool good = true;

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        good &= add(&calls, (uint32_t)(needed[i] >> 32), 1ull << (needed[i] & 63u));
    }
    const size_t more = channel_find(world, REGISTRY) != COCO_HANDLE_NONE ? 3 : 0;
    for (size_t i = 0; i < more; i++) {
        good &= add(&calls, (uint32_t)(registry_needs[i] >> 32), 1ull << (registry_needs[i] & 63u));
    }
    for (uint32_t i = 0; i < world->count; i++) {
        const struct manifest *manifest = &world->services[i].manifest;

        for (uint32_t j = 0; j < manifest->header.call_count; j++) {
            /* others name calls of a later kernel, which this one does not have */
            good &= manifest->calls[j].first != 0 ||
                    add(&grants, manifest->calls[j].call_class, manifest->calls[j].mask);
        }
    }
    int64_t result = good ? coco_process_confine(calls.set, calls.count, grants.set, grants.count)
                          : COCO_ETOOBIG;
    if (result != 0) {
        say("cannot give up what is not needed: error %d", (int)result);
    }
    return result == 0;
}
