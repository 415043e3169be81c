#include "network.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "../numerics/mem.h"

struct Network {
  int layers, batch, size;
  NetworkActivation activation;
  NetworkLoss loss;
  int *width;          /* [layers + 1] */
  float *weight;       /* [size] */
  float *gradient;     /* [size] */
  float **value;       /* [layers + 1] value[l]: [batch * width[l]], what layer l gives to the next */
  float **delta;       /* [layers + 1] delta[l]: dloss / d(what entered value[l]); delta[0] is unused */
};

static float *block (int rows, int columns) {
  return mem_alloc((size_t)rows * (size_t)columns, sizeof(float));
}

/* The number of weights, or 0 if a width is not positive or the sum overflows. */
static int count_weights (int layers, const int *sizes) {
  long long total = 0;
  for (int l = 0; l <= layers; l++) if (sizes[l] < 1) return 0;
  for (int l = 0; l < layers && total <= INT_MAX; l++)
    total += ((long long)sizes[l] + 1) * sizes[l + 1];
  return total <= INT_MAX ? (int)total : 0;
}

static Status allocate (Network *net, const int *sizes) {
  const size_t count = (size_t)net->layers + 1;
  net->width = mem_alloc(count, sizeof *net->width);
  net->weight = block(net->size, 1);
  net->gradient = block(net->size, 1);
  net->value = mem_alloc(count, sizeof *net->value);
  net->delta = mem_alloc(count, sizeof *net->delta);
  if (!net->width || !net->weight || !net->gradient || !net->value || !net->delta) return STATUS_NO_MEMORY;
  memcpy(net->width, sizes, count * sizeof *sizes);
  for (int l = 0; l <= net->layers; l++) {
    net->value[l] = block(net->batch, sizes[l]);
    net->delta[l] = l > 0 ? block(net->batch, sizes[l]) : NULL;
    if (!net->value[l] || (l > 0 && !net->delta[l])) return STATUS_NO_MEMORY;
  }
  return STATUS_OK;
}

Status network_create (Network **out, int layers, const int *sizes, int batch,
                       NetworkActivation activation, NetworkLoss loss) {
  *out = NULL;
  const int size = layers > 0 && batch > 0 ? count_weights(layers, sizes) : 0;
  if (size == 0) return STATUS_BAD_ARGUMENT;
  Network *net = mem_alloc(1, sizeof *net);
  if (net == NULL) return STATUS_NO_MEMORY;
  net->layers = layers;
  net->batch = batch;
  net->size = size;
  net->activation = activation;
  net->loss = loss;
  const Status status = allocate(net, sizes);
  if (status == STATUS_OK) *out = net;
  else network_free(net);
  return status;
}

void network_free (Network *net) {
  if (net == NULL) return;
  for (int l = 0; l <= net->layers; l++) {
    if (net->value != NULL) mem_free(net->value[l]);
    if (net->delta != NULL) mem_free(net->delta[l]);
  }
  mem_free(net->value);
  mem_free(net->delta);
  mem_free(net->gradient);
  mem_free(net->weight);
  mem_free(net->width);
  mem_free(net);
}

int network_size (const Network *net) { return net->size; }
float *network_weights (Network *net) { return net->weight; }
const float *network_gradient_of (const Network *net) { return net->gradient; }
float *network_input (Network *net) { return net->value[0]; }

void network_draw (Network *net, Random *random) {
  float *w = net->weight;
  for (int l = 0; l < net->layers; l++) {
    const int in = net->width[l], out = net->width[l + 1];
    const int before_relu = net->activation == NETWORK_RELU && l + 1 < net->layers;
    const double deviation = sqrt(2.0 / (before_relu ? in : in + out));
    for (int i = 0; i < in * out; i++) *w++ = (float)(deviation * random_normal(random));
    for (int i = 0; i < out; i++) *w++ = 0;
  }
}

static void activate (NetworkActivation activation, int n, float *x) {
  if (activation == NETWORK_RELU) for (int i = 0; i < n; i++) x[i] = x[i] > 0 ? x[i] : 0;
  else for (int i = 0; i < n; i++) x[i] = tanhf(x[i]);
}

/* delta *= dvalue/dinput, told from the value itself. */
static void through_activation (NetworkActivation activation, int n, const float *value, float *delta) {
  if (activation == NETWORK_RELU) for (int i = 0; i < n; i++) delta[i] = value[i] > 0 ? delta[i] : 0;
  else for (int i = 0; i < n; i++) delta[i] *= 1 - value[i] * value[i];
}

/* value[l+1] = activation(value[l] W' + bias) for n rows. */
static void forward (Network *net, int n) {
  const float *w = net->weight;
  for (int l = 0; l < net->layers; l++) {
    const int in = net->width[l], out = net->width[l + 1];
    const float *bias = w + (size_t)in * (size_t)out;
    float *y = net->value[l + 1];
    for (int i = 0; i < n; i++) memcpy(y + (size_t)i * (size_t)out, bias, (size_t)out * sizeof *y);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1, net->value[l], in, w, in, 1, y, out);
    if (l + 1 < net->layers) activate(net->activation, n * out, y);
    w = bias + out;
  }
}

/* Gradient of every layer from delta[layers], the derivative at the outputs. */
static void backward (Network *net, int n) {
  size_t offset = (size_t)net->size;
  for (int l = net->layers - 1; l >= 0; l--) {
    const int in = net->width[l], out = net->width[l + 1];
    offset -= ((size_t)in + 1) * (size_t)out;
    const float *w = net->weight + offset, *d = net->delta[l + 1];
    float *g = net->gradient + offset, *bias = g + (size_t)in * (size_t)out;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, 1, d, out, net->value[l], in, 0, g, in);
    memset(bias, 0, (size_t)out * sizeof *bias);
    for (int i = 0; i < n; i++) for (int j = 0; j < out; j++) bias[j] += d[(size_t)i * (size_t)out + j];
    if (l == 0) break;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1, d, out, w, in, 0, net->delta[l], in);
    through_activation(net->activation, n * in, net->value[l], net->delta[l]);
  }
}

/* Loss of one row of logits; d, if not NULL, becomes scale * (softmax - one-hot). */
static double cross_entropy (int classes, const float *z, int label, float scale, float *d) {
  float top = z[0];
  for (int j = 1; j < classes; j++) top = z[j] > top ? z[j] : top;
  float sum = 0;
  for (int j = 0; j < classes; j++) {
    const float e = expf(z[j] - top);
    if (d != NULL) d[j] = e;
    sum += e;
  }
  if (d != NULL) {
    for (int j = 0; j < classes; j++) d[j] *= scale / sum;
    d[label] -= scale;
  }
  return log((double)sum) + (double)top - (double)z[label];
}

static int is_hit (int classes, const float *z, int label) {
  for (int j = 0; j < classes; j++) if (j != label && !(z[j] < z[label])) return 0;
  return 1;
}

/* Mean loss at the outputs; with 'derive', delta[layers] too. */
static double loss_at_outputs (Network *net, int n, const float *target, int derive, int *hits) {
  const int out = net->width[net->layers];
  double sum = 0;
  int right = 0;
  for (int i = 0; i < n; i++) {
    const float *z = net->value[net->layers] + (size_t)i * (size_t)out;
    float *d = derive ? net->delta[net->layers] + (size_t)i * (size_t)out : NULL;
    if (net->loss == NETWORK_CROSS_ENTROPY) {
      const int label = (int)target[i];
      sum += cross_entropy(out, z, label, 1.0f / (float)n, d);
      right += hits != NULL && is_hit(out, z, label);
    } else {
      const float error = z[0] - target[i];
      sum += (double)error * (double)error;
      if (d != NULL) d[0] = 2 * error / (float)n;
    }
  }
  if (hits != NULL) *hits = right;
  return sum / n;
}

double network_gradient (Network *net, int n, const float *target) {
  forward(net, n);
  const double loss = loss_at_outputs(net, n, target, 1, NULL);
  backward(net, n);
  return loss;
}

double network_loss (Network *net, int n, const float *target, int *hits) {
  forward(net, n);
  return loss_at_outputs(net, n, target, 0, hits);
}
