/* corpus.c -- runs a fuzz target on files, without libFuzzer: corpus FOLDER. */
#include <dirent.h>

#include "fuzz.h"

static void run_file (const char *path) {
  FILE *file = fopen(path, "rb");
  promise(file != NULL);
  uint8_t *bytes = NULL;
  size_t count = 0, got;
  do {
    bytes = realloc(bytes, count + 65536);
    promise(bytes != NULL);
    got = fread(bytes + count, 1, 65536, file);
    count += got;
  } while (got > 0);
  fclose(file);
  bytes = realloc(bytes, count > 0 ? count : 1);   /* to the byte, so that a sanitizer sees what reads past its end */
  promise(bytes != NULL);
  LLVMFuzzerTestOneInput(bytes, count);
  free(bytes);
}

int main (int count, char **words) {
  promise(count == 2);
  DIR *folder = opendir(words[1]);
  promise(folder != NULL);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL; ) {
    char path[4096];
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", words[1], entry->d_name);
    run_file(path);
    printf("ok %s\n", entry->d_name);
  }
  closedir(folder);
  return 0;
}
