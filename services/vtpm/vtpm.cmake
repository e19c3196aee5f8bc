# SPDX-License-Identifier: MIT
# The parts of the virtual TPM, for the kernel and for the host alike: libraries facade, libtpms and vtpm-core. The
# project that includes this has found MbedTLS and set PYTHON.
set(VTPM "${CMAKE_CURRENT_LIST_DIR}")

add_library(facade STATIC
    ${VTPM}/crypto/src/bio.c ${VTPM}/crypto/src/block.c ${VTPM}/crypto/src/bn.c ${VTPM}/crypto/src/cipher.c
    ${VTPM}/crypto/src/cpu.c ${VTPM}/crypto/src/ec.c ${VTPM}/crypto/src/ecdsa.c ${VTPM}/crypto/src/ecmath.c
    ${VTPM}/crypto/src/modexp.c ${VTPM}/crypto/src/pkey.c ${VTPM}/crypto/src/random.c ${VTPM}/crypto/src/rsafactors.c
    ${VTPM}/crypto/src/rsakey.c ${VTPM}/crypto/src/sha.c ${VTPM}/crypto/src/sha256.c ${VTPM}/crypto/src/sha256_avx2.c
    ${VTPM}/crypto/src/sha256_ni.c)
target_include_directories(facade PUBLIC "${VTPM}/crypto/include")
target_compile_definitions(facade PRIVATE _GNU_SOURCE)
target_link_libraries(facade PUBLIC MbedTLS::mbedcrypto)
# mbedTLS's RSA raises numbers to powers, and inverts them, with crypto/src/modexp.c.
target_link_options(facade INTERFACE -Wl,--wrap=mbedtls_mpi_exp_mod,--wrap=mbedtls_mpi_inv_mod_odd,--wrap=mbedtls_mpi_gcd_modinv_odd)

# libtpms in one of two ways; both are used by the same service and tests.
set(COCONUT_VTPM_LIBTPMS archive CACHE STRING "libtpms: Debian's static archive (archive), or its source (source)")
set_property(CACHE COCONUT_VTPM_LIBTPMS PROPERTY STRINGS archive source)
set(COCONUT_VTPM_LIBTPMS_SOURCE "" CACHE PATH "where libtpms 0.9.2 is unpacked, for COCONUT_VTPM_LIBTPMS=source")
set(libtpms_sources "${VTPM}/libtpms/random.c")
if(COCONUT_VTPM_LIBTPMS STREQUAL "archive")
    include("${VTPM}/libtpms/archive.cmake")
elseif(COCONUT_VTPM_LIBTPMS STREQUAL "source")
    include("${VTPM}/libtpms/source.cmake")
else()
    message(FATAL_ERROR "COCONUT_VTPM_LIBTPMS is '${COCONUT_VTPM_LIBTPMS}'; it is 'archive' or 'source'")
endif()

# What libtpms finds besides cryptography and the C library.
add_library(libtpms-rest STATIC ${libtpms_sources})
target_compile_definitions(libtpms-rest PRIVATE _GNU_SOURCE)
target_link_libraries(libtpms-rest PUBLIC facade)

add_library(vtpm-core STATIC
    ${VTPM}/server/certificate.c ${VTPM}/server/end.c ${VTPM}/server/endpoint.c ${VTPM}/server/keep.c
    ${VTPM}/server/manufacture.c ${VTPM}/server/mssim.c ${VTPM}/server/state.c ${VTPM}/server/stream.c ${VTPM}/server/svsm.c ${VTPM}/server/tpm.c)
target_include_directories(vtpm-core PUBLIC "${VTPM}/server")
target_compile_definitions(vtpm-core PUBLIC _GNU_SOURCE)
target_link_libraries(vtpm-core PUBLIC libtpms libtpms-rest facade MbedTLS::mbedx509)

# An object, so that it is linked before the archive is searched.
add_library(no-tpm12 OBJECT "${VTPM}/libtpms/tpm12.c")
