/* trainer.c -- the embedded backend's Lua face: trainers and their checkpoints; data
 * sets are in dataset.c. What a script sees is lua/neap/backend/builtin.lua. */
#include "../trainer/trainer.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "../io/statefile.h"
#include "../numerics/mem.h"
#include "bind.h"
#include "faces.h"

#define TRAINER_TYPE "neap.Trainer"
#define CHECKPOINT_TYPE "neap.Checkpoint"   /* user value 1: the trainer it is of */

static const char *const PARTS[] = { "train", "validation", "test", NULL };
static const char *const ACTIVATIONS[] = { "relu", "tanh", NULL };
static const char *const WEIGHTS[] = { "now", "average", NULL };
static const char *const OPTIMIZERS[] = { "sgd", "adam", "adamw", "schedulefree_sgd", "schedulefree_adamw", NULL };

/* ---- settings ---------------------------------------------------------------- */

static double get_number (lua_State *L, int arg, const char *name) {
  lua_getfield(L, arg, name);
  if (lua_type(L, -1) != LUA_TNUMBER) luaL_error(L, "%s: a number expected, not a %s", name, luaL_typename(L, -1));
  const double value = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

static lua_Integer get_integer (lua_State *L, int arg, const char *name) {
  int is_integer;
  lua_getfield(L, arg, name);
  const lua_Integer value = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) luaL_error(L, "%s: a whole number expected", name);
  lua_pop(L, 1);
  return value;
}

static int get_choice (lua_State *L, int arg, const char *name, const char *const choices[]) {
  lua_getfield(L, arg, name);
  const char *word = lua_tostring(L, -1);
  for (int i = 0; word != NULL && choices[i] != NULL; i++)
    if (strcmp(word, choices[i]) == 0) {
      lua_pop(L, 1);
      return i;
    }
  return luaL_error(L, "%s: unknown value '%s'", name, word != NULL ? word : luaL_typename(L, -1));
}

static void get_layers (lua_State *L, int arg, TrainerSettings *settings) {
  lua_getfield(L, arg, "layers");
  int n;
  const double *width = bind_checkvector(L, lua_gettop(L), &n);
  if (n > NETWORK_MAX_HIDDEN) luaL_error(L, "layers: %d hidden layers: at most %d expected", n, NETWORK_MAX_HIDDEN);
  settings->hidden = n;
  for (int i = 0; i < n; i++) {
    if (!(width[i] >= 1 && width[i] <= NETWORK_MAX_WIDTH && floor(width[i]) == width[i]))
      luaL_error(L, "layers: a whole number in 1..%d expected, not %f", NETWORK_MAX_WIDTH, width[i]);
    settings->width[i] = (int)width[i];
  }
  lua_pop(L, 2);
}

static void get_settings (lua_State *L, int arg, TrainerSettings *settings) {
  luaL_checktype(L, arg, LUA_TTABLE);
  get_layers(L, arg, settings);
  const lua_Integer batch = get_integer(L, arg, "batch");
  if (batch < 1 || batch > INT_MAX) luaL_error(L, "batch: a whole number of at least 1 expected, not %I", batch);
  settings->batch = (int)batch;
  settings->seed = (uint64_t)get_integer(L, arg, "seed");
  settings->activation = (NetworkActivation)get_choice(L, arg, "activation", ACTIVATIONS);
  settings->optimizer = (Optimizer){
    .kind = (OptimizerKind)get_choice(L, arg, "optimizer", OPTIMIZERS),
    .momentum = get_number(L, arg, "momentum"),
    .beta1 = get_number(L, arg, "beta1"),
    .beta2 = get_number(L, arg, "beta2"),
    .epsilon = get_number(L, arg, "epsilon"),
    .weight_decay = get_number(L, arg, "weight_decay"),
  };
  lua_getfield(L, arg, "nesterov");
  settings->optimizer.nesterov = lua_toboolean(L, -1);
  lua_pop(L, 1);
}

/* ---- trainers ------------------------------------------------------------------ */

static Trainer *check_trainer (lua_State *L, int arg) {
  Trainer *trainer = *(Trainer **)luaL_checkudata(L, arg, TRAINER_TYPE);
  if (trainer == NULL) luaL_error(L, "the trainer is closed");
  return trainer;
}

/* engine.trainer(dataset, settings) -> trainer, or nil, message, code.
 * settings: layers (list), activation, optimizer, momentum, nesterov, beta1, beta2, epsilon, weight_decay, batch, seed */
static int l_trainer (lua_State *L) {
  Dataset *data = bind_checkdataset(L, 1);
  TrainerSettings settings = { 0 };
  get_settings(L, 2, &settings);
  Trainer **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, TRAINER_TYPE);
  Problem problem = { "" };
  const Status status = trainer_create(box, data, &settings, &problem);
  return bind_result(L, status, &problem);
}

/* value[steps] from a number or a list of at least so many. Pushes one value. */
static const double *check_numbers (lua_State *L, int arg, int steps, const char *name) {
  int n = steps;
  double *value;
  if (lua_type(L, arg) == LUA_TNUMBER) {
    const double number = lua_tonumber(L, arg);
    value = bind_scratch(L, (size_t)steps, sizeof *value);
    for (int i = 0; i < steps; i++) value[i] = number;
  } else {
    value = bind_checkvector(L, arg, &n);
  }
  if (n < steps) luaL_error(L, "%s: a list of %d for %d steps", name, n, steps);
  return value;
}

static const double *check_rates (lua_State *L, int arg, int steps) {
  const double *rate = check_numbers(L, arg, steps, "rate");
  for (int i = 0; i < steps; i++)
    if (!(rate[i] >= 0 && isfinite(rate[i])))
      luaL_error(L, "rate of step %d: a finite number of at least 0 expected, not %f", i + 1, rate[i]);
  return rate;
}

static const double *check_momentum (lua_State *L, int arg, int steps) {
  const double *momentum = check_numbers(L, arg, steps, "momentum");
  for (int i = 0; i < steps; i++)
    if (!(momentum[i] >= 0 && momentum[i] < 1))
      luaL_error(L, "momentum of step %d: at least 0 and below 1 expected, not %f", i + 1, momentum[i]);
  if (!optimizer_offers_momentum(trainer_optimizer(check_trainer(L, 1))))
    luaL_error(L, "momentum: this optimizer has none that could change from step to step");
  return momentum;
}

/* trainer:train(steps, rate [, momentum]) -> losses */
static int l_train (lua_State *L) {
  check_trainer(L, 1);
  lua_settop(L, 4);
  const int steps = bind_checkint(L, 2, 0, INT_MAX);
  const double *rate = check_rates(L, 3, steps);
  const double *momentum = lua_isnil(L, 4) ? NULL : check_momentum(L, 4, steps);
  double *loss = bind_scratch(L, (size_t)steps, sizeof *loss);
  const int taken = trainer_train(check_trainer(L, 1), steps, rate, momentum, loss);   /* a finalizer may have closed it */
  bind_pushvector(L, taken, loss);
  return 1;
}

static void set_number (lua_State *L, const char *name, double value) {
  if (isnan(value)) return;
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void check_averaged (lua_State *L, const Trainer *trainer) {
  if (trainer_averaged(trainer) < 0) luaL_error(L, "there is no average; average \"start\" begins one");
  if (trainer_averaged(trainer) == 0) luaL_error(L, "the average is empty: no step since it was begun");
}

/* trainer:evaluate(["validation"|"test"|"train" [, batches [, "now"|"average"]]]) -> loss, metrics */
static int l_evaluate (lua_State *L) {
  Trainer *trainer = check_trainer(L, 1);
  const int part = luaL_checkoption(L, 2, "validation", PARTS);
  const int batches = lua_isnoneornil(L, 3) ? 0 : bind_checkint(L, 3, 1, INT_MAX);
  const TrainerWeights which = (TrainerWeights)luaL_checkoption(L, 4, "now", WEIGHTS);
  if (which == TRAINER_AVERAGE) check_averaged(L, trainer);
  TrainerScore score;
  trainer_evaluate(trainer, which, (DatasetPart)part, batches, &score);
  lua_pushnumber(L, score.loss);
  lua_newtable(L);
  if (dataset_task(trainer_data(trainer)) == DATASET_CLASSES) {
    set_number(L, "accuracy", score.accuracy);
  } else {
    set_number(L, "rmse", score.rmse);
    set_number(L, "r2", score.r2);
  }
  return 2;
}

/* trainer:average("start"|"adopt"|"stop") -> true, or nil, message, code */
static int l_average (lua_State *L) {
  static const char *const VERBS[] = { "start", "adopt", "stop", NULL };
  Trainer *trainer = check_trainer(L, 1);
  const int verb = luaL_checkoption(L, 2, NULL, VERBS);
  Status status = STATUS_OK;
  Problem problem = { "" };
  if (verb == 0) {
    status = trainer_average_start(trainer, &problem);
    if (status == STATUS_BAD_ARGUMENT) luaL_error(L, "%s", problem.text);
  } else if (verb == 1) {
    check_averaged(L, trainer);
    trainer_average_adopt(trainer);
  } else {
    trainer_average_stop(trainer);
  }
  lua_pushboolean(L, 1);
  return bind_result(L, status, &problem);
}

/* trainer:offers() -> { momentum =, averaging = } */
static int l_offers (lua_State *L) {
  const Optimizer *optimizer = trainer_optimizer(check_trainer(L, 1));
  lua_newtable(L);
  lua_pushboolean(L, optimizer_offers_momentum(optimizer));
  lua_setfield(L, -2, "momentum");
  lua_pushboolean(L, !optimizer_is_schedule_free(optimizer));
  lua_setfield(L, -2, "averaging");
  return 1;
}

/* trainer:parameters() -> count;  trainer:steps() -> updates made */
static int l_parameters (lua_State *L) {
  lua_pushinteger(L, trainer_parameters(check_trainer(L, 1)));
  return 1;
}

static int l_steps (lua_State *L) {
  lua_pushinteger(L, trainer_steps(check_trainer(L, 1)));
  return 1;
}

static int l_close (lua_State *L) {
  Trainer **box = luaL_checkudata(L, 1, TRAINER_TYPE);
  trainer_free(*box);
  *box = NULL;
  return 0;
}

/* ---- checkpoints --------------------------------------------------------------- */

typedef struct Checkpoint {
  void *state;   /* NULL: dropped */
  size_t size;
} Checkpoint;

static Checkpoint *check_checkpoint (lua_State *L, int trainer, int arg) {
  Checkpoint *checkpoint = luaL_testudata(L, arg, CHECKPOINT_TYPE);
  if (checkpoint == NULL) luaL_error(L, "a checkpoint expected, not a %s", luaL_typename(L, arg));
  lua_getiuservalue(L, arg, 1);
  if (!lua_rawequal(L, -1, trainer)) luaL_error(L, "the checkpoint is of another trainer");
  lua_pop(L, 1);
  if (checkpoint->state == NULL) luaL_error(L, "the checkpoint was dropped");
  return checkpoint;
}

/* trainer:save() -> checkpoint, or nil, message, code */
static int l_save (lua_State *L) {
  const size_t size = trainer_state_size(check_trainer(L, 1));
  /* The collector sees no memory but its own: tell it what ours weighs. */
  if (lua_gc(L, LUA_GCISRUNNING)) lua_gc(L, LUA_GCSTEP, (int)(size / 1024));
  Checkpoint *checkpoint = lua_newuserdatauv(L, sizeof *checkpoint, 1);
  *checkpoint = (Checkpoint){ NULL, size };
  luaL_setmetatable(L, CHECKPOINT_TYPE);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  const Trainer *trainer = check_trainer(L, 1);   /* again: a finalizer may have closed it */
  checkpoint->state = mem_resize(NULL, size, 1);
  if (checkpoint->state == NULL) return bind_result(L, STATUS_NO_MEMORY, NULL);
  trainer_save(trainer, checkpoint->state);
  return 1;
}

/* trainer:restore(checkpoint) -> true, or nil, message, code */
static int l_restore (lua_State *L) {
  Trainer *trainer = check_trainer(L, 1);
  const Checkpoint *checkpoint = check_checkpoint(L, 1, 2);
  const Status status = trainer_restore(trainer, checkpoint->state, checkpoint->size);
  if (status == STATUS_BAD_ARGUMENT) luaL_error(L, "%s", status_message(status));
  lua_pushboolean(L, 1);
  return bind_result(L, status, NULL);
}

/* trainer:blend(checkpoint, share) -> true */
static int l_blend (lua_State *L) {
  Trainer *trainer = check_trainer(L, 1);
  const Checkpoint *checkpoint = check_checkpoint(L, 1, 2);
  const double share = luaL_checknumber(L, 3);
  if (!isfinite(share)) luaL_error(L, "share: a finite number expected");
  const Status status = trainer_blend(trainer, checkpoint->state, checkpoint->size, share);
  if (status != STATUS_OK) luaL_error(L, "%s", status_message(status));
  lua_pushboolean(L, 1);
  return 1;
}

static int l_checkpoint_free (lua_State *L) {
  Checkpoint *checkpoint = luaL_checkudata(L, 1, CHECKPOINT_TYPE);
  mem_free(checkpoint->state);
  checkpoint->state = NULL;
  return 0;
}

/* trainer:drop(checkpoint) */
static int l_drop (lua_State *L) {
  check_trainer(L, 1);
  Checkpoint *checkpoint = check_checkpoint(L, 1, 2);
  mem_free(checkpoint->state);
  checkpoint->state = NULL;
  return 0;
}

/* ---- the state in a file --------------------------------------------------------- */

/* trainer:save_file(path) -> bytes of the state, or nil, message, code */
static int l_save_file (lua_State *L) {
  const Trainer *trainer = check_trainer(L, 1);
  const char *path = luaL_checkstring(L, 2);
  const size_t size = trainer_state_size(trainer);
  void *state = mem_resize(NULL, size, 1);
  if (state == NULL) return bind_result(L, STATUS_NO_MEMORY, NULL);
  trainer_save(trainer, state);
  Problem problem = { "" };
  const Status status = statefile_write(path, state, size, &problem);
  mem_free(state);
  lua_pushinteger(L, (lua_Integer)size);
  return bind_result(L, status, &problem);
}

/* trainer:restore_file(path) -> true, or nil, message, code: the trainer is then as it was */
static int l_restore_file (lua_State *L) {
  Trainer *trainer = check_trainer(L, 1);
  const char *path = luaL_checkstring(L, 2);
  void *state;
  size_t size;
  Problem problem = { "" };
  Status status = statefile_read(&state, &size, path, &problem);
  if (status == STATUS_OK) {
    status = trainer_restore(trainer, state, size);
    mem_free(state);
    if (status == STATUS_BAD_ARGUMENT)
      status = problem_set(&problem, STATUS_BAD_DATA, "%s: the checkpoint is of a training with other data or settings", path);
  }
  lua_pushboolean(L, 1);
  return bind_result(L, status, &problem);
}

void bind_open_trainer (lua_State *L) {
  static const luaL_Reg TRAINER[] = {
    { "train", l_train }, { "evaluate", l_evaluate }, { "save", l_save }, { "restore", l_restore }, { "drop", l_drop },
    { "save_file", l_save_file }, { "restore_file", l_restore_file },
    { "average", l_average }, { "blend", l_blend }, { "offers", l_offers },
    { "parameters", l_parameters }, { "steps", l_steps }, { "close", l_close }, { NULL, NULL },
  };
  static const luaL_Reg TRAINER_META[] = { { "__gc", l_close }, { "__close", l_close }, { NULL, NULL } };
  static const luaL_Reg CHECKPOINT_META[] = { { "__gc", l_checkpoint_free }, { NULL, NULL } };
  static const luaL_Reg NONE[] = { { NULL, NULL } };
  bind_type(L, TRAINER_TYPE, TRAINER, TRAINER_META);
  bind_type(L, CHECKPOINT_TYPE, NONE, CHECKPOINT_META);
  lua_pushcfunction(L, l_trainer);
  lua_setfield(L, -2, "trainer");
}
