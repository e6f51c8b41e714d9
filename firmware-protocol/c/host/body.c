#define _POSIX_C_SOURCE 200809L
#include "body.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* The other side knows these sizes. */
typedef char from_body_size[sizeof(from_body) == 1048 ? 1 : -1];
typedef char to_body_size[sizeof(to_body) == 728 ? 1 : -1];

void body_read(from_body *record) {
  char *at = (char *)record;
  size_t left = sizeof *record;
  while (left > 0) {
    const ssize_t count = read(FROM_BODY, at, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) exit(0);
    at += count;
    left -= (size_t)count;
  }
  record->text[BODY_TEXT - 1] = 0;
}

void body_write(const to_body *record) {
  const char *at = (const char *)record;
  size_t left = sizeof *record;
  while (left > 0) {
    const ssize_t count = write(TO_BODY, at, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) exit(0);
    at += count;
    left -= (size_t)count;
  }
}
