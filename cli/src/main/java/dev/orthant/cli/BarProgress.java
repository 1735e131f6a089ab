package dev.orthant.cli;

import dev.orthant.core.progress.Progress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Progress as a bar in a terminal's last line, gone when the task ends. */
final class BarProgress implements Progress {

  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int BAR = 20;
  private static final long MINUTE = 60;
  private static final double NANOS = 1e9;

  private final Console console;
  private final LongSupplier nanoTime;

  BarProgress(Console console, LongSupplier nanoTime) {
    this.console = console;
    this.nanoTime = nanoTime;
  }

  @Override
  public Task start(String name, long total, String unit) {
    Bar bar = new Bar(name, total, unit);
    bar.draw();
    return bar;
  }

  private final class Bar implements Task {

    private final String name;
    private final long total;
    private final String unit;
    private final long started = nanoTime.getAsLong();
    private long drawn = started;
    private long done;
    private String message = "";

    Bar(String name, long total, String unit) {
      this.name = name;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public void step(long units) {
      done += units;
      drawIfDue();
    }

    @Override
    public void message(String text) {
      message = text;
      drawIfDue();
    }

    @Override
    public void close() {
      console.clearStatus();
    }

    private void drawIfDue() {
      if (nanoTime.getAsLong() - drawn >= INTERVAL) {
        draw();
      }
    }

    private void draw() {
      drawn = nanoTime.getAsLong();
      StringBuilder line = new StringBuilder(name);
      if (total > 0) {
        int full = (int) (Math.min(done, total) * BAR / total);
        line.append(" [").append("=".repeat(full)).append(" ".repeat(BAR - full)).append(']');
        line.append(String.format(Locale.ROOT, " %d/%d %s", done, total, unit));
      } else {
        line.append(String.format(Locale.ROOT, " %d %s", done, unit));
      }
      line.append(", ").append(clock(drawn - started));
      if (done > 0 && done < total) {
        double left = (double) (drawn - started) / done * (total - done);
        line.append(", ").append(clock((long) left)).append(" left");
      }
      console.status(message.isEmpty() ? line.toString() : line + ", " + message);
    }
  }

  /** Minutes and seconds. */
  private static String clock(long nanos) {
    long seconds = Math.round(nanos / NANOS);
    return "%d:%02d".formatted(seconds / MINUTE, seconds % MINUTE);
  }
}
