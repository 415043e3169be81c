#include "network.h"

#include <math.h>
#include <stddef.h>

#include <cblas.h>

#include "../numerics/mem.h"

/* Layer l takes size[l] numbers to size[l+1]; 0 <= l < layers. */
struct Network {
  NetworkShape shape;
  int layers, capacity, parameters;
  int size[NETWORK_MAX_HIDDEN + 2];
  int offset[NETWORK_MAX_HIDDEN + 1];      /* of each layer's W in the parameters; b follows W */
  float *output[NETWORK_MAX_HIDDEN + 1];   /* [capacity*size[l+1]] of each layer */
  float *delta[2];                         /* [capacity*widest] derivatives by a layer's output, and by the one before */
  float *scratch;                          /* what the pointers above point into */
};

static Status measure (Network *network, Problem *problem) {
  const NetworkShape *shape = &network->shape;
  if (shape->hidden < 0 || shape->hidden > NETWORK_MAX_HIDDEN)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%d hidden layers: at most %d expected", shape->hidden, NETWORK_MAX_HIDDEN);
  network->layers = shape->hidden + 1;
  network->size[0] = shape->inputs;
  for (int l = 0; l < shape->hidden; l++) network->size[l + 1] = shape->width[l];
  network->size[network->layers] = shape->outputs;
  for (int l = 0; l <= network->layers; l++)
    if (network->size[l] < 1 || network->size[l] > NETWORK_MAX_WIDTH)
      return problem_set(problem, STATUS_BAD_ARGUMENT, "a layer of %d units: 1 to %d expected", network->size[l], NETWORK_MAX_WIDTH);
  long long parameters = 0;
  for (int l = 0; l < network->layers; l++) {
    network->offset[l] = (int)parameters;
    parameters += (network->size[l] + 1LL) * network->size[l + 1];
    if (parameters > 1LL << 30) return problem_set(problem, STATUS_BAD_ARGUMENT, "more than 2^30 parameters");
  }
  network->parameters = (int)parameters;
  return STATUS_OK;
}

static Status allot (Network *network) {
  const size_t rows = (size_t)network->capacity;
  size_t widest = 0, units = 0;
  for (int l = 1; l <= network->layers; l++) {
    const size_t size = (size_t)network->size[l];
    units += size;
    if (size > widest) widest = size;
  }
  float *next = network->scratch = mem_alloc((units + 2 * widest) * sizeof(float), rows);
  if (next == NULL) return STATUS_NO_MEMORY;
  for (int l = 0; l < network->layers; l++) {
    network->output[l] = next;
    next += rows * (size_t)network->size[l + 1];
  }
  network->delta[0] = next;
  network->delta[1] = next + rows * widest;
  return STATUS_OK;
}

Status network_create (Network **out, const NetworkShape *shape, int capacity, Problem *problem) {
  *out = NULL;
  if (capacity < 1 || (shape->loss == NETWORK_SQUARED && shape->outputs != 1)) return STATUS_BAD_ARGUMENT;
  Network *network = mem_alloc(1, sizeof *network);
  if (network == NULL) return STATUS_NO_MEMORY;
  network->shape = *shape;
  network->capacity = capacity;
  Status status = measure(network, problem);
  if (status == STATUS_OK) status = allot(network);
  if (status == STATUS_OK) *out = network;
  else network_free(network);
  return status;
}

void network_free (Network *network) {
  if (network == NULL) return;
  mem_free(network->scratch);
  mem_free(network);
}

const NetworkShape *network_shape (const Network *network) { return &network->shape; }
int network_capacity (const Network *network) { return network->capacity; }
int network_parameters (const Network *network) { return network->parameters; }

static ptrdiff_t weights_of (const Network *network, int l) {
  return (ptrdiff_t)network->size[l] * network->size[l + 1];
}

void network_init (const Network *network, Random *random, float *w) {
  for (int l = 0; l < network->layers; l++) {
    const int in = network->size[l], out = network->size[l + 1];
    const int he = l < network->layers - 1 && network->shape.activation == NETWORK_RELU;
    const double deviation = sqrt(2.0 / (he ? (double)in : (double)in + out));
    const ptrdiff_t weights = weights_of(network, l);
    for (ptrdiff_t i = 0; i < weights; i++) *w++ = (float)(deviation * random_normal(random));
    for (int j = 0; j < out; j++) *w++ = 0;
  }
}

/* ---- forward ------------------------------------------------------------ */

static void fill_rows (int n, int m, const float *restrict b, float *restrict y) {
  for (int i = 0; i < n; i++, y += m)
    for (int j = 0; j < m; j++) y[j] = b[j];
}

static void relu (ptrdiff_t n, float *restrict y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = y[i] < 0 ? 0 : y[i];   /* nan stays nan */
}

/* The rational approximation of Eigen (MathFunctionsImpl.h, ptanh_float), which
 * the compiler can vectorise: within 5e-7 of tanh, odd, nan for nan. */
static void hyperbolic (ptrdiff_t n, float *restrict y) {
  const float limit = 7.90531110763549805f;   /* there the approximation is 1 to rounding */
  for (ptrdiff_t i = 0; i < n; i++) {
    const float x = y[i] > limit ? limit : y[i] < -limit ? -limit : y[i];
    const float s = x * x;
    const float p = ((((((-2.76076847742355e-16f * s + 2.00018790482477e-13f) * s - 8.60467152213735e-11f) * s
                        + 5.12229709037114e-08f) * s + 1.48572235717979e-05f) * s + 6.37261928875436e-04f) * s
                        + 4.89352455891786e-03f) * x;
    const float q = ((1.19825839466702e-06f * s + 1.18534705686654e-04f) * s + 2.26843463243900e-03f) * s
                        + 4.89352518554385e-03f;
    y[i] = p / q;
  }
}

const float *network_outputs (Network *network, const float *w, int n, const float *inputs) {
  const float *x = inputs;
  for (int l = 0; l < network->layers; l++) {
    const int in = network->size[l], out = network->size[l + 1];
    const float *W = w + network->offset[l], *b = W + weights_of(network, l);
    float *y = network->output[l];
    fill_rows(n, out, b, y);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, out, in, 1, x, in, W, out, 1, y, out);   /* y = x W + b */
    if (l < network->layers - 1) {
      if (network->shape.activation == NETWORK_RELU) relu((ptrdiff_t)n * out, y);
      else hyperbolic((ptrdiff_t)n * out, y);
    }
    x = y;
  }
  return x;
}

/* ---- loss ---------------------------------------------------------------- */

/* Cross-entropy of the softmax of z[k]; d[k] (NULL: not wanted) becomes
 * 'weight' times its derivatives. */
static double cross_entropy (int k, const float *z, int label, float weight, float *d) {
  float top = z[0], sum = 0;
  for (int j = 1; j < k; j++)
    if (z[j] > top) top = z[j];
  for (int j = 0; j < k; j++) {
    const float e = expf(z[j] - top);
    if (d != NULL) d[j] = e;
    sum += e;
  }
  if (d != NULL) {
    const float scale = weight / sum;
    for (int j = 0; j < k; j++) d[j] *= scale;
    d[label] -= weight;
  }
  return log((double)sum) - ((double)z[label] - (double)top);
}

double network_loss (const Network *network, const float *outputs, int label, float target) {
  if (network->shape.loss == NETWORK_CROSS_ENTROPY)
    return cross_entropy(network->shape.outputs, outputs, label, 1, NULL);
  const double distance = (double)outputs[0] - (double)target;
  return distance * distance;
}

/* Mean loss, and its derivatives by the outputs in d[rows*outputs]. */
static double mean_loss (const Network *network, const DatasetBatch *batch, const float *z, float *d) {
  const int k = network->shape.outputs;
  const float weight = 1 / (float)batch->rows;
  double sum = 0;
  for (int i = 0; i < batch->rows; i++, z += k, d += k) {
    if (network->shape.loss == NETWORK_CROSS_ENTROPY) {
      sum += cross_entropy(k, z, batch->labels[i], weight, d);
    } else {
      sum += network_loss(network, z, 0, batch->values[i]);
      *d = 2 * weight * (*z - batch->values[i]);
    }
  }
  return sum / batch->rows;
}

/* ---- backward ------------------------------------------------------------ */

static void sum_rows (int n, int m, const float *restrict d, float *restrict b) {
  for (int j = 0; j < m; j++) b[j] = 0;
  for (int i = 0; i < n; i++, d += m)
    for (int j = 0; j < m; j++) b[j] += d[j];
}

/* Through the activation, by its own output y. */
static void relu_back (ptrdiff_t n, const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < n; i++) d[i] = y[i] > 0 ? d[i] : 0;
}

static void hyperbolic_back (ptrdiff_t n, const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < n; i++) d[i] *= 1 - y[i] * y[i];
}

double network_gradient (Network *network, const float *w, const DatasetBatch *batch, float *g) {
  const int n = batch->rows, last = network->layers - 1;
  const float *z = network_outputs(network, w, n, batch->inputs);
  float *d = network->delta[0], *before = network->delta[1];
  const double loss = mean_loss(network, batch, z, d);
  for (int l = last; l >= 0; l--) {
    const int in = network->size[l], out = network->size[l + 1];
    const float *x = l > 0 ? network->output[l - 1] : batch->inputs;
    float *G = g + network->offset[l];
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, in, out, n, 1, x, in, d, out, 0, G, out);     /* G = x' d */
    sum_rows(n, out, d, G + weights_of(network, l));
    if (l == 0) break;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, in, out, 1, d, out, w + network->offset[l], out,
                0, before, in);                                                                        /* d = d W' */
    if (network->shape.activation == NETWORK_RELU) relu_back((ptrdiff_t)n * in, x, before);
    else hyperbolic_back((ptrdiff_t)n * in, x, before);
    float *swap = d;
    d = before;
    before = swap;
  }
  return loss;
}
