// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>

#include "../private/absent.h"

COCO_ABSENT(popen, "popen, pclose");

FILE *popen(const char *command, const char *mode)
{
    (void)command;
    (void)mode;
    errno = ENOSYS;
    return NULL;
}

int pclose(FILE *stream)
{
    (void)stream;
    errno = ENOSYS;
    return -1;
}
