// SPDX-License-Identifier: MIT
#include "packet.h"

#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <object/object.h>

#include "flight.h"

/// Data up to this length lies behind the header.
#define INLINE_MAX (HEAP_SLAB_MAX - (uint32_t)sizeof(struct packet))
/// What a packet counts for beside its bytes, as the ABI tells.
#define PACKET_CHARGE 64u
/// What a handle on its way counts for, bytes.
#define HANDLE_CHARGE 256u
/// Packets may take this part of memory.
#define BUDGET_PART 8u

_Static_assert(sizeof(struct packet) + PACKET_LEN_MAX / PAGE_SIZE * sizeof(paddr_t) <=
                   HEAP_SLAB_MAX,
               "the header of the largest packet comes from a slab");

_Static_assert(sizeof(struct packet) <= PACKET_CHARGE, "the charge covers the header");

static uint64_t budget_used; /* bytes in all packets; atomic */

static bool budget_take(uint64_t len)
{
    uint64_t used = __atomic_add_fetch(&budget_used, len, __ATOMIC_RELAXED);

    if (used <= page_total_count() * PAGE_SIZE / BUDGET_PART) {
        return true;
    }
    __atomic_sub_fetch(&budget_used, len, __ATOMIC_RELAXED);
    return false;
}

uint32_t packet_charge_of(uint32_t len, const struct socket_handles *handles)
{
    uint32_t count = handles == NULL ? 0 : handles->count;

    return PACKET_CHARGE + len + count * HANDLE_CHARGE;
}

uint32_t packet_charge(const struct packet *packet)
{
    return packet_charge_of(packet->len, packet->handles);
}

/// Fill the page-th page of `packet` with the next bytes of `from`.
static enum status fill_page(struct packet *packet, uint32_t page, struct user_vector *from)
{
    uint32_t len = MIN(packet->len - page * PAGE_SIZE, PAGE_SIZE);
    enum status status = page_alloc(0, &packet->pages[page]);

    for (uint32_t at = 0; status == OK && at < len;) {
        struct user_out next = user_vector_next(from, len - at);
        struct user_in part = {next.addr, next.len};

        status = user_copy_to_page(packet->pages[page], at, part, NULL);
        user_vector_advance(from, next.len);
        at += (uint32_t)next.len;
    }
    return status;
}

static enum status fill(struct packet *packet, struct user_vector *from)
{
    enum status status = OK;

    if (packet->paged) {
        uint32_t pages = (uint32_t)div_round_up(packet->len, PAGE_SIZE);
        for (uint32_t i = 0; status == OK && i < pages; i++) {
            status = fill_page(packet, i, from);
        }
        return status;
    }
    for (uint32_t at = 0; status == OK && at < packet->len;) {
        struct user_out next = user_vector_next(from, packet->len - at);

        status = user_copy_in(packet->bytes + at, next.addr, (size_t)next.len);
        user_vector_advance(from, next.len);
        at += (uint32_t)next.len;
    }
    return status;
}

enum status packet_create(struct user_vector *from, uint32_t len, struct socket_handles *handles,
                          struct packet **out)
{
    uint32_t charge = packet_charge_of(len, handles);
    bool paged = len > INLINE_MAX;
    size_t rest = paged ? (size_t)div_round_up(len, PAGE_SIZE) * sizeof(paddr_t) : len;
    void *memory;

    *out = NULL;
    if (!budget_take(charge)) {
        return ERR_NOBUFS;
    }
    enum status status = kmalloc(sizeof(struct packet) + rest, &memory);
    if (status != OK) {
        __atomic_sub_fetch(&budget_used, charge, __ATOMIC_RELAXED);
        return status;
    }
    struct packet *packet = memory;
    *packet = (struct packet){.handles = handles, .len = len, .paged = paged};
    list_init(&packet->link);
    for (size_t i = 0; paged && i < rest / sizeof(paddr_t); i++) {
        packet->pages[i] = paddr(0);
    }
    status = fill(packet, from);
    if (status != OK) {
        (void)packet_take_handles(packet); // still the caller's
        packet_free(packet);
        return status;
    }
    *out = packet;
    return OK;
}

struct socket_handles *packet_take_handles(struct packet *packet)
{
    struct socket_handles *handles = packet->handles;
    uint32_t before = packet_charge(packet);

    packet->handles = NULL;
    __atomic_sub_fetch(&budget_used, before - packet_charge(packet), __ATOMIC_RELAXED);
    return handles;
}

void packet_free(struct packet *packet)
{
    if (packet == NULL) {
        return;
    }
    ASSERT(list_empty(&packet->link), "a packet in a queue is freed");
    __atomic_sub_fetch(&budget_used, packet_charge(packet), __ATOMIC_RELAXED);
    uint32_t pages = packet->paged ? (uint32_t)div_round_up(packet->len, PAGE_SIZE) : 0;
    for (uint32_t i = 0; i < pages && packet->pages[i].v != 0; i++) {
        page_free(packet->pages[i], 0);
    }
    socket_handles_free(packet->handles);
    socket_name_put(packet->name);
    kfree(packet);
}

enum status packet_copy_out(const struct packet *packet, uint32_t offset, struct user_vector *to,
                            uint32_t *done)
{
    enum status status = OK;
    uint32_t copied = 0;

    while (status == OK && offset + copied < packet->len) {
        uint32_t at = offset + copied;
        uint32_t run = packet->len - at;
        size_t part_done = 0;

        run = packet->paged ? MIN(run, PAGE_SIZE - at % PAGE_SIZE) : run;
        struct user_out part = user_vector_next(to, run);
        if (part.len == 0) {
            break;
        }
        if (packet->paged) {
            status = user_copy_from_page(packet->pages[at / PAGE_SIZE], at % PAGE_SIZE, part,
                                         &part_done);
        } else {
            status = user_copy_out(part.addr, packet->bytes + at, (size_t)part.len);
            part_done = status == OK ? (size_t)part.len : 0;
        }
        user_vector_advance(to, part_done);
        copied += (uint32_t)part_done;
    }
    *done = copied;
    return copied > 0 ? OK : status;
}

struct socket_name *socket_name_get(struct socket_name *name)
{
    if (name != NULL) {
        __atomic_fetch_add(&name->refs, 1, __ATOMIC_RELAXED);
    }
    return name;
}

void socket_name_put(struct socket_name *name)
{
    if (name != NULL && __atomic_sub_fetch(&name->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        kfree(name);
    }
}

const void *socket_name_bytes(const struct socket_name *name, uint32_t *length)
{
    *length = name == NULL ? 0 : name->len;
    return name == NULL ? NULL : name->bytes;
}
