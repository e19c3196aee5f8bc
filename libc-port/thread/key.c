// SPDX-License-Identifier: MIT
// Thread-specific data. A value carries the generation of the key it was set for, so a key that is
// deleted and made again reads as NULL in every thread without visiting them.
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#include "../private/fork.h"
#include "../private/lock.h"
#include "../private/thread.h"

struct key {
    uint32_t generation; /* odd: in use */
    void (*destructor)(void *);
};

struct coco_lock __coco_key_lock;
static struct key keys[PTHREAD_KEYS_MAX];

int pthread_key_create(pthread_key_t *out, void (*destructor)(void *))
{
    int error = EAGAIN;
    __coco_lock(&__coco_key_lock);
    for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
        if ((keys[i].generation & 1) == 0) {
            keys[i].destructor = destructor;
            __atomic_store_n(&keys[i].generation, keys[i].generation + 1, __ATOMIC_RELEASE);
            *out = i;
            error = 0;
            break;
        }
    }
    __coco_unlock(&__coco_key_lock);
    return error;
}

int pthread_key_delete(pthread_key_t key)
{
    int error = EINVAL;
    __coco_lock(&__coco_key_lock);
    if (key < PTHREAD_KEYS_MAX && (keys[key].generation & 1) != 0) {
        __atomic_store_n(&keys[key].generation, keys[key].generation + 1, __ATOMIC_RELEASE);
        error = 0;
    }
    __coco_unlock(&__coco_key_lock);
    return error;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= PTHREAD_KEYS_MAX) {
        return EINVAL;
    }
    uint32_t generation = __atomic_load_n(&keys[key].generation, __ATOMIC_ACQUIRE);
    if ((generation & 1) == 0) {
        return EINVAL;
    }
    __coco_self()->values[key] = (struct thread_value){value, generation};
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    if (key >= PTHREAD_KEYS_MAX) {
        return NULL;
    }
    const struct thread_value *slot = &__coco_self()->values[key];
    uint32_t generation = __atomic_load_n(&keys[key].generation, __ATOMIC_ACQUIRE);
    return slot->generation == generation ? (void *)(uintptr_t)slot->value : NULL;
}

// Take the value of a key that has one and a destructor. Returns false if there is nothing to
// destroy.
static bool take(unsigned key, void (**destructor)(void *), void **value)
{
    struct thread_value *slot = &__coco_self()->values[key];
    if (!slot->value) {
        return false;
    }
    __coco_lock(&__coco_key_lock);
    *destructor = slot->generation == keys[key].generation ? keys[key].destructor : NULL;
    __coco_unlock(&__coco_key_lock);
    *value = (void *)(uintptr_t)slot->value;
    slot->value = NULL;
    return *destructor != NULL;
}

void __coco_keys_destroy(void)
{
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
            void (*destructor)(void *);
            void *value;
            if (take(i, &destructor, &value)) {
                destructor(value);
                again = true;
            }
        }
    }
}
