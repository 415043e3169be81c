/* dataset.c -- data sets for the embedded backend, from tables and from IDX files. */
#include "../trainer/dataset.h"

#include "../io/idx.h"
#include "bind.h"
#include "faces.h"

#define DATASET_TYPE "neap.Dataset"

static const char *const TASKS[] = { "classes", "regression", "auto", NULL };
static const char *const PARTS[] = { "train", "validation", "test", NULL };

static Dataset **new_dataset (lua_State *L) {
  Dataset **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, DATASET_TYPE);
  return box;
}

Dataset *bind_checkdataset (lua_State *L, int arg) {
  Dataset *data = *(Dataset **)luaL_checkudata(L, arg, DATASET_TYPE);
  if (data == NULL) luaL_error(L, "the data set is closed");
  return data;
}

/* engine.dataset_table(table, target column, "classes"|"regression"|"auto") -> dataset, or nil, message, code */
static int l_dataset_table (lua_State *L) {
  const Table *table = bind_checktable(L, 1);
  const int target = bind_checkint(L, 2, 1, table->columns) - 1;
  const int task = luaL_checkoption(L, 3, "auto", TASKS);
  Problem problem = { "" };
  const Status status = dataset_from_table(new_dataset(L), table->rows, table->columns, table->cells, target,
                                           (DatasetTask)task, &problem);
  return bind_result(L, status, &problem);
}

typedef struct ImageFiles {
  const char *images, *labels, *test_images, *test_labels;
} ImageFiles;

static Status read_pair (Idx *images, Idx *labels, const char *image_file, const char *label_file, Problem *problem) {
  Status status = idx_append(images, image_file, problem);
  if (status == STATUS_OK) status = idx_append(labels, label_file, problem);
  if (status == STATUS_OK && labels->item != 1)
    return problem_set(problem, STATUS_BAD_DATA, "%s: labels of %d bytes, 1 expected", label_file, labels->item);
  if (status == STATUS_OK && labels->items != images->items)
    return problem_set(problem, STATUS_BAD_DATA, "%s: labels for %d images, but there are %d in %s",
                       label_file, labels->items, images->items, image_file);
  return status;
}

static Status read_images (Dataset **out, const ImageFiles *files, Problem *problem) {
  Idx images = { 0 }, labels = { 0 };
  Status status = read_pair(&images, &labels, files->images, files->labels, problem);
  const int training = images.items;
  if (status == STATUS_OK) status = read_pair(&images, &labels, files->test_images, files->test_labels, problem);
  if (status == STATUS_OK) {
    uint8_t *pixels = images.bytes;
    images.bytes = NULL;   /* the data set's from here on */
    status = dataset_from_images(out, images.items, images.items - training, images.item, pixels, labels.bytes, problem);
  }
  idx_clear(&images);
  idx_clear(&labels);
  return status;
}

/* engine.dataset_images(images, labels, test images, test labels) -> dataset, or nil, message, code; IDX files */
static int l_dataset_images (lua_State *L) {
  const ImageFiles files = {
    luaL_checkstring(L, 1), luaL_checkstring(L, 2), luaL_checkstring(L, 3), luaL_checkstring(L, 4),
  };
  Problem problem = { "" };
  const Status status = read_images(new_dataset(L), &files, &problem);
  return bind_result(L, status, &problem);
}

static void set_integer (lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

/* dataset:info() -> { task =, inputs =, classes =, train =, validation =, test = } */
static int l_dataset_info (lua_State *L) {
  const Dataset *data = bind_checkdataset(L, 1);
  lua_newtable(L);
  lua_pushstring(L, TASKS[dataset_task(data)]);
  lua_setfield(L, -2, "task");
  set_integer(L, "inputs", dataset_inputs(data));
  if (dataset_task(data) == DATASET_CLASSES) set_integer(L, "classes", dataset_outputs(data));
  for (int part = 0; part < DATASET_PARTS; part++) {
    int rows;
    dataset_rows(data, (DatasetPart)part, &rows);
    set_integer(L, PARTS[part], rows);
  }
  return 1;
}

static int l_dataset_close (lua_State *L) {
  Dataset **box = luaL_checkudata(L, 1, DATASET_TYPE);
  dataset_free(*box);
  *box = NULL;
  return 0;
}

void bind_open_dataset (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "info", l_dataset_info }, { "close", l_dataset_close }, { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = { { "__gc", l_dataset_close }, { "__close", l_dataset_close }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = {
    { "dataset_table", l_dataset_table }, { "dataset_images", l_dataset_images }, { NULL, NULL },
  };
  bind_type(L, DATASET_TYPE, METHODS, METAMETHODS);
  luaL_setfuncs(L, FUNCTIONS, 0);
}
