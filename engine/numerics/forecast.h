/* forecast.h -- the distribution of a training's loss at a later step, from a short and noisy series of its losses.
 *
 * Let z = log(loss - lower), and u = log(t + clock) with t counted from the first loss. The curve is a level whose slope
 * wanders and tires:
 *
 *     dz = (DRIFT + s) du,    ds = -damping s du + wander dW
 *
 * seen through the noise of each loss. clock = 0 is a power law; a clock long beside the series is nearer to an exponential
 * decay. Every combination of clock, damping and wander, and one curve that is flat, is filtered over the series' windows
 * (windows.h) in O(1) a window, and weighed by its evidence; the forecast is the mixture. Thus the error bar holds the
 * noise, the noise's correlation, how well the series tells one curve from another, and the wandering yet to come.
 *
 * What no short series can tell is whether its training will come to repeat its data and learn them by heart: a third of
 * the weight of every curve goes to one that falls by a further power COLLAPSE of time from the last loss on.
 *
 * An exponential with an asymptote (expfit.h) is a family of its own: it joins the mixture with the odds by which, fitted to the
 * first fifth of the series, it foretold the rest better than the curves above, fitted to the same; less e^15, for short
 * stretches of most curves look like an exponential's.
 *
 * Every constant is a pure number of the logarithms of loss and time, so the forecast of k times the loss above 'lower' is k
 * times the forecast. Ours; doc/methods.md says how the constants were set, and where it does badly. */
#ifndef forecast_h
#define forecast_h

#include <stdbool.h>

#include "expfit.h"
#include "mixture.h"
#include "status.h"

enum { FORECAST_CURVES = 37, FORECAST_PACES = 2, FORECAST_RATED = 130 };

typedef struct ForecastOptions {
  double first;    /* step of losses[0]; finite */
  double stride;   /* steps from one loss to the next; > 0 */
  double lower;    /* no loss lies below it: for cross-entropy and squares 0; -INFINITY: not known */
  bool fresh;      /* the data never repeat: nothing is learnt by heart */
} ForecastOptions;

/* How fast a training goes under a rate: its time passes by a power of the rate. */
typedef struct ForecastPace {
  double unit;     /* time of one loss at the rate 'reference' */
  double time;     /* at the last loss: the length of the series */
  double relaxed;  /* the rate there, as its noise has followed it; in units of 'reference' */
} ForecastPace;

/* Where a training stands by one pace. */
typedef struct ForecastPlace { double time, relaxed; } ForecastPlace;

/* Rates to come: place[p * (n + 1) + i] is where pace p is i steps after the last loss. The caller's memory. */
typedef struct ForecastAhead {
  int n;           /* steps; after them the last rate stays */
  double last;     /* that rate */
  ForecastPlace *place;  /* [FORECAST_PACES * (n + 1)] */
} ForecastAhead;

/* One curve at the last loss. */
typedef struct ForecastCurve {
  double clock;            /* in losses */
  double drift;            /* of z, per u */
  double damping, wander;
  double weight;           /* among all; they sum to 1 */
  int pace;                /* by which its time passes */
  double share;            /* of noise: the level is that much higher, times 1 + share, at the rate 'reference' */
  double z, s;             /* expected level, drift aside, and slope */
  double zz, zs, ss;       /* their covariance */
} ForecastCurve;

/* A forecast: plain data, without pointers. */
typedef struct Forecast {
  int used;                /* finite losses */
  int length;              /* losses, those that are not finite included */
  double noise;            /* standard deviation of one loss around the curve at its end */
  double first, stride, lower;
  double shift, scale;     /* without 'lower': z = (loss - shift) / scale */
  double ceiling;          /* z above which the mean counts a loss as that high: e times the highest level seen */
  double collapse;         /* weight of the futures in which it collapses */
  double reference;        /* the highest rate; 0: the rates were not told, and are all the same */
  double last;             /* the last rate */
  ForecastPace pace[FORECAST_PACES];
  int count;               /* curves: FORECAST_CURVES, or FORECAST_RATED where rates were told */
  ForecastCurve curve[FORECAST_RATED];
  double exponential;      /* weight of the exponential */
  Expfit expfit;           /* set where that is > 0 */
} Forecast;

/* STATUS_OK, for one finite loss on; else *forecast is not set: STATUS_TOO_FEW (no finite loss), STATUS_BAD_ARGUMENT,
 * STATUS_NO_MEMORY. Losses that are not finite, or beyond 1e150, are left out; those below 'lower' count as 'lower'. O(n). */
Status forecast_fit (Forecast *forecast, const ForecastOptions *options, int n, const double *losses);

/* The same where rates[n] tells the rate of each loss (finite, >= 0, one of them > 0; else STATUS_BAD_ARGUMENT). See forecast_rates.c. */
Status forecast_fit_rates (Forecast *forecast, const ForecastOptions *options, int n, const double *losses, const double *rates);

/* Walk the rates[ahead->n] of the steps after the last loss (finite, >= 0): sets ahead->last and ahead->place, whose memory is there.
 * Only for a forecast whose rates were told. O(n). */
void forecast_look_ahead (ForecastAhead *ahead, const Forecast *forecast, const double *rates);

/* Of the curve (not of one noisy loss around it) at 'step'; one before the last loss's counts as that. Mean and standard
 * deviation; the loss below which it lies with probability p in (0, 1); the probability that it lies below a loss.
 * Under the rates 'ahead'; NULL: the last rate stays. */
void forecast_moments (const Forecast *forecast, const ForecastAhead *ahead, double step, double *mean, double *sd);
double forecast_quantile (const Forecast *forecast, const ForecastAhead *ahead, double step, double p);
double forecast_below (const Forecast *forecast, const ForecastAhead *ahead, double step, double loss);

/* Candidates that were trained on the same batches from the same start, losses[k][n] of m (> 0). What the batches have in
 * common is not noise between them: each curve is forecast in its distance from the mean of the now better half. best[k]
 * becomes the probability that the curve of k is the lowest at 'step'; expected[k] its expected loss there, above 'lower' and
 * as a multiple of that mean's (without 'lower': its expected distance from the mean, in losses). One whose last loss is not
 * finite has no chance, and is expected at infinity.
 *
 * rates[m] (finite, > 0) may tell their rates, else NULL. Then 'expected' knows more: see forecast_told.c.
 * STATUS_TOO_FEW: none ends with a finite loss. STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. O(m n), and a millisecond for eight;
 * with rates O(m n + m^3), and three. */
Status forecast_race (double *best, double *expected, const ForecastOptions *options, const double *rates, int m, int n,
                      const double *const *losses, double step);

#endif
