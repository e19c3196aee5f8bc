// SPDX-License-Identifier: MIT
#include <errno.h>
#include <mqueue.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"
#include "../private/fd.h"
#include "../private/mqueue.h"
#include "../private/ret.h"

long __coco_mqueue_ret(int64_t result)
{
    return __coco_ret(result == COCO_ENOTSUPP ? COCO_EWRONLY : result);
}

// The kernel's deadline. A time that is none is told only by a call that would wait: its wait ends
// at once, and *bad is set.
static uint64_t deadline_of(const struct timespec *time, bool *bad)
{
    uint64_t deadline = 0;
    *bad = __coco_deadline(CLOCK_REALTIME, time, &deadline) != 0;
    return *bad ? 0 : deadline;
}

static long finish(int64_t result, bool bad_time)
{
    if (result == COCO_ETIMEDOUT && bad_time) {
        errno = EINVAL;
        return -1;
    }
    return __coco_mqueue_ret(result);
}

int mq_timedsend(mqd_t queue, const char *message, size_t length, unsigned priority,
                 const struct timespec *time)
{
    bool bad;
    uint64_t deadline = deadline_of(time, &bad);
    struct file_description *description = __coco_fd_get(queue);
    if (!description) {
        return -1;
    }
    int64_t result = coco_cp_mqueue_send(description->handle, message, length, priority, deadline);
    __coco_fd_put(description);
    return (int)finish(result, bad);
}

int mq_send(mqd_t queue, const char *message, size_t length, unsigned priority)
{
    return mq_timedsend(queue, message, length, priority, NULL);
}

ssize_t mq_timedreceive(mqd_t queue, char *restrict buffer, size_t length,
                        unsigned *restrict priority, const struct timespec *restrict time)
{
    bool bad;
    uint64_t deadline = deadline_of(time, &bad);
    struct file_description *description = __coco_fd_get(queue);
    if (!description) {
        return -1;
    }
    int64_t result = coco_cp_mqueue_receive(description->handle, buffer, length, deadline);
    __coco_fd_put(description);
    if (finish(result, bad) < 0) {
        return -1;
    }
    if (priority) {
        *priority = (unsigned)(result >> 32);
    }
    return (ssize_t)(uint32_t)result;
}

ssize_t mq_receive(mqd_t queue, char *buffer, size_t length, unsigned *priority)
{
    return mq_timedreceive(queue, buffer, length, priority, NULL);
}

static int read_attributes(coco_handle_t handle, struct mq_attr *attributes)
{
    struct coco_mqueue_info info;
    if (__coco_mqueue_ret(coco_mqueue_info(handle, &info)) < 0) {
        return -1;
    }
    *attributes = (struct mq_attr){
        .mq_flags = info.status_flags & COCO_STATUS_NONBLOCK ? O_NONBLOCK : 0,
        .mq_maxmsg = (long)info.message_max,
        .mq_msgsize = (long)info.size_max,
        .mq_curmsgs = (long)info.messages,
    };
    return 0;
}

int mq_getattr(mqd_t queue, struct mq_attr *attributes)
{
    struct file_description *description = __coco_fd_get(queue);
    if (!description) {
        return -1;
    }
    int result = read_attributes(description->handle, attributes);
    __coco_fd_put(description);
    return result;
}

int mq_setattr(mqd_t queue, const struct mq_attr *restrict wanted, struct mq_attr *restrict old)
{
    struct mq_attr before;
    struct file_description *description = __coco_fd_get(queue);
    if (!description) {
        return -1;
    }
    long result = read_attributes(description->handle, &before);
    if (result == 0) {
        uint32_t set = wanted->mq_flags & O_NONBLOCK ? COCO_STATUS_NONBLOCK : 0;
        result = __coco_mqueue_ret(
            coco_file_status_flags(description->handle, COCO_STATUS_NONBLOCK, set));
    }
    __coco_fd_put(description);
    if (result < 0) {
        return -1;
    }
    if (old) {
        *old = before;
    }
    return 0;
}
