# SPDX-License-Identifier: MIT
# Run by coconut_add_image_test(): boots IMAGE, and passes if it printed what matches EXPECT and then ended by itself, with
# status 0, within TIMEOUT seconds.

execute_process(
    COMMAND "${COCONUT_COMMAND}" boot --timeout "${TIMEOUT}" --kernel "${IMAGE}/kernel.elf" "${IMAGE}/archive.pkit"
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE
    ERROR_VARIABLE errors ECHO_ERROR_VARIABLE)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${IMAGE}: the machine ended with status ${status}, 0 is expected; 'coconut boot --help' has what it means")
endif()
if(NOT "${output}${errors}" MATCHES "${EXPECT}")
    message(FATAL_ERROR "${IMAGE}: nothing that it printed matches ${EXPECT}")
endif()
