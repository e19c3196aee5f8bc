// SPDX-License-Identifier: MIT
// What a machine without a network says about its name.
#include <errno.h>
#include <unistd.h>

long gethostid(void)
{
    return 0x7f000001; // as machines without an address of their own
}

int getdomainname(char *buffer, size_t len)
{
    if (len == 0) {
        errno = EINVAL;
        return -1;
    }
    buffer[0] = '\0'; // none
    return 0;
}
