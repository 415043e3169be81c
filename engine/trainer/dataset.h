/* dataset.h -- rows of numbers and what is to be predicted from them, cut into
 * a training, a validation and a test part.
 *
 * The cut depends on the data alone, never on a run's seed, so that every run
 * is measured on the same rows. Inputs come out standardised by the training
 * part: of a table each column by its own mean and deviation, of images all
 * pixels by one mean and deviation. Images stay bytes in memory and are scaled
 * while they are gathered: a quarter of the memory, and of its traffic. */
#ifndef trainer_dataset_h
#define trainer_dataset_h

#include <stdint.h>

#include "../numerics/status.h"

typedef enum DatasetTask {
  DATASET_CLASSES,      /* one of several classes */
  DATASET_REGRESSION,   /* a number */
  DATASET_UNDECIDED     /* asked of dataset_from_table: see there */
} DatasetTask;

typedef enum DatasetPart { DATASET_TRAIN, DATASET_VALIDATION, DATASET_TEST, DATASET_PARTS } DatasetPart;

/* Rows ready for a network. */
typedef struct DatasetBatch {
  int rows;
  const float *inputs;   /* [rows*inputs] row-major */
  const int *labels;     /* [rows] in 0 .. classes-1; unused in regression */
  const float *values;   /* [rows] standardised targets; unused with classes */
} DatasetBatch;

typedef struct Dataset Dataset;

enum {
  DATASET_MAX_CLASSES = 1000,
  DATASET_AUTO_CLASSES = 50,   /* DATASET_UNDECIDED: more distinct targets than these are a regression */
  DATASET_MIN_ROWS = 3         /* of a table: one a part */
};

/* Predict column 'target' of cells[rows*columns] (row-major, finite) from the
 * others. Copies. A fixed permutation of the rows gives 15 % (at least one) to
 * validation, as many to test, the rest to training. Columns constant in the
 * training part become 0. Classes are the distinct targets in rising order,
 * which must be whole numbers; a regression's targets are standardised too.
 * DATASET_UNDECIDED: classes if all targets are whole numbers of at most
 * DATASET_AUTO_CLASSES different values, else regression.
 * STATUS_OK: *out is the caller's, to end with dataset_free. Otherwise *out is
 * NULL: STATUS_BAD_ARGUMENT (target), STATUS_TOO_FEW (rows), STATUS_BAD_DATA (one
 * column, one class, too many, a constant target, numbers too large),
 * STATUS_NO_MEMORY; 'problem' says which and why. */
Status dataset_from_table (Dataset **out, int rows, int columns, const double *cells, int target, DatasetTask task,
                           Problem *problem);

/* Images of 'inputs' pixels each: pixels[rows*inputs] and labels[rows]. The last
 * 'test' rows are the test part; of the others a fixed permutation gives one in
 * six to validation. Takes 'pixels' (of mem.h) over whatever happens, copies
 * 'labels'. *out as above: STATUS_TOO_FEW (training < 6, test < 1), STATUS_BAD_DATA
 * (fewer than two classes), STATUS_NO_MEMORY. */
Status dataset_from_images (Dataset **out, int rows, int test, int inputs, uint8_t *pixels, const uint8_t *labels,
                            Problem *problem);

/* One owner more: each ends its share with dataset_free. */
Dataset *dataset_share (Dataset *data);

/* End one owner's share, and with the last the data; NULL is ignored. */
void dataset_free (Dataset *data);

DatasetTask dataset_task (const Dataset *data);   /* never DATASET_UNDECIDED */
int dataset_inputs (const Dataset *data);
int dataset_outputs (const Dataset *data);        /* classes, or 1 in regression */

/* Deviation of a regression's targets in their own unit, > 0; 1 with classes. */
double dataset_unit (const Dataset *data);

/* The row numbers of a part, which live as long as 'data'. */
const int *dataset_rows (const Dataset *data, DatasetPart part, int *count);

/* Copy the rows with numbers row[0 .. n-1] to inputs[n*inputs], and their targets
 * to labels[n] with classes, to values[n] in regression; the other may be NULL. */
void dataset_gather (const Dataset *data, int n, const int *row, float *inputs, int *labels, float *values);

#endif
