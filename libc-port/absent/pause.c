// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(pause, "pause");

int pause(void)
{
    errno = ENOSYS;
    return -1;
}
