// SPDX-License-Identifier: MIT
// Attributes of posix_spawn(). There is one way of scheduling, with one priority: others are
// refused.
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "../private/spawn.h"

#define SUPPORTED                                                                                  \
    (POSIX_SPAWN_RESETIDS | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSCHEDPARAM |                    \
     POSIX_SPAWN_SETSCHEDULER | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |                   \
     POSIX_SPAWN_SETSID)

int posix_spawnattr_init(posix_spawnattr_t *attr)
{
    *attr = calloc(1, sizeof(**attr));
    return *attr ? 0 : ENOMEM;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attr)
{
    free(*attr);
    *attr = NULL;
    return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags)
{
    if ((flags & ~SUPPORTED) != 0) {
        return EINVAL;
    }
    (*attr)->flags = flags;
    return 0;
}

int posix_spawnattr_getflags(const posix_spawnattr_t *attr, short *flags)
{
    *flags = (*attr)->flags;
    return 0;
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t *attr, const sigset_t *set)
{
    (*attr)->defaults = *set;
    return 0;
}

int posix_spawnattr_getsigdefault(const posix_spawnattr_t *attr, sigset_t *set)
{
    *set = (*attr)->defaults;
    return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *attr, const sigset_t *set)
{
    (*attr)->mask = *set;
    return 0;
}

int posix_spawnattr_getsigmask(const posix_spawnattr_t *attr, sigset_t *set)
{
    *set = (*attr)->mask;
    return 0;
}

int posix_spawnattr_setpgroup(posix_spawnattr_t *attr, pid_t group)
{
    if (group < 0) {
        return EINVAL;
    }
    (*attr)->group = group;
    return 0;
}

int posix_spawnattr_getpgroup(const posix_spawnattr_t *attr, pid_t *group)
{
    *group = (*attr)->group;
    return 0;
}

int posix_spawnattr_setschedpolicy(posix_spawnattr_t *attr, int policy)
{
    (void)attr; // nothing else can be set, so there is nothing to keep
    return policy == SCHED_OTHER ? 0 : EINVAL;
}

int posix_spawnattr_getschedpolicy(const posix_spawnattr_t *attr, int *policy)
{
    (void)attr;
    *policy = SCHED_OTHER;
    return 0;
}

int posix_spawnattr_setschedparam(posix_spawnattr_t *attr, const struct sched_param *param)
{
    (void)attr;
    return param->sched_priority == 0 ? 0 : EINVAL;
}

int posix_spawnattr_getschedparam(const posix_spawnattr_t *attr, struct sched_param *param)
{
    (void)attr;
    *param = (struct sched_param){.sched_priority = 0};
    return 0;
}
