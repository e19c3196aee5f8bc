// SPDX-License-Identifier: MIT
// The kernel's command line.
//
//   log=serial                          log lines go to the serial port as they come
//   log=host                            log lines go to the host link, channel LOG
//   trace=syscalls                      one log line per system call
//   shortage=on                         `mem_shortage` may make allocations fail
//   console=ROWSxCOLUMNS[,stderr]       standard input and output, and with stderr that too, are a
//                                       terminal with such a window at the host
//   virtio_mmio.device=SIZE@BASE:LINE   a virtio-mmio device; microvm adds these itself
//
// Words are separated by blanks. Unknown ones are ignored and reported.
#pragma once

#include <base/types.h>

#define BOOT_DEVICES_MAX 32u

struct boot_device {
    uint64_t base; /* physical address of the registers */
    uint64_t len;  /* bytes */
    uint32_t line; /* interrupt line */
};

/// The host's terminal.
struct boot_console {
    bool present;
    bool with_errors; /* standard error is the terminal, too */
    uint16_t rows;
    uint16_t columns;
};

struct boot_options {
    bool log_serial;
    bool log_host;
    bool trace_syscalls;
    bool shortage;
    struct boot_console console;
    struct boot_device devices[BOOT_DEVICES_MAX];
    unsigned device_count;
};

/// Parses `cmdline`. Never fails: a word that makes no sense is skipped.
void boot_options_parse(const char *cmdline, struct boot_options *out);

/// Logs one line for each word of `cmdline` that boot_options_parse() skips. Apart from it because
/// the command line itself says where log lines go. At boot only.
void boot_options_report(const char *cmdline);
