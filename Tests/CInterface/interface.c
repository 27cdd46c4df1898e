// The C interface as a C program uses it: every function once, with what it must answer.
#include "nanobragg.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures = 0;

#define CHECK(claim)                                                  \
  do {                                                                \
    if (!(claim)) {                                                   \
      failures++;                                                     \
      printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #claim);    \
    }                                                                 \
  } while (0)

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const SCENE[] = {"-cell", "60", "70", "80", "85", "95", "100", "-default_F", "50", "-N", "4",
                                    "-distance", "80", "-pixel", "0.4", "-detpixels", "24", "-seed", "3"};

static nb_simulation *make(const char *const *words, size_t count) {
  nb_error error;
  nb_simulation *simulation = NULL;
  CHECK(nb_simulation_create(words, count, NULL, NULL, &simulation, &error) == NB_OK);
  CHECK(error.status == NB_OK && error.text[0] == 0);
  return simulation;
}

static void images(void) {
  nb_error error;
  nb_simulation *simulation = make(SCENE, COUNT(SCENE));
  nb_rendering *rendering = NULL;
  CHECK(nb_simulation_render(simulation, NULL, &rendering, &error) == NB_OK);
  const float *pixels = NULL;
  size_t slow = 0, fast = 0;
  CHECK(nb_rendering_image(rendering, &pixels, &slow, &fast, &error) == NB_OK && slow == 24 && fast == 24);
  nb_statistics statistics = {.size = sizeof statistics};
  CHECK(nb_rendering_statistics(rendering, &statistics, &error) == NB_OK && statistics.not_finite == 0);
  float largest = 0;
  for (size_t i = 0; i < slow * fast; i++) largest = fmaxf(largest, pixels[i]);
  CHECK(largest > 0 && largest == (float)statistics.maximum);
  CHECK(pixels[statistics.maximum_slow * 24 + statistics.maximum_fast] == largest);

  uint16_t counts[24][32];
  memset(counts, 0xAB, sizeof counts);
  double numbers[2];
  CHECK(nb_rendering_counts(rendering, NB_IMAGE_INTEGER, counts, 24, 24, sizeof counts[0], numbers, &error) == NB_OK);
  CHECK(counts[3][24] == 0xABAB && counts[statistics.maximum_slow][statistics.maximum_fast] == 55040);
  CHECK(nb_rendering_counts(rendering, NB_IMAGE_INTEGER, counts, 24, 23, sizeof counts[0], NULL, &error) == NB_MISUSE);
  CHECK(nb_rendering_counts(rendering, NB_IMAGE_FLOAT, counts, 24, 24, sizeof counts[0], NULL, &error) == NB_MISUSE);
  CHECK(nb_rendering_counts(rendering, NB_IMAGE_NOISE, counts, 24, 24, 47, NULL, &error) == NB_MISUSE);

  size_t length = 0;
  CHECK(nb_rendering_file(rendering, NB_IMAGE_NOISE, NULL, 0, &length, &error) == NB_OK && length == 512 + 2 * 24 * 24);
  char *file = malloc(length);
  CHECK(nb_rendering_file(rendering, NB_IMAGE_NOISE, file, length - 1, NULL, &error) == NB_MISUSE);
  CHECK(nb_rendering_file(rendering, NB_IMAGE_NOISE, file, length, NULL, &error) == NB_OK && file[0] == '{');
  free(file);

  // The image lives as long as its own handle.
  nb_simulation_free(simulation);
  nb_simulation_free(simulation);
  CHECK(pixels[0] == pixels[0]);
  CHECK(nb_simulation_render(simulation, NULL, &rendering, &error) == NB_MISUSE && rendering == NULL);
  CHECK(strstr(error.text, "simulation") != NULL);
}

static void inputsFromMemory(void) {
  struct { int32_t h, k, l, other; double amplitude; } list[] = {
      {0, 0, 0, 9, 100}, {1, 0, 0, 9, 200}, {0, 1, 0, 9, 300}, {0, 0, 1, 9, 50}, {-1, 2, 0, 9, 75}};
  nb_inputs inputs = {.size = sizeof inputs, .reflection_count = COUNT(list), .h = &list[0].h, .k = &list[0].k,
                      .l = &list[0].l, .index_stride = sizeof list[0], .amplitudes = &list[0].amplitude,
                      .amplitude_stride = sizeof list[0]};
  const char *const words[] = {"-cell", "60", "70", "80", "-N", "3", "-distance", "80", "-detpixels", "8"};
  nb_error error;
  nb_simulation *simulation = NULL;
  CHECK(nb_simulation_create(words, COUNT(words), &inputs, NULL, &simulation, &error) == NB_OK);
  nb_simulation_free(simulation);
  inputs.size = 3;
  CHECK(nb_simulation_create(words, COUNT(words), &inputs, NULL, &simulation, &error) == NB_MISUSE && !simulation);
  inputs.size = sizeof inputs;
  inputs.amplitudes = NULL;
  CHECK(nb_simulation_create(words, COUNT(words), &inputs, NULL, &simulation, &error) == NB_MISUSE);
  CHECK(strcmp(error.subject, "amplitudes") == 0);
  nb_limits limits = {.size = sizeof limits, .memory = 100};
  inputs.amplitudes = &list[0].amplitude;
  CHECK(nb_simulation_create(words, COUNT(words), &inputs, &limits, &simulation, &error) == NB_MEMORY);
}

static void refusals(void) {
  nb_error error;
  nb_simulation *simulation = (nb_simulation *)&error;
  const char *const wrong[] = {"-lambda", "sixty"};
  CHECK(nb_simulation_create(wrong, 2, NULL, NULL, &simulation, &error) == NB_REFUSED && simulation == NULL);
  CHECK(strcmp(error.subject, "-lambda") == 0 && strstr(error.text, "sixty") != NULL);
  CHECK(nb_simulation_create(NULL, 0, NULL, NULL, &simulation, &error) == NB_INCOMPLETE);
  CHECK(nb_simulation_create(NULL, 3, NULL, NULL, &simulation, &error) == NB_MISUSE);
  CHECK(nb_simulation_create(wrong, 2, NULL, NULL, NULL, &error) == NB_MISUSE);
  CHECK(nb_simulation_create(wrong, 2, NULL, NULL, &simulation, NULL) == NB_REFUSED);
  nb_camera camera = {.size = sizeof camera};
  CHECK(nb_simulation_camera(NULL, &camera, &error) == NB_MISUSE);
  CHECK(nb_simulation_camera((nb_simulation *)&camera, &camera, &error) == NB_MISUSE);
  simulation = make(SCENE, COUNT(SCENE));
  CHECK(nb_simulation_camera(simulation, NULL, &error) == NB_MISUSE);
  camera.size = 8;
  CHECK(nb_simulation_camera(simulation, &camera, &error) == NB_MISUSE && strstr(error.text, "sizeof") != NULL);
  // A handle of another kind.
  CHECK(nb_rendering_image((nb_rendering *)simulation, NULL, NULL, NULL, &error) == NB_MISUSE);
  nb_rendering_free((nb_rendering *)simulation);
  camera.size = sizeof camera;
  CHECK(nb_simulation_camera(simulation, &camera, &error) == NB_OK && camera.fast_pixels == 24);
  char small[4];
  size_t length = 0;
  CHECK(nb_simulation_text(simulation, NB_TEXT_SETUP, small, sizeof small, &length, &error) == NB_OK);
  CHECK(strlen(small) == 3 && length > 500);
  CHECK(nb_simulation_text(simulation, 77, small, sizeof small, &length, &error) == NB_MISUSE);
  nb_simulation_free(simulation);
}

static void traces(void) {
  nb_error error;
  nb_simulation *simulation = make(SCENE, COUNT(SCENE));
  nb_trace *trace = NULL, *parsed = NULL;
  CHECK(nb_trace_create(simulation, NULL, 24, 3, NULL, &trace, &error) == NB_REFUSED && trace == NULL);
  CHECK(nb_trace_create(simulation, NULL, INT64_MIN, INT64_MAX, NULL, &trace, &error) == NB_REFUSED);
  CHECK(nb_trace_create(simulation, NULL, 5, 3, NULL, &trace, &error) == NB_OK);
  nb_interruption *interruption = NULL;
  nb_trace *ended = NULL;
  CHECK(nb_interruption_create(&interruption, &error) == NB_OK);
  nb_interruption_end(interruption);
  CHECK(nb_trace_create(simulation, NULL, 5, 3, interruption, &ended, &error) == NB_CANCELLED && ended == NULL);
  nb_interruption_free(interruption);
  CHECK(nb_trace_create(simulation, NULL, 5, 3, interruption, &ended, &error) == NB_MISUSE);
  const nb_quantity *quantities = NULL;
  size_t count = 0;
  CHECK(nb_trace_quantities(trace, &quantities, &count, &error) == NB_OK && count == nb_trace_count(trace));
  int found = 0;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(quantities[i].name, "omega_pixel") == 0) {
      found = 1;
      CHECK(quantities[i].count == 1 && quantities[i].values[0] > 0 && strcmp(quantities[i].unit, "sr") == 0);
    }
    if (strcmp(quantities[i].name, "convention") == 0) CHECK(strcmp(quantities[i].word, "MOSFLM") == 0);
  }
  CHECK(found);
  size_t length = 0;
  CHECK(nb_trace_text(trace, NULL, 0, &length, &error) == NB_OK && length > 1000);
  char *text = malloc(length + 1);
  CHECK(nb_trace_text(trace, text, length + 1, NULL, &error) == NB_OK && strlen(text) == length);
  CHECK(nb_trace_parse(text, length, "a.log", &parsed, &error) == NB_OK);
  nb_comparison *comparison = NULL;
  CHECK(nb_compare(trace, parsed, 0, &comparison, &error) == NB_OK);
  nb_comparison_result result = {.size = sizeof result};
  CHECK(nb_comparison_result_of(comparison, &result, &error) == NB_OK && result.outcome == 0 && result.first == -1);
  nb_comparison_free(comparison);
  char *place = strstr(text, "polar 0.");
  CHECK(place != NULL);
  if (place) place[8] = '1';
  nb_trace_free(parsed);
  CHECK(nb_trace_parse(text, length, NULL, &parsed, &error) == NB_OK);
  CHECK(nb_compare(trace, parsed, 0, &comparison, &error) == NB_OK);
  CHECK(nb_comparison_result_of(comparison, &result, &error) == NB_OK && result.outcome == 1 && result.first >= 0);
  CHECK(strcmp(result.pairs[result.first].name, "polar") == 0 && result.finding_count > 0);
  CHECK(nb_comparison_text(comparison, NULL, 0, &length, &error) == NB_OK && length > 500);
  CHECK(nb_compare(trace, parsed, NAN, &comparison, &error) == NB_MISUSE && comparison == NULL);
  CHECK(nb_trace_parse("nothing", 7, "b.log", &parsed, &error) == NB_REFUSED);
  free(text);
  nb_simulation_free(simulation);
}

static int32_t afterThree(void *context, uint64_t done, uint64_t total) {
  (void)done, (void)total;
  return ++*(int *)context >= 3;
}

static void progress(void) {
  const char *const large[] = {"-cell", "60", "70", "80", "-N", "4", "-default_F", "50", "-detpixels", "2000",
                               "-oversample", "6", "-mosaic_spread", "1", "-mosaic_domains", "50"};
  nb_error error;
  nb_simulation *simulation = make(large, COUNT(large));
  nb_rendering *rendering = NULL;
  int calls = 0;
  nb_render_options options = {.size = sizeof options, .progress = afterThree, .context = &calls};
  CHECK(nb_simulation_render(simulation, &options, &rendering, &error) == NB_CANCELLED && calls == 3 && !rendering);
  nb_job *job = NULL;
  CHECK(nb_job_start(simulation, NULL, &job, &error) == NB_OK);
  uint64_t done = 9, total = 0;
  CHECK(nb_job_wait(job, 0.01, &done, &total, &rendering, &error) == NB_OK && rendering == NULL && total == 2000);
  CHECK(nb_job_wait(job, -1, NULL, NULL, &rendering, &error) == NB_MISUSE);
  nb_job_free(job);
  CHECK(nb_job_wait(job, 0.01, NULL, NULL, &rendering, &error) == NB_MISUSE);
  nb_simulation_free(simulation);
  simulation = make(SCENE, COUNT(SCENE));
  CHECK(nb_job_start(simulation, NULL, &job, &error) == NB_OK);
  CHECK(nb_job_wait(job, 60, NULL, NULL, &rendering, &error) == NB_OK && rendering != NULL);
  nb_rendering_free(rendering);
  nb_job_free(job);
  nb_simulation_free(simulation);
}

// Several threads wait for one job.
static nb_job *shared;
static void *waits(void *seen) {
  nb_error error;
  nb_rendering *rendering = NULL;
  CHECK(nb_job_wait(shared, 300, NULL, NULL, &rendering, &error) == NB_OK);
  *(int *)seen = rendering != NULL;
  nb_rendering_free(rendering);
  return NULL;
}

static void waiters(void) {
  const char *const large[] = {"-cell", "60", "70", "80", "-N", "4", "-default_F", "50", "-detpixels", "900", "-oversample", "3"};
  nb_error error;
  nb_simulation *simulation = make(large, COUNT(large));
  CHECK(nb_job_start(simulation, NULL, &shared, &error) == NB_OK);
  pthread_t all[4];
  int seen[4] = {0};
  for (size_t i = 0; i < COUNT(all); i++) pthread_create(&all[i], NULL, waits, &seen[i]);
  for (size_t i = 0; i < COUNT(all); i++) pthread_join(all[i], NULL);
  CHECK(seen[0] && seen[1] && seen[2] && seen[3]);
  nb_job_free(shared);
  nb_simulation_free(simulation);
}

// Memory beyond the limit is refused before it is asked for.
static void memory(void) {
  nb_error error;
  nb_simulation *simulation = NULL;
  nb_limits limits = {.size = sizeof limits, .memory = 100 << 20};
  const char *const domains[] = {"-cell", "60", "70", "80", "-N", "4", "-default_F", "50", "-detpixels", "4",
                                 "-mosaic_spread", "1", "-mosaic_domains", "10000000"};
  CHECK(nb_simulation_create(domains, COUNT(domains), NULL, &limits, &simulation, &error) == NB_MEMORY);
  const char *const steps[] = {"-cell", "60", "70", "80", "-N", "4", "-default_F", "50", "-detpixels", "4", "-osc", "1",
                               "-phisteps", "250000"};
  CHECK(nb_simulation_create(steps, COUNT(steps), NULL, &limits, &simulation, &error) == NB_OK);
  nb_trace *trace = NULL;
  CHECK(nb_trace_create(simulation, NULL, 1, 1, NULL, &trace, &error) == NB_MEMORY && trace == NULL);
  nb_simulation_free(simulation);
}

static void *manyTimes(void *expected) {
  for (int i = 0; i < 50; i++) {
    nb_error error;
    nb_simulation *simulation = make(SCENE, COUNT(SCENE));
    nb_rendering *rendering = NULL;
    const float *pixels = NULL;
    size_t slow, fast;
    CHECK(nb_simulation_render(simulation, NULL, &rendering, &error) == NB_OK);
    CHECK(nb_rendering_image(rendering, &pixels, &slow, &fast, &error) == NB_OK);
    CHECK(memcmp(pixels, expected, 24 * 24 * sizeof(float)) == 0);
    nb_rendering_free(rendering);
    nb_simulation_free(simulation);
  }
  return NULL;
}

static void threads(void) {
  nb_error error;
  nb_simulation *simulation = make(SCENE, COUNT(SCENE));
  nb_rendering *rendering = NULL;
  const float *pixels = NULL;
  size_t slow, fast;
  CHECK(nb_simulation_render(simulation, NULL, &rendering, &error) == NB_OK);
  CHECK(nb_rendering_image(rendering, &pixels, &slow, &fast, &error) == NB_OK);
  pthread_t all[8];
  for (size_t i = 0; i < COUNT(all); i++) pthread_create(&all[i], NULL, manyTimes, (void *)pixels);
  for (size_t i = 0; i < COUNT(all); i++) pthread_join(all[i], NULL);
}

static void tables(void) {
  CHECK(nb_interface_version() == NB_INTERFACE_VERSION && strlen(nb_version()) > 2);
  size_t count = 0;
  while (nb_option_at(count)) count++;
  CHECK(count > 90 && nb_option_at(SIZE_MAX) == NULL);
  size_t names = 0;
  while (nb_quantity_names_at(names)) names++;
  CHECK(names > 60 && nb_quantity_names_at(SIZE_MAX) == NULL);
  int32_t agrees = -1;
  CHECK(strcmp(nb_function_at(0, &agrees), "sin") == 0 && (agrees == 0 || agrees == 1));
  CHECK(nb_function_at(1000, NULL) == NULL);
}

int main(void) {
  images();
  inputsFromMemory();
  refusals();
  traces();
  progress();
  waiters();
  memory();
  threads();
  tables();
  printf("%s\n", failures ? "FAILED" : "the C interface answers as it must");
  return failures != 0;
}
