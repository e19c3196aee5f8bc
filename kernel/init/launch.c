// SPDX-License-Identifier: MIT
// The first process: finds /init in the boot archive, gives it its handles, waits for its end.
#include "init.h"
#include <arch/boot.h>
#include <arch/cpu.h>
#include <base/format.h>
#include <base/log.h>
#include <dev/device.h>
#include <dev/hostlink.h>
#include <dev/stream.h>
#include <fs/fs.h>
#include <fs/log.h>
#include <fs/namespace.h>
#include <object/object.h>
#include <plat/platform.h>
#include <syscall/system.h>
#include <task/process.h>
#include <tty/console.h>

#define INIT_PATH "/init"
#define INIT_HANDLES_MAX 5u

/// Says why there is no first process: in the log, and on the console even if the log goes
/// elsewhere.
static void __printf(1, 2) boot_failed(const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    kvsnprintf(text, sizeof(text), format, args);
    va_end(args);
    klog(LOG_ERROR, "%s", text);
    if (!boot_options.log_serial && !image_settings.release) {
        early_print("coconut: ");
        early_print(text);
        early_print("\n");
    }
}

__noreturn void machine_end(bool ok)
{
    console_drain();
    hostlink_drain();
    platform()->exit(ok);
}

__noreturn void system_halt_machine(uint32_t status)
{
    klog(LOG_INFO, "machine halted with status %u", status);
    machine_end(status == 0);
}

/// Makes files from the boot archive.
static bool unpack_archive(void)
{
    const struct boot_range *archive = &boot_info.archive;
    if (archive->len == 0) {
        boot_failed("no boot archive: give one as the initial RAM disk");
        return false;
    }
    enum status status = ERR_NOMEM;
    if (boot_archive != NULL) {
        status = fs_unpack_archive(boot_archive, archive->len);
    }
    if (status != OK) {
        boot_failed("cannot unpack the boot archive of %lu bytes: %s", archive->len,
                    status == ERR_NOMEM ? "not enough memory" : "it is damaged");
    }
    return status == OK;
}

static enum status init_read(void *context, uint64_t offset, void *dst, size_t len)
{
    size_t done;
    enum status status = vfs_read_kernel(context, dst, len, offset, &done);
    return status != OK ? status : done == len ? OK : ERR_IO;
}

static const void *init_span(void *context, uint64_t offset, size_t *len)
{
    return vfs_span(context, offset, len);
}

/// Whether a channel of the host is its terminal.
static bool is_terminal(unsigned channel)
{
    const struct boot_console *console = &boot_options.console;

    return console->present && (channel == HOSTLINK_STDIN || channel == HOSTLINK_STDOUT ||
                                (channel == HOSTLINK_STDERR && console->with_errors));
}

/// The console, one for all channels that are the host's terminal.
static enum status open_console(struct object **out, uint32_t *rights)
{
    const struct coco_window window = {.rows = boot_options.console.rows,
                                       .columns = boot_options.console.columns};
    enum status status = console_start(&window);

    return status == OK ? console_open(out, rights) : status;
}

/// The handles of the first process: the host's streams, if there is a host link and the image lets
/// the host see anything, and the machine.
static enum status make_handles(struct process_start_handle *handles, uint32_t *count)
{
    static const struct {
        unsigned channel;
        uint32_t role;
        uint32_t right;
    } streams[] = {
        {HOSTLINK_STDIN, COCO_ROLE_STDIN, COCO_RIGHT_READ},
        {HOSTLINK_STDOUT, COCO_ROLE_STDOUT, COCO_RIGHT_WRITE},
        {HOSTLINK_STDERR, COCO_ROLE_STDERR, COCO_RIGHT_WRITE},
        {HOSTLINK_REPORT, COCO_ROLE_REPORT, COCO_RIGHT_WRITE},
    };
    bool show = hostlink_present() && !image_settings.release;
    struct object *console = NULL;
    uint32_t console_rights = 0;

    *count = 0;
    if (show && boot_options.console.present) {
        enum status status = open_console(&console, &console_rights);
        if (status != OK) {
            return status;
        }
    }
    for (size_t i = 0; show && i < ARRAY_SIZE(streams); i++) {
        struct process_start_handle *handle = &handles[*count];
        enum status status = OK;
        handle->rights = streams[i].right | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT;
        if (is_terminal(streams[i].channel)) {
            object_get_held(console);
            handle->object = console;
            handle->rights = console_rights;
        } else {
            status = stream_create(streams[i].channel, &handle->object);
        }
        if (status != OK) {
            object_put(console);
            return status;
        }
        handle->role = streams[i].role;
        (*count)++;
    }
    object_put(console);
    struct process_start_handle *system = &handles[*count];
    enum status status = system_object_create(&system->object);
    if (status == OK) {
        system->rights = COCO_OBJECT_SYSTEM_RIGHTS;
        system->role = COCO_ROLE_SYSTEM;
        (*count)++;
    }
    return status;
}

/// Starts the program in `node` with all that the first process gets.
static enum status start_process(struct vfs_node *node, struct process **process)
{
    struct process_start_handle handles[INIT_HANDLES_MAX];
    uint32_t handle_count;
    struct object *root = NULL;
    struct object *log = NULL;
    enum status status = make_handles(handles, &handle_count);
    if (status == OK) {
        status = dir_create(fs_root(), DIR_NO_SNAPSHOT, &root);
    }
    if (status == OK) {
        status = log_object_create("init", &log);
    }
    if (status == OK) {
        const struct program_source source = {
            .read = init_read, .span = init_span, .context = node, .size = vfs_size(node)};
        static const char argument[] = INIT_PATH;
        status =
            process_start(&(struct process_start_args){.name = "init",
                                                       .source = &source,
                                                       .root = root,
                                                       .log = log,
                                                       .arguments = {argument, sizeof(argument), 1},
                                                       .handles = handles,
                                                       .handle_count = handle_count,
                                                       .handles_need_block = true,
                                                       .may_control = true},
                          process);
    }
    object_put(log);
    object_put(root);
    for (uint32_t i = 0; i < handle_count; i++) {
        object_put(handles[i].object);
    }
    return status;
}

static const char *start_failure(enum status status)
{
    switch (status) {
    case ERR_NOEXEC:
        return "it is not a program that this kernel can run";
    case ERR_ABILEVEL:
        return "it was built for a newer ABI level";
    case ERR_NOMEM:
        return "there is not enough memory";
    default:
        return "its file cannot be read";
    }
}

static void set_facts(void)
{
    paddr_t start, end;
    arch_kernel_image(&start, &end);
    system_set_facts(&(struct system_facts){
        .kernel_image_len = end.v - start.v,
        .boot_archive_len = boot_info.archive.len,
        .init_ticks = arch_ticks(),
    });
}

/// Starts /init; NULL with a log line when that is not possible.
static struct process *start_init(void)
{
    struct vfs_node *node;
    if (vfs_lookup(vfs_origin_root(fs_root()), INIT_PATH, VFS_POSIX, &node) != OK) {
        boot_failed("no /init in the boot archive");
        return NULL;
    }
    struct process *process = NULL;
    enum status status = vfs_is_dir(node) ? ERR_NOEXEC : OK;
    if (status == OK) {
        set_facts();
        status = start_process(node, &process);
    }
    vfs_node_put(node);
    if (status != OK) {
        boot_failed("cannot start /init: %s", start_failure(status));
        return NULL;
    }
    return process;
}

/// Waits for the first process; true when it ended by itself.
static bool wait_for_init(struct process *process)
{
    struct coco_exit_status end;
    if (process_wait(process, WAIT_FOREVER, &end) != OK) {
        klog(LOG_ERROR, "waiting for the first process failed");
        return false;
    }
    object_put(&process->object);
    if (end.reason != COCO_EXIT_CODE) {
        klog(LOG_ERROR, "first process ended: reason %u, code %u, address 0x%lx, at 0x%lx",
             end.reason, end.code, end.address, end.instruction);
        return false;
    }
    klog(LOG_INFO, "first process ended with code %u", end.code);
    return true;
}

__noreturn void launch_thread(void *unused)
{
    (void)unused;
    device_init(&boot_info.memory, boot_options.devices, boot_options.device_count);
    log_replay();
    if (!unpack_archive()) {
        machine_end(false);
    }
    struct process *process = start_init();
    if (process == NULL) {
        machine_end(false);
    }
    machine_end(wait_for_init(process));
}
