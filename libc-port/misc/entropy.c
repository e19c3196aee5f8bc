// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"

#define ENTROPY_MAX 256 /* POSIX's limit for getentropy(), bytes */

int getentropy(void *buffer, size_t len)
{
    if (len > ENTROPY_MAX) {
        errno = EIO;
        return -1;
    }
    return (int)__coco_ret(coco_random(buffer, len));
}

ssize_t getrandom(void *buffer, size_t len, unsigned flags)
{
    if ((flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM)) != 0) {
        errno = EINVAL;
        return -1;
    }
    return __coco_ret(coco_random(buffer, len)) < 0 ? -1 : (ssize_t)len;
}
