// SPDX-License-Identifier: MIT
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) {
        return EINVAL;
    }
    int saved_errno = errno;
    void *memory = memalign(alignment, size);
    errno = saved_errno;
    if (!memory && size != 0) {
        return ENOMEM;
    }
    *out = memory;
    return 0;
}
