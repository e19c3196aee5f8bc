// SPDX-License-Identifier: MIT
// Processes: start block, environments, every way to end, errors without leaks.
#include <abi/types.h>
#include <arch/timer.h>
#include <mm/aspace.h>
#include <string.h>
#include <task/sched.h>

#include "fixture.h"
#include "tests.h"

static struct image image;

static struct object *plain_object(void)
{
    struct object *object = malloc(sizeof(*object));

    object_init(object, COCO_OBJECT_DIR);
    return object;
}

static void test_exit_code(void)
{
    struct fixture_counts before = fixture_counts();
    struct process *process = fixture_start(USER_PROCESS_EXIT);
    struct coco_exit_status status;

    /* the start block's address is the code; its low 16 bits are kept */
    EXPECT(process_wait(process, WAIT_FOREVER, &status) == OK);
    EXPECT(status.reason == COCO_EXIT_CODE && status.code <= 0xffff && status.address == 0);
    EXPECT(process_wait(process, 0, &status) == OK); /* again, even with a deadline in the past */
    process_kill(process, 9);                        /* too late: nothing changes */
    status = fixture_wait(process);
    EXPECT(status.reason == COCO_EXIT_CODE);
    fixture_expect_counts(before);
}

static void test_wait_deadline(void)
{
    struct process *process = fixture_start(USER_SLEEP);
    struct coco_exit_status status;

    EXPECT(process_wait(process, 0, &status) == ERR_TIMEDOUT);
    EXPECT(process_wait(process, arch_time_ns() + 3000000, &status) == ERR_TIMEDOUT);
    process_kill(process, 15);
    status = fixture_wait(process);
    EXPECT(status.reason == COCO_EXIT_KILLED && status.code == 15);
}

/* A call that saw the request to end does not come back, whatever the sender has got to. */
static void test_request_seen_early(void)
{
    for (shared.rounds = 0; shared.rounds < 2; shared.rounds++) {
        struct coco_exit_status status = fixture_wait(fixture_start(USER_END_SEEN_EARLY));

        EXPECT(status.reason == COCO_EXIT_CODE && status.code == 0);
    }
    shared.rounds = 0;
}

static void test_kill_many_threads(void)
{
    struct fixture_counts before = fixture_counts();

    for (unsigned i = 0; i < 12; i++) {
        struct process *process;

        __atomic_store_n(&shared.counters[8], 0, __ATOMIC_RELEASE);
        process = fixture_start(USER_THREADS);
        /* at once, in the middle of starting threads, and when all are settled */
        if (i % 3 == 1) {
            sched_yield_cpu();
        } else if (i % 3 == 2) {
            while (__atomic_load_n(&shared.counters[8], __ATOMIC_ACQUIRE) == 0) {
                sim_sleep_ms(1);
            }
        }
        process_kill(process, i);
        EXPECT(fixture_wait(process).code == i);
    }
    fixture_expect_counts(before);
}

static void test_exit_ends_all_threads(void)
{
    struct fixture_counts before = fixture_counts();

    shared.rounds = 0x10042; /* cut to 16 bits */
    EXPECT(fixture_wait(fixture_start(USER_THREADS)).code == 0x42);
    fixture_expect_counts(before);
}

static void test_fault(void)
{
    struct coco_exit_status status;

    shared.block = 0x666000; /* not mapped */
    status = fixture_wait(fixture_start(USER_FAULT));
    EXPECT(status.reason == COCO_EXIT_EXCEPTION && status.code == 14);
    EXPECT(status.address == 0x666000 && status.instruction == 0x401234);
    EXPECT(status.stack == 0x7000 && status.error_code == 6 && status.load_base == 0);
    EXPECT(strstr(sim_log(), "page fault at rip 401234") != NULL);
    EXPECT(strstr(sim_log(), "address 666000: write to an unmapped page") != NULL);
    EXPECT(strstr(sim_log(), "rax 0000000000001234") != NULL);

    shared.block = 0x402000; /* the image's data */
    EXPECT(fixture_wait(fixture_start(USER_FAULT)).code == 5);
}

static struct process *start_block_process(struct object *log, struct object *other)
{
    static const char arguments[] = "prog\0-x\0";
    static const char environment[] = "A=1\0PATH=/bin";
    const struct process_start_handle handles[] = {
        {other, COCO_RIGHT_READ, COCO_ROLE_STDIN, false},
        {other, COCO_RIGHT_WRITE | COCO_RIGHT_DUP, COCO_ROLE_FD + 5, false},
    };
    const struct process_start_args args = {
        .name = "a\nname\x1b that is much longer than the sixty-three bytes that are kept of it",
        .source = &image.source,
        .root = other,
        .log = log,
        .arguments = {arguments, sizeof(arguments), 3},
        .environment = {environment, sizeof(environment), 2},
        .directory = "/work",
        .handles = handles,
        .handle_count = 2,
    };
    struct process *process = NULL;

    EXPECT(process_start(&args, &process) == OK);
    while (__atomic_load_n(&shared.counters[8], __ATOMIC_ACQUIRE) == 0) {
        sim_sleep_ms(1);
    }
    return process;
}

static void expect_string(struct process *process, uint64_t address, const char *text)
{
    char found[32];

    EXPECT(sim_aspace_read(process->aspace, address, found, strlen(text) + 1));
    EXPECT(strcmp(found, text) == 0);
}

static void expect_block(struct process *process, uint64_t image_base)
{
    struct coco_start_block block;
    struct coco_start_handle handles[2];
    uint64_t pointers[7];

    EXPECT(sim_aspace_read(process->aspace, shared.block, &block, sizeof(block)));
    EXPECT(block.size == sizeof(block) && block.abi_level == COCO_ABI_LEVEL);
    EXPECT(block.features == COCO_FEATURE_FSGSBASE && block.cpu_count != 0);
    EXPECT(block.load_base == process->load_base && block.phdr == image_base + 64);
    EXPECT(block.phdr_count == 3 && block.argument_count == 3 && block.handle_count == 2);
    EXPECT(block.random[0] == 0x5a && block.random[31] == 0x5a);
    EXPECT(sim_aspace_read(process->aspace, block.arguments, pointers, sizeof(pointers)));
    EXPECT(block.environment == block.arguments + 4 * 8);
    expect_string(process, pointers[0], "prog");
    expect_string(process, pointers[1], "-x");
    expect_string(process, pointers[2], "");
    EXPECT(pointers[3] == 0 && pointers[6] == 0);
    expect_string(process, pointers[4], "A=1");
    expect_string(process, pointers[5], "PATH=/bin");
    expect_string(process, block.directory, "/work");
    EXPECT(sim_aspace_read(process->aspace, block.handles, handles, sizeof(handles)));
    EXPECT(handles[0].handle == 1 && handles[0].role == COCO_ROLE_STDIN);
    EXPECT(handles[1].handle == 2 && handles[1].role == COCO_ROLE_FD + 5);
    EXPECT(block.stack_high - block.stack_low == 8u << 20);
}

static void expect_layout(struct process *process, uint64_t base)
{
    struct coco_start_block block;
    uint64_t start;
    uint64_t len;
    unsigned prot;
    uint8_t bytes[0x40];

    EXPECT(sim_aspace_find(process->aspace, base + 0x1000, &start, &len, &prot));
    EXPECT(start == base && len == 0x2000 && prot == (ASPACE_READ | ASPACE_EXEC));
    EXPECT(sim_aspace_find(process->aspace, base + 0x5000, &start, &len, &prot));
    EXPECT(start == base + 0x2000 && len == 0x4000 && prot == (ASPACE_READ | ASPACE_WRITE));
    /* file bytes from the page's start to the end of the file part, then zeros */
    EXPECT(sim_aspace_read(process->aspace, base + 0x2000, bytes, sizeof(bytes)));
    EXPECT(memcmp(bytes, image.bytes + 0x2000, 0x30) == 0);
    EXPECT(bytes[0x30] == 0 && bytes[0x3f] == 0);
    EXPECT(sim_aspace_read(process->aspace, shared.block, &block, sizeof(block)));
    EXPECT(sim_aspace_find(process->aspace, block.stack_low - 1, &start, &len, &prot));
    EXPECT(prot == UINT32_MAX); /* the guard */
}

static void run_start_block(uint64_t load_base, uint64_t base)
{
    struct object *log = malloc(sizeof(*log));
    struct object *other = plain_object();
    struct fixture_counts before;
    struct process *process;
    struct object *found = NULL;
    uint32_t rights = 0;

    object_init(log, COCO_OBJECT_LOG);
    before = fixture_counts();
    process = start_block_process(log, other);
    EXPECT(process->load_base == load_base);
    expect_block(process, base);
    expect_layout(process, base);
    EXPECT(strncmp(process_name(process), "a?name? that", 12) == 0);
    EXPECT(strlen(process_name(process)) == PROCESS_NAME_MAX);
    EXPECT(other->handles == 2 && log->handles == 1 && process_root(process) == other);
    EXPECT(handle_info(process_handles(process), 0, &found, &rights) == OK && found == log);
    EXPECT(rights == (COCO_RIGHT_WRITE | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER));
    object_put(found);
    EXPECT(handle_info(process_handles(process), 1, &found, &rights) == OK && found == other);
    EXPECT(rights == COCO_RIGHT_READ);
    object_put(found);
    __atomic_store_n(&shared.counters[9], 1, __ATOMIC_RELEASE);
    EXPECT(fixture_wait(process).code == 7);
    fixture_expect_counts(before);
    EXPECT(log->handles == 0 && other->handles == 0 && other->refs == 1);
}

static void test_start_block(void)
{
    image_native(&image, USER_BLOCK);
    run_start_block(0, 0x400000);
}

static void test_start_pie(void)
{
    /* Loaded where the simulation's user code is. */
    image_pie(&image, USER_BLOCK);
    run_start_block(SIM_PIE_BASE, SIM_PIE_BASE);
}

static void test_start_without_span(void)
{
    image_native(&image, USER_BLOCK);
    image.source.span = NULL;
    run_start_block(0, 0x400000);
}

static void test_upstream_environment(void)
{
    const struct process_start_args args = {.name = "up", .source = &image.source};
    struct process *process = NULL;
    uint64_t start;
    uint64_t len;
    unsigned prot;

    shared.block = 99;
    image_upstream(&image, USER_BLOCK);
    EXPECT(process_start(&args, &process) == OK);
    while (__atomic_load_n(&shared.counters[8], __ATOMIC_ACQUIRE) == 0) {
        sim_sleep_ms(1);
    }
    EXPECT(shared.block == 0); /* RDI */
    EXPECT(sim_aspace_find(process->aspace, COCO_USER_END - 1, &start, &len, &prot));
    EXPECT(start == 0x7fffffff0000 && len == 0x10000 && prot == (ASPACE_READ | ASPACE_WRITE));
    EXPECT(!sim_aspace_find(process->aspace, start - 1, &start, &len, &prot)); /* no guard */
    __atomic_store_n(&shared.counters[9], 1, __ATOMIC_RELEASE);
    EXPECT(fixture_wait(process).code == 7);

    /* a segment where the stack has to be */
    image_program_header(&image, 1)->vaddr = 0x7fffffff2010;
    EXPECT(process_start(&args, &process) == ERR_NOEXEC);
    image_program_header(&image, 1)->vaddr = 0x10; /* page 0 */
    EXPECT(process_start(&args, &process) == ERR_NOEXEC);
}

static void test_refusals(void)
{
    struct fixture_counts before = fixture_counts();
    struct process_start_args args = {.name = "bad", .source = &image.source};
    struct process *process = NULL;
    char *large = calloc(1, COCO_ARGUMENT_MAX + 1);

    image_native(&image, 0);
    args.arguments = (struct process_strings){large, COCO_ARGUMENT_MAX, COCO_ARGUMENT_MAX};
    args.environment = (struct process_strings){large, 1, 1};
    EXPECT(process_start(&args, &process) == ERR_TOOBIG);
    args.arguments = (struct process_strings){large, SIZE_MAX, 1};
    EXPECT(process_start(&args, &process) == ERR_TOOBIG);
    args.arguments = (struct process_strings){"ab", 2, 1}; /* no NUL */
    EXPECT(process_start(&args, &process) == ERR_INVAL);
    args.arguments = (struct process_strings){"a\0b", 4, 1}; /* two strings */
    EXPECT(process_start(&args, &process) == ERR_INVAL);
    args.arguments = (struct process_strings){NULL, 0, 1};
    EXPECT(process_start(&args, &process) == ERR_INVAL);
    args.arguments = (struct process_strings){NULL, 0, 0};
    args.handle_count = COCO_SPAWN_HANDLES_MAX + 1;
    EXPECT(process_start(&args, &process) == ERR_INVAL);
    args.handle_count = 0;
    image.source.size = 10;
    EXPECT(process_start(&args, &process) == ERR_NOEXEC);
    image_native(&image, 0);
    image.bytes[IMAGE_NOTE_OFFSET + 20] = COCO_ABI_LEVEL + 1;
    EXPECT(process_start(&args, &process) == ERR_ABILEVEL);
    fixture_expect_counts(before);
    free(large);
}

/* Each allocation of a start fails once: the error comes back and nothing is left. */
static void test_allocation_failures(void)
{
    struct fixture_counts before = fixture_counts();
    struct object *root = plain_object();
    struct process_start_handle handle = {root, COCO_RIGHT_READ, COCO_ROLE_STDIN, false};
    const struct process_start_args args = {
        .name = "x", .source = &image.source, .root = root, .handles = &handle, .handle_count = 1};
    struct process *process = NULL;
    unsigned failures = 0;

    image_native(&image, USER_EXIT);
    image.source.span = NULL; /* with a bounce buffer */
    for (;; failures++) {
        enum status status;

        sim_fail_allocation(failures);
        status = process_start(&args, &process);
        if (status == OK) {
            break;
        }
        EXPECT(status == ERR_NOMEM && sim_failure_delivered());
        EXPECT(root->refs == 1 && root->handles == 0);
    }
    sim_fail_allocation(-1);
    EXPECT(failures > 8);
    (void)fixture_wait(process);
    object_put(root);
    fixture_expect_counts(before);
}

static void test_thread_limits(void)
{
    const struct arch_user_entry bad[] = {
        {.rip = COCO_USER_END},
        {.rsp = COCO_USER_END + 1},
        {.fs_base = COCO_USER_END},
    };
    struct thread *thread;
    uint32_t code;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        EXPECT(thread_start_user(&bad[i], &thread) == ERR_INVAL);
    }
    EXPECT(thread_wait(thread_current(), 0, &code) == ERR_INVAL);
    EXPECT(thread_set_tls(uaddr(COCO_USER_END)) == ERR_INVAL);
    EXPECT(thread_set_tls(uaddr(0x1000)) == OK);
}

static void test_ids_are_new(void)
{
    uint64_t last = 0;

    for (unsigned i = 0; i < 5; i++) {
        struct process *process = fixture_start(USER_PROCESS_EXIT);

        EXPECT(process_id(process) > last);
        last = process_id(process);
        (void)fixture_wait(process);
    }
}

const struct test process_tests[] = {
    {"process.exit_code", test_exit_code, CPUS_ALL},
    {"process.wait_deadline", test_wait_deadline, CPUS_ALL},
    {"process.request_seen_early", test_request_seen_early, CPUS_ALL},
    {"process.kill_many_threads", test_kill_many_threads, CPUS_ALL},
    {"process.exit_ends_all_threads", test_exit_ends_all_threads, CPUS_ALL},
    {"process.fault", test_fault, CPUS_1},
    {"process.start_block", test_start_block, CPUS_1 | CPUS_2},
    {"process.start_pie", test_start_pie, CPUS_1},
    {"process.start_without_span", test_start_without_span, CPUS_1},
    {"process.upstream_environment", test_upstream_environment, CPUS_1},
    {"process.refusals", test_refusals, CPUS_1},
    {"process.allocation_failures", test_allocation_failures, CPUS_1},
    {"process.thread_limits", test_thread_limits, CPUS_1},
    {"process.ids_are_new", test_ids_are_new, CPUS_ALL},
    {0},
};
