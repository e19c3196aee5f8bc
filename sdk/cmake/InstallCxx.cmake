# SPDX-License-Identifier: MIT
# cmake -DFROM=folder -DTO=folder -P: install the C++ libraries with their headers and the sanitizer's
# runtime. file(COPY) leaves a file alone that is there with the same time, so that programs are not
# compiled again for nothing.

file(COPY "${FROM}/cxx/include" "${FROM}/cxx/lib" "${FROM}/cxx/share" "${FROM}/ubsan/lib" DESTINATION "${TO}")
