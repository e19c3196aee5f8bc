// SPDX-License-Identifier: MIT
// Programs that are none: every field of the headers that the loader relies on, made wrong one at a
// time in a good image, files cut short, and random damage. Each must be refused, or run and end
// like any process.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"
#include "scratch.h"

#define DAMAGED SCRATCH "/damaged"

/* Offsets in the ELF header and in a program header. */
#define E_IDENT_CLASS 4
#define E_IDENT_DATA 5
#define E_IDENT_VERSION 6
#define E_IDENT_OSABI 7
#define E_TYPE 16
#define E_MACHINE 18
#define E_VERSION 20
#define E_ENTRY 24
#define E_PHOFF 32
#define E_SHOFF 40
#define E_PHENTSIZE 54
#define E_PHNUM 56
#define E_SHENTSIZE 58
#define E_SHNUM 60
#define P_TYPE 0
#define P_FLAGS 4
#define P_OFFSET 8
#define P_VADDR 16
#define P_FILESZ 32
#define P_MEMSZ 40
#define PHDR_SIZE 56
#define PT_LOAD 1u
#define PT_INTERP 3u
#define PT_NOTE 4u

static uint8_t *image; /* a copy that may be damaged */
static size_t image_len;
static size_t image_pages;

static bool image_copy(const char *path)
{
    const struct program_image *source = program_image(path);
    image_len = source->len;
    image_pages = (image_len + PAGE - 1) / PAGE;
    image = memory_pages(image_pages);
    if (image == NULL) {
        return false;
    }
    memcpy(image, source->data, image_len);
    return true;
}

static void image_free(void)
{
    EXPECT_OK(memory_unmap(image, image_pages * PAGE));
}

static uint64_t get(size_t offset, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, image + offset, size);
    return value;
}

/* What process_exec says to an image that process_spawn refused with `refusal` is the same. */
static void expect_exec_refused(int64_t refusal)
{
    const struct coco_spawn request = {.size = sizeof(request), .path = (uintptr_t)DAMAGED};
    EXPECT_EQ(coco_process_exec(&request), refusal);
    const struct coco_policy policy = {.size = sizeof(policy),
                                       .memory = COCO_LIMIT_NONE,
                                       .tasks = COCO_LIMIT_NONE,
                                       .handles = COCO_HANDLE_MAX};
    EXPECT_EQ(coco_process_spawn_confined(&request, &policy), refusal);
}

/* Writes the image with `len` bytes and tries to run it; what runs is ended. 0 if it could be
 * started. */
static int64_t try_image(size_t len)
{
    int64_t written = scratch_file(DAMAGED, image, len);
    int64_t process = written < 0 ? written : child_spawn(&(struct child){.program = DAMAGED});
    if (process > 0) {
        struct coco_exit_status status;
        (void)coco_process_wait((coco_handle_t)process, deadline_after(5 * MILLISECONDS), &status);
        EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
        (void)child_wait(process, &status);
    }
    if (process < 0) {
        expect_exec_refused(process);
    }
    EXPECT_OK(coco_unlink(DAMAGED));
    return process > 0 ? 0 : process;
}

/* Sets a field, expects a result, and puts the field back. */
static void expect_with(size_t offset, size_t size, uint64_t value, int64_t expected)
{
    uint64_t good = get(offset, size);
    memcpy(image + offset, &value, size);
    int64_t result = try_image(image_len);
    if (result != expected) {
        test_fail(__FILE_NAME__, __LINE__, "%lu bytes at %lu set to 0x%lx: expected %ld, got %ld",
                  size, offset, value, expected, result);
    }
    memcpy(image + offset, &good, size);
}

static size_t header_of(uint32_t type, uint32_t number)
{
    size_t at = (size_t)get(E_PHOFF, 8);
    for (uint64_t i = 0; i < get(E_PHNUM, 2); i++, at += PHDR_SIZE) {
        if (get(at + P_TYPE, 4) == type && number-- == 0) {
            return at;
        }
    }
    test_fail(__FILE_NAME__, __LINE__, "the image has no such program header");
    return (size_t)get(E_PHOFF, 8);
}

TEST(elf, header_fields, RULE("process_spawn.3"), RULE("process_spawn.ENOEXEC"))
{
    REQUIRE(image_copy(MINIMAL_PROGRAM));
    EXPECT_OK(try_image(image_len));
    for (size_t i = 0; i < 4; i++) {
        expect_with(i, 1, 0, COCO_ENOEXEC);
    }
    expect_with(E_IDENT_CLASS, 1, 1, COCO_ENOEXEC);
    expect_with(E_IDENT_DATA, 1, 2, COCO_ENOEXEC);
    expect_with(E_IDENT_VERSION, 1, 0, COCO_ENOEXEC);
    expect_with(E_IDENT_OSABI, 1, 9, COCO_ENOEXEC);
    expect_with(E_IDENT_OSABI, 1, 3, 0);
    expect_with(E_TYPE, 2, 1, COCO_ENOEXEC);
    expect_with(E_TYPE, 2, 4, COCO_ENOEXEC);
    expect_with(E_MACHINE, 2, 3, COCO_ENOEXEC);
    expect_with(E_MACHINE, 2, 183, COCO_ENOEXEC);
    expect_with(E_VERSION, 4, 2, COCO_ENOEXEC);
    expect_with(E_PHENTSIZE, 2, 32, COCO_ENOEXEC);
    expect_with(E_PHENTSIZE, 2, 0, COCO_ENOEXEC);
    expect_with(E_PHNUM, 2, 0, COCO_ENOEXEC);
    expect_with(E_PHNUM, 2, 0xffff, COCO_ENOEXEC);
    expect_with(E_PHOFF, 8, image_len, COCO_ENOEXEC);
    expect_with(E_PHOFF, 8, UINT64_MAX, COCO_ENOEXEC);
    expect_with(E_PHOFF, 8, UINT64_MAX - 63, COCO_ENOEXEC);
    expect_with(E_ENTRY, 8, 0, COCO_ENOEXEC);
    expect_with(E_ENTRY, 8, COCO_USER_END, COCO_ENOEXEC);
    expect_with(E_ENTRY, 8, KERNEL_ADDRESS, COCO_ENOEXEC);
    image_free();
}

TEST(elf, segment_fields, RULE("process_spawn.3"), RULE("process_spawn.ENOEXEC"))
{
    REQUIRE(image_copy(MINIMAL_PROGRAM));
    size_t first = header_of(PT_LOAD, 0);
    size_t second = header_of(PT_LOAD, 1);
    expect_with(second + P_OFFSET, 8, get(second + P_OFFSET, 8) + 1, COCO_ENOEXEC);
    expect_with(second + P_OFFSET, 8, 0ull - PAGE, COCO_ENOEXEC);
    expect_with(second + P_OFFSET, 8, 1ull << 40, COCO_ENOEXEC);
    expect_with(second + P_VADDR, 8, COCO_USER_END, COCO_ENOEXEC);
    expect_with(second + P_VADDR, 8, KERNEL_ADDRESS, COCO_ENOEXEC);
    expect_with(second + P_VADDR, 8, 0ull - PAGE, COCO_ENOEXEC);
    expect_with(second + P_VADDR, 8, get(first + P_VADDR, 8), COCO_ENOEXEC);
    expect_with(second + P_FILESZ, 8, image_len + 1, COCO_ENOEXEC);
    expect_with(second + P_FILESZ, 8, UINT64_MAX, COCO_ENOEXEC);
    expect_with(second + P_MEMSZ, 8, 0, COCO_ENOEXEC);
    expect_with(second + P_MEMSZ, 8, UINT64_MAX, COCO_ENOEXEC);
    expect_with(second + P_MEMSZ, 8, COCO_USER_END, COCO_ENOEXEC);
    expect_with(second + P_FLAGS, 4, 7, COCO_ENOEXEC);
    expect_with(second + P_FLAGS, 4, 4, COCO_ENOEXEC);         /* the entry is not executable */
    expect_with(first + P_MEMSZ, 8, 1ull << 30, COCO_ENOEXEC); /* overlaps the second */
    image_free();
}

TEST(elf, interpreter_is_refused, RULE("process_spawn.3"), RULE("process_spawn.ENOEXEC"))
{
    REQUIRE(image_copy(CHILD_PROGRAM));
    size_t header = (size_t)get(E_PHOFF, 8);
    EXPECT_EQ(get(header + P_TYPE, 4), 6); /* PT_PHDR, which the loader does not need */
    expect_with(header + P_TYPE, 4, PT_INTERP, COCO_ENOEXEC);
    image_free();
}

TEST(elf, newer_abi_level, RULE("process_spawn.3"), RULE("process_spawn.EABILEVEL"),
     RULE("process_exec.5"), RULE("process_exec.EABILEVEL"),
     RULE("process_spawn_confined.EABILEVEL"))
{
    REQUIRE(image_copy(MINIMAL_PROGRAM));
    size_t note = (size_t)get(header_of(PT_NOTE, 0) + P_OFFSET, 8);
    EXPECT_EQ(get(note + 20, 4), COCO_ABI_LEVEL);
    expect_with(note + 20, 4, COCO_ABI_LEVEL + 1, COCO_EABILEVEL);
    expect_with(note + 20, 4, UINT32_MAX, COCO_EABILEVEL);
    expect_with(note + 20, 4, 0, COCO_ENOEXEC);
    /* A length that leaves no room for the level, and lengths that lead out of the note. */
    expect_with(note + 4, 4, 3, COCO_ENOEXEC);
    image_free();
}

/* Without our note a program is upstream's, which must have a fixed address and its section
 * headers. */
TEST(elf, upstream_rules, RULE("exec.4"), RULE("process_spawn.ENOEXEC"))
{
    REQUIRE(image_copy(MINIMAL_PROGRAM));
    size_t note = header_of(PT_NOTE, 0);
    memset(image + note, 0, 4);
    EXPECT_TRUE(get(E_SHENTSIZE, 2) == 64 && get(E_SHNUM, 2) > 0);
    EXPECT_OK(try_image(image_len));
    expect_with(E_SHENTSIZE, 2, 0, COCO_ENOEXEC);
    expect_with(E_SHENTSIZE, 2, 63, COCO_ENOEXEC);
    expect_with(E_SHOFF, 8, 0, COCO_ENOEXEC);
    expect_with(E_SHOFF, 8, image_len, COCO_ENOEXEC);
    expect_with(E_SHNUM, 2, 0, COCO_ENOEXEC);
    expect_with(E_TYPE, 2, 3, COCO_ENOEXEC);
    image_free();
    REQUIRE(image_copy(CHILD_PIE_PROGRAM));
    EXPECT_OK(try_image(image_len));
    memset(image + header_of(PT_NOTE, 0), 0, 4);
    EXPECT_ERROR(try_image(image_len), NOEXEC);
    image_free();
}

/* No length of the file lets the loader read beyond it. */
TEST(elf, cut_short, RULE("process_spawn.3"), RULE("process_spawn.ENOEXEC"))
{
    REQUIRE(image_copy(MINIMAL_PROGRAM));
    size_t load = header_of(PT_LOAD, 1);
    size_t needed = (size_t)(get(load + P_OFFSET, 8) + get(load + P_FILESZ, 8));
    for (size_t len = 0; len < needed; len += len < 600 ? 7 : 311) {
        int64_t result = try_image(len);
        if (result != COCO_ENOEXEC) {
            test_fail(__FILE_NAME__, __LINE__, "%lu of %lu bytes: expected ENOEXEC, got %ld", len,
                      needed, result);
        }
    }
    EXPECT_OK(try_image(needed));
    image_free();
}

/* Damage in the headers, three places at a time: the result is a refusal, or a process. */
TEST(elf, random_damage, RULE("process_spawn.3"))
{
    uint64_t state = 0x9e3779b97f4a7c15;
    REQUIRE(image_copy(MINIMAL_PROGRAM));
    size_t headers = (size_t)(get(E_PHOFF, 8) + get(E_PHNUM, 2) * PHDR_SIZE + 24);
    for (int round = 0; round < 150; round++) {
        for (int i = 0; i < 3; i++) {
            image[random_next(&state) % headers] = (uint8_t)random_next(&state);
        }
        int64_t result = try_image(image_len);
        if (result != 0 && result != COCO_ENOEXEC && result != COCO_EABILEVEL &&
            result != COCO_ENOMEM) {
            test_fail(__FILE_NAME__, __LINE__, "round %d: got %ld", round, result);
        }
        memcpy(image, program_image(MINIMAL_PROGRAM)->data, image_len);
    }
    image_free();
}
