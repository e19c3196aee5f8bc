// SPDX-License-Identifier: MIT
// newlib's <spawn.h> with what POSIX added in 2024.
#pragma once

#include_next <spawn.h>

#define POSIX_SPAWN_SETSID 0x40

#ifdef __cplusplus
extern "C" {
#endif

/// Change the child's directory for the actions that follow, and its program. 0 or an errno value.
int posix_spawn_file_actions_addchdir(posix_spawn_file_actions_t *__restrict __actions,
                                      const char *__restrict __path);
int posix_spawn_file_actions_addfchdir(posix_spawn_file_actions_t *__actions, int __fd);

#ifdef __cplusplus
}
#endif
