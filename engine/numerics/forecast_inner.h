/* forecast_inner.h -- what forecast.c and forecast_race.c share; no part of forecast's face. */
#ifndef forecast_inner_h
#define forecast_inner_h

#include <stdbool.h>

#include "forecast.h"
#include "windows.h"

/* Levels over time, as the filter sees them. */
typedef struct Track {
  int count;          /* windows with at least one loss, > 0 */
  double *time;       /* [count] from 1, in losses */
  double *z;          /* [count] */
  double *variance;   /* [count] of z around the curve: the noise */
} Track;

bool forecast_options_good (const ForecastOptions *options);

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

#endif
