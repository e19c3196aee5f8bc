// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include <coconut/syscalls.h>

#include "../private/memory.h"
#include "../private/ret.h"

// mem_advise() of the pages that [address, address + length) touches.
static int advise_touched(const void *address, size_t length, uint32_t advice)
{
    uintptr_t start = (uintptr_t)address & ~(uintptr_t)(COCO_PAGE_SIZE - 1);
    size_t whole;
    int64_t result = COCO_ENOMEM; // no address space is that large
    if (!__builtin_add_overflow(length, (uintptr_t)address - start, &whole)) {
        result = coco_mem_advise((const void *)start, whole, advice);
    }
    if (result == COCO_EINVAL) { // beyond the end of user space
        result = COCO_ENOMEM;
    }
    return (int)__coco_ret(result);
}

int posix_madvise(void *address, size_t length, int advice)
{
    if (advice < POSIX_MADV_NORMAL || advice > POSIX_MADV_DONTNEED ||
        (uintptr_t)address % COCO_PAGE_SIZE != 0) {
        return EINVAL;
    }
    int saved = errno;
    // Without effect but for this: memory that POSIX_MADV_DONTNEED names keeps its content.
    int error = advise_touched(address, length, COCO_ADVICE_NONE) < 0 ? errno : 0;
    errno = saved;
    return error;
}

int madvise(void *address, size_t length, int advice)
{
    uint32_t kernel_advice = COCO_ADVICE_NONE;
    switch (advice) {
    case MADV_DONTNEED:
        kernel_advice = COCO_ADVICE_DISCARD;
        break;
    case MADV_WILLNEED:
        kernel_advice = COCO_ADVICE_POPULATE;
        break;
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_FREE: // the content may stay
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    if ((uintptr_t)address % COCO_PAGE_SIZE != 0) {
        errno = EINVAL;
        return -1;
    }
    return advise_touched(address, length, kernel_advice);
}

int mlock(const void *address, size_t length)
{
    return advise_touched(address, length, COCO_ADVICE_POPULATE);
}

bool __coco_lock_future;

int mlockall(int flags)
{
    if ((flags & ~(MCL_CURRENT | MCL_FUTURE)) != 0 || flags == 0) {
        errno = EINVAL;
        return -1;
    }
    __atomic_store_n(&__coco_lock_future, (flags & MCL_FUTURE) != 0, __ATOMIC_RELAXED);
    if (!(flags & MCL_CURRENT)) {
        return 0;
    }
    return (int)__coco_ret(coco_mem_advise(NULL, COCO_USER_END, COCO_ADVICE_POPULATE_MAPPED));
}

int munlockall(void)
{
    __atomic_store_n(&__coco_lock_future, false, __ATOMIC_RELAXED);
    return 0;
}

// Pages stay all the same.
int munlock(const void *address, size_t length)
{
    return advise_touched(address, length, COCO_ADVICE_NONE);
}
