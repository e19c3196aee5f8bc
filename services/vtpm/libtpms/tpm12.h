// SPDX-License-Identifier: MIT
#pragma once

extern const void *const TPM12Interface[64];
