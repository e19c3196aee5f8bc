// SPDX-License-Identifier: MIT
// /init of the images that `coconut run` makes: starts one program with the standard streams, waits
// for its end and reports it to the host. No libc: it is the first user of the system calls, and
// nothing that a program links can make it fail.
#include <coconut/coconut.h>

#include "report.h"
#include "run_description.h"
#include "send_back.h"

/* The handles that init got, by role; COCO_HANDLE_NONE where there is none. */
struct streams {
    coco_handle_t input, output, error, system, report;
};

/* The note by which the kernel knows a COCONUT program. */
__attribute__((section(".note.coconut"), used, retain, aligned(4))) static const struct {
    uint32_t name_size, data_size, type;
    char name[sizeof(COCO_NOTE_NAME)];
    uint32_t level;
} abi_note = {
    .name_size = sizeof(COCO_NOTE_NAME),
    .data_size = sizeof(uint32_t),
    .type = COCO_NOTE_TYPE_ABI,
    .name = COCO_NOTE_NAME,
    .level = COCO_ABI_LEVEL,
};

static void fail(struct coco_exit_status *status, uint32_t reason, int64_t error)
{
    *status = (struct coco_exit_status){.reason = reason, .code = (uint32_t)-error};
}

static struct streams find_streams(const struct coco_start_block *block)
{
    struct streams found = {COCO_HANDLE_NONE, COCO_HANDLE_NONE, COCO_HANDLE_NONE, COCO_HANDLE_NONE,
                            COCO_HANDLE_NONE};
    const struct coco_start_handle *handles = (const struct coco_start_handle *)block->handles;

    for (uint32_t i = 0; i < block->handle_count; i++) {
        switch (handles[i].role) {
        case COCO_ROLE_STDIN:
            found.input = handles[i].handle;
            break;
        case COCO_ROLE_STDOUT:
            found.output = handles[i].handle;
            break;
        case COCO_ROLE_STDERR:
            found.error = handles[i].handle;
            break;
        case COCO_ROLE_SYSTEM:
            found.system = handles[i].handle;
            break;
        case COCO_ROLE_REPORT:
            found.report = handles[i].handle;
            break;
        default:
            break;
        }
    }
    return found;
}

/* Read the whole file into fresh memory; a negative error, or its size with *data set. */
static int64_t read_file(const char *path, char **data)
{
    struct coco_stat stat;
    int64_t file = coco_file_open(path, COCO_FILE_READ, 0);

    if (coco_is_error(file)) {
        return file;
    }
    int64_t result = coco_file_stat((coco_handle_t)file, &stat);

    if (!coco_is_error(result) && stat.size == 0) {
        result = COCO_EINVAL;
    }
    if (!coco_is_error(result)) {
        result =
            coco_mmap(COCO_HANDLE_NONE, NULL, 0, stat.size,
                      COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    }
    if (!coco_is_error(result)) {
        *data = (char *)(uintptr_t)result;
        result = coco_read((coco_handle_t)file, *data, stat.size);
    }
    coco_close((coco_handle_t)file);
    return result;
}

static int64_t make_directories(struct run_strings directories)
{
    while (directories.count > 0) {
        int64_t result = coco_file_mkdir(run_strings_next(&directories), 0755);

        if (coco_is_error(result) && result != COCO_EEXIST) {
            return result;
        }
    }
    return 0;
}

/* At a terminal the program leads a session of its own with it. */
static uint32_t session_flags(const struct streams *streams)
{
    int64_t info = coco_handle_info(streams->input);

    return !coco_is_error(info) && (uint32_t)info == COCO_OBJECT_TTY
               ? COCO_SPAWN_SESSION | COCO_SPAWN_TERMINAL
               : 0;
}

static int64_t spawn(const struct run_description *run, const struct streams *streams)
{
    /* The program may read the machine's counters and log and make logs, not stop it. */
    const struct coco_spawn_handle handles[] = {
        {streams->input, COCO_RIGHTS_SAME, COCO_ROLE_STDIN, 0},
        {streams->output, COCO_RIGHTS_SAME, COCO_ROLE_STDOUT, 0},
        {streams->error, COCO_RIGHTS_SAME, COCO_ROLE_STDERR, 0},
        {streams->system, COCO_RIGHT_READ | COCO_RIGHT_WRITE | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER,
         COCO_ROLE_SYSTEM, 0},
    };
    const struct coco_spawn arguments = {
        .size = sizeof(arguments),
        .flags = COCO_SPAWN_MAY_CONTROL /* the machine is the program's alone */ |
                 session_flags(streams),
        .path = (uint64_t)run->program.text,
        .arguments = (uint64_t)run->arguments.text,
        .arguments_len = run->arguments.len,
        .environment = (uint64_t)run->environment.text,
        .environment_len = run->environment.len,
        .argument_count = run->arguments.count,
        .environment_count = run->environment.count,
        .directory = (uint64_t)run->working_directory.text,
        .handles = (uint64_t)handles,
        .handle_count = sizeof(handles) / sizeof(handles[0]),
    };

    return coco_process_spawn(&arguments);
}

/* Start what /coconut/run describes and wait for its end. */
static void run_program(const struct streams *streams, struct report *report)
{
    struct run_description run;
    char *data;
    int64_t result = read_file(RUN_PATH, &data);

    if (!coco_is_error(result) && !run_description_parse(data, (size_t)result, &run)) {
        result = COCO_EINVAL;
    }
    if (coco_is_error(result)) {
        fail(&report->status, REPORT_BAD_RUN, result);
        return;
    }
    result = make_directories(run.directories);
    if (coco_is_error(result)) {
        fail(&report->status, REPORT_BAD_DIRECTORY, result);
        return;
    }
    report->start_tick = __builtin_ia32_rdtsc();
    int64_t process = spawn(&run, streams);

    if (coco_is_error(process)) {
        fail(&report->status, REPORT_NOT_STARTED, process);
        return;
    }
    result = coco_process_wait((coco_handle_t)process, COCO_FOREVER, &report->status);
    if (coco_is_error(result)) {
        fail(&report->status, REPORT_WAIT_FAILED, result);
        return;
    }
    report->end_tick = __builtin_ia32_rdtsc();
    result = send_back(streams->report, run.returned);
    report->send_error = coco_is_error(result) ? (uint32_t)-result : 0;
}

/* A counter that cannot be read is reported as 0, "unknown". */
static uint64_t counter(coco_handle_t system, uint32_t item)
{
    int64_t value = coco_system_counter(system, item);

    return coco_is_error(value) ? 0 : (uint64_t)value;
}

/* Entry: the kernel enters with RSP as at the entry of a called function. */
__attribute__((noreturn)) void _start(const struct coco_start_block *block);

void _start(const struct coco_start_block *block)
{
    struct report report = {.magic = {'C', 'R', 'P', '1'}};
    struct streams streams = find_streams(block);

    run_program(&streams, &report);
    if (report.end_tick == 0) {
        report.end_tick = __builtin_ia32_rdtsc();
    }
    report.boot_tick = counter(streams.system, COCO_COUNTER_BOOT_TSC);
    report.init_tick = counter(streams.system, COCO_COUNTER_INIT_TSC);
    int64_t hz = coco_query(COCO_QUERY_TSC_HZ);

    report.tick_hz = coco_is_error(hz) ? 0 : (uint64_t)hz;
    int64_t written = coco_write(streams.report, &report, sizeof(report));

    coco_process_exit(coco_is_error(written) ? 1 : 0);
}
