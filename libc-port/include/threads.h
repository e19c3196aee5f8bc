// SPDX-License-Identifier: MIT
// C11 threads, on POSIX's. A thread's result is an int.
#pragma once

#include <pthread.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef __cplusplus
#undef thread_local
#define thread_local _Thread_local
#define __COCO_NORETURN _Noreturn
#else
#define __COCO_NORETURN [[noreturn]]
#endif

#define ONCE_FLAG_INIT PTHREAD_ONCE_INIT
#define TSS_DTOR_ITERATIONS 4

typedef pthread_t thrd_t;
typedef pthread_mutex_t mtx_t;
typedef pthread_cond_t cnd_t;
typedef pthread_key_t tss_t;
typedef pthread_once_t once_flag;
typedef int (*thrd_start_t)(void *);
typedef void (*tss_dtor_t)(void *);

enum { thrd_success = 0, thrd_busy = 1, thrd_error = 2, thrd_nomem = 3, thrd_timedout = 4 };

/// mtx_timed adds nothing: every mutex can be waited for with a time.
enum { mtx_plain = 0, mtx_recursive = 1, mtx_timed = 2 };

/// @return thrd_success, thrd_nomem, thrd_error
int thrd_create(thrd_t *__id, thrd_start_t __start, void *__argument);
thrd_t thrd_current(void);
int thrd_detach(thrd_t __id);
int thrd_equal(thrd_t __a, thrd_t __b);
__COCO_NORETURN void thrd_exit(int __result);
int thrd_join(thrd_t __id, int *__result);
/// @return 0; -1 when a signal was handled, with what is left in *__left; below for a bad time
int thrd_sleep(const struct timespec *__time, struct timespec *__left);
void thrd_yield(void);

int mtx_init(mtx_t *__mutex, int __type);
void mtx_destroy(mtx_t *__mutex);
int mtx_lock(mtx_t *__mutex);
/// The time is absolute, as timespec_get() gives it.
int mtx_timedlock(mtx_t *__restrict __mutex, const struct timespec *__restrict __time);
int mtx_trylock(mtx_t *__mutex);
int mtx_unlock(mtx_t *__mutex);

int cnd_init(cnd_t *__condition);
void cnd_destroy(cnd_t *__condition);
int cnd_signal(cnd_t *__condition);
int cnd_broadcast(cnd_t *__condition);
int cnd_wait(cnd_t *__condition, mtx_t *__mutex);
int cnd_timedwait(cnd_t *__restrict __condition, mtx_t *__restrict __mutex,
                  const struct timespec *__restrict __time);

int tss_create(tss_t *__key, tss_dtor_t __destructor);
void tss_delete(tss_t __key);
void *tss_get(tss_t __key);
int tss_set(tss_t __key, void *__value);

void call_once(once_flag *__flag, void (*__function)(void));

#undef __COCO_NORETURN

#ifdef __cplusplus
}
#endif
