// SPDX-License-Identifier: MIT
// Handle tables: two levels, a table of chunks with 64 entries each.
//
// In a chunk, bit n of `used` says that entry n is open. In the table, bit n of `full` says that
// chunk n has no free entry; an absent chunk has. So the lowest free number is two find-first-zero
// operations. A table's lock guards everything in it. Memory is allocated, and objects are told
// about handles, outside of the lock.
#include <base/check.h>
#include <base/compiler.h>
#include <base/string.h>
#include <object/handle.h>

#include "handle_chunk.h"

_Static_assert(HANDLE_CHUNK_SIZE == 64 && HANDLE_CHUNK_COUNT == 64, "bitmaps are one word");
_Static_assert(COCO_RIGHTS_ALL <= UINT16_MAX, "rights are stored in 16 bits");

static uint64_t handle_total; /* atomic */

void handle_table_init(struct handle_table *table)
{
    memset(table, 0, sizeof(*table));
    table->limit = COCO_HANDLE_MAX;
    spin_init(&table->lock);
}

void handle_table_set_limit(struct handle_table *table, uint32_t limit)
{
    table->limit = MIN(limit, (uint32_t)COCO_HANDLE_MAX);
}

static unsigned first_zero(uint64_t map)
{
    return (unsigned)__builtin_ctzll(~map);
}

/* Puts the object at a free number of an existing chunk. */
static void entry_fill(struct handle_table *table, uint32_t number, struct object *object,
                       uint32_t rights)
{
    struct handle_chunk *chunk = table->chunks[number / HANDLE_CHUNK_SIZE];
    uint32_t index = number % HANDLE_CHUNK_SIZE;

    chunk->objects[index] = object;
    chunk->rights[index] = (uint16_t)rights;
    chunk->used |= 1ull << index;
    if (chunk->used == UINT64_MAX) {
        table->full |= 1ull << (number / HANDLE_CHUNK_SIZE);
    }
    table->count++;
}

/* Chooses the number for an install: a wish, or HANDLE_LOWEST for the lowest free one. The number's
 * chunk may be absent. */
#define HANDLE_LOWEST UINT32_MAX
static enum status number_choose(const struct handle_table *table, uint32_t wish, uint32_t *number)
{
    const struct handle_chunk *chunk;
    unsigned chunk_index;

    if (table->closed) {
        return ERR_CANCELED;
    }
    if (wish != HANDLE_LOWEST) {
        if (wish >= table->limit) {
            return ERR_MFILE;
        }
        chunk = table->chunks[wish / HANDLE_CHUNK_SIZE];
        if (chunk != NULL && (chunk->used >> (wish % HANDLE_CHUNK_SIZE) & 1) != 0) {
            return ERR_EXIST;
        }
        *number = wish;
        return OK;
    }
    if (table->full == UINT64_MAX) {
        return ERR_MFILE;
    }
    chunk_index = first_zero(table->full);
    chunk = table->chunks[chunk_index];
    *number = chunk_index * HANDLE_CHUNK_SIZE + (chunk == NULL ? 0 : first_zero(chunk->used));
    return *number < table->limit ? OK : ERR_MFILE;
}

static enum status install(struct handle_table *table, uint32_t wish, struct object *object,
                           uint32_t rights, uint32_t *out)
{
    struct handle_chunk *spare = NULL;
    uint32_t number = 0;
    enum status status;
    irqflags_t flags;

    CHECK(object_get(object), "handle to an object that is being destroyed");
    object_handle_added(object);
    for (;;) {
        struct handle_chunk **slot;

        flags = spin_lock_irqsave(&table->lock);
        status = number_choose(table, wish, &number);
        if (status != OK) {
            break;
        }
        slot = &table->chunks[number / HANDLE_CHUNK_SIZE];
        if (*slot == NULL && spare != NULL) {
            *slot = spare;
            spare = NULL;
        }
        if (*slot != NULL) {
            entry_fill(table, number, object, rights);
            break;
        }
        spin_unlock_irqrestore(&table->lock, flags);
        handle_chunk_free(spare); /* for another place in the table */
        status = handle_chunk_make(number / HANDLE_CHUNK_SIZE, &spare);
        if (status != OK) {
            goto out_unlocked;
        }
    }
    spin_unlock_irqrestore(&table->lock, flags);
out_unlocked:
    handle_chunk_free(spare);
    if (status != OK) {
        object_handle_removed(object);
        object_put(object);
        return status;
    }
    __atomic_fetch_add(&handle_total, 1, __ATOMIC_RELAXED);
    *out = number;
    return OK;
}

enum status handle_install(struct handle_table *table, struct object *object, uint32_t rights,
                           uint32_t *out)
{
    return install(table, HANDLE_LOWEST, object, rights, out);
}

enum status handle_install_at(struct handle_table *table, uint32_t number, struct object *object,
                              uint32_t rights)
{
    uint32_t given;

    if (number == HANDLE_LOWEST) {
        return ERR_MFILE;
    }
    return install(table, number, object, rights, &given);
}

/* Copies the handles of one chunk into `copy`, each with a reference, but for those that stay. */
static void chunk_copy_locked(const struct handle_chunk *chunk, struct handle_chunk *copy)
{
    memcpy(copy->rights, chunk->rights, sizeof(copy->rights));
    for (uint64_t left = chunk->used; left != 0; left &= left - 1) {
        unsigned index = (unsigned)__builtin_ctzll(left);

        if (object_ops[chunk->objects[index]->type]->stays) {
            continue;
        }
        copy->used |= 1ull << index;
        copy->objects[index] = chunk->objects[index];
        CHECK(object_get(copy->objects[index]), "open handle to a destroyed object");
        object_handle_added(copy->objects[index]);
    }
}

enum status handle_table_copy(struct handle_table *to, struct handle_table *from)
{
    for (unsigned i = 0; i < HANDLE_CHUNK_COUNT; i++) {
        struct handle_chunk *copy;
        uint32_t count = 0;
        irqflags_t flags;
        enum status status;

        if (__atomic_load_n(&from->chunks[i], __ATOMIC_RELAXED) == NULL) {
            continue;
        }
        status = handle_chunk_make(i, &copy);
        if (status != OK) {
            return status;
        }
        flags = spin_lock_irqsave(&from->lock);
        if (from->chunks[i] != NULL) { /* else the table was destroyed meanwhile */
            chunk_copy_locked(from->chunks[i], copy);
        }
        spin_unlock_irqrestore(&from->lock, flags);
        count = (uint32_t)__builtin_popcountll(copy->used);
        __atomic_fetch_add(&handle_total, count, __ATOMIC_RELAXED);
        to->chunks[i] = copy;
        to->count += count;
        to->full |= copy->used == UINT64_MAX ? 1ull << i : 0;
    }
    return OK;
}

/* The chunk of an open number, NULL if it is not open. The number is clamped after the check, so
 * that a mispredicted branch cannot index beyond the table. */
static struct handle_chunk *chunk_of(const struct handle_table *table, uint32_t number)
{
    struct handle_chunk *chunk;

    if (number >= COCO_HANDLE_MAX) {
        return NULL;
    }
    chunk = table->chunks[number / HANDLE_CHUNK_SIZE % HANDLE_CHUNK_COUNT];
    if (chunk == NULL || (chunk->used >> (number % HANDLE_CHUNK_SIZE) & 1) == 0) {
        return NULL;
    }
    return chunk;
}

enum status handle_get(struct handle_table *table, uint32_t number, uint32_t type_mask,
                       uint32_t rights, struct object **out)
{
    irqflags_t flags = spin_lock_irqsave(&table->lock);
    struct handle_chunk *chunk = chunk_of(table, number);
    enum status status = OK;

    if (chunk == NULL) {
        status = ERR_NOTFOUND;
    } else {
        struct object *object = chunk->objects[number % HANDLE_CHUNK_SIZE];
        uint32_t missing = rights & ~(uint32_t)chunk->rights[number % HANDLE_CHUNK_SIZE];

        if ((type_mask & OBJECT_MASK(object->type)) == 0) {
            status = ERR_NOTSUPP;
        } else if (missing != 0) {
            status = status_missing_right(missing);
        } else {
            object_get_held(object); /* the table's own reference keeps it */
            *out = object;
        }
    }
    spin_unlock_irqrestore(&table->lock, flags);
    return status;
}

/* What `number` names, if it has `rights`. Table locked. */
static struct object *find_locked(const struct handle_table *table, uint32_t number,
                                  uint32_t rights)
{
    const struct handle_chunk *chunk = chunk_of(table, number);
    uint32_t index = number % HANDLE_CHUNK_SIZE;

    return chunk != NULL && (rights & ~(uint32_t)chunk->rights[index]) == 0 ? chunk->objects[index]
                                                                            : NULL;
}

struct object *handle_get_plain(struct handle_table *table, uint32_t number, unsigned type,
                                uint32_t rights)
{
    struct object *object;

    spin_lock(&table->lock);
    object = find_locked(table, number, rights);
    if (likely(object != NULL)) {
        if (likely(object->type == type)) {
            object_get_held(object);
        } else {
            object = NULL;
        }
    }
    spin_unlock(&table->lock);
    return object;
}

bool handle_names(struct handle_table *table, uint32_t number, const struct object *object,
                  uint32_t rights)
{
    bool same;

    spin_lock(&table->lock);
    same = find_locked(table, number, rights) == object;
    spin_unlock(&table->lock);
    return same;
}

/* `counted`: the object counts one handle more. */
static enum status look_up(struct handle_table *table, uint32_t number, bool counted,
                           struct object **out, uint32_t *rights)
{
    irqflags_t flags = spin_lock_irqsave(&table->lock);
    struct handle_chunk *chunk = chunk_of(table, number);

    if (chunk != NULL) {
        *out = chunk->objects[number % HANDLE_CHUNK_SIZE];
        *rights = chunk->rights[number % HANDLE_CHUNK_SIZE];
        object_get_held(*out);
        if (counted) {
            object_handle_added(*out);
        }
    }
    spin_unlock_irqrestore(&table->lock, flags);
    return chunk != NULL ? OK : ERR_NOTFOUND;
}

enum status handle_info(struct handle_table *table, uint32_t number, struct object **out,
                        uint32_t *rights)
{
    return look_up(table, number, false, out, rights);
}

enum status handle_take_along(struct handle_table *table, uint32_t number, struct object **out,
                              uint32_t *rights)
{
    return look_up(table, number, true, out, rights);
}

void handle_drop(struct object *object)
{
    object_handle_removed(object);
    object_put(object);
}

static uint32_t chunk_count(const struct handle_chunk *chunk, const struct object *object)
{
    uint32_t count = 0;

    for (uint64_t left = chunk->used; left != 0; left &= left - 1) {
        count += chunk->objects[__builtin_ctzll(left)] == object;
    }
    return count;
}

uint32_t handle_table_count(struct handle_table *table, const struct object *object)
{
    uint32_t count = 0;

    for (unsigned i = 0; i < HANDLE_CHUNK_COUNT; i++) {
        irqflags_t flags = spin_lock_irqsave(&table->lock);

        count += table->chunks[i] != NULL ? chunk_count(table->chunks[i], object) : 0;
        spin_unlock_irqrestore(&table->lock, flags);
    }
    return count;
}

static void object_release(struct object *object)
{
    __atomic_fetch_sub(&handle_total, 1, __ATOMIC_RELAXED);
    object_handle_removed(object);
    object_put(object);
}

enum status handle_close(struct handle_table *table, uint32_t number)
{
    irqflags_t flags = spin_lock_irqsave(&table->lock);
    struct handle_chunk *chunk = chunk_of(table, number);
    struct object *object = NULL;

    if (chunk != NULL) {
        object = chunk->objects[number % HANDLE_CHUNK_SIZE];
        chunk->used &= ~(1ull << (number % HANDLE_CHUNK_SIZE));
        table->full &= ~(1ull << (number / HANDLE_CHUNK_SIZE));
        table->count--;
    }
    spin_unlock_irqrestore(&table->lock, flags);
    if (object == NULL) {
        return ERR_NOTFOUND;
    }
    object_release(object);
    return OK;
}

static void chunk_destroy(struct handle_chunk *chunk)
{
    while (chunk->used != 0) {
        unsigned index = (unsigned)__builtin_ctzll(chunk->used);

        chunk->used &= chunk->used - 1;
        object_release(chunk->objects[index]);
    }
    handle_chunk_free(chunk);
}

void handle_table_destroy(struct handle_table *table)
{
    for (unsigned i = 0; i < HANDLE_CHUNK_COUNT; i++) {
        irqflags_t flags = spin_lock_irqsave(&table->lock);
        struct handle_chunk *chunk = table->chunks[i];

        table->closed = true;
        table->chunks[i] = NULL;
        if (chunk != NULL) {
            table->count -= (uint32_t)__builtin_popcountll(chunk->used);
        }
        spin_unlock_irqrestore(&table->lock, flags);
        if (chunk != NULL) {
            chunk_destroy(chunk);
        }
    }
    CHECK(table->count == 0, "handle table does not add up");
}

uint64_t handle_count(void)
{
    return __atomic_load_n(&handle_total, __ATOMIC_RELAXED);
}
