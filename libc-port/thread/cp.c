// SPDX-License-Identifier: MIT
#include <coconut/errors.h>

#include "../private/cancel.h"

/// In cp.S.
int64_t __coco_cp_call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                       uint64_t a4);

int64_t __coco_cp(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
    struct __pthread *self = __coco_self();
    if (self->cancel_state == PTHREAD_CANCEL_DISABLE) {
        return coco_syscall5(number, a0, a1, a2, a3, a4);
    }
    int64_t result = __coco_cp_call(number, a0, a1, a2, a3, a4);
    // A call that never starts again was interrupted by the cancellation itself.
    if (result == COCO_EINTR && __atomic_load_n(&self->canceled, __ATOMIC_RELAXED) != 0) {
        result = COCO_ECANCELED;
    }
    return result;
}
