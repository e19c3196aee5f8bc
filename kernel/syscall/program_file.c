// SPDX-License-Identifier: MIT
#include "program_file.h"

#include <base/string.h>
#include <fs/log.h>

static enum status read_program(void *context, uint64_t offset, void *dst, size_t len)
{
    size_t done;
    enum status status = vfs_read_kernel(context, dst, len, offset, &done);

    if (status == OK && done < len) {
        return ERR_NOEXEC; // the file was cut while it was loaded
    }
    return status;
}

static const void *program_span(void *context, uint64_t offset, size_t *len)
{
    return vfs_span(context, offset, len);
}

/// What `args` points into while a program is loaded.
struct program_file {
    struct program_source source;
    char name[PROCESS_NAME_MAX + 1];
};

/// Fill `file` and what `args` lacks; args->log has a reference of its own on OK.
static enum status open_program(struct vfs_node *node, const char *name, size_t name_len,
                                struct program_file *file, struct process_start_args *args)
{
    *file = (struct program_file){.source = {
                                      .read = read_program,
                                      .span = program_span,
                                      .context = node,
                                      .size = vfs_size(node),
                                  }};
    if (!vfs_has_content(node)) {
        return ERR_NOEXEC;
    }
    memcpy(file->name, name, MIN(name_len, sizeof(file->name) - 1));
    args->name = file->name;
    args->source = &file->source;
    struct object *source = args->log_source;
    if (source == NULL && process_current() != NULL) {
        source = process_log_source(process_current());
    }
    return source != NULL ? log_object_derive(source, &args->log)
                          : log_object_create(file->name, &args->log);
}

enum status program_file_start(struct vfs_node *node, const char *name, size_t name_len,
                               struct process_start_args *args, struct process **out)
{
    struct program_file file;
    enum status status = open_program(node, name, name_len, &file, args);

    if (status == OK) {
        status = process_start(args, out);
        object_put(args->log);
    }
    return status;
}

enum status program_file_exec(struct vfs_node *node, const char *name, size_t name_len,
                              struct process_start_args *args, struct arch_user_entry *entry)
{
    struct program_file file;
    enum status status = open_program(node, name, name_len, &file, args);

    if (status == OK) {
        status = process_exec(args, entry);
        object_put(args->log);
    }
    return status;
}
