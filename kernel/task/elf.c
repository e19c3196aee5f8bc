// SPDX-License-Identifier: MIT
// The ELF reader. Every number in the file is hostile: it is copied once, and checked before use.
//
// First pass: each program header is looked at once; loadable segments are collected, notes
// searched. Then it is known whether the program is native (has the COCONUT note) or made for
// upstream, and the rules that depend on it are applied.
#include <abi/types.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>

#include "elf.h"
#include "elf_format.h"

struct parser {
    const struct program_source *source;
    struct elf_image *image;
    struct elf_header header;
    bool has_interpreter;
};

enum status elf_read(const struct program_source *source, uint64_t offset, void *dst, size_t len)
{
    uint64_t end;

    if (!checked_add(offset, len, &end) || end > source->size) {
        return ERR_NOEXEC;
    }
    return source->read(source->context, offset, dst, len);
}

/* True if offset .. offset + len lies in the file. */
static bool in_file(const struct program_source *source, uint64_t offset, uint64_t len)
{
    uint64_t end;

    return checked_add(offset, len, &end) && end <= source->size;
}

static bool header_is_valid(const struct elf_header *header)
{
    return header->magic == ELF_MAGIC && header->file_class == ELF_CLASS_64 &&
           header->data == ELF_DATA_LITTLE && header->ident_version == ELF_VERSION &&
           (header->osabi == ELF_OSABI_SYSV || header->osabi == ELF_OSABI_LINUX) &&
           header->machine == ELF_MACHINE_X86_64 && header->version == ELF_VERSION &&
           (header->type == ELF_TYPE_EXEC || header->type == ELF_TYPE_DYN) &&
           header->phentsize >= sizeof(struct elf_program_header) && header->phnum > 0 &&
           header->phnum <= ELF_PROGRAM_HEADER_MAX && header->entry < COCO_USER_END;
}

/* The rules upstream's loader has beyond those for all programs. */
static bool upstream_accepts(const struct parser *parser)
{
    const struct elf_header *header = &parser->header;

    return header->type == ELF_TYPE_EXEC && header->shentsize >= ELF_SECTION_HEADER_SIZE &&
           header->shoff != 0 && header->shnum != 0 &&
           in_file(parser->source, header->shoff, (uint64_t)header->shentsize * header->shnum);
}

static unsigned prot_of(uint32_t flags)
{
    return ((flags & ELF_PF_R) != 0 ? ASPACE_READ : 0u) |
           ((flags & ELF_PF_W) != 0 ? ASPACE_WRITE : 0u) |
           ((flags & ELF_PF_X) != 0 ? ASPACE_EXEC : 0u);
}

/* Checks one loadable segment by itself and keeps it. An empty one is passed over. */
static enum status segment_add(struct parser *parser, const struct elf_program_header *header)
{
    struct elf_image *image = parser->image;
    uint64_t end;
    uint64_t page_end;

    if (header->filesz > header->memsz || !checked_add(header->vaddr, header->memsz, &end) ||
        !checked_align_up(end, PAGE_SIZE, &page_end) || page_end > COCO_USER_END ||
        !in_file(parser->source, header->offset, header->filesz) ||
        ((header->vaddr ^ header->offset) & PAGE_MASK) != 0 ||
        ((header->flags & ELF_PF_W) != 0 && (header->flags & ELF_PF_X) != 0)) {
        return ERR_NOEXEC;
    }
    if (header->memsz == 0) {
        return OK;
    }
    if (is_power_of_two(header->align) && header->align > image->align) {
        image->align = header->align;
    }
    image->low = MIN(image->low, align_down(header->vaddr, PAGE_SIZE));
    image->high = MAX(image->high, page_end);
    image->segments[image->segment_count++] = (struct elf_segment){
        .address = header->vaddr,
        .offset = header->offset,
        .file_len = header->filesz,
        .memory_len = header->memsz,
        .prot = prot_of(header->flags),
    };
    return OK;
}

/* Looks for our note among those at offset .. offset + len. Foreign and broken ones are passed
 * over, as upstream's loader does not look at notes at all. */
static enum status notes_scan(struct parser *parser, uint64_t offset, uint64_t len, uint64_t align)
{
    struct elf_image *image = parser->image;
    uint64_t end = offset + MIN(len, (uint64_t)ELF_NOTE_BYTES_MAX);

    align = align == 8 ? 8 : 4;
    while (offset + sizeof(struct elf_note) <= end) {
        char name[sizeof(COCO_NOTE_NAME)];
        struct elf_note note;
        uint64_t content;
        enum status status = elf_read(parser->source, offset, &note, sizeof(note));

        if (status != OK) {
            return status;
        }
        /* 32-bit lengths and an offset inside the file: these sums cannot wrap. */
        content = offset + align_up(sizeof(note) + note.name_len, align);
        if (note.type == COCO_NOTE_TYPE_ABI && note.name_len == sizeof(name) &&
            offset + sizeof(note) + sizeof(name) <= end) {
            status = elf_read(parser->source, offset + sizeof(note), name, sizeof(name));
            if (status != OK) {
                return status;
            }
            if (memcmp(name, COCO_NOTE_NAME, sizeof(name)) == 0) {
                uint32_t level = 0;

                if (note.content_len < sizeof(level) || content + sizeof(level) > end) {
                    return ERR_NOEXEC;
                }
                status = elf_read(parser->source, content, &level, sizeof(level));
                if (status != OK) {
                    return status;
                }
                image->native = true;
                return level == 0 ? ERR_NOEXEC : level > COCO_ABI_LEVEL ? ERR_ABILEVEL : OK;
            }
        }
        offset = content + align_up(note.content_len, align);
    }
    return OK;
}

static enum status program_header_read(struct parser *parser, uint32_t index,
                                       struct elf_program_header *header)
{
    uint64_t offset;

    if (!checked_add(parser->header.phoff, (uint64_t)index * parser->header.phentsize, &offset)) {
        return ERR_NOEXEC;
    }
    return elf_read(parser->source, offset, header, sizeof(*header));
}

/* The note decides about the level; it is searched before segments are judged, so that a program of
 * a newer level is refused as such whatever else it uses. */
static enum status program_headers_scan(struct parser *parser, bool notes)
{
    for (uint32_t i = 0; i < parser->header.phnum; i++) {
        struct elf_program_header header;
        enum status status = program_header_read(parser, i, &header);

        if (status == OK && notes && header.type == ELF_PT_NOTE && !parser->image->native &&
            in_file(parser->source, header.offset, header.filesz)) {
            status = notes_scan(parser, header.offset, header.filesz, header.align);
        } else if (status == OK && !notes && header.type == ELF_PT_LOAD) {
            status = segment_add(parser, &header);
        } else if (!notes && header.type == ELF_PT_INTERP) {
            parser->has_interpreter = true;
        }
        if (status != OK) {
            return status;
        }
    }
    return OK;
}

static bool segments_overlap(const struct elf_image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *a = &image->segments[i];
        uint64_t a_start = align_down(a->address, PAGE_SIZE);
        uint64_t a_end = align_up(a->address + a->memory_len, PAGE_SIZE);

        for (uint32_t j = 0; j < i; j++) {
            const struct elf_segment *b = &image->segments[j];

            if (align_down(b->address, PAGE_SIZE) < a_end &&
                a_start < align_up(b->address + b->memory_len, PAGE_SIZE)) {
                return true;
            }
        }
    }
    return false;
}

static const struct elf_segment *segment_at(const struct elf_image *image, uint64_t address)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (address >= segment->address && address - segment->address < segment->memory_len) {
            return segment;
        }
    }
    return NULL;
}

/* Where the program headers are in memory, if a segment covers them and they are of the usual size.
 */
static void headers_locate(struct parser *parser)
{
    const struct elf_header *header = &parser->header;
    struct elf_image *image = parser->image;
    uint64_t len = (uint64_t)header->phnum * sizeof(struct elf_program_header);

    if (header->phentsize != sizeof(struct elf_program_header)) {
        return;
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t skip = header->phoff - segment->offset;

        if (header->phoff >= segment->offset && skip <= segment->file_len &&
            segment->file_len - skip >= len) {
            image->header_address = segment->address + skip;
            image->header_count = header->phnum;
            return;
        }
    }
}

/* Upstream maps the pages of the file: behind the file part of a segment that is not writable, the
 * page shows what follows in the file. */
static void extend_read_only(const struct parser *parser)
{
    struct elf_image *image = parser->image;

    for (uint32_t i = 0; i < image->segment_count; i++) {
        struct elf_segment *segment = &image->segments[i];
        uint64_t tail = -(segment->address + segment->file_len) & PAGE_MASK;

        if ((segment->prot & ASPACE_WRITE) == 0 && segment->file_len != 0) {
            segment->file_len +=
                MIN(tail, parser->source->size - segment->offset - segment->file_len);
        }
    }
}

static enum status native_check(const struct parser *parser)
{
    const struct elf_segment *code = segment_at(parser->image, parser->header.entry);

    if (parser->has_interpreter || code == NULL || (code->prot & ASPACE_EXEC) == 0) {
        return ERR_NOEXEC;
    }
    return OK;
}

enum status elf_parse(const struct program_source *source, struct elf_image *image)
{
    struct parser parser = {.source = source, .image = image};
    enum status status;

    memset(image, 0, offsetof(struct elf_image, segments));
    image->low = UINT64_MAX;
    image->align = PAGE_SIZE;
    status = elf_read(source, 0, &parser.header, sizeof(parser.header));
    if (status != OK) {
        return status;
    }
    if (!header_is_valid(&parser.header)) {
        return ERR_NOEXEC;
    }
    status = program_headers_scan(&parser, true);
    if (status != OK) {
        return status;
    }
    if (!image->native && !upstream_accepts(&parser)) {
        return ERR_NOEXEC;
    }
    status = program_headers_scan(&parser, false);
    if (status != OK) {
        return status;
    }
    if (image->segment_count == 0 || segments_overlap(image)) {
        return ERR_NOEXEC;
    }
    image->entry = parser.header.entry;
    image->position_independent = parser.header.type == ELF_TYPE_DYN;
    headers_locate(&parser);
    if (!image->native) {
        extend_read_only(&parser);
        return OK;
    }
    return native_check(&parser);
}
