// SPDX-License-Identifier: MIT
// Starting the file layer and filling it from the boot archive.
#include <fs/fs.h>
#include <fs/record_lock.h>

#include <base/check.h>
#include <base/log.h>
#include <base/string.h>
#include <fs/archive.h>
#include <fs/device_names.h>
#include <fs/log.h>
#include <fs/namespace.h>
#include <fs/special.h>
#include <mm/heap.h>
#include <mm/page.h>

#include "path.h"

/// The archive holds no modes: anything in it may be a program.
#define ARCHIVE_FILE_PERMISSIONS 0755u
#define ARCHIVE_DIR_PERMISSIONS 0755u
#define CONSOLE_PERMISSIONS 0622u
#define TERMINAL_PERMISSIONS 0666u

/// Bytes of a name, with its NUL, that counts as short.
#define SHORT_NAME 16u

static struct ram_dir *root_dir;
static struct ram_dir *dev_dir;    /* /dev */
static struct ram_dir *ports_dir;  /* /dev/ports, NULL without host ports */
static struct ram_dir *pseudo_dir; /* /dev/pts */

struct vfs_node *fs_root(void)
{
    return &root_dir->node;
}

void fs_read_usage(struct fs_usage *out, uint64_t *file_cost)
{
    ram_budget_read(out);
    *file_cost = sizeof(struct ram_file) + sizeof(struct ram_entry) + SHORT_NAME;
}

/// Put a new node, whose reference is handed over, under a fixed name.
static enum status add_fixed(struct ram_dir *dir, const char *name, struct vfs_node *node)
{
    node->fixed = true;
    mutex_lock(&fs_tree_lock);
    enum status status = ram_dir_add(dir, name, strlen(name), node);
    mutex_unlock(&fs_tree_lock);
    return status;
}

enum status fs_add_port(const char *name, struct vfs_node *node)
{
    if (ports_dir == NULL) {
        struct ram_dir *dir;
        enum status status = ram_dir_create(ARCHIVE_DIR_PERMISSIONS, &dir);
        if (status == OK) {
            status = add_fixed(dev_dir, "ports", &dir->node);
        }
        if (status != OK) {
            return status;
        }
        ports_dir = dir;
    }
    return add_fixed(ports_dir, name, node);
}

enum status device_name_add(const char *name, struct vfs_node *node)
{
    enum status status = add_fixed(pseudo_dir, name, node);

    if (status != OK) {
        vfs_node_put(node);
    }
    return status;
}

void device_name_remove(const char *name)
{
    struct vfs_node *node = NULL;

    mutex_lock(&fs_tree_lock);
    struct ram_entry *entry = ram_dir_find(pseudo_dir, name, strlen(name));
    if (entry != NULL) {
        node = ram_dir_remove(pseudo_dir, entry);
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(node);
}

/// Put the special nodes into /dev, and /dev/pts.
static enum status add_terminals(struct ram_dir *dir)
{
    static const struct {
        const char *name;
        enum special_kind kind;
        uint32_t permissions;
    } devices[] = {
        {"console", SPECIAL_CONSOLE, CONSOLE_PERMISSIONS},
        {"tty", SPECIAL_TTY, TERMINAL_PERMISSIONS},
        {"ptmx", SPECIAL_PTMX, TERMINAL_PERMISSIONS},
    };
    enum status status = ram_dir_create(ARCHIVE_DIR_PERMISSIONS, &pseudo_dir);

    if (status == OK) {
        status = add_fixed(dir, "pts", &pseudo_dir->node);
    }
    for (size_t i = 0; status == OK && i < ARRAY_SIZE(devices); i++) {
        struct vfs_node *node;
        status = special_create(devices[i].kind, NULL, devices[i].permissions, &node);
        if (status == OK) {
            status = add_fixed(dir, devices[i].name, node);
        }
    }
    return status;
}

/// Make /dev and what is in it.
static enum status add_devices(void)
{
    static const struct {
        const char *name;
        enum device_number number;
    } devices[] = {
        {"null", DEVICE_NULL},     {"zero", DEVICE_ZERO},      {"full", DEVICE_FULL},
        {"random", DEVICE_RANDOM}, {"urandom", DEVICE_RANDOM},
    };
    enum status status = ram_dir_create(ARCHIVE_DIR_PERMISSIONS, &dev_dir);

    if (status == OK) {
        status = add_fixed(root_dir, "dev", &dev_dir->node);
    }
    for (size_t i = 0; status == OK && i < ARRAY_SIZE(devices); i++) {
        struct vfs_node *node;
        status = device_node_create(devices[i].number, &node);
        if (status == OK) {
            status = add_fixed(dev_dir, devices[i].name, node);
        }
    }
    return status == OK ? add_terminals(dev_dir) : status;
}

void fs_init(void)
{
    struct ram_dir *log_dir = NULL;
    struct vfs_node *log_file = NULL;
    uint64_t memory = page_total_count() * PAGE_SIZE;

    mutex_init(&fs_tree_lock);
    record_lock_init();
    log_readers_init();
    ram_budget_init(memory / 2, memory / 8);
    enum status status = ram_dir_create(ARCHIVE_DIR_PERMISSIONS, &root_dir);
    if (status == OK) {
        root_dir->node.links++; // stands for the name that the root does not have
        status = ram_dir_create(ARCHIVE_DIR_PERMISSIONS, &log_dir);
    }
    if (status == OK) {
        status = add_fixed(root_dir, "Log", &log_dir->node);
    }
    if (status == OK) {
        status = log_view_create(&log_file);
    }
    if (status == OK) {
        status = add_fixed(log_dir, "logfile", log_file);
    }
    if (status == OK) {
        status = add_devices();
    }
    CHECK(status == OK, "no memory for the root directory");
}

/// The first component of name[0..len) from `*offset` on, which moves behind it and following
/// slashes.
static size_t next_component(const char *name, size_t len, size_t *offset, const char **component)
{
    size_t at = *offset;
    size_t start = at;

    while (at < len && name[at] != '/') {
        at++;
    }
    size_t component_len = at - start;
    while (at < len && name[at] == '/') {
        at++;
    }
    *component = name + start;
    *offset = at;
    return component_len;
}

/// The directory `name` of `*dir`, made if it is missing. ERR_EXIST: a file has the name.
static enum status enter_dir(struct ram_dir **dir, const char *name, size_t len)
{
    const struct ram_entry *entry = ram_dir_find(*dir, name, len);
    struct ram_dir *made;

    if (entry != NULL) {
        if (!vfs_is_dir(entry->node)) {
            return ERR_EXIST;
        }
        *dir = ram_dir_of(entry->node);
        return OK;
    }
    enum status status = ram_dir_create(ARCHIVE_DIR_PERMISSIONS, &made);
    if (status != OK) {
        return status;
    }
    status = ram_dir_add(*dir, name, len, &made->node);
    if (status != OK) {
        vfs_node_put(&made->node);
        return status;
    }
    *dir = made;
    return OK;
}

/// Give one file of the archive its name; the tree lock is held.
static enum status add_file(const struct archive_file *source)
{
    struct ram_dir *dir = root_dir;
    struct ram_file *file;
    const char *name;
    size_t offset = 0;
    size_t len = next_component(source->name, source->name_len, &offset, &name);

    while (offset < source->name_len) {
        enum status status = enter_dir(&dir, name, len);
        if (status != OK) {
            return status;
        }
        len = next_component(source->name, source->name_len, &offset, &name);
    }
    if (ram_dir_find(dir, name, len) != NULL) {
        return ERR_EXIST;
    }
    enum status status = ram_file_create(ARCHIVE_FILE_PERMISSIONS, &file);
    if (status != OK) {
        return status;
    }
    file->borrowed = source->data;
    file->borrowed_len = source->data_len;
    file->size = source->data_len;
    status = ram_dir_add(dir, name, len, &file->node);
    if (status != OK) {
        vfs_node_put(&file->node);
    }
    return status;
}

static const char *problem_of(enum status status)
{
    switch (status) {
    case ERR_EXIST:
        return "a name occurs twice, or as a file and a directory";
    case ERR_NOMEM:
        return "not enough memory for its names";
    default:
        return "cannot be unpacked";
    }
}

enum status fs_unpack_archive(const void *data, size_t len)
{
    struct archive_reader reader;
    struct archive_file file;
    enum status status = archive_open(&reader, data, len);
    size_t offset = 0;

    mutex_lock(&fs_tree_lock);
    while (status == OK) {
        offset = reader.offset;
        status = archive_next(&reader, &file);
        if (status == OK) {
            status = add_file(&file);
        }
    }
    mutex_unlock(&fs_tree_lock);
    if (status == ERR_NOTFOUND) {
        return OK; // the end
    }
    klog(LOG_ERROR, "boot archive: %s (record at byte %zu of %zu)",
         reader.problem != NULL ? reader.problem : problem_of(status), offset, len);
    return status;
}
