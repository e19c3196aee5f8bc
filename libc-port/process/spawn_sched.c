// SPDX-License-Identifier: MIT
// Scheduling of a spawned process: there is one policy with one priority, so there is nothing to
// keep.
#include <errno.h>
#include <sched.h>
#include <spawn.h>

int posix_spawnattr_setschedpolicy(posix_spawnattr_t *attr, int policy)
{
    (void)attr;
    return policy == SCHED_OTHER ? 0 : EINVAL;
}

int posix_spawnattr_getschedpolicy(const posix_spawnattr_t *attr, int *policy)
{
    (void)attr;
    *policy = SCHED_OTHER;
    return 0;
}

int posix_spawnattr_setschedparam(posix_spawnattr_t *attr, const struct sched_param *parameters)
{
    (void)attr;
    return parameters->sched_priority == 0 ? 0 : EINVAL;
}

int posix_spawnattr_getschedparam(const posix_spawnattr_t *attr, struct sched_param *parameters)
{
    (void)attr;
    *parameters = (struct sched_param){.sched_priority = 0};
    return 0;
}
