// SPDX-License-Identifier: MIT
#include "archive_builder.h"
#include "support.h"

#include <fs/archive.h>
#include <string.h>

static struct archive_builder archive;

static void add_record(const struct archive_record *record)
{
    archive_builder_record(&archive, record);
}

/// Read all of the archive; the last status, and the number of files.
static enum status read_all(struct archive_reader *reader, unsigned *files)
{
    struct archive_file file;
    enum status status = archive_open(reader, archive.bytes, archive.len);

    *files = 0;
    while (status == OK) {
        status = archive_next(reader, &file);
        *files += status == OK;
    }
    return status;
}

static void check_refused(const char *problem)
{
    struct archive_reader reader;
    unsigned files;

    UNIT_EQUAL(read_all(&reader, &files), ERR_INVAL);
    if (strstr(reader.problem, problem) == NULL) {
        unit_fail(__FILE_NAME__, __LINE__, "refused with '%s', not '%s'", reader.problem, problem);
    }
}

UNIT_TEST(archive_gives_its_files)
{
    struct archive_reader reader;
    struct archive_file file;

    archive_builder_begin(&archive);
    archive_builder_file(&archive, "init", "abc");
    archive_builder_file(&archive, "dir/empty", "");
    UNIT_OK(archive_open(&reader, archive.bytes, archive.len));
    UNIT_OK(archive_next(&reader, &file));
    UNIT_EQUAL(file.offset, 8);
    UNIT_EQUAL(file.name_len, 4);
    UNIT_CHECK(memcmp(file.name, "init", 4) == 0);
    UNIT_EQUAL(file.data_len, 3);
    UNIT_CHECK(memcmp(file.data, "abc", 3) == 0);
    UNIT_OK(archive_next(&reader, &file));
    UNIT_CHECK(memcmp(file.name, "dir/empty", 9) == 0);
    UNIT_EQUAL(file.data_len, 0);
    UNIT_EQUAL(archive_next(&reader, &file), ERR_NOTFOUND);
    UNIT_EQUAL(archive_next(&reader, &file), ERR_NOTFOUND);
}

UNIT_TEST(archive_may_be_empty)
{
    struct archive_reader reader;
    unsigned files;

    archive_builder_begin(&archive);
    UNIT_EQUAL(read_all(&reader, &files), ERR_NOTFOUND);
    UNIT_EQUAL(files, 0);
}

UNIT_TEST(archive_header_is_checked)
{
    archive_builder_begin(&archive);
    archive.len = 7;
    check_refused("shorter");
    archive_builder_begin(&archive);
    archive.bytes[0] = 'p';
    check_refused("PKIT");
    archive_builder_begin(&archive);
    archive.bytes[4] = 9;
    check_refused("header size");
}

UNIT_TEST(archive_record_bounds_are_checked)
{
    archive_builder_begin(&archive);
    add_record(&(struct archive_record){1, 1, 0, "", 0});
    check_refused("beyond the end");
    archive_builder_begin(&archive);
    add_record(&(struct archive_record){1, 1, 5, "x1234", 5});
    check_refused("beyond the end");
    archive_builder_begin(&archive);
    add_record(&(struct archive_record){1, 1, UINT64_MAX, "x", 1});
    check_refused("beyond the end");
    archive_builder_begin(&archive);
    archive_builder_file(&archive, "x", "y");
    archive.bytes[archive.len++] = 1;
    check_refused("cut off");
}

UNIT_TEST(archive_record_type_and_name_are_checked)
{
    static char long_name[COCO_PATH_MAX];

    archive_builder_begin(&archive);
    add_record(&(struct archive_record){2, 1, 0, "x", 1});
    check_refused("unknown type");
    archive_builder_begin(&archive);
    add_record(&(struct archive_record){1, 0, 0, "", 0});
    check_refused("without a name");
    archive_builder_begin(&archive);
    archive_builder_file(&archive, "/init", "");
    check_refused("slash");
    archive_builder_begin(&archive);
    add_record(&(struct archive_record){1, 3, 0, "a\0b", 3});
    check_refused("zero byte");
    archive_builder_begin(&archive);
    archive_builder_file(&archive, "a\xc0\x80", "");
    check_refused("UTF-8");
    archive_builder_begin(&archive);
    memset(long_name, 'x', sizeof(long_name));
    add_record(&(struct archive_record){1, sizeof(long_name), 0, long_name, sizeof(long_name)});
    check_refused("longer than a path");
}

UNIT_TEST(archive_survives_changed_bytes)
{
    struct archive_reader reader;
    struct archive_builder original;
    unsigned files;

    archive_builder_begin(&original);
    archive_builder_file(&original, "init", "program");
    archive_builder_file(&original, "etc/config", "text");
    for (unsigned round = 0; round < 20000; round++) {
        archive = original;
        archive.len = (size_t)unit_random_below(original.len + 1);
        for (unsigned change = 0; change < 3; change++) {
            archive.bytes[unit_random_below(original.len)] = (uint8_t)unit_random();
        }
        enum status status = read_all(&reader, &files);
        UNIT_CHECK(status == ERR_NOTFOUND || (status == ERR_INVAL && reader.problem != NULL));
        UNIT_CHECK(reader.offset <= reader.len);
    }
}

static const char *read_text(const char *path)
{
    static char text[64];
    struct vfs_node *node;
    size_t done;

    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), path, VFS_UPSTREAM, &node));
    UNIT_OK(vfs_read_kernel(node, text, sizeof(text) - 1, 0, &done));
    vfs_node_put(node);
    text[done] = '\0';
    return text;
}

UNIT_TEST(unpacked_files_have_names_parents_and_borrowed_bytes)
{
    static struct archive_builder kept; // the tree borrows from it for good
    struct vfs_node *node;
    size_t len;

    support_start();
    archive_builder_begin(&kept);
    archive_builder_file(&kept, "unpack/a", "first");
    archive_builder_file(&kept, "unpack//deep/er/b", "second");
    archive_builder_file(&kept, "unpack/empty", "");
    UNIT_OK(fs_unpack_archive(kept.bytes, kept.len));
    UNIT_CHECK(strcmp(read_text("/unpack/a"), "first") == 0);
    UNIT_CHECK(strcmp(read_text("unpack/deep/er/b"), "second") == 0);
    UNIT_CHECK(strcmp(read_text("unpack/empty"), "") == 0);
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "unpack/a", VFS_UPSTREAM, &node));
    const uint8_t *span = vfs_span(node, 1, &len);
    UNIT_CHECK(span > kept.bytes && span < kept.bytes + kept.len);
    UNIT_EQUAL(len, 4);
    vfs_node_put(node);
}

UNIT_TEST(unpacking_refuses_names_that_clash)
{
    static struct archive_builder kept;

    support_start();
    (void)support_log();
    archive_builder_begin(&kept);
    archive_builder_file(&kept, "clash/a", "1");
    archive_builder_file(&kept, "clash/a", "2");
    UNIT_EQUAL(fs_unpack_archive(kept.bytes, kept.len), ERR_EXIST);
    UNIT_CHECK(strstr(support_log(), "record at byte 28 of 48") != NULL);
    archive_builder_begin(&kept);
    archive_builder_file(&kept, "clash/a/b", "file as directory");
    UNIT_EQUAL(fs_unpack_archive(kept.bytes, kept.len), ERR_EXIST);
    kept.bytes[0] = 'X';
    UNIT_EQUAL(fs_unpack_archive(kept.bytes, kept.len), ERR_INVAL);
    UNIT_CHECK(strstr(support_log(), "does not start with PKIT") != NULL);
}
