// SPDX-License-Identifier: MIT
// The smallest program: one system call. What spawning costs is measured with it.
#include <coconut/coconut.h>

__attribute__((used, retain, section(".note.coconut"), aligned(4))) static const struct {
    uint32_t name_size, data_size, type;
    char name[8];
    uint32_t abi_level;
} abi_note = {sizeof(COCO_NOTE_NAME), 4, COCO_NOTE_TYPE_ABI, COCO_NOTE_NAME, COCO_ABI_LEVEL};

__attribute__((noreturn)) void _start(void);

__attribute__((noreturn)) void _start(void)
{
    coco_process_exit(0);
    __builtin_trap();
}
