# SPDX-License-Identifier: MIT
# libtpms compiled from its own source, unmodified, TPM 2.0 only: the target libtpms. Its hashes, blocks, numbers and points
# are the facade's; what is built of them (modes, RSA, ECDSA, key derivation) is its own code then.
if(NOT EXISTS "${COCONUT_VTPM_LIBTPMS_SOURCE}/src/tpm2/ExecCommand.c")
    message(FATAL_ERROR "no source of libtpms in '${COCONUT_VTPM_LIBTPMS_SOURCE}': unpack libtpms 0.9.2 and name its folder "
                        "with COCONUT_VTPM_LIBTPMS_SOURCE, or use COCONUT_VTPM_LIBTPMS=archive")
endif()
message(STATUS "libtpms: source in ${COCONUT_VTPM_LIBTPMS_SOURCE}")
set(libtpms_top "${COCONUT_VTPM_LIBTPMS_SOURCE}")
file(GLOB libtpms_code CONFIGURE_DEPENDS "${libtpms_top}/src/tpm2/*.c" "${libtpms_top}/src/tpm2/crypto/openssl/*.c")
add_library(libtpms STATIC
    ${libtpms_code} "${libtpms_top}/src/tpm_library.c" "${libtpms_top}/src/tpm_tpm2_interface.c"
    "${libtpms_top}/src/tpm_tpm2_tis.c")
# The one header that its configure script writes: the version.
set(LIBTPMS_VER_MAJOR 0)
set(LIBTPMS_VER_MINOR 9)
set(LIBTPMS_VER_MICRO 2)
configure_file("${libtpms_top}/include/libtpms/tpm_library.h.in" "${CMAKE_BINARY_DIR}/libtpms/libtpms/tpm_library.h" @ONLY)
target_include_directories(libtpms
    PUBLIC "${CMAKE_BINARY_DIR}/libtpms" "${libtpms_top}/include"
    PRIVATE "${CMAKE_BINARY_DIR}/libtpms/libtpms" "${libtpms_top}/include/libtpms" "${libtpms_top}/src"
            "${libtpms_top}/src/tpm2" "${libtpms_top}/src/tpm2/crypto" "${libtpms_top}/src/tpm2/crypto/openssl")
# Third-party code: our warnings are not for it. Its rand() must be the kernel's random numbers, as with the archive.
target_compile_options(libtpms PRIVATE -w -include tpm_library_conf.h)
target_compile_definitions(libtpms PRIVATE
    _GNU_SOURCE _POSIX_ TPM_POSIX TPM_LIBTPMS_CALLBACKS rand=vtpm_glibc_rand srand=vtpm_glibc_srand
    USE_OPENSSL_FUNCTIONS_SYMMETRIC=0 USE_OPENSSL_FUNCTIONS_EC=0 USE_OPENSSL_FUNCTIONS_ECDSA=0
    USE_OPENSSL_FUNCTIONS_RSA=0 USE_OPENSSL_FUNCTIONS_SSKDF=0 USE_EC_POINT_GET_AFFINE_COORDINATES_API=1)
if(CMAKE_SYSTEM_NAME STREQUAL "Coconut")
    # It refuses systems it does not know; of those it knows this one brings the least with it.
    target_compile_definitions(libtpms PRIVATE __gnu_hurd__ __unix__)
endif()
target_link_libraries(libtpms PRIVATE facade)
