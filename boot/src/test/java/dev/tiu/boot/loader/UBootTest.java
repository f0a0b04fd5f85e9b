package dev.tiu.boot.loader;

import dev.tiu.linux.Dir;

final class UBootTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return new UBoot(partition);
  }
}
