// SPDX-License-Identifier: MIT
// What stands in for libtpms's TPM 1.2: defined before the archive is searched, it keeps all of
// that out of the program.
#include "tpm12.h"

/// Where libtpms expects the functions of its TPM 1.2: no pointer in it is called, since TPM 2.0 is
/// chosen first.
const void *const TPM12Interface[64] = {0};
