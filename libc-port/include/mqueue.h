// SPDX-License-Identifier: MIT
// Message queues. A queue's name "/x" is the node /dev/mqueue/x in the tree of files; a descriptor
// of one is a file descriptor, which poll() and close() take, too.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int mqd_t;

struct mq_attr {
    long mq_flags;   /* O_NONBLOCK or 0 */
    long mq_maxmsg;  /* messages it holds */
    long mq_msgsize; /* bytes of the largest one */
    long mq_curmsgs; /* messages that are there */
};

/// Open a queue, or with O_CREAT make it; then mode_t and struct mq_attr * (or NULL: 10 messages of
/// 8192 bytes) follow. At most 1024 messages of at most 65536 bytes.
/// @return a descriptor with FD_CLOEXEC, or (mqd_t)-1 with errno
mqd_t mq_open(const char *__name, int __flags, ...);

/// Close a descriptor; a notification that the process asked for through it is not given any more.
int mq_close(mqd_t __queue);

/// Remove the name; the queue goes with its last descriptor.
int mq_unlink(const char *__name);

/// Send a message; higher priorities (below MQ_PRIO_MAX) come first. The timed one gives up at a
/// time of CLOCK_REALTIME.
int mq_send(mqd_t __queue, const char *__message, size_t __length, unsigned __priority);
int mq_timedsend(mqd_t __queue, const char *__message, size_t __length, unsigned __priority,
                 const struct timespec *__deadline);

/// Receive the oldest message of the highest priority; the buffer holds mq_msgsize bytes at least.
ssize_t mq_receive(mqd_t __queue, char *__buffer, size_t __length, unsigned *__priority);
ssize_t mq_timedreceive(mqd_t __queue, char *__restrict __buffer, size_t __length,
                        unsigned *__restrict __priority,
                        const struct timespec *__restrict __deadline);

/// Be told once when a message comes to the empty queue; NULL: not any more. EBUSY.
int mq_notify(mqd_t __queue, const struct sigevent *__event);

/// Read the attributes; set O_NONBLOCK (nothing else can change).
int mq_getattr(mqd_t __queue, struct mq_attr *__attributes);
int mq_setattr(mqd_t __queue, const struct mq_attr *__restrict __wanted,
               struct mq_attr *__restrict __old);

#ifdef __cplusplus
}
#endif
