// SPDX-License-Identifier: MIT
// Calls on files and names that lack memory.
#include <coconut/coconut.h>

#include "memory.h"
#include "scratch.h"
#include "shortage.h"

#define FOLDER SCRATCH "/s"
#define THERE FOLDER "/there"
#define NEW FOLDER "/new"
#define CREATE (COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_CREATE)

static coco_handle_t file;
static coco_handle_t folder;
static uint8_t *fresh;
static uint8_t bytes[3 * COCO_PAGE_SIZE];

/* A folder with a file, both open. */
static void make(void)
{
    EXPECT_OK(coco_mkdir(FOLDER));
    file = (coco_handle_t)scratch_create(THERE, "text", 4);
    folder = (coco_handle_t)coco_opendir(FOLDER);
}

static void clear(void)
{
    EXPECT_OK(coco_close(file));
    EXPECT_OK(coco_close(folder));
    EXPECT_OK(coco_unlink(THERE));
    EXPECT_OK(coco_rmdir(FOLDER));
}

static void drop_new(int64_t result)
{
    if (result > 0) {
        EXPECT_OK(coco_close((coco_handle_t)result));
    }
    EXPECT_OK(coco_file_unlink(NEW, 0));
}

static void drop_new_folder(int64_t result)
{
    EXPECT_OK(result);
    EXPECT_OK(coco_rmdir(NEW));
}

static int64_t open_new(void)
{
    return coco_open(NEW, COCO_OPEN_READ | COCO_OPEN_WRITE, COCO_OPEN_CREATE);
}
SHORTAGE(open, open_new, .before = make, .after = clear, .undo = drop_new)

static int64_t file_open_new(void)
{
    return coco_file_open(NEW, CREATE, 0644);
}
SHORTAGE(file_open, file_open_new, .before = make, .after = clear, .undo = drop_new)

static int64_t file_open_at_new(void)
{
    return coco_file_open_at(folder, "new", CREATE, 0644);
}
SHORTAGE(file_open_at, file_open_at_new, .before = make, .after = clear, .undo = drop_new)

static int64_t open_folder(void)
{
    return coco_opendir(FOLDER);
}
SHORTAGE(opendir, open_folder, .before = make, .after = clear, .undo = shortage_close)

/* The names are read at the next call. */
static void make_unread(void)
{
    make();
    EXPECT_OK(coco_file_dir_seek(folder, 0));
}

static int64_t list(void)
{
    static struct coco_dirent entry;
    return coco_readdir(folder, &entry, 1);
}
SHORTAGE(readdir, list, .before = make_unread, .after = clear)

static int64_t begin_again(void)
{
    return coco_file_dir_seek(folder, COCO_DIR_FIRST);
}
SHORTAGE(file_dir_seek, begin_again, .before = make_unread, .after = clear)

static int64_t tell_path(void)
{
    return coco_file_path(folder, bytes, sizeof(bytes));
}
SHORTAGE(file_path, tell_path, .before = make, .after = clear)

static int64_t make_folder(void)
{
    return coco_mkdir(NEW);
}
SHORTAGE(mkdir, make_folder, .before = make, .after = clear, .undo = drop_new_folder)

static int64_t file_make_folder(void)
{
    return coco_file_mkdir(NEW, 0755);
}
SHORTAGE(file_mkdir, file_make_folder, .before = make, .after = clear, .undo = drop_new_folder)

static int64_t make_folder_at(void)
{
    return coco_file_mkdir_at(folder, "new", 0755);
}
SHORTAGE(file_mkdir_at, make_folder_at, .before = make, .after = clear, .undo = drop_new_folder)

static int64_t make_fifo(void)
{
    return coco_file_fifo_at(folder, "new", 0644);
}
SHORTAGE(file_fifo_at, make_fifo, .before = make, .after = clear, .undo = drop_new)

static int64_t make_symlink(void)
{
    return coco_file_symlink_at("target", folder, "new");
}
SHORTAGE(file_symlink_at, make_symlink, .before = make, .after = clear, .undo = drop_new)

static int64_t make_link(void)
{
    return coco_file_link_at(folder, "there", folder, "new", 0);
}
SHORTAGE(file_link_at, make_link, .before = make, .after = clear, .undo = drop_new)

static int64_t rename_file(void)
{
    return coco_file_rename(THERE, NEW);
}

static void rename_back(int64_t result)
{
    EXPECT_OK(result);
    EXPECT_OK(coco_file_rename(NEW, THERE));
}
SHORTAGE(file_rename, rename_file, .before = make, .after = clear, .undo = rename_back)

static int64_t rename_file_at(void)
{
    return coco_file_rename_at(folder, "there", folder, "new");
}
SHORTAGE(file_rename_at, rename_file_at, .before = make, .after = clear, .undo = rename_back)

static int64_t write_pages(void)
{
    return coco_write(file, bytes, sizeof(bytes));
}
SHORTAGE(write, write_pages, .before = make, .after = clear, .may_succeed = true)

static int64_t write_pages_at(void)
{
    return coco_file_pwrite(file, bytes, sizeof(bytes), 100);
}
SHORTAGE(file_pwrite, write_pages_at, .before = make, .after = clear, .may_succeed = true)

static int64_t lock_bytes(void)
{
    const struct coco_file_lock lock = {
        .length = 10, .kind = COCO_LOCK_EXCLUSIVE, .owner = COCO_LOCK_PROCESS};
    return coco_file_lock(file, &lock, 0);
}
SHORTAGE(file_lock, lock_bytes, .before = make, .after = clear)

static void make_fresh(void)
{
    make();
    fresh = memory_pages(1);
}

static void clear_fresh(void)
{
    EXPECT_OK(memory_unmap(fresh, PAGE));
    clear();
}

static int64_t read_fresh(void)
{
    return coco_read(file, fresh, 4);
}
SHORTAGE(read, read_fresh, .before = make_fresh, .after = clear_fresh)

static int64_t pread_fresh(void)
{
    return coco_file_pread(file, fresh, 4, 0);
}
SHORTAGE(file_pread, pread_fresh, .before = make_fresh, .after = clear_fresh)
