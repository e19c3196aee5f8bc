// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(sethostname, "sethostname");

int sethostname(const char *name, size_t len)
{
    (void)name;
    (void)len;
    errno = ENOSYS;
    return -1;
}
