# SPDX-License-Identifier: MIT
# libtpms as Debian's static archive: the target libtpms.
message(STATUS "libtpms: Debian's static archive")
set(libtpms_options)
if(CMAKE_SYSTEM_NAME STREQUAL "Coconut")
    list(APPEND libtpms_sources "${VTPM}/libtpms/glibc.c" "${VTPM}/libtpms/memory.c")
else()
    list(APPEND libtpms_options --host)
endif()
set(libtpms_prefix "${CMAKE_BINARY_DIR}/libtpms")
add_custom_command(
    OUTPUT "${libtpms_prefix}/lib/libtpms.a"
    COMMAND "${PYTHON}" -B "${VTPM}/libtpms/prepare.py" --output "${libtpms_prefix}" ${libtpms_options}
    DEPENDS "${VTPM}/libtpms/prepare.py" "${VTPM}/../../sdk/deps/deps.lock"
    COMMENT "libtpms: Debian's static archive"
    VERBATIM)
add_custom_target(libtpms-archive DEPENDS "${libtpms_prefix}/lib/libtpms.a")
add_library(libtpms INTERFACE)
add_dependencies(libtpms libtpms-archive)
target_include_directories(libtpms INTERFACE "${libtpms_prefix}/include")
target_link_libraries(libtpms INTERFACE "${libtpms_prefix}/lib/libtpms.a")
