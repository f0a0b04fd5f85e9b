package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of single cases start from: three empty trees, and words for what is in them. */
abstract class EtcCase {
  EtcDisk etc;

  @BeforeEach
  final void makeDisk() throws IOException {
    etc = EtcDisk.create();
  }

  @AfterEach
  final void closeDisk() throws IOException {
    etc.close();
  }

  final void base(String path, Item item) throws IOException {
    put(etc.base, path, item);
  }

  final void local(String path, Item item) throws IOException {
    put(etc.local, path, item);
  }

  final void image(String path, Item item) throws IOException {
    put(etc.image, path, item);
  }

  private static void put(Dir tree, String path, Item item) throws IOException {
    item.put(tree, BytePath.of(path));
  }

  static void remove(Dir tree, String path) throws IOException {
    tree.removeTree(BytePath.of(path));
  }

  final Item result(String path) throws IOException {
    return Item.read(etc.result, BytePath.of(path));
  }

  final String content(String path) throws IOException {
    return result(path).content();
  }

  final boolean exists(String path) throws IOException {
    return etc.result.find(BytePath.of(path)).isPresent();
  }

  final List<String> merge() throws IOException {
    return merge(MergeSettings.DEFAULT);
  }

  final List<String> merge(MergeSettings settings) throws IOException {
    return Reports.lines(etc.merge(settings));
  }
}
