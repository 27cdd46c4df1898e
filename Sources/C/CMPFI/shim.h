// Interval arithmetic of any precision: MPFI over MPFR, which rounds each function correctly.
#include <stdio.h>
#include <mpfr.h>
#include <mpfi.h>

// A number in a format of mpfr_printf with one conversion of the kind %.*R*e.
static inline int cmpfi_format(char *text, size_t size, int digits, mpfr_rnd_t rounding, mpfr_srcptr number) {
  return mpfr_snprintf(text, size, "%.*R*e", digits, rounding, number);
}
