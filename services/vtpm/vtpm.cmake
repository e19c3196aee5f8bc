# SPDX-License-Identifier: MIT
# The parts of the virtual TPM, for the kernel and for the host alike: libraries facade, libtpms and vtpm-core. The
# project that includes this has found MbedTLS and set PYTHON.
set(VTPM "${CMAKE_CURRENT_LIST_DIR}")

add_library(facade STATIC
    ${VTPM}/crypto/src/bio.c ${VTPM}/crypto/src/block.c ${VTPM}/crypto/src/bn.c ${VTPM}/crypto/src/cipher.c
    ${VTPM}/crypto/src/ec.c ${VTPM}/crypto/src/ecdsa.c ${VTPM}/crypto/src/ecmath.c ${VTPM}/crypto/src/pkey.c
    ${VTPM}/crypto/src/random.c ${VTPM}/crypto/src/rsakey.c ${VTPM}/crypto/src/sha.c)
target_include_directories(facade PUBLIC "${VTPM}/crypto/include")
target_compile_definitions(facade PRIVATE _GNU_SOURCE)
target_link_libraries(facade PUBLIC MbedTLS::mbedcrypto)

set(libtpms_options)
set(libtpms_sources "${VTPM}/libtpms/random.c")
if(CMAKE_SYSTEM_NAME STREQUAL "Coconut")
    list(APPEND libtpms_sources "${VTPM}/libtpms/glibc.c")
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

# What libtpms finds besides cryptography and the C library.
add_library(libtpms-rest STATIC ${libtpms_sources})
target_compile_definitions(libtpms-rest PRIVATE _GNU_SOURCE)
target_link_libraries(libtpms-rest PUBLIC facade)

add_library(vtpm-core STATIC
    ${VTPM}/server/certificate.c ${VTPM}/server/endpoint.c ${VTPM}/server/manufacture.c
    ${VTPM}/server/mssim.c ${VTPM}/server/state.c ${VTPM}/server/stream.c ${VTPM}/server/svsm.c ${VTPM}/server/tpm.c)
add_dependencies(vtpm-core libtpms-archive)
target_include_directories(vtpm-core PUBLIC "${VTPM}/server" PRIVATE "${libtpms_prefix}/include")
target_compile_definitions(vtpm-core PUBLIC _GNU_SOURCE)
target_link_libraries(vtpm-core PUBLIC "${libtpms_prefix}/lib/libtpms.a" libtpms-rest facade MbedTLS::mbedx509)

# An object, so that it is linked before the archive is searched.
add_library(no-tpm12 OBJECT "${VTPM}/libtpms/tpm12.c")
