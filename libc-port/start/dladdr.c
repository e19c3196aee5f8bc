// SPDX-License-Identifier: MIT
#include <dlfcn.h>

#include "../private/start.h"

int dladdr(const void *address, Dl_info *info)
{
    const Elf64_Phdr *header =
        (const Elf64_Phdr *)((uintptr_t)&__ehdr_start + __ehdr_start.e_phoff);
    for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
        uintptr_t low = __coco_load_base + header[i].p_vaddr;
        if (header[i].p_type == PT_LOAD && (uintptr_t)address - low < header[i].p_memsz) {
            *info = (Dl_info){.dli_fname = "", .dli_fbase = (void *)(uintptr_t)&__ehdr_start};
            return 1;
        }
    }
    return 0;
}
