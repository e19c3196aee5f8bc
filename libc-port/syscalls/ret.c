// SPDX-License-Identifier: MIT
#include "../private/ret.h"

#include <errno.h>

#include <coconut/error_table.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"

int __coco_errno(int64_t error)
{
    // By the error's number without its sign; 0 where there is none. Bytes, as each program has
    // this.
    static const unsigned char posix_errors[] = {
#define COCO_ERROR_ROW(name, value, posix, text) [-(value)] = (posix),
        COCO_ERROR_TABLE(COCO_ERROR_ROW)
#undef COCO_ERROR_ROW
    };
    uint64_t index = -(uint64_t)error;
    int found = index < sizeof(posix_errors) ? posix_errors[index] : 0;
    return found != 0 ? found : EIO;
}

long __coco_ret(int64_t result)
{
    if (coco_is_error(result)) {
        if (result == COCO_ECANCELED) {
            __coco_cancel_point(); // only what came through __coco_cp() says so
        }
        errno = __coco_errno(result);
        return -1;
    }
    return result;
}
