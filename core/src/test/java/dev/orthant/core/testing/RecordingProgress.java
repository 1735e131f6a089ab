package dev.orthant.core.testing;

import dev.orthant.core.progress.Progress;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it was told, one line per call, such as {@code start train 10 steps}. */
public final class RecordingProgress implements Progress {

  private final List<String> events = new ArrayList<>();

  /** What happened so far, in order. */
  public List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public Task start(String name, long total, String unit) {
    events.add("start " + name + " " + total + " " + unit);
    return new Task() {
      @Override
      public void step(long units) {
        events.add("step " + name + " " + units);
      }

      @Override
      public void message(String text) {
        events.add("message " + name + " " + text);
      }

      @Override
      public void close() {
        events.add("close " + name);
      }
    };
  }
}
