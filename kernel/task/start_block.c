// SPDX-License-Identifier: MIT
// The start block of a native program: what it is told about itself, in pages of its own.
//
// Layout: struct coco_start_block, argument pointers, environment pointers, handles, argument
// strings, environment strings, directory. Everything but the strings passes through a small
// buffer.
#include <abi/types.h>
#include <arch/cpu.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/random.h>

#include "program.h"

#define WRITER_BUFFER_SIZE 512u

struct writer {
    struct aspace *aspace;
    uint64_t address; /* where the buffer's content goes */
    size_t used;
    enum status status; /* first error; later output is dropped */
    uint8_t buffer[WRITER_BUFFER_SIZE];
};

static bool strings_valid(const struct process_strings *strings)
{
    const char *at = strings->bytes;
    size_t left = strings->len;
    uint32_t count = 0;

    while (left != 0) {
        size_t len = strnlen(at, left);

        if (len == left) {
            return false; /* the last string has no NUL */
        }
        at += len + 1;
        left -= len + 1;
        count++;
    }
    return count == strings->count;
}

enum status start_block_check(const struct process_start_args *args)
{
    if (args->arguments.len > COCO_ARGUMENT_MAX ||
        args->environment.len > COCO_ARGUMENT_MAX - args->arguments.len) {
        return ERR_TOOBIG;
    }
    if (args->handle_count > COCO_SPAWN_HANDLES_MAX || !strings_valid(&args->arguments) ||
        !strings_valid(&args->environment) ||
        (args->directory != NULL && strnlen(args->directory, COCO_PATH_MAX) == COCO_PATH_MAX)) {
        return ERR_INVAL;
    }
    return OK;
}

static void writer_copy(struct writer *writer, const void *bytes, size_t len)
{
    if (writer->status == OK && len != 0) {
        writer->status = aspace_populate_copy(writer->aspace, uaddr(writer->address), bytes, len);
    }
    writer->address += len;
}

static void writer_flush(struct writer *writer)
{
    size_t used = writer->used;

    writer->used = 0;
    writer_copy(writer, writer->buffer, used);
}

static void writer_put(struct writer *writer, const void *bytes, size_t len)
{
    if (len == 0) {
        return; /* `bytes` may be NULL */
    }
    if (len > sizeof(writer->buffer) - writer->used) {
        writer_flush(writer);
    }
    if (len > sizeof(writer->buffer)) {
        writer_copy(writer, bytes, len);
        return;
    }
    memcpy(writer->buffer + writer->used, bytes, len);
    writer->used += len;
}

/* Pointers to strings that start at `address`, with the NULL at the end. */
static void put_pointers(struct writer *writer, const struct process_strings *strings,
                         uint64_t address)
{
    const uint64_t end = 0;
    size_t offset = 0;

    while (offset < strings->len) {
        uint64_t pointer = address + offset;

        writer_put(writer, &pointer, sizeof(pointer));
        offset += strlen(strings->bytes + offset) + 1;
    }
    writer_put(writer, &end, sizeof(end));
}

static void put_handles(struct writer *writer, const struct process_start_args *args)
{
    for (uint32_t i = 0; i < args->handle_count; i++) {
        /* Handle 0 is the log; the table of a new process gives the others in order. */
        const struct coco_start_handle handle = {.handle = i + 1, .role = args->handles[i].role};

        writer_put(writer, &handle, sizeof(handle));
    }
}

static void block_fill(struct coco_start_block *block, const struct process_start_args *args,
                       const struct program *program)
{
    block->size = sizeof(*block);
    block->abi_level = COCO_ABI_LEVEL;
    block->features = arch_features();
    block->load_base = program->load_base;
    block->phdr = program->header_address;
    block->phdr_count = program->header_count;
    block->argument_count = args->arguments.count;
    block->handle_count = args->handle_count;
    block->cpu_count = arch_cpu_count();
    block->stack_low = program->stack_low;
    block->stack_high = program->stack_high;
    random_bytes(block->random, sizeof(block->random));
}

enum status start_block_write(const struct process_start_args *args, struct aspace *aspace,
                              const struct program *program, uint64_t *address)
{
    const char *directory = args->directory != NULL ? args->directory : "/";
    const size_t directory_len = strlen(directory) + 1;
    const uint64_t argument_pointers = sizeof(struct coco_start_block);
    const uint64_t environment_pointers = argument_pointers + (args->arguments.count + 1ull) * 8;
    const uint64_t handles = environment_pointers + (args->environment.count + 1ull) * 8;
    const uint64_t strings = handles + args->handle_count * sizeof(struct coco_start_handle);
    const uint64_t environment = strings + args->arguments.len;
    const uint64_t directory_at = environment + args->environment.len;
    const struct map_request request = {
        .length = directory_at + directory_len,
        .prot = ASPACE_READ | ASPACE_WRITE,
    };
    struct coco_start_block block = {0};
    struct writer writer = {.aspace = aspace};
    uaddr_t at;
    enum status status = aspace_map(aspace, &request, &at);

    if (status != OK) {
        return status;
    }
    block_fill(&block, args, program);
    block.arguments = at.v + argument_pointers;
    block.environment = at.v + environment_pointers;
    block.handles = at.v + handles;
    block.directory = at.v + directory_at;
    writer.address = at.v;
    writer_put(&writer, &block, sizeof(block));
    put_pointers(&writer, &args->arguments, at.v + strings);
    put_pointers(&writer, &args->environment, at.v + environment);
    put_handles(&writer, args);
    writer_put(&writer, args->arguments.bytes, args->arguments.len);
    writer_put(&writer, args->environment.bytes, args->environment.len);
    writer_put(&writer, directory, directory_len);
    writer_flush(&writer);
    status = writer.status;
    memory_wipe(&block, sizeof(block));
    memory_wipe(&writer, sizeof(writer));
    *address = at.v;
    return status;
}
