/* files.h -- a folder of its own for each test program that writes files. */
#ifndef files_h
#define files_h

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];

/* The path of 'name' in the folder; good until the fourth call after. */
static inline const char *in_folder (const char *name) {
  static char path[4][512];
  static int next;
  next = (next + 1) % 4;
  snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
  return path[next];
}

static inline void write_bytes (const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, count, file) != count || fclose(file) != 0) abort();
}

static inline void write_text (const char *path, const char *text) { write_bytes(path, text, strlen(text)); }

/* Files in the folder whose name begins with 'prefix'. */
static inline int count_files (const char *prefix) {
  DIR *list = opendir(folder);
  int count = 0;
  for (struct dirent *entry; (entry = readdir(list)) != NULL; )
    count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0 && entry->d_name[0] != '.';
  closedir(list);
  return count;
}

static inline int make_folder (void **state) {
  const char *place = getenv("TMPDIR");
  (void)state;
  snprintf(folder, sizeof folder, "%s/neap-XXXXXX", place != NULL ? place : P_tmpdir);
  return mkdtemp(folder) == NULL;
}

static inline int remove_folder (void **state) {
  (void)state;
  DIR *list = opendir(folder);
  for (struct dirent *entry; (entry = readdir(list)) != NULL; )
    if (entry->d_name[0] != '.') unlink(in_folder(entry->d_name));
  closedir(list);
  return rmdir(folder);
}

#endif
