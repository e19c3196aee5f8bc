// SPDX-License-Identifier: MIT
// Two small folders for tests of names, and a handle to the one that is there.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

#define NAMES_BASE "/raw/at"
#define NAMES_LINKS "/raw/links"

/// Handle to the folder that was made last.
extern coco_handle_t names_dir;

/// A name with one byte too many.
extern char names_too_long[COCO_NAME_MAX + 2];

/// NAMES_BASE with a file f ("abc"), a folder d, and a link to itself, loop.
void names_make_base(void);
void names_remove_base(void);

/// NAMES_LINKS with a file f ("abc"), a folder d with a file g, and the links to-f, to-d, lost
/// (d/new) and loop.
void names_make_links(void);
void names_remove_links(void);

/// Makes a symbolic link below names_dir. 0 or an error.
int64_t names_link(const char *target, const char *path);

/// Opens a path below names_dir and closes it again. 0 or an error.
int64_t names_open(const char *path, uint32_t flags);

/// COCO_TYPE_* of what a path below names_dir names, a link itself.
uint32_t names_type(const char *path);
