/* forecast_inner.h -- what forecast.c and forecast_race.c share; no part of forecast's face. */
#ifndef forecast_inner_h
#define forecast_inner_h

#include "forecast.h"
#include "windows.h"

#define FORECAST_DRIFT (-0.2)  /* a power law's exponent, as slow learning has it */

/* Levels over time, as the filter sees them. */
typedef struct Track {
  int count;          /* windows with at least one loss, > 0 */
  double *time;       /* [count] from 1, in losses */
  double *z;          /* [count] */
  double *variance;   /* [count] of z around the curve: the noise */
} Track;

bool forecast_options_good (const ForecastOptions *options);

/* Let u pass in the curve: an integrated Ornstein-Uhlenbeck process. Nothing happens unless u > 0. */
void forecast_pass (ForecastCurve *curve, double u);

/* Filter 'track' with the curve, whose clock, drift, damping and wander are set. Returns the logarithm of the evidence. */
double forecast_follow (ForecastCurve *curve, const Track *track);

/* Weights that are logarithms become shares of their sum. */
void forecast_share (int count, ForecastCurve *curve);

/* Curve c after 'later' e-folds of time, at u = log(time + clock): add its futures to the mixture; 'raise' is added to their z. */
void forecast_add_future (Mixture *mixture, ForecastCurve c, double u, double raise, double later, double collapse);

/* Where a forecast whose rates were told is by pace p, 'steps' after its last loss. */
ForecastPlace forecast_place (const Forecast *forecast, const ForecastAhead *ahead, int p, double steps);

/* The futures of z under the rates ahead. */
Mixture forecast_rated_futures (const Forecast *forecast, const ForecastAhead *ahead, double steps);

/* What a forecast is but for its curves, from the series' windows. */
void forecast_begin (Forecast *forecast, const ForecastOptions *options, int n, const Windows *windows);

/* The windows' levels as z, at the windows' times. */
void forecast_make_track (const Forecast *forecast, const Windows *windows, Track *track);

/* Filter 'track' of a series of n losses with every curve, and weigh them: sets curve[FORECAST_CURVES]. */
void forecast_weigh (ForecastCurve *curve, int n, double drift, const Track *track);

/* The futures of z at time t (>= n) of a series of n losses. */
Mixture forecast_futures (const ForecastCurve *curve, int n, double collapse, double t);

/* The curves alone, without the exponential: as forecast_fit. *windows is the series' own. */
Status forecast_fit_curves (Forecast *forecast, const ForecastOptions *options, int n, const double *losses, Windows *windows);

/* Add the exponential to a forecast from the curves, if it has earned it. */
Status forecast_add_exponential (Forecast *forecast, const ForecastOptions *options, int n, const double *losses,
                                 const Windows *windows);

/* The exponential's forecast of z at a step, as one normal. */
void forecast_exponential (const Forecast *forecast, const Expfit *expfit, double step, double *mean, double *sd);

/* Add it to a mixture of what the curves say, with its weight. */
void forecast_mix_exponential (const Forecast *forecast, double step, Mixture *mixture);

/* How much higher in ln(rate) a candidate is to be looked for now, to see what it will be at 'longer' (>= 1) times the steps seen;
 * 'ahead' is how far the best is ahead of a rate that stands still, in ln(loss). */
double forecast_shift (double longer, double ahead);

/* z[m] of candidates (infinite: it diverged), each read 'shift' higher in ln(rate), on lines between the candidates; at most 'wall'
 * above the lowest counts. STATUS_NO_MEMORY: z is as it was. */
Status forecast_ask_neighbours (int m, const double *rates, double shift, double wall, double *z);

/* Mean of the losses first .. end - 1 that count, above 'lower' where that is finite; nan: there is none. */
double forecast_level (double lower, int first, int end, const double *losses);

/* Losses of m candidates above 'lower' (finite) at 'longer' times the n steps seen, by the law that they share; nan where one ended
 * without a finite loss. STATUS_TOO_FEW: the law needs 16 losses of one candidate, and *expected is not set; STATUS_NO_MEMORY,
 * STATUS_SINGULAR. O((m + n) m + m^3). */
Status forecast_by_law (double *expected, const double *rates, int m, int n, double lower, double longer,
                        const double *const *losses);

/* What a race expects of its candidates becomes what is to be expected where their rates are told. 'unit' is that of z without
 * a bound. STATUS_NO_MEMORY. */
Status forecast_tell_rates (const ForecastOptions *options, const double *rates, int m, int n, const double *const *losses,
                            double step, double unit, double *expected);

#endif
