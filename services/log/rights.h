// SPDX-License-Identifier: MIT
// Who may read whose records. Init says it when it starts the log service, from the manifests:
// COCONUT_LOG_SERVICES has the names of the services in the order of start, the first one's place
// is 1; COCONUT_LOG_RIGHTS in the same order what each may read, with `+` between names, or `*`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether the service at a place in that order may read what is kept under a name of `len` bytes:
/// its own, and what its manifest names.
bool rights_allow(uint64_t place, const char *name, size_t len);
