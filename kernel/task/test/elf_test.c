// SPDX-License-Identifier: MIT
// The ELF reader: what it accepts, and one case for each rule it refuses by.
#include <abi/types.h>
#include <mm/aspace.h>
#include <string.h>

#include "../elf.h"
#include "elf_builder.h"
#include "sim/sim.h"
#include "tests.h"

static struct image image;
static struct elf_image parsed;

static enum status parse(void)
{
    return elf_parse(&image.source, &parsed);
}

static void test_native(void)
{
    image_native(&image, 3);
    EXPECT(parse() == OK);
    EXPECT(parsed.native && !parsed.position_independent);
    EXPECT(parsed.segment_count == 2 && parsed.entry == 0x401030);
    EXPECT(parsed.low == 0x400000 && parsed.high == 0x406000);
    EXPECT(parsed.header_address == 0x400040 && parsed.header_count == 3);
    EXPECT(parsed.segments[0].prot == (ASPACE_READ | ASPACE_EXEC));
    EXPECT(parsed.segments[1].prot == (ASPACE_READ | ASPACE_WRITE));
    EXPECT(parsed.segments[1].file_len == 0x20 && parsed.segments[1].memory_len == 0x3000);
}

static void test_pie(void)
{
    image_pie(&image, 0);
    image_program_header(&image, 1)->align = 0x200000;
    EXPECT(parse() == OK);
    EXPECT(parsed.position_independent && parsed.low == 0 && parsed.align == 0x200000);
    /* not a power of two: ignored */
    image_program_header(&image, 1)->align = 0x3000;
    EXPECT(parse() == OK && parsed.align == PAGE_SIZE);
    /* with an interpreter it is not static */
    image_add(&image, (struct elf_program_header){.type = ELF_PT_INTERP});
    EXPECT(parse() == ERR_NOEXEC);
}

static void test_upstream(void)
{
    image_upstream(&image, 0);
    EXPECT(parse() == OK && !parsed.native);
    /* the file part of a segment that is not writable runs on to the end of its page */
    image_program_header(&image, 0)->filesz = 0x1234;
    EXPECT(parse() == OK && parsed.segments[0].file_len == 0x2000);
    EXPECT(parsed.segments[1].file_len == 0x20);
    image_header(&image)->osabi = ELF_OSABI_LINUX;
    EXPECT(parse() == OK);
    image_header(&image)->shentsize = 63;
    EXPECT(parse() == ERR_NOEXEC);
    image_upstream(&image, 0);
    image_header(&image)->shoff = 0;
    EXPECT(parse() == ERR_NOEXEC);
    image_upstream(&image, 0);
    image_header(&image)->shnum = 0;
    EXPECT(parse() == ERR_NOEXEC);
    image_upstream(&image, 0);
    image_header(&image)->shoff = IMAGE_SIZE - 127;
    EXPECT(parse() == ERR_NOEXEC);
    image_header(&image)->shoff = UINT64_MAX - 10;
    EXPECT(parse() == ERR_NOEXEC);
    image_upstream(&image, 0);
    image_header(&image)->type = ELF_TYPE_DYN;
    EXPECT(parse() == ERR_NOEXEC);
    /* a broken note is none of upstream's business */
    image_upstream(&image, 0);
    image_add(&image, (struct elf_program_header){
                          .type = ELF_PT_NOTE, .offset = UINT64_MAX - 3, .filesz = 100});
    EXPECT(parse() == OK && !parsed.native);
}

static void test_header_fields(void)
{
    static const struct {
        size_t offset;
        uint8_t value;
    } bad[] = {
        {0, 'F'},   /* magic */
        {4, 1},     /* 32 bit */
        {5, 2},     /* big-endian */
        {6, 0},     /* version */
        {7, 9},     /* OS ABI */
        {16, 1},    /* relocatable */
        {18, 3},    /* i386 */
        {20, 2},    /* version */
        {31, 0x80}, /* entry in the kernel's half */
        {39, 0xff}, /* program header offset */
        {54, 55},   /* program header size */
        {56, 0},    /* no program headers */
        {56, 65},   /* too many */
    };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        image_native(&image, 0);
        image.bytes[bad[i].offset] = bad[i].value;
        EXPECT(parse() == ERR_NOEXEC);
    }
    image_native(&image, 0);
    for (uint64_t size = 0; size < sizeof(struct elf_header); size += 7) {
        image.source.size = size;
        EXPECT(parse() == ERR_NOEXEC);
    }
    image.source.size = sizeof(struct elf_header) + 100; /* the table is cut */
    EXPECT(parse() == ERR_NOEXEC);
}

/* Applies a change to program header `index` of a native image and parses it. */
#define REFUSED(index, field, new_value)                                                           \
    do {                                                                                           \
        image_native(&image, 0);                                                                   \
        image_program_header(&image, index)->field = (new_value);                                  \
        EXPECT(parse() == ERR_NOEXEC);                                                             \
    } while (0)

static void test_segments(void)
{
    REFUSED(1, filesz, 0x3001);                /* more in the file than in memory */
    REFUSED(1, memsz, UINT64_MAX - 0x400000);  /* wraps */
    REFUSED(1, memsz, COCO_USER_END);          /* beyond user space */
    REFUSED(1, vaddr, COCO_USER_END - 0x1ff0); /* its last page is beyond */
    REFUSED(1, vaddr, 0xffffffff80000010);     /* the kernel's half */
    REFUSED(1, vaddr, 0x402011);               /* not congruent */
    REFUSED(1, offset, 0x9010);                /* beyond the file */
    REFUSED(1, offset, UINT64_MAX - 0xfef);    /* wraps */
    REFUSED(1, flags, ELF_PF_R | ELF_PF_W | ELF_PF_X);
    REFUSED(1, vaddr, 0x401010); /* shares a page with the code */
    REFUSED(0, flags, ELF_PF_R); /* entry is not executable */
    REFUSED(0, type, 0);         /* entry is not mapped */

    image_native(&image, 0);
    image_program_header(&image, 0)->type = 0;
    image_program_header(&image, 1)->type = 0;
    EXPECT(parse() == ERR_NOEXEC); /* nothing to load */

    /* empty segments are passed over, the order does not matter */
    image_native(&image, 0);
    image_add(&image, (struct elf_program_header){.type = ELF_PT_LOAD, .vaddr = 0x400000});
    image_add(&image,
              (struct elf_program_header){
                  .type = ELF_PT_LOAD, .flags = ELF_PF_R, .vaddr = 0x10000, .memsz = 0x1000});
    EXPECT(parse() == OK && parsed.segment_count == 3 && parsed.low == 0x10000);
}

static void test_note(void)
{
    uint32_t *note = (uint32_t *)(image.bytes + IMAGE_NOTE_OFFSET);

    image_native(&image, 0);
    note[5] = COCO_ABI_LEVEL + 1;
    image_program_header(&image, 1)->flags = 7; /* whatever else is wrong */
    EXPECT(parse() == ERR_ABILEVEL);
    image_native(&image, 0);
    note[5] = 0;
    EXPECT(parse() == ERR_NOEXEC);
    image_native(&image, 0);
    note[1] = 2; /* content too short */
    EXPECT(parse() == ERR_NOEXEC);
    image_native(&image, 0);
    image_program_header(&image, 2)->filesz = 23; /* content cut */
    EXPECT(parse() == ERR_NOEXEC);
    /* other notes in front, one with an absurd length behind */
    image_native(&image, 0);
    memmove(note + 5, note, 24);
    memcpy(note, (uint32_t[]){4, 4, 3, 0x00554e47, 0}, 20);
    note[11] = 0xffffffff;
    note[12] = 0xffffffff;
    image_program_header(&image, 2)->filesz = 0x100;
    EXPECT(parse() == OK && parsed.native);
    /* another name or type: not ours, and the rest is no upstream program */
    image_native(&image, 0);
    note[2] = 2;
    EXPECT(parse() == ERR_NOEXEC);
    image_native(&image, 0);
    note[0] = 0xffffffff;
    EXPECT(parse() == ERR_NOEXEC);
}

static enum status failing_read(void *context, uint64_t offset, void *dst, size_t len)
{
    (void)context;
    (void)offset;
    memset(dst, 0, len);
    return ERR_IO;
}

static void test_read_error(void)
{
    image_native(&image, 0);
    image.source.read = failing_read;
    EXPECT(parse() == ERR_IO);
}

/* Each byte of the headers with each of some values: no crash, and what is accepted obeys the
 * rules. */
static void test_mutations(void)
{
    static const uint8_t values[] = {0, 1, 7, 0x7f, 0x80, 0xff};
    unsigned accepted = 0;

    for (uint32_t at = 0; at < 64 + 3 * 56; at++) {
        for (size_t i = 0; i < sizeof(values); i++) {
            image_native(&image, 0);
            image.bytes[at] = values[i];
            if (parse() == OK) {
                elf_image_verify(&image.source, &parsed);
                accepted++;
            }
        }
    }
    EXPECT(accepted > 100);
}

const struct test elf_tests[] = {
    {"elf.native", test_native, CPUS_1},
    {"elf.pie", test_pie, CPUS_1},
    {"elf.upstream", test_upstream, CPUS_1},
    {"elf.header_fields", test_header_fields, CPUS_1},
    {"elf.segments", test_segments, CPUS_1},
    {"elf.note", test_note, CPUS_1},
    {"elf.read_error", test_read_error, CPUS_1},
    {"elf.mutations", test_mutations, CPUS_1},
    {0},
};
