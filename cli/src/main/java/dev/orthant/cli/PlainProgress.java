package dev.orthant.cli;

import dev.orthant.core.progress.Progress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Progress as lines of text, for logs: one when a task ends, and one whenever another tenth of it
 * or ten seconds have passed.
 */
final class PlainProgress implements Progress {

  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);
  private static final int PARTS = 10;
  private static final double LEAST_LEFT = 60; // seconds that are worth telling

  private final Consumer<String> lines;
  private final LongSupplier nanoTime;

  PlainProgress(Consumer<String> lines, LongSupplier nanoTime) {
    this.lines = lines;
    this.nanoTime = nanoTime;
  }

  @Override
  public Task start(String name, long total, String unit) {
    return new Lines(name, total, unit);
  }

  private final class Lines implements Task {

    private final String name;
    private final long total;
    private final String unit;
    private final long started = nanoTime.getAsLong();
    private long done;
    private long shownPart;
    private long shownAt = started;
    private String message = "";

    Lines(String name, long total, String unit) {
      this.name = name;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public void step(long units) {
      done += units;
      long now = nanoTime.getAsLong();
      long part = total > 0 ? done * PARTS / total : 0;
      boolean last = total > 0 && done >= total; // close() tells
      if (!last && (part > shownPart || now - shownAt >= INTERVAL)) {
        show(now);
      }
    }

    @Override
    public void message(String text) {
      message = text;
    }

    @Override
    public void close() {
      show(nanoTime.getAsLong());
    }

    private String left(long now) {
      if (done == 0 || total <= 0 || done >= total) {
        return "";
      }
      double seconds = (now - started) / 1e9 / done * (total - done);
      return seconds < LEAST_LEFT ? "" : String.format(Locale.ROOT, ", %.0f s left", seconds);
    }

    private void show(long now) {
      shownPart = total > 0 ? done * PARTS / total : 0;
      shownAt = now;
      String of = total > 0 ? "%d/%d".formatted(done, total) : Long.toString(done);
      String seconds = String.format(Locale.ROOT, "%.1f", (now - started) / 1e9);
      lines.accept(
          "%s: %s %s, %s s%s%s"
              .formatted(
                  name, of, unit, seconds, left(now), message.isEmpty() ? "" : ", " + message));
    }
  }
}
