// SPDX-License-Identifier: MIT
#include <coconut/coconut.h>
#include <coconut/interface.h>

int32_t coco_call_handle(const struct coco_call *call, uint32_t index, uint32_t object,
                         uint32_t rights)
{
    if (index >= call->handle_count || call->handles[index] == COCO_HANDLE_NONE) {
        return COCO_ENOTFOUND;
    }
    const int64_t info = coco_handle_info(call->handles[index]);
    if (coco_is_error(info)) {
        return (int32_t)info;
    }
    if (object != 0 && (uint32_t)info != object) {
        return COCO_ENOTSUPP;
    }
    return ((uint64_t)info >> 32 & rights) == rights ? 0 : COCO_EPERM;
}
