# SPDX-License-Identifier: MIT
# Read by CMake at protobuf-c's project(): adds its tests, which its own files build only together with the generator. Here
# the generator is the host's.
if(NOT DEFINED BUILD_TESTING OR BUILD_TESTING)
    enable_testing()
    set(COCONUT_PORT_DIR "${CMAKE_CURRENT_LIST_DIR}")
    cmake_language(DEFER CALL include "${COCONUT_PORT_DIR}/tests.cmake")
endif()
