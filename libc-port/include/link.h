// SPDX-License-Identifier: MIT
// The program's own ELF headers, as unwinders want them.
#pragma once

#include <elf.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ElfW(type) Elf64_##type

struct dl_phdr_info {
    Elf64_Addr dlpi_addr; /* load base: added to p_vaddr */
    const char *dlpi_name;
    const Elf64_Phdr *dlpi_phdr;
    Elf64_Half dlpi_phnum;
    unsigned long long dlpi_adds;
    unsigned long long dlpi_subs;
    size_t dlpi_tls_modid;
    void *dlpi_tls_data;
};

/// Call back once, for the program itself. Returns what the callback returned.
int dl_iterate_phdr(int (*__callback)(struct dl_phdr_info *, size_t, void *), void *__data);

#ifdef __cplusplus
}
#endif
