package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Real files. Reads go through {@link RandomAccessFile}, which an interrupt of the reading thread
 * does not close, as it closes a {@link FileChannel}.
 */
final class NioSegmentFiles implements SegmentFiles {
  private static final int ZEROS = 1 << 20;

  private final Path directory;
  private final Optional<FileKey> key;

  NioSegmentFiles(Path directory) {
    this.directory = directory;
    this.key = keyOf(directory);
  }

  /** Empty when there is no directory, or none that can be looked at. */
  private static Optional<FileKey> keyOf(Path directory) {
    try {
      return Optional.of(FileKey.of(directory));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    } catch (UncheckedIOException e) {
      throw new IOException("listing " + directory, e);
    }
  }

  @Override
  public boolean isSameDirectory() {
    return key.isPresent() && keyOf(directory).equals(key);
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(directory.resolve(name));
  }

  @Override
  public ByteBuffer read(String name, long offset, int length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "r")) {
      int there = Math.clamp(file.length() - offset, 0, length);
      byte[] bytes = new byte[there];
      file.seek(offset);
      file.readFully(bytes);
      return ByteBuffer.wrap(bytes);
    }
  }

  @Override
  public Appender create(String name, long bytes) throws IOException {
    Path path = directory.resolve(name);
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    ChannelAppender appender = new ChannelAppender(channel, FileKey.of(path));
    try {
      for (long at = 0; at < bytes; at += ZEROS) {
        appender.write(at, ByteBuffer.allocate((int) Math.min(ZEROS, bytes - at)));
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return appender;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void truncate(String name, long size) throws IOException {
    try (FileChannel channel =
        FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void forceDirectory() throws IOException {
    AtomicFiles.forceDirectory(directory);
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  @Override
  public boolean isStill(String name, Appender appender, long leastBytes) throws IOException {
    try {
      BasicFileAttributes now =
          Files.readAttributes(directory.resolve(name), BasicFileAttributes.class);
      return appender instanceof ChannelAppender open
          && FileKey.of(now).equals(open.key)
          && now.size() >= leastBytes;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** What tells two files apart that had the same name one after the other: device and inode. */
  private record FileKey(Optional<Object> key) {
    static FileKey of(Path path) throws IOException {
      return of(Files.readAttributes(path, BasicFileAttributes.class));
    }

    static FileKey of(BasicFileAttributes attributes) {
      return new FileKey(Optional.ofNullable(attributes.fileKey()));
    }
  }

  private static final class ChannelAppender implements Appender {
    private final FileChannel channel;
    private final FileKey key;

    ChannelAppender(FileChannel channel, FileKey key) {
      this.channel = channel;
      this.key = key;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      long at = offset;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
