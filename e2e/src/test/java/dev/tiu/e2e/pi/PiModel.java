package dev.tiu.e2e.pi;

import java.util.List;

/** Boards, and what their firmware looks for. */
public enum PiModel {
  PI3,
  PI4,
  PI5;

  /** The conditional filter that holds on it. */
  String filter() {
    return switch (this) {
      case PI3 -> "pi3";
      case PI4 -> "pi4";
      case PI5 -> "pi5";
    };
  }

  /** Without {@code kernel=}, the first of these that exists. */
  List<String> kernels() {
    return switch (this) {
      case PI3, PI4 -> List.of("kernel8.img");
      case PI5 -> List.of("kernel_2712.img", "kernel8.img");
    };
  }

  /** Without {@code device_tree=}. */
  String deviceTree() {
    return switch (this) {
      case PI3 -> "bcm2710-rpi-3-b.dtb";
      case PI4 -> "bcm2711-rpi-4-b.dtb";
      case PI5 -> "bcm2712-rpi-5-b.dtb";
    };
  }

  /** What makes a partition one that it boots from. */
  String bootable() {
    return switch (this) {
      case PI3 -> "start.elf";
      case PI4 -> "start4.elf";
      case PI5 -> "config.txt";
    };
  }

  /** On a Pi 5 the EEPROM's loader reads config.txt, and that one knows no {@code include}. */
  boolean includes() {
    return this != PI5;
  }
}
