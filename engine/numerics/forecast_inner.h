/* forecast_inner.h -- what forecast.c and forecast_race.c share; no part of forecast's face. */
#ifndef forecast_inner_h
#define forecast_inner_h

#include <stdbool.h>

#include "forecast.h"

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

#endif
