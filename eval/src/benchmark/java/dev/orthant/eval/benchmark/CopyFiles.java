package dev.orthant.eval.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** Nothing but moving bytes: reads the base and four models once and writes one as large. */
final class CopyFiles implements Side {

  private static final int BLOCK = 1 << 18;
  private static final String FILE = "model.safetensors";

  private final int threads;

  CopyFiles(int threads) {
    this.threads = threads;
  }

  @Override
  public double run() {
    Path out = MergeModels.folder().resolve("copy");
    try {
      Files.createDirectories(out);
      try (FileChannel base = open(MergeModels.base());
          FileChannel to =
              FileChannel.open(
                  out.resolve(FILE),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE)) {
        FileChannel[] models = new FileChannel[MergeModels.MODELS];
        for (int i = 0; i < models.length; i++) {
          models[i] = open(MergeModels.model(i));
        }
        AtomicLong next = new AtomicLong();
        Thread[] workers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
          workers[t] = new Thread(() -> copy(next, base, models, to));
          workers[t].start();
        }
        for (Thread worker : workers) {
          worker.join();
        }
        for (FileChannel model : models) {
          model.close();
        }
        to.force(true);
        return base.size();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FileChannel open(Path model) throws IOException {
    return FileChannel.open(model.resolve(FILE), StandardOpenOption.READ);
  }

  private static void copy(
      AtomicLong next, FileChannel base, FileChannel[] models, FileChannel to) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK);
    try {
      for (long at = next.getAndAdd(BLOCK); at < base.size(); at = next.getAndAdd(BLOCK)) {
        for (FileChannel model : models) {
          model.read(bytes.clear(), at);
        }
        base.read(bytes.clear(), at);
        to.write(bytes.flip(), at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
