package dev.tiu;

import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.Channel;
import dev.tiu.bundle.ChannelException;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.http.TransferException;
import dev.tiu.bundle.http.WebAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a channel's files lie side by side. */
sealed interface ChannelPlace {
  /** What a person calls one of the files. */
  String name(String file);

  /** Opens one of the files. */
  ByteSource open(String file) throws IOException;

  /** The beginning of a short file, at most that many bytes. */
  byte[] document(String file, int most) throws IOException;

  /** A directory. */
  record Directory(Path path) implements ChannelPlace {
    @Override
    public String name(String file) {
      String directory = path.toString();
      return directory.isEmpty() || directory.endsWith("/")
          ? directory + file
          : directory + "/" + file;
    }

    @Override
    public ByteSource open(String file) throws IOException {
      return FileSource.open(file(file));
    }

    @Override
    public byte[] document(String file, int most) throws IOException {
      try (ByteSource source = open(file)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(source.size(), most));
        source.read(0, bytes);
        return bytes.array();
      }
    }

    /** A channel may list names that no file of this machine can have. */
    private Path file(String file) throws NoSuchFileException {
      try {
        return path.resolve(file);
      } catch (InvalidPathException e) {
        throw new NoSuchFileException(path.toString(), file, "no file here can have that name");
      }
    }
  }

  /**
   * A directory of a server.
   *
   * @param address of itself, or of one of its files
   */
  record Web(WebAddress address, Downloads downloads) implements ChannelPlace {
    @Override
    public String name(String file) {
      return address.sibling(file).toString();
    }

    @Override
    public ByteSource open(String file) throws IOException {
      return downloads.open(file(file));
    }

    @Override
    public byte[] document(String file, int most) throws IOException {
      return downloads.document(file(file), most);
    }

    /** As it was given, with its query, where it is the one that was given. */
    private WebAddress file(String file) {
      return address.fileName().equals(file) ? address : address.sibling(file);
    }
  }

  /**
   * The channel's description.
   *
   * @return empty if there is none
   * @throws ChannelException if it can't be one
   */
  default Optional<Channel> find(String description) throws IOException {
    byte[] json;
    try {
      // Too much of it isn't read: the one byte more shows that it is too much.
      json = document(description, Channel.MAX_SIZE + 1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (TransferException e) {
      if (e.isNotThere()) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(Channel.parse(json, name(description)));
  }
}
