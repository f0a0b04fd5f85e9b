package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tar archive, compressed or not, as a tree. Numeric owners count; names of owners don't. */
final class TarSource implements TreeSource {
  private static final String SCHILY_XATTR = "SCHILY.xattr.";
  private static final String LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";

  private final String name;
  private final InputStream in;
  private final TarReader reader;
  private final Optional<FileChannel> file;

  /** An archive that comes from anywhere. */
  TarSource(InputStream archive, String name) throws IOException {
    this(archive, Optional.empty(), name);
  }

  private TarSource(InputStream archive, Optional<FileChannel> file, String name)
      throws IOException {
    this.name = name;
    this.in = Decompression.detect(archive, name, Runtime.getRuntime().maxMemory());
    this.reader = new TarReader(in, name);
    this.file = file.filter(unused -> !Decompression.isUnpacked(in));
  }

  /** An archive in a regular file; unless it is compressed, its contents can be read again. */
  static TarSource of(FileChannel file, String name) throws IOException {
    return new TarSource(Channels.newInputStream(file), Optional.of(file), name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void walk(Visitor visitor) throws IOException {
    Optional<TarReader.Entry> next = reader.next();
    if (next.isEmpty()) {
      throw new IOException(name + ": the archive is empty");
    }
    while (next.isPresent()) {
      visitor.entry(convert(next.get()), content(next.get()));
      next = reader.next();
    }
  }

  /** The content, which lies in one piece in the archive unless it was stored with holes. */
  private InputStream content(TarReader.Entry entry) throws IOException {
    if (file.isEmpty() || entry.content() instanceof SparseInput) {
      return entry.content();
    }
    return new InArchive(entry.content(), file.get(), file.get().position(), entry.size());
  }

  /** A content in an archive that is read with nothing between it and its file. */
  private static final class InArchive extends FilterInputStream implements Rereadable {
    private final FileChannel file;
    private final long offset;
    private final long size;

    InArchive(InputStream content, FileChannel file, long offset, long size) {
      super(content);
      this.file = file;
      this.offset = offset;
      this.size = size;
    }

    @Override
    public InputStream again() {
      return new Slice(file, offset, size);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private TreeEntry convert(TarReader.Entry entry) throws TreeException {
    try {
      return convertUnchecked(entry);
    } catch (IllegalArgumentException e) {
      throw new TreeException(name, entry.name().toString(), String.valueOf(e.getMessage()));
    }
  }

  private TreeEntry convertUnchecked(TarReader.Entry entry) {
    TarHeader header = entry.header();
    PaxRecords pax = entry.pax();
    boolean hardLink = header.type() == '1';
    FileType type = type(header.type(), entry.name());
    boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    return new TreeEntry(
        clean(entry.name()),
        type,
        // Linux knows no other mode of a link, whatever an archiver has written.
        type == FileType.SYMLINK ? 0777 : (int) (header.number(TarHeader.MODE, 8) & 07777),
        id(pax.number("uid", header.number(TarHeader.UID, 8)), "user"),
        id(pax.number("gid", header.number(TarHeader.GID, 8)), "group"),
        pax.number("mtime", header.number(TarHeader.MTIME, 12)),
        type == FileType.REGULAR && !hardLink ? entry.size() : 0,
        device ? deviceNumber(header.number(TarHeader.DEV_MAJOR, 8)) : 0,
        device ? deviceNumber(header.number(TarHeader.DEV_MINOR, 8)) : 0,
        type == FileType.SYMLINK ? target(entry.link()) : Bytes.EMPTY,
        hardLink ? Optional.of(clean(entry.link())) : Optional.empty(),
        xattrs(pax));
  }

  private static FileType type(char type, Bytes name) {
    if (type == 0 && name.latin1().endsWith("/")) {
      // Before ustar, that was how a directory looked.
      return FileType.DIRECTORY;
    }
    if (TarReader.isFile(type) || type == '1') {
      return FileType.REGULAR;
    }
    return switch (type) {
      case '2' -> FileType.SYMLINK;
      case '3' -> FileType.CHARACTER_DEVICE;
      case '4' -> FileType.BLOCK_DEVICE;
      case '5' -> FileType.DIRECTORY;
      case '6' -> FileType.FIFO;
      default ->
          throw new IllegalArgumentException(
              "a tar entry of type '" + type + "', which tiu doesn't know");
    };
  }

  private static int id(long id, String whose) {
    if (id < 0 || id > 0xfffffffeL) {
      throw new IllegalArgumentException("the " + whose + " number " + id + " can't be");
    }
    return (int) id;
  }

  private static int deviceNumber(long number) {
    if (number < 0 || number > 0xfffff) {
      throw new IllegalArgumentException("the device number " + number + " can't be");
    }
    return (int) number;
  }

  private static Bytes target(Bytes link) {
    if (link.length() == 0 || link.latin1().indexOf(0) >= 0) {
      throw new IllegalArgumentException("a symlink to nowhere");
    }
    return link;
  }

  /** A path below the root: without slashes at its ends, doubled ones and {@code .} in it. */
  static BytePath clean(Bytes name) {
    StringBuilder path = new StringBuilder();
    for (String component : name.latin1().split("/", -1)) {
      if (component.equals("..")) {
        throw new IllegalArgumentException("the name leads out of the tree: \"" + name + "\"");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        path.append(path.isEmpty() ? "" : "/").append(component);
      }
    }
    if (name.length() == 0) {
      throw new IllegalArgumentException("an empty name");
    }
    return BytePath.ofBytes(path.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static SortedMap<String, Bytes> xattrs(PaxRecords pax) {
    SortedMap<String, Bytes> xattrs = new TreeMap<>();
    for (Map.Entry<String, Bytes> record : pax.all().entrySet()) {
      String key = record.getKey();
      if (key.startsWith(LIBARCHIVE_XATTR)) {
        // bsdtar writes both forms; the binary one below wins.
        String xattr = percentDecoded(key.substring(LIBARCHIVE_XATTR.length()));
        xattrs.putIfAbsent(xattr, base64(record.getValue(), xattr));
      } else if (key.equals("RHT.security.selinux")) {
        // As setfilecon(3) would store it: with its NUL.
        xattrs.put("security.selinux", Bytes.of(record.getValue().latin1() + "\0"));
      } else if (key.startsWith("SCHILY.acl.") && record.getValue().length() > 0) {
        xattrs.putIfAbsent(
            Acl.SYSTEM_PREFIX + key.substring("SCHILY.acl.".length()),
            Acl.ofText(record.getValue().latin1()));
      }
    }
    for (Map.Entry<String, Bytes> record : pax.all().entrySet()) {
      if (record.getKey().startsWith(SCHILY_XATTR)) {
        String escaped = record.getKey().substring(SCHILY_XATTR.length());
        // The two characters that GNU tar escapes.
        xattrs.put(escaped.replace("%3D", "=").replace("%25", "%"), record.getValue());
      }
    }
    // GNU tar --acls writes one beside every default ACL.
    xattrs.computeIfPresent(Acl.ACCESS, (name, acl) -> Acl.isMinimal(acl) ? null : acl);
    return xattrs;
  }

  private static Bytes base64(Bytes value, String xattr) {
    try {
      return Bytes.of(Base64.getMimeDecoder().decode(value.latin1()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the xattr " + xattr + " isn't base64", e);
    }
  }

  private static String percentDecoded(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(bytes[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
