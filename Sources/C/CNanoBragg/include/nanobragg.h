/* nanobragg.h: the simulator and its traces for programs in C, and in languages that call C.
 *
 * Link with -lnanobragg-c. Nothing else is needed: the library carries the standard library of Swift with it.
 *
 * - Every function that can fail returns an nb_status and, if `error` is not NULL, tells there what was wrong, and how to
 *   mend it. No function ends the process, and none writes to the terminal or to a file.
 * - A handle is an opaque pointer. It is freed once. A handle that is NULL, was freed, or is of another kind is refused
 *   (NB_MISUSE), and may be freed again without effect.
 * - What a function hands out by pointer lives as long as the handle that it was asked for.
 * - Nothing depends on the environment, the locale or a random state. Names of files in options are relative to the current
 *   folder; the cache of reflections is read only if an option names it, and never written.
 * - All functions may be called from any thread, several at a time, on the same handles, too.
 * - Memory is computed before it is asked for, and refused beyond a limit. What several threads ask for at the same time is not
 *   added up.
 * - A process that forks may go on in both, but a job that was started before goes on in the parent only. The library stays
 *   loaded: a rendering that was ended may still run for a moment.
 * - Indices are zero-based. Of an image, fast is the index that varies fastest in memory.
 */
#ifndef NANOBRAGG_H
#define NANOBRAGG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. A program compares it with nb_interface_version(). */
#define NB_INTERFACE_VERSION 1

typedef enum nb_status {
  NB_OK = 0,
  NB_REFUSED = 2,    /* the request cannot be carried out; exit status 2 of the program */
  NB_CANCELLED = 3,  /* the progress function asked for the end */
  NB_MEMORY = 4,     /* more memory would be needed than is allowed, or than there is */
  NB_MISUSE = 5,     /* a null pointer, a handle that is none, a size that does not fit */
  NB_INCOMPLETE = 9  /* no crystal or no structure factors; exit status 9 of the program */
} nb_status;

/* What was wrong. Texts are UTF-8, end with 0, and are cut if they are longer. */
typedef struct nb_error {
  nb_status status;
  char subject[128]; /* the option, file or argument concerned; empty if there is none */
  char text[2048];   /* what is wrong, and how to mend it */
} nb_error;

uint32_t nb_interface_version(void);
/* The version of the simulator. */
const char *nb_version(void);

/* ---- Simulations --------------------------------------------------------------------------------------------------- */

typedef struct nb_simulation nb_simulation;

/* Inputs from memory, each in place of a file. A count of 0 means that there is none. Strides are in bytes, and may be
 * negative. The arrays are copied. */
typedef struct nb_inputs {
  size_t size; /* sizeof(nb_inputs) */

  /* Reflections, in place of -hkl: indices along a*, b*, c*, and structure factors in electrons. Of several with the same
   * indices the last counts. */
  size_t reflection_count;
  const int32_t *h, *k, *l;
  ptrdiff_t index_stride;
  const double *amplitudes;
  ptrdiff_t amplitude_stride;

  /* An orientation matrix, in place of -mat: three rows, the x, y and z components of a*, b*, c* times the wavelength. */
  const double *matrix;
  ptrdiff_t matrix_row_stride, matrix_column_stride;

  /* Source points, in place of -sourcefile: x, y, z, weight, and wavelength in m. Not-a-number is a missing value. */
  size_t source_count;
  const double *sources;
  ptrdiff_t source_row_stride, source_column_stride;

  /* A mask, in place of -mask: pixels of value 0 are left out. The image has its dimensions unless an option says
   * otherwise. */
  size_t mask_slow, mask_fast;
  const uint8_t *mask;
  ptrdiff_t mask_row_stride, mask_column_stride;
} nb_inputs;

/* Bounds of one simulation. */
typedef struct nb_limits {
  size_t size;         /* sizeof(nb_limits) */
  uint64_t memory;     /* the most bytes that the simulation and one image may take; 0 for half of the machine's memory */
  int64_t clock_seed;  /* the seed where an option asks for the clock: random misset, and noise without
                        * -seed; below 2^48 */
} nb_limits;

/* Prepares a simulation.
 *   words, count   the options of the program, a word each, without the program's name
 *   inputs         NULL for none
 *   limits         NULL for the usual ones, and the clock as seed
 *   simulation     gets the handle */
nb_status nb_simulation_create(
    const char *const *words, size_t count, const nb_inputs *inputs, const nb_limits *limits,
    nb_simulation **simulation, nb_error *error);
void nb_simulation_free(nb_simulation *simulation);

/* A camera. Lengths in m, angles in radians, vectors in the laboratory frame. */
typedef struct nb_camera {
  size_t size; /* sizeof(nb_camera), set by the caller */
  uint64_t fast_pixels, slow_pixels;
  double pixel_size;
  double wavelength;
  double distance, close_distance; /* along the beam, and along the normal */
  double two_theta;
  double beam_centre[2];           /* fast and slow, from the outer corner of the first pixel */
  double origin[3];                /* the outer corner of the first pixel */
  double fast_axis[3], slow_axis[3], normal[3];
  double beam[3], polarization[3], spindle[3]; /* polarization is the direction of the electric field */
  double kahn_factor;
  double fluence;                  /* photons/m^2 */
  double cell_a[3], cell_b[3], cell_c[3]; /* direct cell at phi = 0, in m */
  int32_t is_curved, is_polarized;
  uint64_t sources, phi_steps, mosaic_domains, oversample, layers;
  uint64_t steps;                  /* per pixel: the product of the five, with oversample squared */
} nb_camera;
nb_status nb_simulation_camera(nb_simulation *simulation, nb_camera *camera, nb_error *error);

/* Texts of a simulation. */
typedef enum nb_text {
  NB_TEXT_NOTES = 1, /* notes and warnings of the program, one per line */
  NB_TEXT_SETUP = 2  /* what the program prints of its set-up */
} nb_text;
/* Copies a text that ends with 0 into a buffer, cut if it is longer than the buffer. `length`, unless NULL, gets the length
 * of the whole text without the 0. */
nb_status nb_simulation_text(
    nb_simulation *simulation, nb_text which, char *buffer, size_t capacity, size_t *length, nb_error *error);

/* ---- Images -------------------------------------------------------------------------------------------------------- */

typedef struct nb_rendering nb_rendering;

/* Called on the thread that renders, some times a second, with the rows done and in all. Returns 0 to go on; otherwise the
 * rendering ends with NB_CANCELLED within 0.2 s. */
typedef int32_t (*nb_progress)(void *context, uint64_t done, uint64_t total);

typedef struct nb_render_options {
  size_t size;          /* sizeof(nb_render_options) */
  uint32_t threads;     /* 0 for the option -threads, or else one per core; the image does not depend on the number */
  nb_progress progress; /* NULL for none */
  void *context;        /* handed to `progress` */
} nb_render_options;

/* Renders the image. `options` may be NULL. */
nb_status nb_simulation_render(
    nb_simulation *simulation, const nb_render_options *options, nb_rendering **rendering, nb_error *error);
void nb_rendering_free(nb_rendering *rendering);

/* A rendering that goes on while the caller does something else: for event loops, and for languages whose own interruptions
 * must be looked at between calls. */
typedef struct nb_job nb_job;

/* Starts a rendering. A small one is done when the function returns. `options` may be NULL; its progress function is not
 * called. */
nb_status nb_job_start(
    nb_simulation *simulation, const nb_render_options *options, nb_job **job, nb_error *error);
/* Waits for the end of the rendering, at most some seconds. `rendering` gets NULL as long as it goes on, and a handle, which
 * is freed by itself, at its end. `done` and `total`, unless NULL, get the rows done and in all. */
nb_status nb_job_wait(
    nb_job *job, double seconds, uint64_t *done, uint64_t *total, nb_rendering **rendering, nb_error *error);
/* Frees a job. A rendering that still goes on ends within 0.2 s; the function does not wait for that. */
void nb_job_free(nb_job *job);

/* The image: photons per pixel, slow x fast, without gaps. */
nb_status nb_rendering_image(
    nb_rendering *rendering, const float **pixels, size_t *slow, size_t *fast, nb_error *error);

typedef struct nb_statistics {
  size_t size; /* sizeof(nb_statistics), set by the caller */
  double maximum, mean, rms, rmsd;
  int64_t maximum_slow, maximum_fast; /* -1 if no pixel is above 0 */
  double solid_angle;                 /* sr, as the program prints it */
  uint64_t not_finite;                /* pixels that are infinite or not a number */
} nb_statistics;
nb_status nb_rendering_statistics(nb_rendering *rendering, nb_statistics *statistics, nb_error *error);

typedef enum nb_image {
  NB_IMAGE_FLOAT = 1,   /* -floatfile */
  NB_IMAGE_INTEGER = 2, /* -intfile: 16-bit counts without noise */
  NB_IMAGE_NOISE = 3,   /* -noisefile: 16-bit counts with photon noise */
  NB_IMAGE_GREY = 4     /* -pgmfile: 8-bit grey map */
} nb_image;

/* Writes counts into memory, 16 bits per pixel (the grey map: 8 bits), by the options -scale, -pgmscale and -adc.
 *   slow, fast           the dimensions of the image, for checking
 *   row_stride           in bytes; at least a row
 *   numbers              unless NULL, gets two numbers: scale and 0; of noise, the photons drawn and the overloads */
nb_status nb_rendering_counts(
    nb_rendering *rendering, nb_image kind, void *pixels, size_t slow, size_t fast, ptrdiff_t row_stride,
    double *numbers, nb_error *error);

/* The bytes of the file that the program writes. `length`, unless NULL, gets the size of the file. NULL as a buffer asks for
 * the size only; a buffer that is too small is refused. */
nb_status nb_rendering_file(
    nb_rendering *rendering, nb_image kind, void *buffer, size_t capacity, size_t *length, nb_error *error);

/* ---- Traces -------------------------------------------------------------------------------------------------------- */

typedef struct nb_trace nb_trace;

/* A way to end a trace of many steps from another thread. */
typedef struct nb_interruption nb_interruption;
nb_status nb_interruption_create(nb_interruption **interruption, nb_error *error);
/* The function that was given the interruption returns NB_CANCELLED within 0.2 s. */
void nb_interruption_end(nb_interruption *interruption);
void nb_interruption_free(nb_interruption *interruption);

/* Computes every intermediate quantity of one pixel. A rendering of the simulation saves work where a pixel depends on those
 * before it. `rendering` and `interruption` may be NULL. */
nb_status nb_trace_create(
    nb_simulation *simulation, nb_rendering *rendering, int64_t slow, int64_t fast, nb_interruption *interruption,
    nb_trace **trace, nb_error *error);
/* Reads the trace lines of a log. `name` is used in messages. */
nb_status nb_trace_parse(
    const char *text, size_t length, const char *name, nb_trace **trace, nb_error *error);
void nb_trace_free(nb_trace *trace);

/* A quantity on a line of a trace. */
typedef struct nb_quantity {
  const char *name;
  const char *section; /* setup, pixel, phi or step */
  const char *unit;    /* 1 for pure numbers, word for text; empty if the quantity is unknown */
  const char *meaning; /* empty if the quantity is unknown */
  const char *stage;   /* the stage of the calculation; empty if the quantity is unknown */
  uint64_t line;       /* the number of the line in the trace, from 0 */
  size_t count;        /* how many values there are */
  const double *values;
  const char *word;    /* the value of a quantity that is text; else NULL */
  int32_t is_whole;    /* whether the values are whole numbers */
} nb_quantity;
size_t nb_trace_count(nb_trace *trace);
/* All quantities, in the order of the trace. */
nb_status nb_trace_quantities(nb_trace *trace, const nb_quantity **quantities, size_t *count, nb_error *error);
/* The lines as the program prints them; as for nb_simulation_text. */
nb_status nb_trace_text(nb_trace *trace, char *buffer, size_t capacity, size_t *length, nb_error *error);

typedef struct nb_comparison nb_comparison;

/* A quantity in two traces. */
typedef struct nb_pair {
  const char *name;
  const char *place;   /* section, name and step in words */
  const char *unit;
  size_t reference_count, candidate_count;
  const double *reference, *candidate;
  const char *reference_text, *candidate_text; /* all values in words; empty if the trace lacks the quantity */
  const char *tolerance;                        /* in words, with its reason */
  double relative;     /* largest deviation by the length of the reference; not-a-number if it cannot be told */
  size_t identical;    /* how many values are the same doubles */
  int32_t agrees;
  int32_t diverges;    /* not for a quantity that only one trace has and need not have */
} nb_pair;

/* A possible cause of the first divergence. */
typedef struct nb_finding {
  const char *kind, *confidence, *text;
} nb_finding;

typedef struct nb_comparison_result {
  size_t size;      /* sizeof(nb_comparison_result), set by the caller */
  int32_t outcome;  /* 0 parity; 1 divergence; 2 what both have agrees, and one lacks scaling factors of the other; 4
                     * different pixels, or nothing in common */
  int64_t first;    /* the number of the first pair that diverges; -1 if none does */
  size_t pair_count;
  const nb_pair *pairs; /* in the order of computation */
  size_t finding_count;
  const nb_finding *findings; /* the most certain first */
} nb_comparison_result;

/* Compares two traces quantity by quantity. `relative` is the tolerance of a quantity that has none of its own; 0 for the
 * usual one. */
nb_status nb_compare(
    nb_trace *reference, nb_trace *candidate, double relative, nb_comparison **comparison, nb_error *error);
void nb_comparison_free(nb_comparison *comparison);
nb_status nb_comparison_result_of(nb_comparison *comparison, nb_comparison_result *result, nb_error *error);
/* The comparison as `nbverify compare` shows its first divergence, as for nb_simulation_text. */
nb_status nb_comparison_text(
    nb_comparison *comparison, char *buffer, size_t capacity, size_t *length, nb_error *error);

/* ---- Tables -------------------------------------------------------------------------------------------------------- */

/* An option of the command line. */
typedef struct nb_option {
  const char *names;   /* documented spellings, separated by spaces */
  const char *values;  /* a label per value that follows, separated by spaces */
  const char *summary; /* with unit and default */
  const char *section;
  const char *domain;  /* values that random command lines have (docs/judge.md); empty if it is not drawn */
  const char *role;    /* input, cache, output or report; empty for others */
  int32_t has_effect;
} nb_option;
/* An option by its number, from 0; NULL behind the last one. Lives for ever. */
const nb_option *nb_option_at(size_t number);

/* The names of a quantity of traces by its number, from 0: the usual one, then those of older logs, separated by spaces; NULL
 * behind the last one. A name may come again, for another kind of line. Lives for ever. */
const char *nb_quantity_names_at(size_t number);

/* The bits of an image follow the mathematical library of the machine. The name of the function with the number, from 0, and
 * whether it gives the recorded bits at 1000 places; NULL behind the last one. */
const char *nb_function_at(size_t number, int32_t *agrees);

#ifdef __cplusplus
}
#endif
#endif
