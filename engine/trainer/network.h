/* network.h -- the multilayer perceptron: layers of x W + b with ReLU or tanh
 * between them, and cross-entropy of the softmax or squared error at the end.
 * No hidden layer makes it softmax or linear regression. The trainer's only
 * door to BLAS.
 *
 * A Network is a shape and its scratch. The parameters are the caller's, one
 * array of floats: for each layer W[in*out] (row-major) and then b[out]. So
 * whoever updates, averages or saves them need not know the layers. */
#ifndef trainer_network_h
#define trainer_network_h

#include "../numerics/random.h"
#include "../numerics/status.h"
#include "dataset.h"

typedef enum NetworkActivation { NETWORK_RELU, NETWORK_TANH } NetworkActivation;

typedef enum NetworkLoss {
  NETWORK_CROSS_ENTROPY,   /* -log of the softmax at the label, natural logarithm */
  NETWORK_SQUARED          /* (output - value)^2, of one output */
} NetworkLoss;

enum { NETWORK_MAX_HIDDEN = 64, NETWORK_MAX_WIDTH = 65536 };

typedef struct NetworkShape {
  int inputs, outputs;             /* 1 .. NETWORK_MAX_WIDTH; outputs is 1 with NETWORK_SQUARED */
  int hidden;                      /* hidden layers, 0 .. NETWORK_MAX_HIDDEN */
  int width[NETWORK_MAX_HIDDEN];   /* units of each, 1 .. NETWORK_MAX_WIDTH */
  NetworkActivation activation;
  NetworkLoss loss;
} NetworkShape;

typedef struct Network Network;

/* A network that takes up to 'capacity' (> 0) rows at a time. STATUS_OK: *out is
 * the caller's, to end with network_free. Otherwise *out is NULL:
 * STATUS_BAD_ARGUMENT (the shape; more than 2^30 parameters), STATUS_NO_MEMORY. */
Status network_create (Network **out, const NetworkShape *shape, int capacity, Problem *problem);

/* End 'network'; NULL is ignored. */
void network_free (Network *network);

const NetworkShape *network_shape (const Network *network);
int network_capacity (const Network *network);
int network_parameters (const Network *network);

/* Draw w[parameters]: weights normal, of variance 2 / in before ReLU (He et al.
 * 2015, arXiv 1502.01852), 2 / (in + out) elsewhere (Glorot and Bengio 2010);
 * biases 0. */
void network_init (const Network *network, Random *random, float *w);

/* Mean loss over 'batch' (1 .. capacity rows) at w, and its gradient in
 * g[parameters]. nan or inf where w is too large: then g is not to be used. */
double network_gradient (Network *network, const float *w, const DatasetBatch *batch, float *g);

/* The outputs at w for n <= capacity rows of inputs: [n*outputs] row-major,
 * before the softmax. They live until the network is used again. */
const float *network_outputs (Network *network, const float *w, int n, const float *inputs);

/* Loss of one row of outputs, as network_gradient counts it; 'label' or 'value'
 * as the loss needs. */
double network_loss (const Network *network, const float *outputs, int label, float value);

#endif
