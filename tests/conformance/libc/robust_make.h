// SPDX-License-Identifier: MIT
// What the tests of robust mutexes share.
#pragma once

#include <pthread.h>

/// Makes a robust mutex of `type` (PTHREAD_MUTEX_*), `shared` a PTHREAD_PROCESS_* constant.
void make_robust(pthread_mutex_t *mutex, int type, int shared);

/// The part that works in memory shared by processes; area_robust() calls it.
void robust_processes(void);
