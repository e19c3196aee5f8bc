// SPDX-License-Identifier: MIT
#include "send_back.h"

#include <coconut/coconut.h>

#define BUFFER_SIZE 32768u
#define DEPTH_MAX 64u

/* Bytes on their way, so that small files do not make small frames. */
static struct {
    coco_handle_t report;
    size_t used;
    char bytes[BUFFER_SIZE];
} out;

static char path[COCO_PATH_MAX]; /* of the file or directory that is sent now */

static int64_t flush(void)
{
    for (size_t sent = 0; sent < out.used;) {
        int64_t result = coco_write(out.report, out.bytes + sent, out.used - sent);

        if (coco_is_error(result)) {
            return result;
        }
        sent += (size_t)result;
    }
    out.used = 0;
    return 0;
}

static int64_t put(const void *data, size_t len)
{
    const char *from = data;

    for (size_t i = 0; i < len; i++) {
        if (out.used == BUFFER_SIZE) {
            int64_t result = flush();

            if (coco_is_error(result)) {
                return result;
            }
        }
        out.bytes[out.used++] = from[i];
    }
    return 0;
}

static int64_t put_head(size_t path_len, const struct coco_stat *stat, uint64_t size)
{
    struct sent_file head = {.magic = {'C', 'F', 'I', 'L'},
                             .type = stat->type,
                             .path_len = (uint32_t)path_len,
                             .permissions = stat->permissions,
                             .size = size};
    int64_t result = put(&head, sizeof(head));

    return coco_is_error(result) ? result : put(path, path_len);
}

/* Children of the program may still run: a file that grows meanwhile is cut, one that was cut is an
   error. It then is filled up with anything: the host counts bytes to find the report behind it. */
static int64_t send_data(coco_handle_t file, uint64_t size)
{
    static char chunk[BUFFER_SIZE];
    int64_t error = 0;

    while (size > 0) {
        size_t wanted = size < sizeof(chunk) ? (size_t)size : sizeof(chunk);
        int64_t got = coco_is_error(error) ? error : coco_read(file, chunk, wanted);

        if (coco_is_error(got) || got == 0) {
            error = got == 0 ? COCO_EIO : got;
            got = (int64_t)wanted;
        }
        int64_t result = put(chunk, (size_t)got);

        if (coco_is_error(result)) {
            return result;
        }
        size -= (uint64_t)got;
    }
    return error;
}

static int64_t send_one(size_t path_len, unsigned depth);

/* Appends "/name" to the path; its new length, or 0 if it does not fit. */
static size_t append(size_t path_len, const char *name)
{
    size_t at = path_len;

    if (at == sizeof(path) - 1) {
        return 0;
    }
    path[at++] = '/';
    for (; *name != '\0' && at < sizeof(path) - 1; name++) {
        path[at++] = *name;
    }
    path[at] = '\0';
    return *name == '\0' ? at : 0;
}

static int64_t send_entries(coco_handle_t dir, size_t path_len, unsigned depth)
{
    struct coco_dirent entry;
    int64_t result;

    while ((result = coco_readdir(dir, &entry, 1)) == 1) {
        if (entry.name[0] == '.' &&
            (entry.name[1] == '\0' || (entry.name[1] == '.' && entry.name[2] == '\0'))) {
            continue;
        }
        size_t len = depth < DEPTH_MAX ? append(path_len, entry.name) : 0;

        result = len == 0 ? COCO_EINVAL : send_one(len, depth + 1);
        path[path_len] = '\0';
        if (coco_is_error(result)) {
            return result;
        }
    }
    return result;
}

static int64_t send_one(size_t path_len, unsigned depth)
{
    struct coco_stat stat;
    int64_t result = coco_file_stat_at(COCO_HANDLE_NONE, path, COCO_FILE_AT_NOFOLLOW, &stat);

    if (coco_is_error(result) || (stat.type != COCO_TYPE_FILE && stat.type != COCO_TYPE_DIR)) {
        return result == COCO_ENOTFOUND ? 0 : result;
    }
    bool is_dir = stat.type == COCO_TYPE_DIR;
    int64_t handle = coco_file_open(path, COCO_FILE_READ | (is_dir ? COCO_FILE_DIRECTORY : 0), 0);

    if (coco_is_error(handle)) {
        return handle;
    }
    result = put_head(path_len, &stat, is_dir ? 0 : stat.size);
    if (!coco_is_error(result)) {
        result = is_dir ? send_entries((coco_handle_t)handle, path_len, depth)
                        : send_data((coco_handle_t)handle, stat.size);
    }
    coco_close((coco_handle_t)handle);
    return result;
}

int64_t send_back(coco_handle_t report, struct run_strings directories)
{
    int64_t error = 0;

    out.report = report;
    while (directories.count > 0 && !coco_is_error(error)) {
        const char *directory = run_strings_next(&directories);
        size_t len = 0;

        while (directory[len] != '\0' && len < sizeof(path) - 1) {
            path[len] = directory[len];
            len++;
        }
        path[len] = '\0';
        error = send_one(len, 0);
    }
    int64_t result = flush(); /* after an error, too: what is sent ends with a whole file */

    return coco_is_error(error) ? error : result;
}
