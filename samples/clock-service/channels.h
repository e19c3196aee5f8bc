// SPDX-License-Identifier: MIT
// Which handle a channel of the manifest has: init says so in the environment.
#pragma once

#include <stdlib.h>
#include <string.h>

#include <coconut/coconut.h>

/// The handle of channel `name` in the variable `list` (COCONUT_OFFERS or COCONUT_CHANNELS);
/// COCO_HANDLE_NONE if the manifest does not have it.
static inline coco_handle_t channel_handle(const char *list, const char *name)
{
    const char *at = getenv(list);
    size_t len = strlen(name);

    while (at != NULL && *at != '\0') {
        if (strncmp(at, name, len) == 0 && at[len] == ':') {
            return (coco_handle_t)strtoul(at + len + 1, NULL, 10);
        }
        at = strchr(at, ',');
        at = at != NULL ? at + 1 : NULL;
    }
    return COCO_HANDLE_NONE;
}
