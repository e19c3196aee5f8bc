# SPDX-License-Identifier: MIT
# cmake -DFROM=folder -DTO=folder -P: install the C++ libraries and their headers. file(COPY) leaves a file
# alone that is there with the same time, so that programs are not compiled again for nothing.

file(COPY "${FROM}/include" "${FROM}/lib" DESTINATION "${TO}")
