// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <coconut/queries.h>
#include <coconut/syscalls.h>

#define NODE "coconut"

int uname(struct utsname *name)
{
    int64_t level = coco_query(COCO_QUERY_ABI_LEVEL);
    *name = (struct utsname){.sysname = "COCONUT", .nodename = NODE, .machine = "x86_64"};
    char *end = name->release;
    if (coco_is_error(level) || level < 0 || level > 99) {
        *end++ = '0'; // a kernel without levels
    } else {
        if (level > 9) {
            *end++ = (char)('0' + level / 10);
        }
        *end++ = (char)('0' + level % 10);
    }
    *end = '\0';
    strcpy(name->version, "ABI level ");
    strcat(name->version, name->release);
    return 0;
}

int gethostname(char *buffer, size_t len)
{
    if (len < sizeof(NODE)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(buffer, NODE, sizeof(NODE));
    return 0;
}
