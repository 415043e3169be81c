/* trainer.c -- the embedded backend's Lua face: data sets, trainers, checkpoints.
 *
 * A trainer keeps its data set alive in its user value; so does a checkpoint its
 * trainer. lua/neap/backend/builtin.lua gives all this names and defaults. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../io/idx.h"
#include "../io/table.h"
#include "../numerics/mem.h"
#include "../trainer/trainer.h"
#include "bind.h"

#define DATASET_TYPE "neap.Dataset"
#define TRAINER_TYPE "neap.Trainer"
#define CHECKPOINT_TYPE "neap.Checkpoint"

static Dataset **new_dataset (lua_State *L) {
  Dataset **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, DATASET_TYPE);
  return box;
}

/* engine.dataset_from_table(table, target, wish) -> data, or nil, message, code.
 * target: column, from 1; wish: "auto", "classes" or "regression" */
static int l_dataset_from_table (lua_State *L) {
  static const char *const WISHES[] = { "auto", "classes", "regression", NULL };
  const Table *table = *(Table **)luaL_checkudata(L, 1, "neap.Table");
  const int target = bind_checkint(L, 2, 1, table->columns) - 1;
  const DatasetWish wish = (DatasetWish)luaL_checkoption(L, 3, "auto", WISHES);
  Dataset **box = new_dataset(L);
  Problem problem = { "" };
  return bind_result(L, dataset_from_table(box, table->rows, table->columns, target, wish, table->cell, &problem), &problem);
}

/* Images and labels of one IDX pair, appended to what is there. */
typedef struct Images {
  uint8_t *bytes, *labels;
  int count, size;
} Images;

static Status read_images (Images *images, const char *image_file, const char *label_file, Problem *problem) {
  int labels, one;
  Status status = idx_read(&images->bytes, &images->count, &images->size, image_file, problem);
  if (status == STATUS_OK) status = idx_read(&images->labels, &labels, &one, label_file, problem);
  if (status == STATUS_OK && (labels != images->count || one != 1))
    status = problem_set(problem, STATUS_BAD_DATA, "%s: %d labels, but %s has %d images", label_file, labels, image_file, images->count);
  return status;
}

/* The test images behind the training images, in one block. */
static Status join_images (Images *train, const Images *test) {
  const size_t rows = (size_t)train->count + (size_t)test->count, size = (size_t)train->size;
  uint8_t *bytes = mem_resize(train->bytes, rows, size);
  if (bytes == NULL) return STATUS_NO_MEMORY;
  train->bytes = bytes;
  uint8_t *labels = mem_resize(train->labels, rows, 1);
  if (labels == NULL) return STATUS_NO_MEMORY;
  train->labels = labels;
  memcpy(bytes + (size_t)train->count * size, test->bytes, (size_t)test->count * size);
  memcpy(labels + train->count, test->labels, (size_t)test->count);
  return STATUS_OK;
}

static Status load_images (Dataset **out, const char *const file[4], int validation, Problem *problem) {
  Images train = { 0 }, test = { 0 };
  Status status = read_images(&train, file[0], file[1], problem);
  if (status == STATUS_OK) status = read_images(&test, file[2], file[3], problem);
  if (status == STATUS_OK && train.size != test.size)
    status = problem_set(problem, STATUS_BAD_DATA, "%s: images of %d bytes, but of %d in %s", file[2], test.size, train.size, file[0]);
  if (status == STATUS_OK) status = join_images(&train, &test);
  if (status == STATUS_OK) {
    status = dataset_from_bytes(out, train.size, train.count, validation, test.count, train.bytes, train.labels, problem);
  } else {
    mem_free(train.bytes);
    mem_free(train.labels);
  }
  mem_free(test.bytes);
  mem_free(test.labels);
  return status;
}

/* engine.dataset_from_images(images, labels, test_images, test_labels, validation) -> data, or nil, message, code.
 * Four files; the last 'validation' training images are held out. */
static int l_dataset_from_images (lua_State *L) {
  const char *file[4];
  for (int i = 0; i < 4; i++) file[i] = luaL_checkstring(L, i + 1);
  const int validation = bind_checkint(L, 5, 1, INT32_MAX);
  Dataset **box = new_dataset(L);
  Problem problem = { "" };
  return bind_result(L, load_images(box, file, validation, &problem), &problem);
}

static void set_integer (lua_State *L, const char *key, int value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, key);
}

/* data:info() -> { task, inputs, classes, train, validation, test } */
static int l_dataset_info (lua_State *L) {
  const Dataset *data = *(Dataset **)luaL_checkudata(L, 1, DATASET_TYPE);
  lua_createtable(L, 0, 6);
  set_integer(L, "inputs", data->inputs);
  set_integer(L, "classes", data->classes);
  set_integer(L, "train", data->count[DATASET_TRAIN]);
  set_integer(L, "validation", data->count[DATASET_VALIDATION]);
  set_integer(L, "test", data->count[DATASET_TEST]);
  lua_pushstring(L, data->task == DATASET_CLASSES ? "classes" : "regression");
  lua_setfield(L, -2, "task");
  return 1;
}

static int l_dataset_gc (lua_State *L) {
  Dataset **box = luaL_checkudata(L, 1, DATASET_TYPE);
  dataset_free(*box);
  *box = NULL;
  return 0;
}

/* The list of widths at 'arg', copied; pushes one value. */
static int *check_widths (lua_State *L, int arg, int *count) {
  luaL_checktype(L, arg, LUA_TTABLE);
  const lua_Unsigned n = lua_rawlen(L, arg);
  luaL_argcheck(L, n <= 1000, arg, "at most 1000 layers expected");
  int *widths = bind_scratch(L, (size_t)n, sizeof *widths);
  for (int i = 0; i < (int)n; i++) {
    lua_rawgeti(L, arg, i + 1);
    const lua_Integer width = lua_tointeger(L, -1);
    luaL_argcheck(L, width >= 1 && width <= 1 << 24, arg, "layer widths in 1..16777216 expected");
    widths[i] = (int)width;
    lua_pop(L, 1);
  }
  *count = (int)n;
  return widths;
}

static double check_field (lua_State *L, int arg, const char *key) {
  lua_getfield(L, arg, key);
  if (!lua_isnumber(L, -1)) luaL_argerror(L, arg, lua_pushfstring(L, "number '%s' expected", key));
  const double value = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* The optimizer described by the table at 'arg': { kind, momentum, nesterov, beta1, beta2, epsilon, weight_decay }. */
static OptimizerOptions check_optimizer (lua_State *L, int arg) {
  static const char *const KINDS[] = { "sgd", "adam", "adamw", NULL };
  OptimizerOptions o;
  luaL_checktype(L, arg, LUA_TTABLE);
  lua_getfield(L, arg, "kind");
  o.kind = (OptimizerKind)luaL_checkoption(L, -1, NULL, KINDS);
  lua_getfield(L, arg, "nesterov");
  o.nesterov = lua_toboolean(L, -1);
  lua_pop(L, 2);
  o.momentum = check_field(L, arg, "momentum");
  o.beta1 = check_field(L, arg, "beta1");
  o.beta2 = check_field(L, arg, "beta2");
  o.epsilon = check_field(L, arg, "epsilon");
  o.weight_decay = check_field(L, arg, "weight_decay");
  return o;
}

/* engine.trainer(data, widths, activation, optimizer, batch, seed) -> trainer, or nil, message, code */
static int l_trainer (lua_State *L) {
  static const char *const ACTIVATIONS[] = { "relu", "tanh", NULL };
  const Dataset *data = *(Dataset **)luaL_checkudata(L, 1, DATASET_TYPE);
  TrainerOptions options;
  options.activation = (NetworkActivation)luaL_checkoption(L, 3, NULL, ACTIVATIONS);
  options.optimizer = check_optimizer(L, 4);
  options.batch = bind_checkint(L, 5, 1, data->count[DATASET_TRAIN]);
  options.seed = (uint64_t)luaL_checkinteger(L, 6);
  options.width = check_widths(L, 2, &options.hidden);
  Trainer **box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = NULL;
  luaL_setmetatable(L, TRAINER_TYPE);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return bind_result(L, trainer_create(box, data, &options), NULL);
}

static Trainer *check_trainer (lua_State *L) {
  Trainer *trainer = *(Trainer **)luaL_checkudata(L, 1, TRAINER_TYPE);
  if (trainer == NULL) luaL_error(L, "the trainer is closed");
  return trainer;
}

static void check_rates (lua_State *L, int n, const double *rates) {
  for (int i = 0; i < n; i++)
    if (!(rates[i] >= 0) || !isfinite(rates[i]))
      luaL_argerror(L, 3, lua_pushfstring(L, "rate %f: a finite number >= 0 expected", rates[i]));
}

/* trainer:train(steps, rate) -> losses. rate: a number, or a list of as many */
static int l_train (lua_State *L) {
  Trainer *trainer = check_trainer(L);
  const int steps = bind_checkint(L, 2, 1, 1 << 28);
  double *rates;
  if (lua_istable(L, 3)) {
    int n;
    rates = bind_checkvector(L, 3, &n);
    if (n < steps) luaL_argerror(L, 3, lua_pushfstring(L, "%d rates for %d steps", n, steps));
  } else {
    const double rate = luaL_checknumber(L, 3);
    rates = bind_scratch(L, (size_t)steps, sizeof *rates);
    for (int i = 0; i < steps; i++) rates[i] = rate;
  }
  check_rates(L, steps, rates);
  double *losses = bind_scratch(L, (size_t)steps, sizeof *losses);
  bind_pushvector(L, trainer_train(trainer, steps, rates, losses), losses);
  return 1;
}

static void set_finite (lua_State *L, const char *key, double value) {
  if (isnan(value)) return;
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}

/* trainer:evaluate(part, batches) -> loss, metrics. part: "train", "validation", "test"; batches 0: all */
static int l_evaluate (lua_State *L) {
  static const char *const PARTS[] = { "train", "validation", "test", NULL };
  Trainer *trainer = check_trainer(L);
  const DatasetPart part = (DatasetPart)luaL_checkoption(L, 2, "validation", PARTS);
  const int batches = lua_isnoneornil(L, 3) ? 0 : bind_checkint(L, 3, 0, INT32_MAX);
  const TrainerScore score = trainer_evaluate(trainer, part, batches);
  lua_pushnumber(L, score.loss);
  lua_newtable(L);
  set_finite(L, "accuracy", score.accuracy);
  set_finite(L, "rmse", score.rmse);
  set_finite(L, "r2", score.r2);
  return 2;
}

/* trainer:save() -> checkpoint, or nil, message, code */
static int l_save (lua_State *L) {
  const Trainer *trainer = check_trainer(L);
  Checkpoint **box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = NULL;
  luaL_setmetatable(L, CHECKPOINT_TYPE);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return bind_result(L, trainer_save(box, trainer), NULL);
}

/* The checkpoint at argument 2, which must be this trainer's and not dropped. */
static Checkpoint **check_checkpoint (lua_State *L) {
  Checkpoint **box = luaL_checkudata(L, 2, CHECKPOINT_TYPE);
  lua_getiuservalue(L, 2, 1);
  luaL_argcheck(L, lua_rawequal(L, -1, 1), 2, "a checkpoint of this trainer expected, not of another one");
  lua_pop(L, 1);
  luaL_argcheck(L, *box != NULL, 2, "the checkpoint has been dropped");
  return box;
}

/* trainer:restore(checkpoint) */
static int l_restore (lua_State *L) {
  Trainer *trainer = check_trainer(L);
  trainer_restore(trainer, *check_checkpoint(L));
  return 0;
}

/* trainer:drop(checkpoint) */
static int l_drop (lua_State *L) {
  check_trainer(L);
  Checkpoint **box = check_checkpoint(L);
  trainer_drop(*box);
  *box = NULL;
  return 0;
}

/* trainer:parameters() -> number of weights */
static int l_parameters (lua_State *L) {
  lua_pushinteger(L, trainer_parameters(check_trainer(L)));
  return 1;
}

/* trainer:close(), and __gc */
static int l_close (lua_State *L) {
  Trainer **box = luaL_checkudata(L, 1, TRAINER_TYPE);
  trainer_free(*box);
  *box = NULL;
  return 0;
}

static int l_checkpoint_gc (lua_State *L) {
  Checkpoint **box = luaL_checkudata(L, 1, CHECKPOINT_TYPE);
  trainer_drop(*box);
  *box = NULL;
  return 0;
}

void bind_open_trainer (lua_State *L) {
  static const luaL_Reg FUNCTIONS[] = {
    { "dataset_from_table", l_dataset_from_table }, { "dataset_from_images", l_dataset_from_images },
    { "trainer", l_trainer }, { NULL, NULL },
  };
  static const luaL_Reg DATASET[] = { { "info", l_dataset_info }, { NULL, NULL } };
  static const luaL_Reg DATASET_META[] = { { "__gc", l_dataset_gc }, { NULL, NULL } };
  static const luaL_Reg TRAINER[] = {
    { "train", l_train }, { "evaluate", l_evaluate }, { "save", l_save }, { "restore", l_restore },
    { "drop", l_drop }, { "parameters", l_parameters }, { "close", l_close }, { NULL, NULL },
  };
  static const luaL_Reg TRAINER_META[] = { { "__gc", l_close }, { "__close", l_close }, { NULL, NULL } };
  static const luaL_Reg CHECKPOINT[] = { { NULL, NULL } };
  static const luaL_Reg CHECKPOINT_META[] = { { "__gc", l_checkpoint_gc }, { NULL, NULL } };
  bind_type(L, DATASET_TYPE, DATASET, DATASET_META);
  bind_type(L, TRAINER_TYPE, TRAINER, TRAINER_META);
  bind_type(L, CHECKPOINT_TYPE, CHECKPOINT, CHECKPOINT_META);
  luaL_setfuncs(L, FUNCTIONS, 0);
}
