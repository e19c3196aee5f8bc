// SPDX-License-Identifier: MIT
#include "../private/ret.h"

#include <errno.h>

#include <coconut/error_table.h>
#include <coconut/syscalls.h>

int __coco_errno(int64_t error)
{
    switch (error) {
#define COCO_ERROR_ROW(name, value, posix, text)                                                   \
    case value:                                                                                    \
        return posix;
        COCO_ERROR_TABLE(COCO_ERROR_ROW)
#undef COCO_ERROR_ROW
    default:
        return EIO;
    }
}

long __coco_ret(int64_t result)
{
    if (coco_is_error(result)) {
        errno = __coco_errno(result);
        return -1;
    }
    return result;
}
