/* Loaded into MariaDB: while the file that $DISK_FULL names is there, the disk is full. InnoDB asks for more space in this
   way and no other; what it writes in place succeeds, as on a real disk. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fallocate64(int file, int mode, off64_t offset, off64_t length)
{
  const char *full = getenv("DISK_FULL");
  if (full && access(full, F_OK) == 0)
  {
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_fallocate, file, mode, offset, length);
}
