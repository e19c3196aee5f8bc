// SPDX-License-Identifier: MIT
// What else the model of mm counts as an allocation.
#pragma once

#include <abi/status.h>

/// One allocation more; ERR_NOMEM if it is the one that shall fail. Any thread.
enum status sim_allocation_permit(void);

/// One less; there must have been one. Any thread.
void sim_allocation_return(void);
