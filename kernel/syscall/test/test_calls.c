// SPDX-License-Identifier: MIT
// Calls with their real handlers.
#include "caller.h"

#include <abi/objects.h>
#include <abi/queries.h>
#include <dev/hostlink.h>
#include <dev/stream.h>
#include <mm/page.h>
#include <object/handle.h>
#include <string.h>
#include <task/process.h>

#include "prototypes.h"

UNIT_TEST(open_follows_upstream)
{
    caller_start();
    int64_t file = caller_create_file("/a", "text");
    UNIT_EQUAL(file, 0); // the lowest free number
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, COCO_OPEN_TRUNC, 0), COCO_ERDONLY);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, COCO_OPEN_TRUNC, COCO_OPEN_CREATE), COCO_EEXIST);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, 0, 0), 1);
    UNIT_EQUAL(CALL(COCO_SYS_READ, 1, CALLER_DATA, 1), COCO_EWRONLY);
    UNIT_EQUAL(CALL(COCO_SYS_WRITE, 1, CALLER_DATA, 1), COCO_ERDONLY);
    UNIT_OK(CALL(COCO_SYS_CLOSE, 1));
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, COCO_OPEN_WRITE | COCO_OPEN_APPEND, 0), 1);
    UNIT_EQUAL(CALL(COCO_SYS_SEEK, 1, 0, COCO_FS_SEEK_RELATIVE), 4);
    UNIT_OK(CALL(COCO_SYS_CLOSE, 1));
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, COCO_OPEN_WRITE | COCO_OPEN_TRUNC, 0), 1);
    UNIT_EQUAL(CALL(COCO_SYS_READ, file, CALLER_DATA, 9), 0);
    UNIT_OK(CALL(COCO_SYS_CLOSE, 1));
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("/new"), 0, COCO_OPEN_CREATE), 1);
    UNIT_EQUAL(CALL(COCO_SYS_HANDLE_INFO, 1) & 0xffffffff, COCO_OBJECT_FILE);
    UNIT_EQUAL(CALL(COCO_SYS_HANDLE_INFO, 1) >> 32, COCO_OBJECT_FILE_RIGHTS);
    caller_remove_file("/new", 1);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("/Log"), COCO_OPEN_READ, 0), COCO_ENOTFOUND);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, 0, COCO_OPEN_CREATE), COCO_EEXIST);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("/"), 0, COCO_OPEN_CREATE), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string(""), 0, 0), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("a\xff"), 0, 0), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_UNMAPPED, 0, 0), COCO_EFAULT);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, UINT64_MAX - 3, 0, 0), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("Log/logfile"), COCO_OPEN_WRITE, 0), COCO_ERDONLY);
    caller_remove_file("/a", file);
}

/* The call has found the handle when another thread closes it. */
UNIT_TEST(duplicate_of_what_is_closed_meanwhile)
{
    struct held_object held;

    caller_start();
    uint32_t first = caller_system();
    UNIT_OK(handle_info(process_handles(process_current()), first, &held.object, &held.rights));
    int64_t second = sys_handle_duplicate(held, COCO_RIGHTS_SAME);
    UNIT_CHECK(second > first);
    UNIT_OK(CALL(COCO_SYS_CLOSE, first));
    UNIT_EQUAL(sys_handle_duplicate(held, COCO_RIGHTS_SAME), first); // there is another one
    UNIT_OK(CALL(COCO_SYS_CLOSE, first));
    UNIT_OK(CALL(COCO_SYS_CLOSE, second));
    UNIT_EQUAL(sys_handle_duplicate(held, COCO_RIGHTS_SAME), ERR_NOTFOUND);
    object_put(held.object);
}

UNIT_TEST(path_length_is_limited)
{
    static char path[COCO_PATH_MAX + 1];

    caller_start();
    memset(path, '/', sizeof(path) - 1);
    path[COCO_PATH_MAX - 1] = '\0'; // the longest path
    UNIT_EQUAL(CALL(COCO_SYS_OPENDIR, caller_string(path)), 0);
    UNIT_OK(CALL(COCO_SYS_CLOSE, 0));
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, CALLER_STRING, COCO_FILE_READ, 0), 0);
    UNIT_OK(CALL(COCO_SYS_CLOSE, 0));
    path[COCO_PATH_MAX - 1] = '/';
    UNIT_EQUAL(CALL(COCO_SYS_OPENDIR, caller_string(path)), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, CALLER_STRING, COCO_FILE_READ, 0), COCO_ENAMETOOLONG);
    path[300] = '\xff';
    path[301] = '\0';
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, caller_string(path), COCO_FILE_READ, 0), COCO_EINVAL);
}

UNIT_TEST(full_handle_table_changes_nothing)
{
    int64_t handle = 0;

    caller_start();
    int64_t file = caller_create_file("/f", "kept");
    while (handle >= 0) {
        handle = CALL(COCO_SYS_HANDLE_DUPLICATE, file, COCO_RIGHTS_SAME);
    }
    UNIT_EQUAL(handle, COCO_EMFILE);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("/x"), 0, COCO_OPEN_CREATE), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, CALLER_STRING, COCO_FILE_READ | COCO_FILE_CREATE, 0644),
               COCO_EMFILE);
    UNIT_EQUAL(CALL(COCO_SYS_OPENDIR, caller_string("/")), COCO_EINVAL);
    UNIT_EQUAL(
        CALL(COCO_SYS_FILE_OPEN, caller_string("/f"), COCO_FILE_WRITE | COCO_FILE_TRUNCATE, 0),
        COCO_EMFILE);
    // Any other reason for a refusal comes first.
    UNIT_EQUAL(
        CALL(COCO_SYS_FILE_OPEN, caller_string("/f/x"), COCO_FILE_WRITE | COCO_FILE_CREATE, 0),
        COCO_ENOTDIR);
    UNIT_EQUAL(
        CALL(COCO_SYS_FILE_OPEN, caller_string("/no/x"), COCO_FILE_WRITE | COCO_FILE_CREATE, 0),
        COCO_ENOTFOUND);
    UNIT_EQUAL(
        CALL(COCO_SYS_FILE_OPEN, caller_string("/Log"), COCO_FILE_WRITE | COCO_FILE_CREATE, 0),
        COCO_EISDIR);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, CALLER_STRING, 0, COCO_OPEN_CREATE), COCO_EEXIST);
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("/f"), COCO_OPEN_TRUNC, 0), COCO_ERDONLY);
    UNIT_EQUAL(CALL(COCO_SYS_READ, file, CALLER_DATA, 9), 4);
    for (handle = 1; handle < COCO_HANDLE_MAX; handle++) {
        UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
    }
    UNIT_EQUAL(CALL(COCO_SYS_OPEN, caller_string("/x"), 0, 0), COCO_ENOTFOUND);
    caller_remove_file("/f", file);
}

UNIT_TEST(duplicates_share_the_position_and_lose_rights)
{
    char text[3] = "";

    caller_start();
    int64_t file = caller_create_file("/d", "abc");
    int64_t reader = CALL(COCO_SYS_HANDLE_DUPLICATE, file, COCO_RIGHT_READ);
    UNIT_EQUAL(CALL(COCO_SYS_READ, reader, CALLER_DATA, 1), 1);
    UNIT_EQUAL(CALL(COCO_SYS_READ, file, CALLER_DATA, 2), 2);
    caller_get(text, 2);
    UNIT_CHECK(strcmp(text, "bc") == 0);
    UNIT_EQUAL(CALL(COCO_SYS_WRITE, reader, CALLER_DATA, 1), COCO_ERDONLY);
    UNIT_EQUAL(CALL(COCO_SYS_HANDLE_DUPLICATE, reader, COCO_RIGHT_READ), COCO_EPERM);
    int64_t limited = CALL(COCO_SYS_HANDLE_DUPLICATE, file, COCO_RIGHT_READ | COCO_RIGHT_DUP);
    UNIT_EQUAL(CALL(COCO_SYS_HANDLE_DUPLICATE, limited, COCO_RIGHT_WRITE), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_HANDLE_DUPLICATE, limited, 1u << 20), COCO_EPERM);
    UNIT_OK(CALL(COCO_SYS_CLOSE, reader));
    UNIT_OK(CALL(COCO_SYS_CLOSE, limited));
    caller_remove_file("/d", file);
}

UNIT_TEST(file_open_checks_its_flags)
{
    caller_start();
    uint64_t path = caller_string("/flags");
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, 0, 0), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_READ | COCO_FILE_TRUNCATE, 0), COCO_EINVAL);
    UNIT_EQUAL(
        CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_READ | COCO_FILE_CREATE | COCO_FILE_DIRECTORY, 0),
        COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_READ, 0), COCO_ENOTFOUND);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_WRITE | COCO_FILE_CREATE, 0640), 0);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_READ | COCO_FILE_DIRECTORY, 0),
               COCO_ENOTDIR);
    caller_remove_file("/flags", 0);
    path = caller_string("/Log");
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_WRITE, 0), COCO_EISDIR);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, path, COCO_FILE_READ | COCO_FILE_CREATE, 0), COCO_EISDIR);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_OPEN, caller_string("/Log/logfile"), COCO_FILE_WRITE, 0),
               COCO_ERDONLY);
}

UNIT_TEST(mapping_copies_the_file)
{
    char bytes[8] = "";
    struct coco_stat stat;

    RULE("mmap.9");
    RULE("mmap.EPERM");
    caller_start();
    int64_t file = caller_create_file("/map", "mapped");
    uint64_t flags = COCO_MMAP_READ | COCO_MMAP_PRIVATE;
    int64_t address = CALL(COCO_SYS_MMAP, file, 0, 0, 2 * PAGE_SIZE, flags);
    UNIT_CHECK(address > 0);
    // What the file becomes later is not seen.
    UNIT_EQUAL(CALL(COCO_SYS_FILE_PWRITE, file, CALLER_DATA, 2, 0), 2);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_PWRITE, file, address, 8, 100), 8);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_PREAD, file, CALLER_DATA, 8, 100), 8);
    caller_get(bytes, 8);
    UNIT_CHECK(memcmp(bytes, "mapped\0\0", 8) == 0);
    UNIT_OK(CALL(COCO_SYS_MUNMAP, address, 2 * PAGE_SIZE));
    UNIT_EQUAL(CALL(COCO_SYS_MMAP, file, 0, 1, PAGE_SIZE, flags), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_MMAP, file, 0, 0, 0, flags), COCO_EINVAL);
    UNIT_EQUAL(CALL(COCO_SYS_MMAP, file, 0, 0, PAGE_SIZE, COCO_MMAP_WRITE | COCO_MMAP_EXEC),
               COCO_EINVAL);
    int64_t data_only = CALL(COCO_SYS_HANDLE_DUPLICATE, file, COCO_RIGHT_READ | COCO_RIGHT_MAP);
    UNIT_EQUAL(CALL(COCO_SYS_MMAP, data_only, 0, 0, PAGE_SIZE, COCO_MMAP_READ | COCO_MMAP_EXEC),
               COCO_EPERM);
    UNIT_OK(CALL(COCO_SYS_CLOSE, data_only));
    UNIT_OK(CALL(COCO_SYS_FILE_STAT, file, CALLER_DATA));
    caller_get(&stat, sizeof(stat));
    UNIT_EQUAL(stat.size, 108);
    caller_remove_file("/map", file);
}

static int64_t spawn(const char *path)
{
    const struct coco_spawn request = {.size = sizeof(request), .path = caller_string(path)};

    caller_put(&request, sizeof(request));
    return CALL(COCO_SYS_PROCESS_SPAWN, CALLER_DATA);
}

UNIT_TEST(spawn_follows_posix_paths)
{
    char long_name[COCO_NAME_MAX + 2];

    RULE("process_spawn.ENOTDIR");
    RULE("process_spawn.ENAMETOOLONG");
    caller_start();
    int64_t file = caller_create_file("/f", "no program");
    UNIT_EQUAL(spawn("/f/program"), COCO_ENOTDIR);
    memset(long_name, 'n', sizeof(long_name));
    long_name[COCO_NAME_MAX + 1] = '\0';
    UNIT_EQUAL(spawn(long_name), COCO_ENAMETOOLONG);
    UNIT_EQUAL(spawn("/missing"), COCO_ENOTFOUND);
    UNIT_EQUAL(spawn("/Log"), COCO_ENOEXEC);
    UNIT_EQUAL(CALL(COCO_SYS_HANDLE_INFO, file + 1), COCO_ENOTFOUND); // the reserved number is free
    caller_remove_file("/f", file);
}

UNIT_TEST(queries_and_counters_answer)
{
    caller_start();
    uint32_t system = caller_system();
    UNIT_EQUAL(CALL(COCO_SYS_QUERY, COCO_QUERY_ABI_LEVEL), COCO_ABI_LEVEL);
    UNIT_EQUAL(CALL(COCO_SYS_QUERY, COCO_QUERY_CPU_COUNT), 1);
    UNIT_EQUAL(CALL(COCO_SYS_QUERY, 1000), COCO_ENOTFOUND);
    UNIT_EQUAL(CALL(COCO_SYS_CAPABILITIES, 0), 2);
    UNIT_EQUAL(CALL(COCO_SYS_CAPABILITIES, 3), COCO_ENOTFOUND);
    UNIT_EQUAL(CALL(COCO_SYS_SYSTEM_COUNTER, system, COCO_COUNTER_MEM_FREE),
               page_free_count() * PAGE_SIZE);
    int64_t calls = CALL(COCO_SYS_SYSTEM_COUNTER, system, COCO_COUNTER_SYSCALLS);
    UNIT_EQUAL(CALL(COCO_SYS_SYSTEM_COUNTER, system, COCO_COUNTER_SYSCALLS), calls + 1);
    int64_t handles = CALL(COCO_SYS_SYSTEM_COUNTER, system, COCO_COUNTER_HANDLES);
    int64_t copy = CALL(COCO_SYS_HANDLE_DUPLICATE, system, COCO_RIGHT_MANAGE);
    UNIT_EQUAL(CALL(COCO_SYS_SYSTEM_COUNTER, system, COCO_COUNTER_HANDLES), handles + 1);
    UNIT_EQUAL(CALL(COCO_SYS_SYSTEM_COUNTER, copy, COCO_COUNTER_HANDLES), COCO_EWRONLY);
    UNIT_EQUAL(CALL(COCO_SYS_SYSTEM_COUNTER, system, 1000), COCO_ENOTFOUND);
    UNIT_OK(CALL(COCO_SYS_CLOSE, copy));
    UNIT_OK(CALL(COCO_SYS_CLOSE, system));
    UNIT_EQUAL(CALL(COCO_SYS_PROCESS_ID), 7);
    UNIT_EQUAL(CALL(COCO_SYS_THREAD_ID), 8);
    UNIT_EQUAL(CALL(COCO_SYS_CLOCK_GET, 99), COCO_ENOTFOUND);
}

UNIT_TEST(stream_without_a_host_reports_it)
{
    struct object *stream;

    RULE("write.EIO");
    caller_start();
    UNIT_OK(stream_create(HOSTLINK_STDOUT, &stream));
    uint32_t handle = caller_give(stream, COCO_RIGHT_READ | COCO_RIGHT_WRITE);
    UNIT_EQUAL(CALL(COCO_SYS_WRITE, handle, CALLER_DATA, 1), COCO_EIO);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_SEEK, handle, 0, COCO_SEEK_SET), COCO_ESPIPE);
    UNIT_EQUAL(CALL(COCO_SYS_SEEK, handle, 0, 0), COCO_ENOTSUPP);
    UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
}

static void halt(void *argument)
{
    (void)argument;
    (void)CALL(COCO_SYS_SYSTEM_HALT, caller_system(), 3);
}

UNIT_TEST(halt_passes_the_status_on)
{
    RULE("system_halt.1");
    caller_start();
    UNIT_CHECK(unit_panics(halt, NULL, "the machine was halted with status 3"));
}

UNIT_TEST(random_fills_the_whole_buffer)
{
    uint8_t bytes[700];
    unsigned zeros = 0;

    caller_start();
    memset(bytes, 0, sizeof(bytes));
    caller_put(bytes, sizeof(bytes));
    UNIT_OK(CALL(COCO_SYS_RANDOM, CALLER_DATA, sizeof(bytes) - 4));
    caller_get(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes) - 4; i++) {
        zeros += bytes[i] == 0;
    }
    UNIT_CHECK(zeros < 30);
    UNIT_EQUAL(bytes[696] | bytes[697] | bytes[698] | bytes[699], 0);
    UNIT_EQUAL(CALL(COCO_SYS_RANDOM, CALLER_UNMAPPED, 1), COCO_EFAULT);
}
