// SPDX-License-Identifier: MIT
// Any bytes as a program: what the reader accepts obeys its rules, loading works on a real address
// space and gives back all memory. The first byte chooses how the file is read.
#include "../elf.h"
#include "../program.h"
#include "elf_verify.h"

#include <arch_impl/host.h>
#include <base/check.h>
#include <base/string.h>
#include <machine.h>
#include <mm/aspace.h>
#include <object/object.h>
#include <task/job_control.h>
#include <task/policy.h>
#include <task/process.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const struct object_ops *const object_ops[COCO_OBJECT_COUNT];

/* No process ends here. */
void record_owner_end(struct record_owner *owner)
{
    CHECK(owner == NULL, "a process ends");
}

void record_owner_release(struct record_owner *owner, struct object *object)
{
    CHECK(owner == NULL && object == NULL, "a program is replaced");
}

void policy_view_put(struct fs_view *view)
{
    CHECK(view == NULL, "a policy ends");
}

void record_owner_keep_open(struct record_owner *owner, struct handle_table *before,
                            struct handle_table *after)
{
    CHECK(owner == NULL && before == NULL && after == NULL, "a program is replaced");
}

void terminal_session_ended(uint64_t session)
{
    CHECK(session == 0, "a process ends");
}

void terminal_session_begins(struct object *terminal, uint64_t session)
{
    CHECK(terminal == NULL && session == 0, "a process begins");
}

struct file {
    const uint8_t *data;
    size_t size;
    size_t span_len; /* most bytes that span() gives at once */
};

static enum status file_read(void *context, uint64_t offset, void *dst, size_t len)
{
    const struct file *file = context;

    CHECK(offset <= file->size && len <= file->size - offset, "reads lie in the file");
    memcpy(dst, file->data + offset, len);
    return OK;
}

static const void *file_span(void *context, uint64_t offset, size_t *len)
{
    const struct file *file = context;

    CHECK(offset < file->size, "spans lie in the file");
    *len = MIN(file->size - (size_t)offset, file->span_len);
    return file->data + offset;
}

static void load(const struct program_source *source, const struct elf_image *image)
{
    static struct thread self;
    struct machine_usage before;
    struct program program;
    struct aspace aspace;
    enum status status;

    machine_start();
    before = machine_usage();
    host_cpu.thread = &self.arch;
    CHECK(aspace_create(&aspace, 0) == OK, "a new address space");
    self.aspace = &aspace;
    arch_as_activate(&aspace.arch);
    status = program_load(source, &aspace, PROGRAM_STACK_SIZE, &program);
    CHECK(status == OK || status == ERR_NOEXEC || status == ERR_NOMEM, "only these errors");
    if (status == OK) {
        unsigned prot;

        CHECK(program.entry == program.load_base + image->entry,
              "the entry moves with the program");
        CHECK(aspace_query(&aspace, uaddr(program.stack_high - 8), &prot) == OK &&
                  prot == (ASPACE_READ | ASPACE_WRITE),
              "there is a stack");
    }
    aspace_clear(&aspace);
    arch_as_activate(NULL);
    aspace_destroy(&aspace);
    machine_check_usage(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file file = {.data = data + 1, .size = size - 1};
    struct program_source source = {.read = file_read, .context = &file};
    struct elf_image image;
    uint64_t bytes = 0;

    if (size < 1) {
        return 0;
    }
    source.size = file.size;
    if ((data[0] & 1) != 0) {
        file.span_len = 1 + (data[0] >> 1) * 64u;
        source.span = file_span;
    }
    if (elf_parse(&source, &image) != OK) {
        return 0;
    }
    elf_image_verify(&source, &image);
    for (uint32_t i = 0; i < image.segment_count; i++) {
        bytes += image.segments[i].file_len;
    }
    /* Many segments that show the same bytes only cost time. */
    if (bytes < 1u << 20) {
        load(&source, &image);
    }
    return 0;
}
