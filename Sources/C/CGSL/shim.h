// The parts of the GNU Scientific Library that the oracles use, one header per line.
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_const_mksa.h>
#include <gsl/gsl_const_num.h>
#include <gsl/gsl_deriv.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_interp.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_monte_vegas.h>
#include <gsl/gsl_permutation.h>
#include <gsl/gsl_poly.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_exp.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_gegenbauer.h>
#include <gsl/gsl_sf_log.h>
#include <gsl/gsl_sf_result.h>
#include <gsl/gsl_sf_trig.h>
#include <gsl/gsl_statistics_double.h>
#include <gsl/gsl_sum.h>
#include <gsl/gsl_sys.h>
#include <gsl/gsl_vector.h>
#include <gsl/gsl_version.h>

// Functions that return global variables of the library, which Swift cannot read safely.
static inline const char *cgsl_version(void) { return gsl_version; }
static inline const gsl_rng_type *cgsl_mersenne_twister(void) { return gsl_rng_mt19937; }
static inline const gsl_integration_fixed_type *cgsl_hermite(void) { return gsl_integration_fixed_hermite; }
static inline const gsl_interp_type *cgsl_polynomial(void) { return gsl_interp_polynomial; }
