package dev.orthant.eval.tasks;

import dev.orthant.core.plugin.NearestName;
import dev.orthant.core.text.TaskData;
import java.util.Arrays;
import java.util.List;

/**
 * A task whose text comes with a package from Maven Central, so that it can be had without a
 * download by hand.
 *
 * <p>The rows are a function of the seed and of the sizes asked for. The test part is drawn first,
 * then the validation part, so that more training rows leave them unchanged. No two parts share a
 * rule or sentence (LanguageTool), or a lemma, synonym set or definition (WordNet).
 */
public enum PackagedTask {
  /**
   * Is a sentence acceptable English? Example sentences of LanguageTool's rules, in their natural
   * proportion.
   */
  ACCEPTABILITY(
      "acceptability",
      LanguageToolRules.ARTIFACT,
      List.of("unacceptable", "acceptable"),
      false,
      20,
      LanguageToolTasks::acceptability),

  /** Which of two versions of a sentence is right? LanguageTool's corrections; balanced. */
  MINIMAL_PAIRS(
      "minimal-pairs",
      LanguageToolRules.ARTIFACT,
      List.of("first", "second"),
      true,
      20,
      LanguageToolTasks::minimalPairs),

  /** To which of ten fields of meaning does a WordNet definition belong? Natural proportion. */
  SEMANTIC_FIELD(
      "semantic-field",
      WordNet.ARTIFACT,
      WordNetTasks.FIELDS,
      false,
      1,
      WordNetTasks::semanticField),

  /**
   * Is a word used in the same sense in two sentences? WordNet's usage examples, each after the
   * word; balanced, for every lemma too. The sense distinctions are WordNet's, hence noisy.
   */
  WORD_IN_CONTEXT(
      "word-in-context",
      WordNet.ARTIFACT,
      List.of("different", "same"),
      true,
      4,
      WordNetTasks::wordInContext),

  /** Does a definition fit the word as it is used in a sentence? WordNet; balanced. */
  GLOSS_MATCH(
      "gloss-match",
      WordNet.ARTIFACT,
      List.of("other", "match"),
      true,
      4,
      WordNetTasks::glossMatch),

  /** To which of ten fields of meaning does a verb's definition belong? Natural proportion. */
  VERB_FIELD(
      "verb-field", WordNet.ARTIFACT, WordNetTasks.VERB_FIELDS, false, 1, WordNetTasks::verbField),

  /** Which kind of animal does a WordNet definition describe? Natural proportion. */
  ANIMAL_CLASS(
      "animal-class", WordNet.ARTIFACT, WordNetTasks.ANIMALS, false, 1, WordNetTasks::animalClass),

  /** Which part of speech is a word in a sentence, which follows it? WordNet; balanced. */
  WORD_CLASS(
      "word-class",
      WordNet.ARTIFACT,
      List.of("noun", "verb", "adjective", "adverb"),
      true,
      4,
      WordNetTasks::wordClass),

  /** What kind of mistake does a sentence have? LanguageTool's rules; natural proportion. */
  ERROR_KIND(
      "error-kind",
      LanguageToolRules.ARTIFACT,
      LanguageToolTasks.KINDS,
      false,
      20,
      LanguageToolTasks::errorKind);

  private interface Source {
    List<Candidate> candidates(ClassLoader loader, long seed);
  }

  private final String id;
  private final String artifact;
  private final List<String> labels;
  private final boolean balanced;
  private final int mostPerGroup;
  private final Source source;

  PackagedTask(
      String id,
      String artifact,
      List<String> labels,
      boolean balanced,
      int mostPerGroup,
      Source source) {
    this.id = id;
    this.artifact = artifact;
    this.labels = labels;
    this.balanced = balanced;
    this.mostPerGroup = mostPerGroup;
    this.source = source;
  }

  /**
   * The task of this name.
   *
   * @throws IllegalArgumentException listing the names there are
   */
  public static PackagedTask named(String id) {
    return Arrays.stream(values())
        .filter(t -> t.id.equals(id))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> ids = Arrays.stream(values()).map(PackagedTask::id).toList();
              return new IllegalArgumentException(
                  "no packaged task '%s'%s; there are %s"
                      .formatted(id, NearestName.hint(id, ids), String.join(", ", ids)));
            });
  }

  /** The name that a configuration uses, such as {@code word-in-context}. */
  public String id() {
    return id;
  }

  /** The Maven coordinates of the package that has the text. */
  public String artifact() {
    return artifact;
  }

  /** The names of the classes, by index. */
  public List<String> labels() {
    return labels;
  }

  /** Whether every example is a pair of texts. */
  public boolean isPair() {
    return this == MINIMAL_PAIRS || this == WORD_IN_CONTEXT || this == GLOSS_MATCH;
  }

  /** {@link #read(SplitSizes, long, ClassLoader)} from the class path that has this class. */
  public TaskData read(SplitSizes sizes, long seed) {
    return read(sizes, seed, PackagedTask.class.getClassLoader());
  }

  /**
   * Draws the rows.
   *
   * @param packages where the package with the text is looked for
   * @throws IllegalArgumentException if the package is not there, naming the artifact to add, or if
   *     it has too few rows
   */
  public TaskData read(SplitSizes sizes, long seed, ClassLoader packages) {
    return new Sampler(id, labels, balanced, mostPerGroup)
        .draw(source.candidates(packages, seed), sizes, seed);
  }

  /** All rows that could be drawn, for tests and counts. */
  List<Candidate> candidates(ClassLoader packages, long seed) {
    return source.candidates(packages, seed);
  }
}
