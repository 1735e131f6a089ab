package dev.orthant.eval.study;

import java.nio.file.Path;

/**
 * Where the files of a study lie.
 *
 * @param root the output folder
 */
public record StudyLayout(Path root) {

  /** The side file of a task's feature statistics. */
  public Path statistics(String task) {
    return root.resolve("statistics").resolve(task + ".safetensors");
  }

  /** The PEFT folder of a task's adapter. */
  public Path adapter(String task, String adapter) {
    return root.resolve("adapters").resolve(task + "-" + adapter);
  }

  /** The checkpoints and the metrics log of a task's training. */
  public Path training(String task, String adapter) {
    return root.resolve("training").resolve(task + "-" + adapter);
  }

  /** The PEFT folder of what a merger made of one kind of adapter. */
  public Path merged(String merger, String adapter) {
    return root.resolve("merged").resolve(merger).resolve(adapter);
  }

  /** The results, which equal configurations reproduce bit for bit. */
  public Path results() {
    return root.resolve("results.json");
  }

  /** What the adapters do to each other's features, module by module. */
  public Path interference() {
    return root.resolve("interference.json");
  }

  /** The same between tasks, drawn. */
  public Path interferenceMap() {
    return root.resolve("interference.svg");
  }

  /** The results in long form, a row a number. */
  public Path resultsCsv() {
    return root.resolve("results.csv");
  }

  /** The tables of a suite's results. */
  public Path report() {
    return root.resolve("report.md");
  }

  /** What was expected of merges, early in training. */
  public Path forecast() {
    return root.resolve("forecast.json");
  }

  /** Everything on one page. */
  public Path page() {
    return root.resolve("report.html");
  }

  /** What cannot be reproduced: times and memory. */
  public Path timings() {
    return root.resolve("timings.json");
  }
}
