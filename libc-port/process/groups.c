// SPDX-License-Identifier: MIT
// Real and effective identities together, and supplementary groups: user and group 0, no others.
#include <errno.h>
#include <grp.h>
#include <unistd.h>

static int keep_zero(unsigned real, unsigned effective)
{
    const unsigned unchanged = (unsigned)-1;
    if ((real != 0 && real != unchanged) || (effective != 0 && effective != unchanged)) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

int setreuid(uid_t real, uid_t effective)
{
    return keep_zero((unsigned)real, (unsigned)effective);
}

int setregid(gid_t real, gid_t effective)
{
    return keep_zero((unsigned)real, (unsigned)effective);
}

int setgroups(int count, const gid_t *groups)
{
    (void)groups;
    if (count != 0) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

int initgroups(const char *user, gid_t group)
{
    (void)user;
    return keep_zero((unsigned)group, 0);
}
