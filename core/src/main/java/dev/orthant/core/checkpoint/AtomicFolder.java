package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Folders that appear complete under their name or not at all. */
public final class AtomicFolder {

  private AtomicFolder() {}

  /** What fills an empty folder. */
  @FunctionalInterface
  public interface Contents {

    /** Writes everything into the folder, which gets its final name afterwards. */
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Fills a folder beside the target, forces its files to the disk, and renames it. Missing parent
   * folders are made. If anything fails, what was there before is there still and nothing is left
   * beside it.
   *
   * @param replace whether an existing folder with something in it is replaced
   * @throws CheckpointException if there is such a folder and it is not to be replaced, if there is
   *     a file of that name, or if the folder cannot be written
   */
  public static void write(Path target, boolean replace, Contents contents) {
    Path absolute = target.toAbsolutePath().normalize();
    requireFree(absolute, replace);
    Path temporary = AtomicFile.beside(absolute);
    try {
      Files.createDirectories(absolute.getParent());
      Files.createDirectory(temporary);
      contents.writeTo(temporary);
      force(temporary);
      requireFree(absolute, replace);
      exchange(temporary, absolute);
    } catch (CheckpointException e) {
      throw named(e, temporary, absolute);
    } catch (IOException e) {
      throw CheckpointException.writing(target, e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /**
   * Gives a complete folder its final name, after forcing its files to the disk.
   *
   * @param folder on the file system of the target; it is gone afterwards
   * @param replace whether an existing folder with something in it is replaced
   * @throws CheckpointException as {@link #write}
   */
  public static void publish(Path folder, Path target, boolean replace) {
    Path absolute = target.toAbsolutePath().normalize();
    requireFree(absolute, replace);
    try {
      force(folder);
      exchange(folder, absolute);
    } catch (IOException e) {
      throw CheckpointException.writing(target, e);
    }
  }

  /** The same of the place where the file was to be, which its name while it is written hides. */
  private static CheckpointException named(CheckpointException e, Path temporary, Path target) {
    Path file = e.file();
    String message = String.valueOf(e.getMessage());
    if (file == null || !file.startsWith(temporary) || !message.startsWith(file + ": ")) {
      return e;
    }
    String what = message.substring(file.toString().length() + 2);
    return new CheckpointException(target.resolve(temporary.relativize(file)), what, e);
  }

  /** Refuses a place that {@link #write} would refuse, before any work is done. */
  public static void requireFree(Path folder, boolean replace) {
    Path target = folder.toAbsolutePath().normalize();
    if (target.getParent() == null) {
      throw new CheckpointException(target, "is not a folder that can be written");
    }
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new CheckpointException(target, "is a file, a folder is to be written there");
    }
    if (!replace && !isEmpty(target)) {
      throw new CheckpointException(
          target, "exists already and is not empty; name another folder or ask to replace it");
    }
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw CheckpointException.reading(folder, e);
    }
  }

  private static void exchange(Path from, Path target) throws IOException {
    if (!Files.exists(target)) {
      AtomicFile.rename(from, target);
      return;
    }
    Path old = AtomicFile.beside(target);
    AtomicFile.rename(target, old);
    try {
      AtomicFile.rename(from, target);
    } catch (IOException e) {
      AtomicFile.rename(old, target);
      throw e;
    }
    deleteQuietly(old);
  }

  private static void force(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  /** Deletes a folder and everything in it, as far as that is possible; none is fine. */
  public static void delete(Path folder) {
    deleteQuietly(folder);
  }

  private static void deleteQuietly(Path folder) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(folder, new Deletion());
    } catch (IOException e) {
      // a leftover under a hidden name does no harm, and the first error matters more
    }
  }

  /** Deletes a tree; links are deleted, not followed. */
  private static final class Deletion extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
