package dev.tiu.boot.loader;

import dev.tiu.linux.Dir;

final class ExtlinuxTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return new Extlinux(partition);
  }
}
