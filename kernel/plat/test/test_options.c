// SPDX-License-Identifier: MIT
#include "unit.h"
#include <plat/options.h>

static struct boot_options parse(const char *cmdline)
{
    struct boot_options options;
    boot_options_parse(cmdline, &options);
    return options;
}

UNIT_TEST(options_known_words)
{
    struct boot_options o = parse("log=serial  trace=syscalls shortage=on log=host ");
    UNIT_CHECK(o.log_serial);
    UNIT_CHECK(o.log_host);
    UNIT_CHECK(o.trace_syscalls);
    UNIT_CHECK(o.shortage);
    UNIT_CHECK(o.device_count == 0);
}

UNIT_TEST(options_unknown_words_change_nothing)
{
    struct boot_options o = parse("log=serialx xlog=serial log= = shortage=off shortage");
    UNIT_CHECK(!o.shortage);
    UNIT_CHECK(!o.log_serial);
    UNIT_CHECK(!o.log_host);
    UNIT_CHECK(!o.trace_syscalls);
}

UNIT_TEST(options_device)
{
    struct boot_options o =
        parse("virtio_mmio.device=512@0xfeb00e00:12 virtio_mmio.device=4K@0xFEB:1 "
              "virtio_mmio.device=4K@0xfeb01000:5");
    UNIT_CHECK(o.device_count == 2);
    UNIT_CHECK(o.devices[0].len == 512);
    UNIT_CHECK(o.devices[0].base == 0xfeb00e00);
    UNIT_CHECK(o.devices[0].line == 12);
    UNIT_CHECK(o.devices[1].len == 4096);
    UNIT_CHECK(o.devices[1].line == 5);
}

UNIT_TEST(options_malformed_devices_are_skipped)
{
    static const char *const bad[] = {
        "virtio_mmio.device=",
        "virtio_mmio.device=512",
        "virtio_mmio.device=512@0xfeb00000",
        "virtio_mmio.device=512@0xfeb00000:",
        "virtio_mmio.device=512@0xfeb00000:5x",
        "virtio_mmio.device=512@0xfeb00000:4294967296",
        "virtio_mmio.device=18446744073709551616@1:5",
        "virtio_mmio.device=18446744073709551615G@1:5",
        "virtio_mmio.device=-1@1:5",
        "virtio_mmio.device=0x@1:5",
    };
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        UNIT_CHECK(parse(bad[i]).device_count == 0);
    }
}

UNIT_TEST(options_too_many_devices)
{
    static char line[BOOT_DEVICES_MAX * 32 + 64];
    size_t len = 0;
    for (unsigned i = 0; i < BOOT_DEVICES_MAX + 1; i++) {
        len += (size_t)snprintf(line + len, sizeof(line) - len, "virtio_mmio.device=1@2:%u ", i);
    }
    struct boot_options o = parse(line);
    UNIT_CHECK(o.device_count == BOOT_DEVICES_MAX);
    UNIT_CHECK(o.devices[BOOT_DEVICES_MAX - 1].line == BOOT_DEVICES_MAX - 1);
    boot_options_report(line);
}

UNIT_TEST(options_console)
{
    struct boot_options o = parse("console=24x80");
    UNIT_CHECK(o.console.present && !o.console.with_errors);
    UNIT_CHECK(o.console.rows == 24 && o.console.columns == 80);
    o = parse("console=65535x1,stderr");
    UNIT_CHECK(o.console.present && o.console.with_errors && o.console.rows == 65535);
    static const char *const wrong[] = {"console=",       "console=24",        "console=x80",
                                        "console=24x",    "console=65536x1",   "console=1x99999",
                                        "console=24x80x", "console=24x80,std", "console=24,80"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        o = parse(wrong[i]);
        UNIT_CHECK(!o.console.present);
    }
}
