// SPDX-License-Identifier: MIT
// Memory of the chunks of handle tables.
#include "handle_chunk.h"

#include <mm/aspace.h>
#include <mm/commit.h>
#include <mm/heap.h>

#define HANDLE_CHUNK_COST (32u << 10) /* bytes: the chunk, and objects behind its handles */

enum status handle_chunk_make(unsigned index, struct handle_chunk **out)
{
    struct quota *quota = NULL;
    enum status status;
    void *memory;

    *out = NULL;
    if (index > 0) {
        quota = aspace_quota(aspace_current());
        if (!commit_take(quota, HANDLE_CHUNK_COST, 0)) {
            quota_put(quota);
            return ERR_NOMEM;
        }
    }
    status = kmalloc(sizeof(struct handle_chunk), &memory);
    if (status == OK) {
        *out = memory;
        (*out)->quota = quota;
        (*out)->used = 0;
    } else if (quota != NULL) {
        commit_return(quota, HANDLE_CHUNK_COST);
        quota_put(quota);
    }
    return status;
}

void handle_chunk_free(struct handle_chunk *chunk)
{
    if (chunk != NULL && chunk->quota != NULL) {
        commit_return(chunk->quota, HANDLE_CHUNK_COST);
        quota_put(chunk->quota);
    }
    kfree(chunk);
}
