// SPDX-License-Identifier: MIT
#include "manifest.h"

#include <string.h>

_Static_assert(sizeof(struct manifest_header) == 120, "the host writes 120 bytes");

/* How each entry of a view begins. */
static bool view_is_valid(const struct manifest *manifest)
{
    for (uint32_t i = 0; i < manifest->header.view_count; i++) {
        const char *entry = manifest->view[i];

        if (strchr("rwd", entry[0]) == NULL || entry[1] != '/') {
            return false;
        }
    }
    return true;
}

/* Cuts `count` strings off *at .. end; false if there are fewer. */
static bool take(const char **at, const char *end, uint32_t count, struct manifest_strings *out)
{
    const char *begin = *at;

    for (uint32_t i = 0; i < count; i++) {
        const char *zero = memchr(*at, '\0', (size_t)(end - *at));

        if (zero == NULL) {
            return false;
        }
        *at = zero + 1;
    }
    *out = (struct manifest_strings){begin, (size_t)(*at - begin), count};
    return true;
}

static bool take_one(const char **at, const char *end, const char **out)
{
    struct manifest_strings one;

    if (!take(at, end, 1, &one)) {
        return false;
    }
    *out = one.text;
    return true;
}

static bool take_names(const char **at, const char *end, uint32_t count, const char **out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!take_one(at, end, &out[i])) {
            return false;
        }
    }
    return true;
}

static bool header_is_valid(const struct manifest_header *header, size_t len)
{
    return memcmp(header->magic, "CMAN", 4) == 0 && header->version == MANIFEST_VERSION &&
           header->size == len && header->restart <= RESTART_ALWAYS && header->root_count <= 1 &&
           header->offer_count <= MANIFEST_CHANNELS_MAX &&
           header->use_count <= MANIFEST_CHANNELS_MAX && header->view_count <= MANIFEST_VIEW_MAX &&
           header->find_count <= MANIFEST_CHANNELS_MAX &&
           header->read_count <= MANIFEST_READS_MAX && header->stop <= STOP_MESSAGE &&
           (header->stop == STOP_SIGNAL || header->offer_count > 0) &&
           header->call_count <= COCO_POLICY_CALLS_MAX &&
           header->call_count * sizeof(struct coco_call_set) <= len - sizeof(*header);
}

bool manifest_parse(const char *data, size_t len, struct manifest *out)
{
    const char *end = data + len;
    const char *at;

    memset(out, 0, sizeof(*out));
    if (len < sizeof(out->header)) {
        return false;
    }
    memcpy(&out->header, data, sizeof(out->header));
    if (!header_is_valid(&out->header, len)) {
        return false;
    }
    out->calls = (const struct coco_call_set *)(const void *)(data + sizeof(out->header));
    at = data + sizeof(out->header) + out->header.call_count * sizeof(struct coco_call_set);
    const bool whole = take_one(&at, end, &out->name) && take_one(&at, end, &out->executable) &&
                       take(&at, end, out->header.argument_count, &out->arguments) &&
                       take(&at, end, out->header.environment_count, &out->environment) &&
                       (out->header.root_count == 0 || take_one(&at, end, &out->root)) &&
                       take_names(&at, end, out->header.offer_count, out->offers) &&
                       take_names(&at, end, out->header.use_count, out->uses) &&
                       take_names(&at, end, out->header.view_count, out->view) &&
                       take_names(&at, end, out->header.read_count, out->reads) &&
                       take_names(&at, end, out->header.find_count, out->finds) && at == end &&
                       view_is_valid(out);

    if (whole && out->header.find_count > 0) {
        out->uses[out->header.use_count++] = REGISTRY;
    }
    return whole;
}
