// SPDX-License-Identifier: MIT
// The program loader: segments, file bytes, stack.
//
// All memory is demand-zero, so .bss and the tail of a segment's last file page need no work. File
// bytes are copied in pieces, straight from the file if it lies in kernel memory, otherwise through
// a bounce buffer.
#include <abi/types.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <task/sched.h>

#include "elf.h"
#include "program.h"

#define STACK_GUARD_SIZE (16ull * PAGE_SIZE)

/* Upstream's stack: at the end of user space, no guard. */
#define UPSTREAM_STACK_SIZE 0x10000ull
#define UPSTREAM_STACK_LOW (COCO_USER_END - UPSTREAM_STACK_SIZE)

#define COPY_PIECE (64u * 1024) /* bytes between two looks at the scheduler */
#define BOUNCE_SIZE HEAP_SLAB_MAX
#define PIE_ALIGN_MAX (2ull * 1024 * 1024)

struct copy {
    const struct program_source *source;
    struct aspace *aspace;
    void *bounce; /* BOUNCE_SIZE bytes, NULL until needed */
};

/* Finds or reads some of the `len` bytes at `offset`; `piece` gets how many. */
static enum status bytes_get(struct copy *copy, uint64_t offset, uint64_t len, const void **bytes,
                             size_t *piece)
{
    const struct program_source *source = copy->source;
    enum status status;

    if (source->span != NULL) {
        size_t available = 0;

        *bytes = source->span(source->context, offset, &available);
        if (*bytes != NULL && available != 0) {
            *piece = MIN(available, (size_t)COPY_PIECE);
            *piece = (size_t)MIN(len, (uint64_t)*piece);
            return OK;
        }
    }
    if (copy->bounce == NULL) {
        status = kmalloc(BOUNCE_SIZE, &copy->bounce);
        if (status != OK) {
            return status;
        }
    }
    *piece = (size_t)MIN(len, (uint64_t)BOUNCE_SIZE);
    *bytes = copy->bounce;
    return elf_read(source, offset, copy->bounce, *piece);
}

static enum status file_copy(struct copy *copy, uint64_t address, uint64_t offset, uint64_t len)
{
    while (len != 0) {
        const void *bytes = NULL;
        size_t piece = 0;
        enum status status = bytes_get(copy, offset, len, &bytes, &piece);

        if (status != OK) {
            return status;
        }
        status = aspace_populate_copy(copy->aspace, uaddr(address), bytes, piece);
        if (status != OK) {
            return status;
        }
        address += piece;
        offset += piece;
        len -= piece;
        sched_check();
        if (thread_canceled()) {
            return ERR_CANCELED;
        }
    }
    return OK;
}

/* Address space says EXIST or INVAL for a place that cannot be had: then the program asks for
 * something impossible. */
static enum status place_error(enum status status)
{
    return status == ERR_EXIST || status == ERR_INVAL ? ERR_NOEXEC : status;
}

static enum status segment_load(struct copy *copy, const struct elf_segment *segment,
                                uint64_t load_base)
{
    uint64_t head = segment->address & PAGE_MASK;
    uint64_t start = load_base + segment->address - head;
    /* Whole pages: a file part that upstream's rule extends may end behind memory_len. */
    const struct map_request request = {
        .hint = start,
        .length = align_up(head + segment->memory_len, PAGE_SIZE),
        .prot = segment->prot,
        .flags = ASPACE_NOREPLACE,
    };
    uaddr_t mapped;
    enum status status = aspace_map(copy->aspace, &request, &mapped);

    if (status != OK) {
        return place_error(status);
    }
    if (segment->file_len == 0) {
        return OK;
    }
    /* The first page shows the file's bytes before the segment, too: headers often stand there. */
    return file_copy(copy, start, segment->offset - head, segment->file_len + head);
}

static enum status segments_load(const struct program_source *source, struct aspace *aspace,
                                 const struct elf_image *image, uint64_t load_base)
{
    struct copy copy = {.source = source, .aspace = aspace};
    enum status status = OK;

    for (uint32_t i = 0; i < image->segment_count && status == OK; i++) {
        status = segment_load(&copy, &image->segments[i], load_base);
    }
    kfree(copy.bounce);
    return status;
}

static enum status stack_map_upstream(struct aspace *aspace, struct program *program)
{
    const struct map_request request = {
        .hint = UPSTREAM_STACK_LOW,
        .length = UPSTREAM_STACK_SIZE,
        .prot = ASPACE_READ | ASPACE_WRITE,
        .flags = ASPACE_NOREPLACE,
    };
    uaddr_t mapped;

    program->stack_low = UPSTREAM_STACK_LOW;
    program->stack_high = COCO_USER_END;
    return place_error(aspace_map(aspace, &request, &mapped));
}

/* A stack at a random place with a guard below it. */
static enum status stack_map(struct aspace *aspace, uint64_t size, struct program *program)
{
    struct map_request request = {
        .length = size + STACK_GUARD_SIZE,
        .prot = ASPACE_READ | ASPACE_WRITE,
        .flags = ASPACE_RANDOM | ASPACE_LAZY,
    };
    uaddr_t range;
    uaddr_t guard;
    enum status status = aspace_map(aspace, &request, &range);

    if (status != OK) {
        return status;
    }
    program->stack_low = range.v + STACK_GUARD_SIZE;
    program->stack_high = program->stack_low + size;
    request = (struct map_request){
        .hint = range.v,
        .length = STACK_GUARD_SIZE,
        .flags = ASPACE_FIXED | ASPACE_GUARD,
    };
    return aspace_map(aspace, &request, &guard);
}

enum status program_load(const struct program_source *source, struct aspace *aspace,
                         uint64_t stack_size, struct program *program)
{
    struct elf_image image;
    enum status status = elf_parse(source, &image);

    if (status != OK) {
        return status;
    }
    *program = (struct program){.native = image.native};
    if (image.position_independent) {
        uaddr_t base;

        status = aspace_choose_base(aspace, image.high - image.low, MIN(image.align, PIE_ALIGN_MAX),
                                    &base);
        if (status != OK) {
            return status;
        }
        program->load_base = base.v - image.low;
    }
    program->entry = program->load_base + image.entry;
    if (image.header_address != 0) {
        program->header_address = program->load_base + image.header_address;
        program->header_count = image.header_count;
    }
    status = segments_load(source, aspace, &image, program->load_base);
    if (status != OK) {
        return status;
    }
    return image.native ? stack_map(aspace, stack_size, program)
                        : stack_map_upstream(aspace, program);
}
