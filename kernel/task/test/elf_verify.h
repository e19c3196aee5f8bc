// SPDX-License-Identifier: MIT
#pragma once

#include "../elf.h"

/// Aborts with a line on standard error if `image`, accepted from `source`, breaks a rule of
/// <elf.h>.
void elf_image_verify(const struct program_source *source, const struct elf_image *image);
