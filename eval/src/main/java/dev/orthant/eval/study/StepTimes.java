package dev.orthant.eval.study;

import dev.orthant.eval.results.Timings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long steps took, and the process' peak memory after each. */
public final class StepTimes {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private final List<Timings.Step> steps = new ArrayList<>();

  /** Runs a step and notes its time, also when it fails. */
  public void time(String name, Runnable step) {
    long start = System.nanoTime();
    try {
      step.run();
    } finally {
      Timings.Step ended = new Timings.Step(name, (System.nanoTime() - start) / 1e9, peakBytes());
      synchronized (steps) {
        steps.add(ended);
      }
    }
  }

  /** All steps so far. */
  public Timings timings() {
    return new Timings(steps);
  }

  /** The greatest resident memory so far; 0 where the system does not say. */
  private static long peakBytes() {
    try {
      if (!Files.isReadable(STATUS)) {
        return 0;
      }
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK)) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
