package dev.tiu.bundle.squashfs;

import dev.tiu.bundle.squashfs.IndexedTable.Bounds;
import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.util.Optional;

/**
 * All metadata of an image, unpacked.
 *
 * <p>In the image stand, one after the other: the data, the inode table, the directory table, the
 * fragment table, the export table, the ids, the extended attributes. No length is written anywhere
 * for the inode and directory tables: each ends where the next thing starts. So they are found from
 * the end of the image backwards, which also holds that nothing overlaps.
 *
 * @param export for each inode number, less 1, its reference; empty in an image without the table
 */
record Tables(
    MetadataTable inodes,
    MetadataTable directories,
    FragmentTable fragments,
    Optional<MetadataTable> export,
    MetadataTable ids,
    XattrTable xattrs) {

  private static final int REFERENCE_SIZE = 8;
  private static final int ID_SIZE = 4;

  static Tables read(
      BlockReader image, Superblock superblock, long dataStart, SquashfsImage.Limits limits)
      throws IOException {
    try (MetadataReader reader = new MetadataReader(image, superblock, limits)) {
      long lowest = superblock.directoryTable();
      long end = superblock.bytesUsed();
      XattrTable xattrs = XattrTable.EMPTY;
      if (superblock.hasXattrs()) {
        xattrs = XattrTable.read(reader, superblock, limits);
        end = xattrs.start();
      }
      Bounds bounds = Bounds.of("id table", lowest, superblock.idTable(), end);
      IndexedTable ids = IndexedTable.read(reader, bounds, superblock.ids(), ID_SIZE);
      end = ids.start();
      Optional<MetadataTable> export = Optional.empty();
      if (superblock.hasExportTable()) {
        bounds = Bounds.of("export table", lowest, superblock.exportTable(), end);
        IndexedTable table = IndexedTable.read(reader, bounds, superblock.inodes(), REFERENCE_SIZE);
        export = Optional.of(table.content());
        end = table.start();
      }
      FragmentTable fragments = FragmentTable.NONE;
      if (superblock.fragments() > 0) {
        bounds = Bounds.of("fragment table", lowest, superblock.fragmentTable(), end);
        IndexedTable table =
            IndexedTable.read(reader, bounds, superblock.fragments(), FragmentTable.ENTRY_SIZE);
        fragments = FragmentTable.of(table.content(), superblock, dataStart);
        end = table.start();
      }
      MetadataTable inodes = reader.read("inode table", superblock.inodeTable(), lowest);
      MetadataTable directories = reader.read("directory table", lowest, end);
      return new Tables(inodes, directories, fragments, export, ids.content(), xattrs);
    }
  }
}
