package dev.orthant.core.merge.stream;

/**
 * Forces a result to the disk bit by bit while it is made, so that little is left to wait for at
 * the end.
 */
final class Flusher implements AutoCloseable {

  private static final long EVERY = 64L << 20;

  private final MergeFiles files;
  private final Thread thread;
  private long pending;
  private boolean closed;

  private Flusher(MergeFiles files) {
    this.files = files;
    this.thread = new Thread(this::loop, "merge-flush");
    thread.setDaemon(true);
  }

  static Flusher start(MergeFiles files) {
    Flusher flusher = new Flusher(files);
    flusher.thread.start();
    return flusher;
  }

  synchronized void wrote(long bytes) {
    pending += bytes;
    if (pending >= EVERY) {
      notifyAll();
    }
  }

  private void loop() {
    while (await()) {
      try {
        files.force();
      } catch (RuntimeException e) {
        return; // whoever publishes the result forces it again, and learns what is wrong
      }
    }
  }

  private synchronized boolean await() {
    while (!closed && pending < EVERY) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    pending = 0;
    return !closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
