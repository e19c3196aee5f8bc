// SPDX-License-Identifier: MIT
// The pure part of posix_spawn(): a child's descriptors and strings in the kernel's form.
#include <string.h>

#include "../private/spawn.h"

static int find(const struct spawn_fds *fds, int fd)
{
    for (int i = 0; i < fds->count; i++) {
        if (fds->entry[i].fd == fd) {
            return i;
        }
    }
    return -1;
}

bool __coco_spawn_fd_set(struct spawn_fds *fds, int fd, coco_handle_t handle)
{
    int index = find(fds, fd);
    if (index < 0) {
        if (fds->count == COCO_SPAWN_HANDLES_MAX) {
            return false;
        }
        index = fds->count++;
    }
    fds->entry[index] = (struct fd_entry){.fd = fd, .handle = handle};
    return true;
}

bool __coco_spawn_fd_close(struct spawn_fds *fds, int fd)
{
    int index = find(fds, fd);
    if (index < 0) {
        return false;
    }
    fds->entry[index] = fds->entry[--fds->count];
    return true;
}

coco_handle_t __coco_spawn_fd_find(const struct spawn_fds *fds, int fd)
{
    int index = find(fds, fd);
    return index < 0 ? COCO_HANDLE_NONE : fds->entry[index].handle;
}

static uint32_t fd_to_role(int fd)
{
    static const uint32_t standard[] = {COCO_ROLE_STDIN, COCO_ROLE_STDOUT, COCO_ROLE_STDERR};
    return fd < 3 ? standard[fd] : COCO_ROLE_FD + (uint32_t)fd;
}

void __coco_spawn_handles(const struct spawn_fds *fds, struct coco_spawn_handle *out)
{
    for (int i = 0; i < fds->count; i++) {
        out[i] = (struct coco_spawn_handle){.handle = fds->entry[i].handle,
                                            .rights = COCO_RIGHTS_SAME,
                                            .role = fd_to_role(fds->entry[i].fd)};
    }
}

size_t __coco_spawn_pack(char *const strings[], char *out, size_t size, uint32_t *count)
{
    size_t used = 0;
    *count = 0;
    for (; strings && strings[*count]; ++*count) {
        const char *string = strings[*count];
        size_t len = strlen(string) + 1;
        if (len > size - used) {
            return SIZE_MAX;
        }
        if (out) {
            memcpy(out + used, string, len);
        }
        used += len;
    }
    return used;
}
