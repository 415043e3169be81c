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

/* What a candidate's neighbours in rate say of it: z[m], the forecasts of a race at 'longer' times the steps seen (infinite: it
 * diverged), become what is to be expected of each. 'learnt' is how far the loss fell in the probe, in units of z; at most 'wall'
 * above the lowest counts. STATUS_NO_MEMORY: z is as it was. */
Status forecast_ask_neighbours (int m, const double *rates, double longer, double learnt, double wall, double *z);

#endif
