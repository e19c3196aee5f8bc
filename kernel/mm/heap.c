// SPDX-License-Identifier: MIT
// Kernel heap: a request goes to the size class it fits, a class takes an object from a slab with
// free ones, and gets a new slab when it has none. Requests above HEAP_SLAB_MAX are vmap ranges. In
// host builds the address sanitizer is told about every object, so that it finds overflows and uses
// after free.
#include "heap_slab.h"
#include <arch/spinlock.h>
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/fault_inject.h>
#include <mm/heap.h>
#include <mm/vmap.h>

#ifdef COCONUT_KERNEL_HOST
void __asan_poison_memory_region(const volatile void *address, size_t size);
void __asan_unpoison_memory_region(const volatile void *address, size_t size);
#define POISON(address, size) __asan_poison_memory_region(address, size)
#define UNPOISON(address, size) __asan_unpoison_memory_region(address, size)
#else
#define POISON(address, size) ((void)0)
#define UNPOISON(address, size) ((void)0)
#endif

struct size_class {
    struct spinlock lock;
    struct list partial; /* slabs with at least one free object */
    uint64_t objects;    /* handed out */
    uint32_t size;       /* bytes of an object */
    uint32_t page_count; /* of a slab */
};

/* `partial` is set up at first use: an all-zero list has no node. */
#define CLASS(bytes, pages) {.lock = SPINLOCK_INIT, .size = (bytes), .page_count = (pages)}
static struct size_class classes[] = {
    CLASS(16, 1),  CLASS(32, 1),   CLASS(48, 1),   CLASS(64, 1),   CLASS(96, 1),
    CLASS(128, 1), CLASS(192, 1),  CLASS(256, 1),  CLASS(384, 1),  CLASS(512, 1),
    CLASS(768, 4), CLASS(1024, 4), CLASS(1536, 4), CLASS(2048, 4),
};

static uint64_t large_used; /* bytes of allocations above HEAP_SLAB_MAX; atomic */

/// Index of the smallest class for `size` (1..HEAP_SLAB_MAX): two classes per power of two,
/// beginning with 16.
static unsigned class_for(size_t size)
{
    unsigned power;

    if (size <= 32) {
        return size <= 16 ? 0 : 1;
    }
    power = ilog2(size - 1); /* 2^power < size <= 2^(power + 1) */
    return 2 * (power - 5) + (size > (size_t)3 << (power - 1) ? 3 : 2);
}

static unsigned object_count(const struct size_class *class)
{
    return class->page_count * PAGE_SIZE / class->size;
}

static void slab_prepare(struct slab *slab, const struct size_class *class)
{
    unsigned count = object_count(class);

    slab->class_index = (uint8_t)(class - classes);
    slab->free_count = (uint16_t)count;
    for (unsigned i = 0; i < ARRAY_SIZE(slab->used); i++) {
        unsigned first = i * 64;

        if (count >= first + 64) {
            slab->used[i] = 0;
        } else {
            slab->used[i] = count <= first ? UINT64_MAX : UINT64_MAX << (count - first);
        }
    }
    POISON(slab_base(slab), (size_t)class->page_count * PAGE_SIZE);
}

/// Take a free object of `slab`, which has one.
static void *take_object(struct size_class *class, struct slab *slab)
{
    unsigned word = 0;
    unsigned bit;

    while (slab->used[word] == UINT64_MAX) {
        word++;
    }
    bit = (unsigned)__builtin_ctzll(~slab->used[word]);
    slab->used[word] |= (uint64_t)1 << bit;
    slab->free_count--;
    if (slab->free_count == 0) {
        list_remove(&slab->link);
    }
    class->objects++;
    return (uint8_t *)slab_base(slab) + (size_t)(word * 64 + bit) * class->size;
}

/// Take an object of the class, from `*fresh` (may be NULL) if no slab has one; that is NULL then.
static void *class_take(struct size_class *class, struct slab **fresh)
{
    irqflags_t flags = spin_lock_irqsave(&class->lock);
    void *object = NULL;

    if (class->partial.next == NULL) {
        list_init(&class->partial);
    }
    if (*fresh != NULL && list_empty(&class->partial)) {
        list_add_tail(&class->partial, &(*fresh)->link);
        *fresh = NULL;
    }
    if (!list_empty(&class->partial)) {
        object = take_object(class, list_first_entry(&class->partial, struct slab, link));
    }
    spin_unlock_irqrestore(&class->lock, flags);
    return object;
}

static enum status alloc_small(size_t size, void **out)
{
    struct size_class *class = &classes[class_for(size)];
    struct slab *fresh = NULL;

    *out = class_take(class, &fresh);
    if (unlikely(*out == NULL)) {
        enum status status = slab_get(class->page_count, &fresh);

        if (status != OK) {
            return status;
        }
        slab_prepare(fresh, class);
        *out = class_take(class, &fresh);
        if (fresh != NULL) { /* another CPU has freed an object or brought a slab meanwhile */
            slab_put(fresh);
        }
    }
    UNPOISON(*out, size);
    return OK;
}

static enum status alloc_large(size_t size, unsigned flags, void **out)
{
    size_t pages = (size_t)div_round_up(size, PAGE_SIZE);
    enum status status;

    if (size > HEAP_SIZE_MAX) {
        return ERR_NOMEM;
    }
    status = vmap_alloc(pages, flags, out);
    if (status == OK) {
        __atomic_fetch_add(&large_used, pages * PAGE_SIZE, __ATOMIC_RELAXED);
    }
    return status;
}

enum status kmalloc(size_t size, void **out)
{
    *out = NULL;
    if (fault_inject_should_fail()) {
        return ERR_NOMEM;
    }
    return size <= HEAP_SLAB_MAX ? alloc_small(MAX(size, (size_t)1), out)
                                 : alloc_large(size, 0, out);
}

enum status kzalloc(size_t size, void **out)
{
    enum status status;

    if (size > HEAP_SLAB_MAX) { /* fresh pages are cleared as they are mapped */
        *out = NULL;
        return fault_inject_should_fail() ? ERR_NOMEM : alloc_large(size, VMAP_ZERO, out);
    }
    status = kmalloc(size, out);
    if (status == OK) {
        memset(*out, 0, size);
    }
    return status;
}

enum status kcalloc(size_t count, size_t size, void **out)
{
    uint64_t bytes;

    *out = NULL;
    return checked_mul(count, size, &bytes) ? kzalloc(bytes, out) : ERR_NOMEM;
}

/// Mark the object at `offset` of the slab free; the slab if it is now empty and not needed, else
/// NULL.
static struct slab *class_give(struct size_class *class, struct slab *slab, size_t offset)
{
    size_t index = offset / class->size;
    uint64_t bit = (uint64_t)1 << (index % 64);
    struct slab *empty = NULL;
    irqflags_t flags;

    CHECK(index * class->size == offset, "kfree of a pointer inside an object");
    flags = spin_lock_irqsave(&class->lock);
    CHECK((slab->used[index / 64] & bit) != 0, "kfree of a free object");
    slab->used[index / 64] &= ~bit;
    POISON((uint8_t *)slab_base(slab) + offset, class->size);
    class->objects--;
    slab->free_count++;
    if (slab->free_count == 1) {
        list_add_head(&class->partial, &slab->link);
    }
    if (slab->free_count == object_count(class) && class->partial.next->next != &class->partial) {
        list_remove(&slab->link); /* another slab still has free objects */
        empty = slab;
    }
    spin_unlock_irqrestore(&class->lock, flags);
    return empty;
}

void kfree(void *pointer)
{
    struct slab *slab;

    if (pointer == NULL) {
        return;
    }
    slab = slab_of(pointer);
    if (slab != NULL) {
        size_t offset = (size_t)((uint8_t *)pointer - (uint8_t *)slab_base(slab));

        slab = class_give(&classes[slab->class_index], slab, offset);
        if (slab != NULL) {
            slab_put(slab);
        }
    } else {
        size_t pages = vmap_page_count(pointer);

        CHECK(pages != 0, "kfree of a pointer that is no allocation");
        vmap_free(pointer);
        __atomic_fetch_sub(&large_used, pages * PAGE_SIZE, __ATOMIC_RELAXED);
    }
}

uint64_t heap_used(void)
{
    uint64_t used = __atomic_load_n(&large_used, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < ARRAY_SIZE(classes); i++) {
        used += __atomic_load_n(&classes[i].objects, __ATOMIC_RELAXED) * classes[i].size;
    }
    return used;
}

/// Take an empty slab out of a class, NULL if there is none. A class keeps one.
static struct slab *class_take_empty(struct size_class *class)
{
    irqflags_t flags = spin_lock_irqsave(&class->lock);
    struct slab *found = NULL;
    struct slab *slab;

    if (class->partial.next != NULL) {
        list_for_each_entry(slab, &class->partial, link)
        {
            if (slab->free_count == object_count(class)) {
                found = slab;
                list_remove(&slab->link);
                break;
            }
        }
    }
    spin_unlock_irqrestore(&class->lock, flags);
    return found;
}

void heap_trim(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(classes); i++) {
        struct slab *slab = class_take_empty(&classes[i]);

        if (slab != NULL) {
            slab_put(slab);
        }
    }
    slab_trim();
}
