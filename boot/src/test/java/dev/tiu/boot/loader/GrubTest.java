package dev.tiu.boot.loader;

import dev.tiu.linux.Dir;

final class GrubTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return new Grub(partition);
  }
}
