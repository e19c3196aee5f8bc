// SPDX-License-Identifier: MIT
// Open files and open directories, as calls see them.
#include "support.h"

#include <mm/commit.h>
#include <string.h>

static struct object *open_file(const char *path, unsigned flags)
{
    struct vfs_node *node;
    struct object *file;

    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), path, VFS_UPSTREAM, &node));
    UNIT_OK(file_create(node, flags, &file));
    vfs_node_put(node);
    return file;
}

static struct object *open_dir(const char *path, unsigned flags)
{
    struct vfs_node *node;
    struct object *dir;

    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), path, VFS_UPSTREAM, &node));
    UNIT_OK(dir_create(node, flags, &dir));
    vfs_node_put(node);
    return dir;
}

static void write_text(struct object *file, const char *text)
{
    size_t done;

    UNIT_OK(object_write(file, support_in(text, strlen(text)), &done));
    UNIT_EQUAL(done, strlen(text));
}

static const char *read_text(struct object *file, size_t len)
{
    static char text[65];
    size_t done;

    UNIT_CHECK(len < sizeof(text));
    UNIT_OK(object_read(file, support_out(len), &done));
    support_get(text, done);
    text[done] = '\0';
    return text;
}

static int64_t fs_seek(struct object *file, int64_t offset, uint64_t mode)
{
    uint64_t position = 0;
    enum status status = object_fs_seek(file, offset, mode, &position);

    return status == OK ? (int64_t)position : status;
}

static int64_t posix_seek(struct object *file, int64_t offset, uint32_t whence)
{
    uint64_t position = 0;
    enum status status = object_seek(file, offset, whence, &position);

    return status == OK ? (int64_t)position : status;
}

static void remove_file(const char *path)
{
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), path, VFS_UPSTREAM, false));
}

UNIT_TEST(open_files_share_content_not_position)
{
    support_start();
    vfs_node_put(support_file("o1"));
    struct object *a = open_file("o1", 0);
    struct object *b = open_file("o1", 0);
    write_text(a, "hello world");
    UNIT_CHECK(strcmp(read_text(b, 5), "hello") == 0);
    UNIT_CHECK(strcmp(read_text(a, 5), "") == 0);
    remove_file("o1");
    UNIT_CHECK(strcmp(read_text(b, 20), " world") == 0);
    object_put(a);
    object_put(b);
}

UNIT_TEST(upstream_seek_is_clamped)
{
    support_start();
    vfs_node_put(support_file("o2"));
    struct object *file = open_file("o2", 0);
    write_text(file, "0123456789");
    UNIT_EQUAL(fs_seek(file, 4, COCO_FS_SEEK_ABSOLUTE), 4);
    UNIT_EQUAL(fs_seek(file, 11, COCO_FS_SEEK_ABSOLUTE), 10);
    UNIT_EQUAL(fs_seek(file, -1, COCO_FS_SEEK_ABSOLUTE), 10);
    UNIT_EQUAL(fs_seek(file, -4, COCO_FS_SEEK_RELATIVE), 6);
    UNIT_EQUAL(fs_seek(file, 100, COCO_FS_SEEK_RELATIVE), 10);
    UNIT_EQUAL(fs_seek(file, -11, COCO_FS_SEEK_RELATIVE), 0);
    UNIT_EQUAL(fs_seek(file, INT64_MIN, COCO_FS_SEEK_RELATIVE), 0);
    UNIT_EQUAL(fs_seek(file, 3, COCO_FS_SEEK_END), 7);
    UNIT_EQUAL(fs_seek(file, INT64_MAX, COCO_FS_SEEK_RELATIVE), 10);
    UNIT_EQUAL(fs_seek(file, 10, COCO_FS_SEEK_END), 0);
    UNIT_EQUAL(fs_seek(file, 11, COCO_FS_SEEK_END), 0);
    UNIT_EQUAL(fs_seek(file, -1, COCO_FS_SEEK_END), 0);
    UNIT_EQUAL(fs_seek(file, 0, 3), ERR_INVAL);
    UNIT_EQUAL(fs_seek(file, 0, COCO_FS_SEEK_END), 10);
    object_put(file);
    remove_file("o2");
}

UNIT_TEST(posix_seek_may_pass_the_end)
{
    support_start();
    vfs_node_put(support_file("o3"));
    struct object *file = open_file("o3", 0);
    write_text(file, "abc");
    UNIT_EQUAL(posix_seek(file, 5, COCO_SEEK_END), 8);
    write_text(file, "x");
    UNIT_EQUAL(posix_seek(file, 0, COCO_SEEK_SET), 0);
    UNIT_CHECK(memcmp(read_text(file, 20), "abc\0\0\0\0\0x", 9) == 0);
    UNIT_EQUAL(posix_seek(file, -9, COCO_SEEK_CURRENT), 0);
    UNIT_EQUAL(posix_seek(file, -1, COCO_SEEK_CURRENT), ERR_INVAL);
    UNIT_EQUAL(posix_seek(file, INT64_MAX, COCO_SEEK_END), ERR_INVAL);
    UNIT_EQUAL(posix_seek(file, INT64_MIN, COCO_SEEK_SET), ERR_INVAL);
    UNIT_EQUAL(posix_seek(file, 0, COCO_SEEK_HOLE + 1), ERR_INVAL);
    UNIT_EQUAL(posix_seek(file, (int64_t)VFS_FILE_SIZE_MAX, COCO_SEEK_SET), VFS_FILE_SIZE_MAX);
    object_put(file);
    remove_file("o3");
}

UNIT_TEST(truncate_moves_the_position_of_its_handle)
{
    uint64_t size;

    support_start();
    vfs_node_put(support_file("o4"));
    struct object *a = open_file("o4", 0);
    struct object *b = open_file("o4", 0);
    write_text(a, "0123456789");
    UNIT_EQUAL(fs_seek(b, 8, COCO_FS_SEEK_ABSOLUTE), 8);
    UNIT_EQUAL(object_truncate(a, 11, &size), ERR_INVAL);
    UNIT_OK(object_truncate(a, 4, &size));
    UNIT_EQUAL(size, 4);
    UNIT_EQUAL(posix_seek(a, 0, COCO_SEEK_CURRENT), 4);
    UNIT_EQUAL(posix_seek(b, 0, COCO_SEEK_CURRENT), 8);
    UNIT_CHECK(strcmp(read_text(b, 10), "") == 0);
    write_text(b, "x"); // beyond the end: the gap reads as zero
    UNIT_EQUAL(vfs_size(file_node(a)), 9);
    object_put(a);
    object_put(b);
    remove_file("o4");
}

UNIT_TEST(append_flag_writes_at_the_end)
{
    size_t done;

    support_start();
    vfs_node_put(support_file("o5"));
    struct object *plain = open_file("o5", 0);
    struct object *append = open_file("o5", FILE_APPEND);
    write_text(plain, "abc");
    write_text(append, "de");
    UNIT_EQUAL(posix_seek(append, 0, COCO_SEEK_CURRENT), 5);
    UNIT_EQUAL(posix_seek(append, 0, COCO_SEEK_SET), 0);
    UNIT_OK(object_write(append, support_in_at(UINT64_MAX, 0), &done));
    UNIT_EQUAL(posix_seek(append, 0, COCO_SEEK_CURRENT), 0);
    write_text(append, "f");
    UNIT_EQUAL(posix_seek(plain, 0, COCO_SEEK_SET), 0);
    UNIT_CHECK(strcmp(read_text(plain, 20), "abcdef") == 0);
    UNIT_OK(object_pwrite(plain, support_in("Z", 1), 2, &done));
    UNIT_EQUAL(object_pwrite(plain, support_in("Z", 1), UINT64_MAX, &done), ERR_FBIG);
    UNIT_OK(object_pread(plain, support_out(4), 1, &done));
    UNIT_EQUAL(done, 4);
    UNIT_EQUAL(posix_seek(plain, 0, COCO_SEEK_CURRENT), 6);
    object_put(plain);
    object_put(append);
    remove_file("o5");
}

UNIT_TEST(fault_leaves_the_position)
{
    size_t done;

    support_start();
    vfs_node_put(support_file("o6"));
    struct object *file = open_file("o6", 0);
    write_text(file, "0123456789");
    UNIT_EQUAL(fs_seek(file, 2, COCO_FS_SEEK_ABSOLUTE), 2);
    UNIT_EQUAL(object_read(file, support_out_at(USER_UNMAPPED, 4), &done), ERR_FAULT);
    UNIT_EQUAL(object_write(file, support_in_at(USER_UNMAPPED, 4), &done), ERR_FAULT);
    UNIT_EQUAL(posix_seek(file, 0, COCO_SEEK_CURRENT), 2);
    object_put(file);
    remove_file("o6");
}

static int64_t read_entries(struct object *dir, size_t room, struct coco_dirent *entries)
{
    size_t count = 0;
    enum status status = object_readdir(dir, support_out(room * sizeof(*entries)), &count);

    support_get(entries, count * sizeof(*entries));
    return status == OK ? (int64_t)count : status;
}

UNIT_TEST(readdir_shows_a_snapshot)
{
    struct coco_dirent entries[4];

    support_start();
    UNIT_OK(vfs_mkdir(vfs_origin_root(fs_root()), "dir", VFS_UPSTREAM, 0755));
    UNIT_OK(vfs_mkdir(vfs_origin_root(fs_root()), "dir/b", VFS_UPSTREAM, 0755));
    for (const char *const *name = (const char *[]){"dir/a", "dir/c", "dir/d", NULL}; *name != NULL;
         name++) {
        vfs_node_put(support_file(*name));
    }
    struct object *file = open_file("dir/a", 0);
    write_text(file, "12345");
    object_put(file);
    struct object *dir = open_dir("dir", 0);
    struct object *tolerant = open_dir("dir", DIR_POSIX);
    UNIT_EQUAL(read_entries(tolerant, 0, entries), 0); // takes its copy
    vfs_node_put(support_file("dir/new"));
    UNIT_EQUAL(read_entries(dir, 0, entries), 0);
    UNIT_EQUAL(read_entries(dir, 2, entries), 2);
    UNIT_CHECK(strcmp(entries[0].name, "a") == 0 && entries[0].type == COCO_TYPE_FILE);
    UNIT_EQUAL(entries[0].size, 5);
    UNIT_CHECK(strcmp(entries[1].name, "b") == 0 && entries[1].type == COCO_TYPE_DIR);
    UNIT_EQUAL(entries[1].size, 0);
    remove_file("dir/c");
    UNIT_EQUAL(read_entries(dir, 4, entries), ERR_NOTFOUND);
    UNIT_EQUAL(read_entries(dir, 4, entries), 1);
    UNIT_CHECK(strcmp(entries[0].name, "d") == 0);
    UNIT_EQUAL(read_entries(dir, 4, entries), 0);
    UNIT_EQUAL(read_entries(tolerant, 4, entries), 3);
    UNIT_CHECK(strcmp(entries[2].name, "d") == 0);
    size_t count;
    struct object *again = open_dir("dir", 0);
    UNIT_EQUAL(object_readdir(again, support_out_at(USER_UNMAPPED, 272), &count), ERR_FAULT);
    UNIT_EQUAL(read_entries(again, 4, entries), 3); // the entry of the failed call is lost
    object_put(dir);
    object_put(tolerant);
    object_put(again);
    for (const char *const *name = (const char *[]){"dir/a", "dir/d", "dir/new", NULL};
         *name != NULL; name++) {
        remove_file(*name);
    }
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "dir/b", VFS_UPSTREAM, true));
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "dir", VFS_UPSTREAM, true));
}

static uint64_t position_of(const struct coco_dirent *entry)
{
    uint64_t position = 0;

    memcpy(&position, entry->position, sizeof(entry->position));
    return position;
}

UNIT_TEST(directory_positions)
{
    static const char *const names[] = {"seek/a", "seek/bb", "seek/ccc"};
    struct coco_dirent entries[4];

    support_start();
    UNIT_OK(vfs_mkdir(vfs_origin_root(fs_root()), "seek", VFS_UPSTREAM, 0755));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        vfs_node_put(support_file(names[i]));
    }
    struct object *dir = open_dir("seek", DIR_POSIX);
    UNIT_EQUAL(read_entries(dir, 3, entries), 3);
    uint64_t second = position_of(&entries[0]);
    uint64_t end = position_of(&entries[2]);
    remove_file("seek/ccc");
    UNIT_OK(dir_seek(dir, second));
    UNIT_EQUAL(read_entries(dir, 4, entries), 1);
    UNIT_CHECK(strcmp(entries[0].name, "bb") == 0);
    UNIT_OK(dir_seek(dir, end));
    UNIT_EQUAL(read_entries(dir, 4, entries), 0);
    UNIT_EQUAL(dir_seek(dir, second + 1), ERR_INVAL);
    UNIT_EQUAL(dir_seek(dir, end + 1), ERR_INVAL);
    UNIT_EQUAL(dir_seek(dir, UINT64_MAX - 1), ERR_INVAL);
    vfs_node_put(support_file("seek/new"));
    UNIT_EQUAL(read_entries(dir, 4, entries), 0);
    UNIT_OK(dir_seek(dir, COCO_DIR_FIRST));
    UNIT_EQUAL(read_entries(dir, 4, entries), 2);
    UNIT_OK(dir_seek(dir, 0)); // names of now
    UNIT_EQUAL(read_entries(dir, 4, entries), 3);
    UNIT_CHECK(strcmp(entries[2].name, "new") == 0);
    object_put(dir);
    remove_file("seek/a");
    remove_file("seek/bb");
    remove_file("seek/new");
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "seek", VFS_UPSTREAM, true));
}

UNIT_TEST(directory_names_count_as_memory)
{
    struct coco_dirent entry;

    support_start();
    UNIT_OK(vfs_mkdir(vfs_origin_root(fs_root()), "paid", VFS_UPSTREAM, 0755));
    vfs_node_put(support_file("paid/twelve-bytes"));
    uint64_t before = commit_used();
    struct object *snapshot = open_dir("paid", 0);
    struct object *dir = open_dir("paid", DIR_POSIX);
    UNIT_EQUAL(commit_used(), before + sizeof(uint16_t) + 12);
    UNIT_EQUAL(read_entries(dir, 1, &entry), 1);
    UNIT_EQUAL(commit_used(), before + 2 * (sizeof(uint16_t) + 12));
    UNIT_OK(dir_seek(dir, 0));
    UNIT_EQUAL(commit_used(), before + sizeof(uint16_t) + 12);
    object_put(snapshot);
    object_put(dir);
    UNIT_EQUAL(commit_used(), before);
    remove_file("paid/twelve-bytes");
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "paid", VFS_UPSTREAM, true));
}

UNIT_TEST(long_name_is_cut_at_a_character)
{
    char path[300] = "long/";
    struct coco_dirent entry;

    support_start();
    UNIT_OK(vfs_mkdir(vfs_origin_root(fs_root()), "long", VFS_UPSTREAM, 0755));
    memset(path + 5, 'n', 254);
    strcpy(path + 259, "\xc3\xa4-tail"); // the two bytes of one character are the 255th and 256th
    vfs_node_put(support_file(path));
    struct object *dir = open_dir("long", 0);
    UNIT_EQUAL(read_entries(dir, 1, &entry), 1);
    UNIT_EQUAL(strlen(entry.name), 254);
    object_put(dir);
    remove_file(path);
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "long", VFS_UPSTREAM, true));
}

UNIT_TEST(stat_tells_size_blocks_and_times)
{
    struct coco_stat stat;

    support_start();
    vfs_node_put(support_file("st"));
    struct object *file = open_file("st", 0);
    UNIT_EQUAL(posix_seek(file, 3 * PAGE_SIZE, COCO_SEEK_SET), 3 * PAGE_SIZE);
    write_text(file, "x");
    UNIT_OK(object_stat(file, &stat));
    UNIT_EQUAL(stat.size, 3 * PAGE_SIZE + 1);
    UNIT_EQUAL(stat.blocks, 8);
    UNIT_EQUAL(stat.type, COCO_TYPE_FILE);
    UNIT_EQUAL(stat.permissions, 0644);
    UNIT_EQUAL(stat.links, 1);
    UNIT_CHECK(stat.modified > 1600000000ll * 1000000000 && stat.modified <= vfs_now());
    remove_file("st");
    UNIT_OK(object_stat(file, &stat));
    UNIT_EQUAL(stat.links, 0);
    object_put(file);
}
