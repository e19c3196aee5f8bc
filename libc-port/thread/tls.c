// SPDX-License-Identifier: MIT
// Thread-local storage. The offset of the block below the thread pointer must be the linker's,
// which keeps PT_TLS's own alignment and vaddr; any other rounding shifts every variable of some
// programs. Runs before the stack protector of the first thread exists.
#include <elf.h>
#include <string.h>

#include <coconut/types.h>

#include "../private/start.h"
#include "../private/thread.h"

#define NO_PROTECTOR __attribute__((no_stack_protector))
#define BLOCK_ALIGN 64u /* control block, to keep it off other data's cache lines */

uintptr_t __coco_load_base;

struct tls_image {
    const void *data;
    size_t data_len; /* initialised bytes */
    size_t offset;   /* thread pointer minus start of the block */
    size_t align;    /* of the thread pointer */
};

NO_PROTECTOR static struct tls_image find_image(void)
{
    const Elf64_Phdr *header =
        (const Elf64_Phdr *)((uintptr_t)&__ehdr_start + __ehdr_start.e_phoff);
    struct tls_image image = {.align = BLOCK_ALIGN};
    for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
        if (header[i].p_type != PT_TLS) {
            continue;
        }
        size_t align = header[i].p_align ? header[i].p_align : 1;
        image.data = (const void *)(__coco_load_base + header[i].p_vaddr);
        image.data_len = header[i].p_filesz;
        image.offset = __coco_tls_offset(header[i].p_vaddr, header[i].p_memsz, align);
        image.align = align > BLOCK_ALIGN ? align : BLOCK_ALIGN;
    }
    return image;
}

NO_PROTECTOR size_t __coco_tls_span(void)
{
    struct tls_image image = find_image();
    return image.offset + sizeof(struct __pthread) + image.align;
}

NO_PROTECTOR struct __pthread *__coco_tls_place(char *end)
{
    struct tls_image image = find_image();
    uintptr_t pointer = ((uintptr_t)end - sizeof(struct __pthread)) & ~(image.align - 1);
    struct __pthread *thread = (struct __pthread *)pointer;
    memcpy((char *)thread - image.offset, image.data, image.data_len);
    thread->self = thread;
    thread->alive = 1;
    return thread;
}

char *__coco_tls_low(struct __pthread *thread)
{
    return (char *)thread - find_image().offset;
}
