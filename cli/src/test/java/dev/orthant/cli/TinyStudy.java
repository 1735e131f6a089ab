package dev.orthant.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A study of a few rows in a folder of its own, with its configuration {@code study.yaml}, the rows
 * it reads, and its output in {@code out}.
 *
 * @param folder where all of it is
 */
record TinyStudy(Path folder) {

  private static final int TRAIN = 60;
  private static final int VALIDATION = 20;
  private static final int TEST = 40;
  private static final List<String> THINGS =
      List.of("film", "meal", "song", "book", "garden", "train", "city", "letter", "lamp", "coat");
  private static final List<String> PRAISE = List.of("wonderful", "good", "charming", "bright");
  private static final List<String> BLAME = List.of("terrible", "bad", "boring", "broken");

  /** Two tasks from files, one adapter, one merger. */
  static final String SMALL =
      """
      base: {model: BASE, max_length: 32}
      tasks:
        - {name: opinion, train: opinion-train.tsv, validation: opinion-validation.tsv, test: opinion-test.tsv, text_a: sentence, label: verdict, labels: [bad, good]}
        - {name: thing, train: thing-train.tsv, validation: thing-validation.tsv, test: thing-test.tsv, text_a: sentence, label: kind}
      adapters:
        - {name: lora, type: lora, rank: 4}
      training: {epochs: 2, batch_size: 16, learning_rate: 1e-2}
      mergers:
        - {name: average, type: average}
      evaluation: {batch_size: 16, linear_probe: false, statistics_rows: 40}
      seed: 7
      output: out
      """;

  /** Three tasks, two of them from packages; three adapters, four mergers. */
  static final String FULL =
      """
      base: {model: BASE, max_length: 32}
      tasks:
        - {name: acceptability, source: "package:acceptability", train_rows: 60, validation_rows: 20, test_rows: 40}
        - {name: field, source: "package:semantic-field", train_rows: 60, validation_rows: 20, test_rows: 40}
        - {name: opinion, train: opinion-train.tsv, validation: opinion-validation.tsv, test: opinion-test.tsv, text_a: sentence, label: verdict, labels: [bad, good]}
      adapters:
        - {name: lora, type: lora, rank: 4}
        - {name: lora-osrm, type: lora, rank: 4, constrained: true}
        - {name: moslora-osrm, type: moslora, rank: 4, constrained: true}
      constraint: {type: osrm}
      training: {epochs: 2, batch_size: 16, learning_rate: 1e-2}
      mergers:
        - {name: average, type: average}
        - {name: task-arithmetic, type: task-arithmetic, grid: {lambda: [0.3, 1.0]}}
        - {name: ties, type: ties}
        - {name: dare, type: dare}
      evaluation: {batch_size: 16, linear_probe: true, statistics_rows: 40}
      seed: 7
      output: out
      """;

  /** Writes a configuration and the rows of its tasks from files. */
  static TinyStudy write(Path folder, Path base, String configuration) throws IOException {
    TinyStudy study = new TinyStudy(Files.createDirectories(folder));
    study.configure(configuration.replace("BASE", base.toString()));
    study.writeRows("opinion", "verdict", TinyStudy::opinion);
    study.writeRows("thing", "kind", TinyStudy::thing);
    return study;
  }

  /** Replaces the configuration. */
  void configure(String configuration) throws IOException {
    Files.writeString(file(), configuration);
  }

  /** Replaces a part of the configuration, which has to be there. */
  TinyStudy with(String part, String other) throws IOException {
    String before = Files.readString(file());
    if (!before.contains(part)) {
      throw new IllegalArgumentException("the configuration does not have " + part);
    }
    configure(before.replace(part, other));
    return this;
  }

  /** The configuration. */
  Path file() {
    return folder.resolve("study.yaml");
  }

  /** The folder of the results. */
  Path output() {
    return folder.resolve("out");
  }

  CliRun run(String command) {
    return CliRun.of(command, file().toString());
  }

  private interface RowMaker {
    String row(SplittableRandom random);
  }

  private void writeRows(String task, String label, RowMaker rows) throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    for (String split : List.of("train", "validation", "test")) {
      int count = split.equals("train") ? TRAIN : split.equals("test") ? TEST : VALIDATION;
      List<String> lines = new ArrayList<>(List.of("sentence\t" + label));
      for (int i = 0; i < count; i++) {
        lines.add(rows.row(random));
      }
      Files.write(folder.resolve(task + "-" + split + ".tsv"), lines);
    }
  }

  private static String opinion(SplittableRandom random) {
    boolean good = random.nextBoolean();
    return "The %s was %s.\t%s"
        .formatted(any(THINGS, random), any(good ? PRAISE : BLAME, random), good ? "good" : "bad");
  }

  private static String thing(SplittableRandom random) {
    String thing = any(THINGS, random);
    return "We saw a %s %s there.\t%s"
        .formatted(any(PRAISE, random), thing, THINGS.indexOf(thing) % 3);
  }

  private static String any(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }
}
