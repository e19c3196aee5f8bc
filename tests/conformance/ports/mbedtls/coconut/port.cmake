# SPDX-License-Identifier: MIT
# Read by CMake at Mbed TLS's project(): adds the entropy source to the library, and the self test, a program that
# nothing runs, to the tests.
if(PROJECT_NAME STREQUAL "Mbed TLS")
    # What is deferred is expanded only then, when this file is no longer the current one.
    set(COCONUT_PORT_DIR "${CMAKE_CURRENT_LIST_DIR}")
    cmake_language(DEFER CALL target_sources mbedcrypto PRIVATE "${COCONUT_PORT_DIR}/entropy.c")
    if(NOT DEFINED ENABLE_PROGRAMS OR ENABLE_PROGRAMS)
        cmake_language(DEFER CALL add_test NAME selftest COMMAND selftest)
    endif()
endif()
