// SPDX-License-Identifier: MIT
#include "pipe_buffer.h"

#include <base/math.h>
#include <mm/aspace.h>
#include <mm/commit.h>
#include <mm/page.h>

/// A run of bytes that lies in one page.
struct span {
    uint32_t page; /* index */
    uint32_t offset;
    size_t len;
};

/// The run of at most `len` bytes, `distance` bytes behind the oldest one.
static struct span span_at(const struct pipe_buffer *buffer, size_t distance, size_t len)
{
    size_t at = (buffer->start + distance) % COCO_PIPE_SIZE;
    size_t rest = PAGE_SIZE - at % PAGE_SIZE;

    return (struct span){
        .page = (uint32_t)(at / PAGE_SIZE),
        .offset = (uint32_t)(at % PAGE_SIZE),
        .len = MIN(len, rest),
    };
}

uint32_t pipe_buffer_used(const struct pipe_buffer *buffer)
{
    return __atomic_load_n(&buffer->used, __ATOMIC_RELAXED);
}

uint32_t pipe_buffer_room(const struct pipe_buffer *buffer)
{
    return COCO_PIPE_SIZE - pipe_buffer_used(buffer);
}

static void set_used(struct pipe_buffer *buffer, size_t used)
{
    __atomic_store_n(&buffer->used, (uint32_t)used, __ATOMIC_RELAXED);
}

static enum status need_page(struct pipe_buffer *buffer, uint32_t index)
{
    enum status status;

    if (buffer->pages[index].v != 0) {
        return OK;
    }
    if (buffer->quota == NULL) { /* who begins to fill it pays */
        buffer->quota = aspace_quota(aspace_current());
    }
    if (!commit_take(buffer->quota, PAGE_SIZE, 0)) {
        return ERR_NOMEM;
    }
    status = page_alloc(0, &buffer->pages[index]);
    if (status != OK) {
        commit_return(buffer->quota, PAGE_SIZE);
    }
    return status;
}

enum status pipe_buffer_put(struct pipe_buffer *buffer, struct user_in from, bool whole,
                            size_t *done)
{
    size_t len = (size_t)MIN(from.len, (uint64_t)pipe_buffer_room(buffer));
    enum status status = OK;
    size_t copied = 0;

    while (status == OK && copied < len) {
        struct span span = span_at(buffer, buffer->used + copied, len - copied);
        struct user_in part = {uaddr(from.addr.v + copied), span.len};
        size_t part_done = 0;

        status = need_page(buffer, span.page);
        if (status == OK) {
            status = user_copy_to_page(buffer->pages[span.page], span.offset, part, &part_done);
        }
        copied += part_done;
    }
    if (status != OK && (whole || copied == 0)) {
        *done = 0; // bytes behind the newest one count for nothing
        return status;
    }
    set_used(buffer, buffer->used + copied);
    *done = copied;
    return OK;
}

static void free_page(struct pipe_buffer *buffer, uint32_t index)
{
    if (buffer->pages[index].v != 0) {
        page_free(buffer->pages[index], 0);
        commit_return(buffer->quota, PAGE_SIZE);
        buffer->pages[index] = paddr(0);
    }
}

/// Begin at offset 0 again, with the page that is at hand, so that short messages stay in one page.
static void rewind(struct pipe_buffer *buffer)
{
    for (uint32_t i = 1; i < PIPE_BUFFER_PAGES; i++) {
        if (buffer->pages[0].v == 0) {
            buffer->pages[0] = buffer->pages[i];
            buffer->pages[i] = paddr(0);
        }
        free_page(buffer, i);
    }
    buffer->start = 0;
}

/// The oldest `len` bytes, which lie in one page, are not needed any more.
static void drop(struct pipe_buffer *buffer, size_t len)
{
    uint32_t page = buffer->start / PAGE_SIZE;

    buffer->start = (uint32_t)((buffer->start + len) % COCO_PIPE_SIZE);
    set_used(buffer, buffer->used - len);
    // A full buffer may hold its newest bytes in front of the oldest ones in the same page.
    if (buffer->start / PAGE_SIZE != page && buffer->used <= COCO_PIPE_SIZE - PAGE_SIZE) {
        free_page(buffer, page);
    }
}

enum status pipe_buffer_take(struct pipe_buffer *buffer, struct user_out to, size_t *done)
{
    size_t len = (size_t)MIN(to.len, (uint64_t)buffer->used);
    enum status status = OK;
    size_t copied = 0;

    while (status == OK && copied < len) {
        struct span span = span_at(buffer, 0, len - copied);
        struct user_out part = {uaddr(to.addr.v + copied), span.len};
        size_t part_done = 0;

        status = user_copy_from_page(buffer->pages[span.page], span.offset, part, &part_done);
        drop(buffer, part_done);
        copied += part_done;
    }
    if (buffer->used == 0 && buffer->start >= PAGE_SIZE) {
        rewind(buffer);
    } else if (buffer->used == 0) {
        buffer->start = 0;
    }
    *done = copied;
    return copied > 0 ? OK : status;
}

void pipe_buffer_clear(struct pipe_buffer *buffer)
{
    for (uint32_t i = 0; i < PIPE_BUFFER_PAGES; i++) {
        free_page(buffer, i);
    }
    buffer->start = 0;
    set_used(buffer, 0);
    quota_put(buffer->quota);
    buffer->quota = NULL;
}
