// Calls that nobody should make, drawn at random: wrong handles, sizes, strides, words, numbers, and memory that was freed by
// its handle. Each must be refused with a reason, or work; none may end the process, write past a buffer, or leave memory behind.
//
//   hostile CALLS SEED
#include "nanobragg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t draw(uint64_t bound) {
  state += 0x9E3779B97F4A7C15u;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return bound ? (z ^ (z >> 31)) % bound : z ^ (z >> 31);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ONE(array) ((array)[draw(COUNT(array))])

static double number(void) {
  const double odd[] = {0, -0.0, 1, -1, 0.5, 1e-300, 1e300, INFINITY, -INFINITY, NAN, 1e10, -1e10, 3, 255, 1e-10, 5e-324};
  return draw(3) ? ONE(odd) : (double)(int64_t)draw(0) / 1e15;
}

static size_t size(size_t right) {
  const size_t odd[] = {0, 1, 7, SIZE_MAX, SIZE_MAX / 2, (size_t)1 << 40, 1000, (size_t)-8};
  return draw(8) ? right : ONE(odd);
}

// Handles of all kinds, freed ones among them.
static void *handles[64];
static void *handle(void) {
  void *const odd[] = {NULL, (void *)1, (void *)17, (void *)-1, &state, handles};
  return draw(8) ? handles[draw(COUNT(handles))] : ONE(odd);
}
static void release(void *old) {
  nb_simulation_free(old), nb_rendering_free(old), nb_trace_free(old), nb_comparison_free(old), nb_job_free(old);
  nb_interruption_free(old);
}
static void keep(void *value) {
  if (value) {
    size_t place = draw(COUNT(handles));
    void *old = handles[place];
    // The old one is freed as what it may be; those of other kinds are left alone.
    release(old);
    handles[place] = value;
  }
}

static char word_buffer[40][40];
static const char *word(size_t place) {
  static const char *values[] = {"1", "0", "-1", "5", "90", "1e300", "nan", "inf", "abc", "", "-", "--", "\xff\xfe", "1e-300",
                                 "100", "3.5", "-0", "99999999999999999999", "0x10", "1,5", "c-parity", "spec", "\n", "%s%n"};
  if (draw(3)) return ONE(values);
  size_t count = 0;
  while (nb_option_at(count)) count++;
  const char *names = nb_option_at(draw(count))->names;
  size_t length = strcspn(names, " ");
  if (draw(20) == 0) length = draw(length + 1);
  if (length >= sizeof word_buffer[0]) length = sizeof word_buffer[0] - 1;
  memcpy(word_buffer[place], names, length);
  word_buffer[place][length] = 0;
  return word_buffer[place];
}

static void create(nb_error *error) {
  // Most lines are complete and small; what follows may spoil them. Files are not opened.
  const char *words[60] = {"-cell", "50", "60", "70", "90", "90", "90", "-default_F", "10", "-N", "2", "-detpixels", "4",
                           "-distance", "50", "-oversample", "1"};
  size_t count = draw(12) ? 17 : 0;
  if (draw(2)) {
    for (size_t more = draw(8); more > 0; more--, count++) words[count] = word(count % 40);
    for (size_t i = 0; i < count; i++) {
      const char *w = words[i];
      if (w && (strstr(w, "file") || strstr(w, "-mat") || strstr(w, "-hkl") || strstr(w, "-img") || strstr(w, "-mask") ||
                strstr(w, "stol") || strstr(w, "dump")))
        words[i] = "-nopolar";
    }
    if (draw(20) == 0) words[draw(count + 1)] = NULL;
  }
  static int32_t indices[90];
  static double values[300];
  static uint8_t mask[400];
  for (size_t i = 0; i < COUNT(indices); i++) indices[i] = draw(30) ? (int32_t)draw(9) - 4 : (int32_t)draw(0);
  for (size_t i = 0; i < COUNT(values); i++) values[i] = draw(20) ? (double)draw(100) / 10 : number();
  for (size_t i = 0; i < COUNT(mask); i++) mask[i] = (uint8_t)draw(3);
  nb_inputs inputs;
  memset(&inputs, 0, sizeof inputs);
  inputs.size = size(sizeof inputs);
  if (draw(3) == 0) {
    inputs.reflection_count = draw(30);
    int32_t *start = draw(20) ? indices : NULL;
    int backwards = draw(4) == 0;
    inputs.h = start ? start + (backwards ? 87 : 0) : NULL;
    inputs.k = start ? start + (backwards ? 88 : 1) : NULL;
    inputs.l = start ? start + (backwards ? 89 : 2) : NULL;
    inputs.index_stride = backwards ? -12 : 12;
    inputs.amplitudes = draw(20) ? values : NULL;
    inputs.amplitude_stride = (ptrdiff_t)draw(9);  // not aligned
    if (draw(40) == 0) inputs.reflection_count = ONE(((size_t[]){SIZE_MAX, (size_t)1 << 60, (size_t)1 << 33}));
  }
  if (draw(6) == 0) {
    inputs.matrix = values + 100;
    inputs.matrix_row_stride = draw(30) ? 24 : PTRDIFF_MAX;
    inputs.matrix_column_stride = 8;
  }
  if (draw(4) == 0) {
    inputs.source_count = draw(20) ? draw(20) : ONE(((size_t[]){SIZE_MAX, (size_t)1 << 50}));
    inputs.sources = draw(20) ? values : NULL;
    inputs.source_row_stride = 40, inputs.source_column_stride = 8;
    for (size_t i = 4; draw(3) && i < 100; i += 5) values[i] = 1e-10;
  }
  if (draw(4) == 0) {
    inputs.mask_slow = draw(4) ? 4 : size(draw(20)), inputs.mask_fast = draw(4) ? 4 : size(draw(20));
    inputs.mask = draw(20) ? mask : NULL;
    inputs.mask_row_stride = (ptrdiff_t)draw(21), inputs.mask_column_stride = (ptrdiff_t)draw(2);
    if (inputs.mask && inputs.mask_slow < 21 && inputs.mask_fast < 21) {
    } else if (inputs.mask_slow <= (size_t)1 << 31 && inputs.mask_fast <= (size_t)1 << 31) {
      inputs.mask_row_stride = inputs.mask_column_stride = 0;  // as many pixels as there are, all the same one
      if (inputs.mask_slow > 3000 || inputs.mask_fast > 3000) inputs.mask_slow = inputs.mask_fast = 30;
    }
  }
  nb_limits limits = {.size = size(sizeof limits), .memory = draw(4) ? (uint64_t)1 << 26 : draw(0),
                      .clock_seed = draw(10) ? (int64_t)draw(1u << 31) : (int64_t)draw(0)};
  if (limits.memory > (uint64_t)1 << 26) limits.memory = (uint64_t)1 << 26;
  nb_simulation *simulation = (nb_simulation *)&state;
  nb_status status = nb_simulation_create(
      draw(30) ? words : NULL, draw(60) ? count : size(count) % 60, draw(3) ? NULL : &inputs, &limits,
      draw(50) ? &simulation : NULL, error);
  if (status == NB_OK) keep(simulation);
}

static int32_t stops(void *context, uint64_t done, uint64_t total) {
  (void)context, (void)done, (void)total;
  return 1;
}

static int isSmall(nb_simulation *simulation) {
  nb_camera camera = {.size = sizeof camera};
  return nb_simulation_camera(simulation, &camera, NULL) != NB_OK ||
         (double)camera.steps * (double)camera.fast_pixels * (double)camera.slow_pixels < 100000;
}

static void call(void) {
  nb_error space, *error = draw(10) ? &space : NULL;
  void *first = handle(), *second = handle();
  char buffer[300];
  memset(buffer, 0x5A, sizeof buffer);
  size_t capacity = draw(200), length;
  char *text = draw(10) ? buffer : NULL;
  nb_status status = NB_OK;
  switch (draw(18)) {
    case 0: case 1: case 2: case 3: create(error); return;
    case 4: {
      nb_rendering *rendering = NULL;
      nb_render_options options = {.size = size(sizeof options), .threads = (uint32_t)draw(5), .progress = stops};
      if (!isSmall(first) && draw(20)) return;
      status = nb_simulation_render(first, draw(3) ? &options : NULL, draw(20) && isSmall(first) ? &rendering : NULL, error);
      if (status == NB_OK) keep(rendering);
      break;
    }
    case 5: {
      nb_job *job = NULL;
      status = nb_job_start(first, NULL, draw(20) ? &job : NULL, error);
      if (status == NB_OK) isSmall(first) || draw(2) ? keep(job) : nb_job_free(job);
      break;
    }
    case 6: {
      nb_rendering *rendering = NULL;
      uint64_t done, total;
      double seconds = draw(4) ? 0.0001 : number();
      if (seconds > 0.01) seconds = 0.01;
      status = nb_job_wait(first, seconds, draw(2) ? &done : NULL, draw(2) ? &total : NULL, draw(20) ? &rendering : NULL, error);
      if (status == NB_OK) keep(rendering);
      break;
    }
    case 7: {
      nb_camera camera = {.size = size(sizeof camera)};
      status = nb_simulation_camera(first, draw(10) ? &camera : NULL, error);
      break;
    }
    case 8: status = nb_simulation_text(first, (nb_text)draw(5), text, capacity, draw(3) ? &length : NULL, error); break;
    case 9: {
      const float *pixels = NULL;
      size_t slow = 0, fast = 0;
      status = nb_rendering_image(first, draw(10) ? &pixels : NULL, &slow, &fast, error);
      volatile float sum = 0;
      if (status == NB_OK && pixels) for (size_t i = 0; i < slow * fast; i++) sum += pixels[i];
      break;
    }
    case 10: {
      static uint16_t counts[64 * 64];
      double numbers[2];
      size_t side = draw(3) ? 4 : draw(65);
      status = nb_rendering_counts(first, (nb_image)draw(6), draw(10) ? counts : NULL, side, draw(5) ? side : size(side),
                                   draw(4) ? 128 : draw(2) ? (ptrdiff_t)draw(9) : -(ptrdiff_t)(draw(0) >> 1), draw(2) ? numbers : NULL, error);
      break;
    }
    case 11: {
      size_t room = draw(3) ? sizeof buffer : draw(sizeof buffer);
      status = nb_rendering_file(first, (nb_image)draw(6), text, text ? room : 0, draw(2) ? &length : NULL, error);
      break;
    }
    case 12: {
      nb_trace *trace = NULL;
      if (!isSmall(first)) return;
      status = nb_trace_create(first, draw(2) ? second : NULL, draw(10) ? (int64_t)draw(5) : (int64_t)draw(0),
                               (int64_t)draw(5), draw(4) ? NULL : handle(), draw(20) ? &trace : NULL, error);
      if (status == NB_OK) keep(trace);
      break;
    }
    case 13: {
      nb_trace *trace = NULL;
      static const char *logs[] = {"TRACE_C: polar 1\nTRACE_C: omega_pixel 2\n", "TRACE_C_SETUP: N_cells 1 2 3\n", "TRACE_C: x",
                                   "TRACE_C_STEP phi_tic=0 h=1\nTRACE_C: F_cell nan\n", "TRACE_PY: polar inf\n", "\0\0\0", ""};
      char log[80];
      strncpy(log, ONE(logs), sizeof log - 1);
      log[sizeof log - 1] = 0;
      size_t bytes = strlen(log);
      if (bytes && draw(2)) log[draw(bytes)] = (char)draw(0);
      status = nb_trace_parse(draw(20) ? log : NULL, draw(30) ? bytes : draw(bytes + 1), draw(3) ? "a\xff.log" : NULL,
                              draw(20) ? &trace : NULL, error);
      if (status == NB_OK) keep(trace);
      break;
    }
    case 14: {
      const nb_quantity *quantities = NULL;
      size_t count = 0;
      status = nb_trace_quantities(first, draw(10) ? &quantities : NULL, &count, error);
      volatile double sum = 0;
      if (status == NB_OK)
        for (size_t i = 0; i < count; i++) {
          sum += (double)strlen(quantities[i].name) + (double)strlen(quantities[i].unit);
          for (size_t j = 0; j < quantities[i].count; j++) sum += quantities[i].values[j];
        }
      nb_trace_count(first);
      nb_trace_text(first, text, capacity, &length, NULL);
      break;
    }
    case 15: {
      nb_comparison *comparison = NULL;
      status = nb_compare(first, second, draw(2) ? 0 : number(), draw(20) ? &comparison : NULL, error);
      if (status == NB_OK) keep(comparison);
      break;
    }
    case 16: {
      nb_comparison_result result = {.size = size(sizeof result)};
      status = nb_comparison_result_of(first, draw(10) ? &result : NULL, error);
      volatile double sum = 0;
      if (status == NB_OK)
        for (size_t i = 0; i < result.pair_count; i++) sum += (double)strlen(result.pairs[i].place);
      nb_comparison_text(first, text, capacity, &length, NULL);
      break;
    }
    default:
      switch (draw(7)) {
        case 0: nb_simulation_free(first); break;
        case 1: nb_rendering_free(first); break;
        case 2: nb_trace_free(first); break;
        case 3: nb_comparison_free(first); break;
        case 4: nb_job_free(first); break;
        case 5: {
          nb_interruption *interruption = NULL;
          nb_interruption_end(first);
          if (nb_interruption_create(draw(9) ? &interruption : NULL, error) == NB_OK) keep(interruption);
          break;
        }
        default: nb_option_at((size_t)draw(0)), nb_function_at((size_t)draw(0), NULL);
      }
      return;
  }
  if (status != NB_OK && error && error->text[0] == 0) {
    printf("a refusal without a reason: status %d\n", status);
    exit(1);
  }
}

int main(int count, char **arguments) {
  long calls = count > 1 ? atol(arguments[1]) : 20000;
  state = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
  for (long i = 0; i < calls; i++) call();
  for (size_t i = 0; i < COUNT(handles); i++) release(handles[i]);
  printf("%ld hostile calls: none ended the process\n", calls);
  return 0;
}
