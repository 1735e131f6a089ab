package dev.orthant.eval.tasks;

/** A sentence that uses a lemma in the sense of a synset. */
record Usage(String lemma, Synset synset, String sentence) {

  /** The sentence after the word that is asked about. */
  String prompt() {
    return lemma + ": " + sentence;
  }
}
