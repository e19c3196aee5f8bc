// SPDX-License-Identifier: MIT
// Mutexes and condition variables of C11 on POSIX's.
#include <threads.h>

#include "../private/c11.h"

int mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attr;
    if ((type & ~(mtx_recursive | mtx_timed)) != 0) {
        return thrd_error;
    }
    (void)pthread_mutexattr_init(&attr); // cannot fail, nor can the next with one of these types
    (void)pthread_mutexattr_settype(&attr, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE
                                                                : PTHREAD_MUTEX_NORMAL);
    return __coco_c11_result(pthread_mutex_init(mutex, &attr));
}

void mtx_destroy(mtx_t *mutex)
{
    (void)pthread_mutex_destroy(mutex); // C11 has no way to tell
}

int mtx_lock(mtx_t *mutex)
{
    return __coco_c11_result(pthread_mutex_lock(mutex));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict time)
{
    return __coco_c11_result(pthread_mutex_timedlock(mutex, time));
}

int mtx_trylock(mtx_t *mutex)
{
    return __coco_c11_result(pthread_mutex_trylock(mutex));
}

int mtx_unlock(mtx_t *mutex)
{
    return __coco_c11_result(pthread_mutex_unlock(mutex));
}

int cnd_init(cnd_t *condition)
{
    return __coco_c11_result(pthread_cond_init(condition, NULL));
}

void cnd_destroy(cnd_t *condition)
{
    (void)pthread_cond_destroy(condition); // C11 has no way to tell
}

int cnd_signal(cnd_t *condition)
{
    return __coco_c11_result(pthread_cond_signal(condition));
}

int cnd_broadcast(cnd_t *condition)
{
    return __coco_c11_result(pthread_cond_broadcast(condition));
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    return __coco_c11_result(pthread_cond_wait(condition, mutex));
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict time)
{
    return __coco_c11_result(pthread_cond_timedwait(condition, mutex, time));
}
