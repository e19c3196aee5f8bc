// SPDX-License-Identifier: MIT
// Boot order of the kernel, on the boot CPU, up to the point where threads run. Each step may use
// the ones before it: platform and boot data, processor, memory, interrupts and clock, threads,
// files, other CPUs; then launch.c goes on in a thread.
#include "init.h"
#include <arch/boot.h>
#include <arch/paging.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/log.h>
#include <fs/fs.h>
#include <mm/page.h>
#include <mm/vmap.h>
#include <plat/platform.h>
#include <syscall/syscall.h>
#include <task/process.h>
#include <task/sched.h>
#include <task/thread.h>
#include <task/timer.h>
#include <tty/terminal.h>

struct boot_info boot_info;
struct boot_options boot_options;
struct image_settings image_settings = {.threshold = LOG_SEVERITY_DEBUG};
void *boot_archive;

static void boot_data(paddr_t start_info)
{
    const char *why;
    if (boot_info_read(start_info, &boot_info, &why) != OK) {
        boot_refuse(why);
    }
    boot_options_parse(boot_info.cmdline, &boot_options);
    if (boot_info.cmdline_cut) {
        klog(LOG_WARN, "command line: cut to %u bytes", BOOT_CMDLINE_MAX - 1);
    }
    boot_options_report(boot_info.cmdline);
}

static void memory(void)
{
    mm_boot_begin(&boot_info.memory);
    mm_init();
}

/// What the image says comes before what the host says: only now lines may leave the machine.
static void settings(void)
{
    const struct boot_range *archive = &boot_info.archive;
    if (archive->len != 0 &&
        vmap_phys(paddr(archive->base), archive->len, ARCH_PROT_READ, &boot_archive) != OK) {
        boot_archive = NULL;
    }
    if (boot_archive != NULL) {
        image_settings_find(boot_archive, archive->len, &image_settings);
    }
    if (image_settings.release) {
        boot_options.trace_syscalls = false;
        boot_options.shortage = false;
        crash_hide_registers();
    }
    log_route();
}

static void interrupts(struct arch_cpu_map *map)
{
    platform_cpu_map(&boot_info, map);
    arch_init_interrupts(map);
}

static void other_cpus(const struct arch_cpu_map *map)
{
    static struct arch_cpu_stacks stacks[ARCH_CPU_MAX];
    for (unsigned i = 1; i < map->count; i++) {
        if (kstack_alloc(&stacks[i].idle) != OK || kstack_alloc(&stacks[i].trap) != OK) {
            panic("no memory for the stacks of CPU %u", i);
        }
    }
    arch_smp_start(map, stacks, sched_cpu_run);
}

__noreturn void kernel_main(paddr_t start_info)
{
    static struct arch_cpu_map cpu_map;

    platform_init();
    arch_init();
    boot_data(start_info);
    memory();
    settings();
    interrupts(&cpu_map);
    sched_init();
    fs_init();
    terminal_init();
    other_cpus(&cpu_map);
    klog(LOG_INFO, "platform %s, %u CPUs, %lu MiB of memory, TSC %lu MHz", platform()->name,
         arch_cpu_count(), page_total_count() >> (20 - PAGE_SHIFT), arch_tsc_hz() / 1000000);
    if (boot_options.trace_syscalls) {
        syscall_trace_enable();
    }
    if (boot_options.shortage) {
        syscall_shortage_enable();
    }
    if (clock_page_init() != OK || timer_start() != OK ||
        thread_start_kernel(launch_thread, NULL, THREAD_PRIORITY_KERNEL) != OK) {
        panic("no memory for the first thread");
    }
    sched_cpu_run();
}
