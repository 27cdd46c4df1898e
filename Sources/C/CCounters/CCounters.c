#include "CCounters.h"
#include <string.h>

// Functions of LLVM's profile runtime, which is linked with the counters only.
__attribute__((weak)) extern uint64_t *__llvm_profile_begin_counters(void);
__attribute__((weak)) extern uint64_t *__llvm_profile_end_counters(void);

size_t counters_count(void) {
  if (!__llvm_profile_begin_counters || !__llvm_profile_end_counters) return 0;
  return (size_t)(__llvm_profile_end_counters() - __llvm_profile_begin_counters());
}

void counters_reset(void) {
  size_t count = counters_count();
  if (count) memset(__llvm_profile_begin_counters(), 0, count * sizeof(uint64_t));
}

void counters_visit(void (*visit)(size_t, uint64_t, void *), void *context) {
  size_t count = counters_count();
  if (!count) return;
  const uint64_t *counters = __llvm_profile_begin_counters();
  for (size_t n = 0; n < count; n++)
    if (counters[n]) visit(n, counters[n], context);
}
