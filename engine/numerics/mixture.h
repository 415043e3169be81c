/* mixture.h -- a mixture of normal distributions of z, and of the loss that z stands for:
 * loss = lower + exp(z), or where there is no lower bound, shift + scale z. */
#ifndef mixture_h
#define mixture_h

#include <stdbool.h>

enum { MIXTURE_MAX = 264 };

typedef struct Mixture {
  int n;                       /* parts, 1 .. MIXTURE_MAX */
  double weight[MIXTURE_MAX];  /* they sum to 1 */
  double mean[MIXTURE_MAX];    /* of z */
  double sd[MIXTURE_MAX];      /* of z, > 0 */
} Mixture;

/* P(z <= x), and the x at which that is p in (0, 1). */
double mixture_below (const Mixture *mixture, double x);
double mixture_quantile (const Mixture *mixture, double p);

/* Mean and standard deviation of z; of min(exp(z), exp(ceiling)). */
void mixture_moments (const Mixture *mixture, double *mean, double *sd);
void mixture_exp_moments (const Mixture *mixture, double ceiling, double *mean, double *sd);

#endif
