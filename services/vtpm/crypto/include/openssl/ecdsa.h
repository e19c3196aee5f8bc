// SPDX-License-Identifier: MIT
// ECDSA stands in ec.h, as in OpenSSL.
#pragma once

#include <openssl/ec.h>
