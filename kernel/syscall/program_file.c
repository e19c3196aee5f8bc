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

enum status program_file_start(struct vfs_node *node, const char *name, size_t name_len,
                               struct process_start_args *args, struct process **out)
{
    const struct program_source source = {
        .read = read_program,
        .span = program_span,
        .context = node,
        .size = vfs_size(node),
    };
    char text[PROCESS_NAME_MAX + 1] = "";

    if (vfs_is_dir(node)) {
        return ERR_NOEXEC;
    }
    memcpy(text, name, MIN(name_len, sizeof(text) - 1));
    enum status status = log_object_create(text, &args->log);
    if (status != OK) {
        return status;
    }
    args->name = text;
    args->source = &source;
    status = process_start(args, out);
    object_put(args->log);
    return status;
}
