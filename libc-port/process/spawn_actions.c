// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../private/spawn.h"

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    struct __posix_spawn_file_actions *list = malloc(sizeof(*list));
    if (!list) {
        return ENOMEM;
    }
    list->first = NULL;
    list->end = &list->first;
    *actions = list;
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    struct spawn_action *action = (*actions)->first;
    while (action) {
        struct spawn_action *next = action->next;
        free(action);
        action = next;
    }
    free(*actions);
    *actions = NULL;
    return 0;
}

static int add(posix_spawn_file_actions_t *actions, struct spawn_action model, const char *path)
{
    size_t len = strlen(path) + 1;
    struct spawn_action *action = malloc(sizeof(*action) + len);
    if (!action) {
        return ENOMEM;
    }
    *action = model;
    memcpy(action->path, path, len);
    *(*actions)->end = action;
    (*actions)->end = &action->next;
    return 0;
}

static int bad(int fd)
{
    return fd < 0 || fd >= OPEN_MAX;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions, int fd, const char *path,
                                     int flags, mode_t mode)
{
    if (bad(fd)) {
        return EBADF;
    }
    return add(actions,
               (struct spawn_action){.kind = SPAWN_OPEN, .fd = fd, .flags = flags, .mode = mode},
               path);
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int target)
{
    if (bad(fd) || bad(target)) {
        return EBADF;
    }
    return add(actions, (struct spawn_action){.kind = SPAWN_DUP2, .fd = fd, .target = target}, "");
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
    return bad(fd) ? EBADF : add(actions, (struct spawn_action){.kind = SPAWN_CLOSE, .fd = fd}, "");
}

int posix_spawn_file_actions_addchdir(posix_spawn_file_actions_t *actions, const char *path)
{
    return add(actions, (struct spawn_action){.kind = SPAWN_CHDIR}, path);
}

int posix_spawn_file_actions_addfchdir(posix_spawn_file_actions_t *actions, int fd)
{
    return bad(fd) ? EBADF
                   : add(actions, (struct spawn_action){.kind = SPAWN_FCHDIR, .fd = fd}, "");
}

// The names before POSIX took them.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path)
{
    return posix_spawn_file_actions_addchdir(actions, path);
}

int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd)
{
    return posix_spawn_file_actions_addfchdir(actions, fd);
}
