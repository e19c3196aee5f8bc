// SPDX-License-Identifier: MIT
#include "elf_builder.h"

#include <abi/types.h>
#include <string.h>

#define BASE 0x400000u

static enum status image_read(void *context, uint64_t offset, void *dst, size_t len)
{
    struct image *image = context;

    image->reads++;
    if (offset > IMAGE_SIZE || len > IMAGE_SIZE - offset) {
        return ERR_IO; /* the reader has to check against `size` before */
    }
    memcpy(dst, image->bytes + offset, len);
    return OK;
}

static const void *image_span(void *context, uint64_t offset, size_t *len)
{
    struct image *image = context;

    if (offset >= image->source.size) {
        return NULL;
    }
    *len = (size_t)(image->source.size - offset);
    return image->bytes + offset;
}

struct elf_program_header *image_add(struct image *image, struct elf_program_header header)
{
    struct elf_program_header *added = image_program_header(image, image_header(image)->phnum++);

    *added = header;
    return added;
}

static void put_note(struct image *image, uint32_t level)
{
    const struct {
        struct elf_note note;
        char name[8];
        uint32_t level;
    } content = {{8, 4, COCO_NOTE_TYPE_ABI}, COCO_NOTE_NAME, level};

    memcpy(image->bytes + IMAGE_NOTE_OFFSET, &content, sizeof(content));
}

static void image_make(struct image *image, uint64_t base, unsigned index)
{
    struct elf_header *header = image_header(image);

    memset(image, 0, sizeof(*image));
    image->source = (struct program_source){
        .read = image_read, .span = image_span, .context = image, .size = IMAGE_SIZE};
    for (uint32_t i = 0x1000; i < IMAGE_SIZE; i++) {
        image->bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    *header = (struct elf_header){
        .magic = ELF_MAGIC,
        .file_class = ELF_CLASS_64,
        .data = ELF_DATA_LITTLE,
        .ident_version = ELF_VERSION,
        .type = base == 0 ? ELF_TYPE_DYN : ELF_TYPE_EXEC,
        .machine = ELF_MACHINE_X86_64,
        .version = ELF_VERSION,
        .entry = base + 0x1000 + 16 * index,
        .phoff = sizeof(struct elf_header),
        .ehsize = sizeof(struct elf_header),
        .phentsize = sizeof(struct elf_program_header),
    };
    image_add(image, (struct elf_program_header){.type = ELF_PT_LOAD,
                                                 .flags = ELF_PF_R | ELF_PF_X,
                                                 .vaddr = base,
                                                 .filesz = IMAGE_CODE_LEN,
                                                 .memsz = IMAGE_CODE_LEN,
                                                 .align = 0x1000});
    image_add(image, (struct elf_program_header){.type = ELF_PT_LOAD,
                                                 .flags = ELF_PF_R | ELF_PF_W,
                                                 .offset = IMAGE_DATA_OFFSET,
                                                 .vaddr = base + IMAGE_DATA_OFFSET,
                                                 .filesz = 0x20,
                                                 .memsz = 0x3000,
                                                 .align = 0x1000});
}

static void add_note(struct image *image)
{
    put_note(image, COCO_ABI_LEVEL);
    image_add(image, (struct elf_program_header){.type = ELF_PT_NOTE,
                                                 .flags = ELF_PF_R,
                                                 .offset = IMAGE_NOTE_OFFSET,
                                                 .filesz = 24,
                                                 .memsz = 24,
                                                 .align = 4});
}

void image_native(struct image *image, unsigned index)
{
    image_make(image, BASE, index);
    add_note(image);
}

void image_pie(struct image *image, unsigned index)
{
    image_make(image, 0, index);
    add_note(image);
}

void image_upstream(struct image *image, unsigned index)
{
    struct elf_header *header;

    image_make(image, BASE, index);
    header = image_header(image);
    header->shoff = 0x7000;
    header->shnum = 2;
    header->shentsize = ELF_SECTION_HEADER_SIZE;
    image_add(image, (struct elf_program_header){.type = 0x6474e551, .flags = ELF_PF_R | ELF_PF_W});
}
