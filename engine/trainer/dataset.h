/* dataset.h -- rows of inputs with a target each, in three fixed parts.
 *
 * Inputs are kept as they came, bytes or floats, and scaled while a batch is
 * gathered: a batch is small, the whole is not. Rows of a part are contiguous. */
#ifndef dataset_h
#define dataset_h

#include <stdint.h>

#include "../numerics/status.h"

typedef enum DatasetTask { DATASET_CLASSES, DATASET_REGRESSION } DatasetTask;
typedef enum DatasetPart { DATASET_TRAIN, DATASET_VALIDATION, DATASET_TEST } DatasetPart;
enum { DATASET_PARTS = 3 };

typedef struct Dataset {
  DatasetTask task;
  int inputs;               /* columns, > 0 */
  int classes;              /* labels are 0 .. classes-1; 1 in a regression */
  int first[DATASET_PARTS]; /* row at which a part begins */
  int count[DATASET_PARTS]; /* rows of a part, > 0 */
  uint8_t *bytes;           /* [rows * inputs], or NULL */
  float *values;            /* [rows * inputs], or NULL */
  float scale, shift;       /* an input is scale * byte + shift */
  float *target;            /* [rows] the class as a number, or the value */
  double target_mean;       /* of the training part in a regression, where targets are */
  double target_deviation;  /*   standardised: (y - mean) / deviation; else 0 and 1 */
} Dataset;

/* From images: 'training' rows first, of which the last 'validation' are held out
 * (both > 0), then 'test' rows. Takes over bytes[rows * inputs] and labels[rows], whatever
 * the outcome (both from mem_alloc). Inputs are standardised by the training part.
 * STATUS_OK: *out is the caller's, to end with dataset_free. Otherwise NULL:
 * STATUS_BAD_ARGUMENT, STATUS_BAD_DATA, STATUS_NO_MEMORY. */
Status dataset_from_bytes (Dataset **out, int inputs, int training, int validation, int test,
                           uint8_t *bytes, uint8_t *labels, Problem *problem);

/* What a table's target column is. */
typedef enum DatasetWish { DATASET_AUTO, DATASET_WANT_CLASSES, DATASET_WANT_REGRESSION } DatasetWish;

/* From a table cells[rows * columns], row-major, of which column 'target' (0-based) is the
 * target and the others are inputs. Rows are dealt out in a fixed random order, 70 % to
 * training, 15 % each to validation and test; inputs are standardised by the training part (a
 * constant column becomes 0). DATASET_AUTO: classes if the targets are at most 50 whole numbers.
 * Classes are the distinct targets in ascending order. Copies the cells. Errors name the
 * trouble in 'problem': STATUS_BAD_DATA (one class, too few rows), STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status dataset_from_table (Dataset **out, int rows, int columns, int target, DatasetWish wish,
                           const double *cells, Problem *problem);

/* End it; NULL is ignored. */
void dataset_free (Dataset *data);

/* Copy n rows, named by their place within 'part', to x[n * inputs] and y[n]. */
void dataset_gather (const Dataset *data, DatasetPart part, int n, const int *rows, float *x, float *y);

#endif
