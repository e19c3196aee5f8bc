// SPDX-License-Identifier: MIT
// Self-relocation of a static position-independent program.
#pragma once

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

/// Apply the relative relocations of the program's dynamic section. Uses nothing that would itself
/// need a relocation; runs before TLS and stack protector exist.
/// @param dynamic  the dynamic section in memory, DT_NULL at its end
/// @param base     load base: what is added to link-time addresses
/// @return false for a relocation that only a dynamic linker could do
bool __coco_relocate(const Elf64_Dyn *dynamic, uintptr_t base);
