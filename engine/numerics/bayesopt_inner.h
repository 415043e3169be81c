/* bayesopt_inner.h -- what the files of bayesopt.h share, and nobody else includes. */
#ifndef bayesopt_inner_h
#define bayesopt_inner_h

#include "bayesopt.h"
#include "feasibility.h"
#include "search.h"

/* A few points x[d]. */
typedef struct Points {
  int n;
  double x[BAYESOPT_PENDING * SPACE_DIMENSIONS];
} Points;

struct Bayesopt {
  BayesoptOptions options;
  Gp *gp;                 /* of the rows; empty until a trial succeeded */
  Feasibility *feasibility;
  int learnt;             /* trials that it has learnt; -1: none */
  BayesoptState state;
  double shift[SPACE_DIMENSIONS];   /* of the quasi-random points */
  int n, capacity;        /* trials, those recalled first */
  int recalled, failures;
  double *x, *u;          /* [capacity*d] as told; in the unit box */
  double *loss, *variance;/* [capacity] as told */
  bool *failed;           /* [capacity] */
  int rows;               /* distinct points of success, what the model is told */
  double *row_u, *y, *v;  /* [capacity*d], [capacity] mean loss, variance of each trial */
  double *scatter;        /* [capacity] sum of squares of the merged losses about their mean */
  double *warped, *error; /* [capacity] what the model is told: the mean loss, warped, and its variance */
  double *times, *own;    /* [capacity] trials merged; how many of them were told, not recalled */
  Points pending, queue;
  SearchRoom room;
};

static inline double *bayesopt_inner_point (const Bayesopt *opt, double *base, int i) {
  return base + (size_t)i * (size_t)opt->options.space.d;
}

/* ---- bayesopt_trials.c ---- */

/* Room for n trials. */
Status bayesopt_inner_reserve (Bayesopt *opt, int n);

/* One trial more; there must be room. */
void bayesopt_inner_push (Bayesopt *opt, const double *x, double loss, double variance);

/* Put trial i among the rows. Says whether it made a new one. */
bool bayesopt_inner_merge (Bayesopt *opt, int i);

/* The first n trials, as if they were told again; the model is not. */
void bayesopt_inner_merge_all (Bayesopt *opt, int n);

/* A point more, the oldest forgotten where there is no room; point i less. */
void bayesopt_inner_add (const Bayesopt *opt, Points *points, const double *x);
void bayesopt_inner_remove (const Bayesopt *opt, Points *points, int i);

/* ---- bayesopt_model.c ---- */

/* Tell the model of trial i, the last. */
Status bayesopt_inner_update (Bayesopt *opt, int i);

/* Tell the model of all rows, by gp_fit or its like. Needs no memory where it has had as many rows and components before. */
Status bayesopt_inner_inform (Bayesopt *opt, Status (*how) (Gp *, const GpData *));

/* ---- bayesopt_read.c ---- */

/* The least posterior mean at a point of success, standardised: the incumbent where losses are noisy. *row is which. */
double bayesopt_inner_incumbent (const Bayesopt *opt, bool told_alone, int *row);

/* The first trial of a row. */
int bayesopt_inner_trial (const Bayesopt *opt, int row);

#endif
