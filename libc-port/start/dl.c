// SPDX-License-Identifier: MIT
#include <link.h>

#include "../private/start.h"
#include "../private/thread.h"

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
    struct dl_phdr_info info = {
        .dlpi_addr = __coco_load_base,
        .dlpi_name = "",
        .dlpi_phdr = (const Elf64_Phdr *)((uintptr_t)&__ehdr_start + __ehdr_start.e_phoff),
        .dlpi_phnum = __ehdr_start.e_phnum,
        .dlpi_adds = 1,
        .dlpi_tls_modid = 1,
        .dlpi_tls_data = __coco_tls_low(__coco_self()),
    };
    return callback(&info, sizeof(info), data);
}
