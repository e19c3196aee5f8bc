// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(chroot, "chroot");

int chroot(const char *path)
{
    (void)path;
    errno = ENOSYS;
    return -1;
}
