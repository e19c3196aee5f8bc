// SPDX-License-Identifier: MIT
// What the image says about the machine it is for: the file /coconut/image in the boot archive,
// which the image builder writes and the measurement covers. The command line, which is the host's,
// cannot change it.
#pragma once

#include <base/types.h>

struct image_settings {
    bool release;       /* nothing is shown to the host */
    uint32_t threshold; /* records of a severity above it are not kept: 0 to 7 */
};

/// Finds the settings in an archive of `len` bytes, which need not be valid. Without the file,
/// those of an image for development. One that is not understood makes a release image: what cannot
/// be read is not taken for a permission. Lines, in this order:
///
///     coconut image 1
///     build release | build development
///     threshold DIGIT
void image_settings_find(const void *archive, size_t len, struct image_settings *out);
