#include "platform.h"

#include <stdio.h>

int cplatform_x86_64_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") &&
        __builtin_cpu_supports("movbe")))
    return 1;
  if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")))
    return 3;
  return 4;
#else
  return 0;
#endif
}

int cplatform_format(char *text, size_t size, const char *format, double number) {
  return snprintf(text, size, format, number);
}

void *cplatform_text_open(const void *bytes, size_t size) { return size ? fmemopen((void *)bytes, size, "r") : NULL; }

void cplatform_text_close(void *text) { fclose(text); }

void cplatform_text_rewind(void *text) { rewind(text); }

long cplatform_text_position(void *text) { return ftell(text); }

int cplatform_text_four_reals(void *text, double numbers[4]) {
  return fscanf(text, "%lg%lg%lg%lg", numbers, numbers + 1, numbers + 2, numbers + 3);
}

int cplatform_text_three_integers_and_real(void *text, int indices[3], double *number) {
  return fscanf(text, "%d%d%d%lg", indices, indices + 1, indices + 2, number);
}
