/* 刷盘出错：FAIL_SYNC 所指的文件在，下一次刷盘就报 EIO，文件随之没有——放一个错一次。 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
  const char *armed = getenv("FAIL_SYNC");
  if (armed == NULL || unlink(armed) != 0) return 0;
  errno = EIO;
  return 1;
}

int fsync(int file) {
  return fails() ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
  return fails() ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
