/* network.h -- multilayer perceptrons: loss, gradient, prediction. float32;
 * the trainer's only door to BLAS.
 *
 * A network without hidden layers is softmax regression (cross-entropy) or
 * linear regression (squared loss). Its weights are one flat vector, layer by
 * layer: W[outputs * inputs] row-major, then the bias [outputs]; so an
 * optimizer sees nothing but a vector. */
#ifndef network_h
#define network_h

#include "../numerics/random.h"
#include "../numerics/status.h"

typedef enum NetworkActivation { NETWORK_RELU, NETWORK_TANH } NetworkActivation;
typedef enum NetworkLoss { NETWORK_CROSS_ENTROPY, NETWORK_SQUARED } NetworkLoss;

typedef struct Network Network;

/* A network of 'layers' weight layers; sizes[0 .. layers] are its widths, from
 * inputs to outputs, each > 0. 'batch' is the most rows it will be given at
 * once. STATUS_OK: *out is the caller's, to end with network_free; its weights
 * are zero. Otherwise *out is NULL: STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status network_create (Network **out, int layers, const int *sizes, int batch,
                       NetworkActivation activation, NetworkLoss loss);

/* End 'net'; NULL is ignored. */
void network_free (Network *net);

/* Number of weights, biases included. */
int network_size (const Network *net);

/* The weights [network_size], to read and to write. */
float *network_weights (Network *net);

/* The gradient [network_size] of the last network_gradient. */
const float *network_gradient_of (const Network *net);

/* Draw the weights: He et al. 2015 (variance 2 / inputs) before a ReLU, Glorot and
 * Bengio 2010 (variance 2 / (inputs + outputs)) otherwise; biases zero. */
void network_draw (Network *net, Random *random);

/* Where the n input rows go: [n * inputs] row-major, n <= batch. */
float *network_input (Network *net);

/* Mean loss over the n rows in network_input and its gradient. target[n]: the
 * class as a number, or the value. The squared loss is (prediction - target)^2. */
double network_gradient (Network *net, int n, const float *target);

/* Mean loss alone. *hits, if not NULL, is how many rows are classified rightly. */
double network_loss (Network *net, int n, const float *target, int *hits);

#endif
