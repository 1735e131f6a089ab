package dev.orthant.eval.tasks;

import java.util.List;

/**
 * A set of synonyms of WordNet.
 *
 * @param id part of speech and offset, such as {@code n00001740}
 * @param pos n, v, a or r
 * @param field number of the lexicographer file
 * @param lemmas lower case, words joined by {@code _}
 * @param hypernyms ids of the synonym sets that this is a kind of
 * @param definition the gloss without its examples
 * @param examples the usage examples quoted in the gloss
 */
record Synset(
    String id,
    char pos,
    int field,
    List<String> lemmas,
    List<String> hypernyms,
    String definition,
    List<String> examples) {}
