// SPDX-License-Identifier: MIT
#include "memory.h"
#include "unit.h"
#include <base/string.h>
#include <plat/boot.h>

#define START_AT 0x1000u
#define MODULES_AT 0x1100u
#define MAP_AT 0x1200u
#define CMDLINE_AT 0x1ff0u /* over a page boundary */

struct start {
    uint32_t magic, version, flags, module_count;
    uint64_t modules, cmdline, rsdp, map;
    uint32_t map_count, reserved;
};

struct map_entry {
    uint64_t base, len;
    uint32_t type, reserved;
};

struct module {
    uint64_t base, len, cmdline, reserved;
};

static struct start start;
static struct boot_info info;
static const char *why;

static void prepare(void)
{
    static const struct map_entry map[] = {
        {0, 0x9fc00, 1, 0},
        {0x9fc00, 0x400, 2, 0},
        {0x100000, 0x7f00000, 1, 0},
    };
    static const struct module module = {0x200000, 0x1234, 0, 0};
    static const char cmdline[] = "log=serial a-word-behind-the-page-boundary";
    memory_clear();
    memory_write(MAP_AT, map, sizeof(map));
    memory_write(MODULES_AT, &module, sizeof(module));
    memory_write(CMDLINE_AT, cmdline, sizeof(cmdline));
    start = (struct start){.magic = 0x336ec578,
                           .version = 1,
                           .module_count = 1,
                           .modules = MODULES_AT,
                           .cmdline = CMDLINE_AT,
                           .rsdp = 0xf0000,
                           .map = MAP_AT,
                           .map_count = 3};
}

static enum status read_info(void)
{
    memory_write(START_AT, &start, sizeof(start));
    return boot_info_read(paddr(START_AT), &info, &why);
}

UNIT_TEST(boot_info_whole)
{
    prepare();
    UNIT_CHECK(read_info() == OK);
    UNIT_CHECK(info.memory.usable_count == 2);
    UNIT_CHECK(info.memory.usable[1].len == 0x7f00000);
    UNIT_CHECK(info.memory.reserved_count == 2);
    UNIT_CHECK(info.memory.reserved[0].base == IMAGE_START);
    UNIT_CHECK(info.archive.base == 0x200000 && info.archive.len == 0x1234);
    UNIT_CHECK(info.rsdp.v == 0xf0000);
    UNIT_CHECK(strcmp(info.cmdline, "log=serial a-word-behind-the-page-boundary") == 0);
    UNIT_CHECK(!info.cmdline_cut);
}

UNIT_TEST(boot_info_wrong_magic)
{
    prepare();
    start.magic++;
    UNIT_CHECK(read_info() == ERR_INVAL);
    UNIT_CHECK(why != NULL);
}

UNIT_TEST(boot_info_no_memory)
{
    prepare();
    start.map_count = 0;
    UNIT_CHECK(read_info() == ERR_INVAL);
    start.map = 0;
    UNIT_CHECK(read_info() == ERR_INVAL);
    start.map = UINT64_MAX - 3;
    start.map_count = 5;
    UNIT_CHECK(read_info() == ERR_INVAL);
}

UNIT_TEST(boot_info_huge_map_is_bounded)
{
    prepare();
    start.map_count = UINT32_MAX;
    UNIT_CHECK(read_info() == OK);
}

UNIT_TEST(boot_info_archive_outside_of_memory)
{
    static const struct module bad[] = {
        {0x200000, 0x7f00000, 0, 0},  /* beyond the end */
        {0x200000, UINT64_MAX, 0, 0}, /* overflows */
        {0x90000000, 0x1000, 0, 0},   /* nowhere */
        {0x17f000, 0x1001, 0, 0},     /* in the kernel image */
        {0x9f000, 0x200000, 0, 0},    /* over the hole */
    };
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        prepare();
        memory_write(MODULES_AT, &bad[i], sizeof(bad[i]));
        UNIT_CHECK(read_info() == ERR_INVAL);
    }
    prepare();
    start.modules = UINT64_MAX;
    UNIT_CHECK(read_info() == ERR_INVAL);
}

UNIT_TEST(boot_info_no_archive)
{
    prepare();
    start.module_count = 0;
    UNIT_CHECK(read_info() == OK);
    UNIT_CHECK(info.archive.len == 0);
}

UNIT_TEST(boot_info_long_cmdline_is_cut)
{
    prepare();
    memset(memory + 0x3000, 'x', BOOT_CMDLINE_MAX * 2);
    start.cmdline = 0x3000;
    UNIT_CHECK(read_info() == OK);
    UNIT_CHECK(info.cmdline_cut);
    UNIT_CHECK(strlen(info.cmdline) == BOOT_CMDLINE_MAX - 1);
    start.cmdline = UINT64_MAX - 100;
    UNIT_CHECK(read_info() == OK);
    UNIT_CHECK(strlen(info.cmdline) == 0);
}
