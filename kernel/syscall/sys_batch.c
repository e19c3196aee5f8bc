// SPDX-License-Identifier: MIT
// Several calls in one. Records are copied in and results out in groups that fit on the stack; each
// call is served by its thunk, from its record as it stands.
#include <abi/numbers.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <task/thread.h>

#include "dispatch.h"
#include "prototypes.h"

#define GROUP_MAX 16u

_Static_assert(offsetof(struct coco_batch_call, number) == offsetof(struct syscall_frame, number) &&
                   offsetof(struct coco_batch_call, arguments) ==
                       offsetof(struct syscall_frame, args) &&
                   sizeof(((struct coco_batch_call *)0)->arguments) ==
                       sizeof(((struct syscall_frame *)0)->args) &&
                   sizeof(struct coco_batch_call) >= sizeof(struct syscall_frame),
               "a record can be served as a frame");

struct group {
    struct coco_batch_call calls[GROUP_MAX];
    struct coco_batch_result results[GROUP_MAX];
};

static int64_t refuse(const struct syscall_frame *frame)
{
    (void)frame;
    return ERR_NOTSUPP;
}

/// What serves the calls with this number: not those that do not come back, or would nest.
static syscall_thunk find(uint64_t number)
{
    switch (number) {
    case COCO_SYS_BATCH:
    case COCO_SYS_EXIT:
    case COCO_SYS_THREAD_EXIT:
    case COCO_SYS_PROCESS_EXIT:
    case COCO_SYS_PROCESS_EXEC:
    case COCO_SYS_SIGNAL_RETURN:
        return refuse;
    default:
        return syscall_find(number);
    }
}

/// Whether the calls behind one with this result are made.
static inline bool goes_on(int64_t result, uint32_t flags)
{
    if (likely((uint64_t)result < (uint64_t)-65535)) {
        return true;
    }
    return result != ERR_INTR && !thread_canceled() && (flags & COCO_BATCH_STOP) == 0;
}

/// Makes `count` calls, or fewer and then sets `*ended`; how many.
static size_t make_calls(struct group *group, size_t count, uint32_t flags, bool *ended)
{
    syscall_thunk thunk = NULL;
    uint64_t number = 0;
    size_t done = 0;

    while (done < count && !*ended) {
        const struct coco_batch_call *call = &group->calls[done];
        int64_t result = ERR_INVAL;

        if (unlikely(thunk == NULL || call->number != number)) {
            number = call->number;
            thunk = find(number);
        }
        if (likely(call->reserved == 0)) {
            result = thunk((const struct syscall_frame *)(const void *)call);
        }
        group->results[done].result = result;
        group->results[done].user_data = call->user_data;
        done++;
        *ended = !goes_on(result, flags);
    }
    syscall_count_nested(done);
    sched_check();
    return done;
}

/// A batch on its way.
struct batch {
    uaddr_t calls;
    uaddr_t results;
    size_t count;
    size_t made;
    bool ended;
};

/// The next calls, from copying in to copying out.
static enum status serve_group(struct batch *batch, uint32_t flags)
{
    __uninitialized struct group group;
    size_t count = MIN(batch->count - batch->made, (size_t)GROUP_MAX);
    uaddr_t from = uaddr(batch->calls.v + batch->made * sizeof(group.calls[0]));
    uaddr_t to = uaddr(batch->results.v + batch->made * sizeof(group.results[0]));
    enum status status = user_copy_in(group.calls, from, count * sizeof(group.calls[0]));

    if (status != OK) {
        return status;
    }
    count = make_calls(&group, count, flags, &batch->ended);
    batch->made += count;
    return user_copy_out(to, group.results, count * sizeof(group.results[0]));
}

int64_t sys_batch(struct user_in calls, uaddr_t results, uint32_t flags)
{
    struct batch batch = {.calls = calls.addr,
                          .results = results,
                          .count = (size_t)(calls.len / sizeof(struct coco_batch_call))};
    enum status status;

    if (batch.count > COCO_BATCH_MAX) {
        return ERR_INVAL;
    }
    /* So that it is known before the first call that they can be written. */
    status = user_zero(results, batch.count * sizeof(struct coco_batch_result));
    while (status == OK && batch.made < batch.count && !batch.ended) {
        status = serve_group(&batch, flags);
    }
    return status == OK ? (int64_t)batch.made : status;
}
