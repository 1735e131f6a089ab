package dev.orthant.eval.tasks;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.text.Example;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Tasks from WordNet's glosses. No lemma, synonym set or definition is in two parts of a task. */
final class WordNetTasks {

  /**
   * The ten largest lexicographer files of nouns and verbs; those of adjectives have no subject.
   */
  static final List<String> FIELDS =
      List.of(
          "noun.act",
          "noun.animal",
          "noun.artifact",
          "noun.attribute",
          "noun.communication",
          "noun.location",
          "noun.person",
          "noun.plant",
          "noun.state",
          "noun.substance");

  /** The ten largest lexicographer files of verbs. */
  static final List<String> VERB_FIELDS =
      List.of(
          "verb.body",
          "verb.change",
          "verb.cognition",
          "verb.communication",
          "verb.contact",
          "verb.creation",
          "verb.motion",
          "verb.possession",
          "verb.social",
          "verb.stative");

  /** Classes of animals, by the first word of the synset that they are kinds of. */
  static final List<String> ANIMALS = List.of("mammal", "bird", "fish", "insect", "reptile");

  private static final int LEAST_WORDS = 3;

  private static final List<Character> PARTS_OF_SPEECH = List.of('n', 'v', 'a', 'r');

  /** So that no lemma with many senses fills a task. */
  private static final int MOST_PAIRS_PER_LEMMA = 2;

  private WordNetTasks() {}

  /** To which field of meaning does a definition belong? */
  static List<Candidate> semanticField(ClassLoader loader, long seed) {
    return definitions(loader, 'n', FIELDS);
  }

  /** To which field of meaning does a verb's definition belong? */
  static List<Candidate> verbField(ClassLoader loader, long seed) {
    return definitions(loader, 'v', VERB_FIELDS);
  }

  /** Which kind of animal does a definition describe? */
  static List<Candidate> animalClass(ClassLoader loader, long seed) {
    Map<String, Synset> byId = new HashMap<>();
    new WordNet(loader)
        .synsets('n').stream()
            .filter(s -> LexicographerFiles.NAMES.get(s.field()).equals("noun.animal"))
            .forEach(s -> byId.put(s.id(), s));
    List<Candidate> rows = new ArrayList<>();
    for (Synset s : new TreeMap<>(byId).values()) {
      int label = animal(s, byId);
      if (label >= 0 && words(s.definition()) >= LEAST_WORDS) {
        rows.add(new Candidate(List.of(key(s)), new Example(s.definition(), null, label)));
      }
    }
    return rows;
  }

  /** The class that a synset's hypernyms, or the first of them, lead to; -1 for none. */
  private static int animal(Synset synset, Map<String, Synset> byId) {
    for (Synset s = synset; s != null; ) {
      int label = ANIMALS.indexOf(s.lemmas().get(0));
      if (label >= 0) {
        return label;
      }
      s = s.hypernyms().isEmpty() ? null : byId.get(s.hypernyms().get(0));
    }
    return -1;
  }

  /** Which part of speech is the word that a sentence is an example of? */
  static List<Candidate> wordClass(ClassLoader loader, long seed) {
    WordNet net = new WordNet(loader);
    List<Candidate> rows = new ArrayList<>();
    for (List<Usage> usages : usagesByLemma(net, synsets(net))) {
      for (Usage usage : usages) {
        int label = PARTS_OF_SPEECH.indexOf(usage.synset().pos());
        rows.add(
            new Candidate(
                List.of(lemmaKey(usage), key(usage.synset())),
                new Example(usage.prompt(), null, label)));
      }
    }
    return rows;
  }

  private static List<Candidate> definitions(ClassLoader loader, char pos, List<String> fields) {
    List<Candidate> rows = new ArrayList<>();
    for (Synset s : new WordNet(loader).synsets(pos)) {
      int label = fields.indexOf(LexicographerFiles.NAMES.get(s.field()));
      if (label >= 0 && words(s.definition()) >= LEAST_WORDS) {
        rows.add(new Candidate(List.of(key(s)), new Example(s.definition(), null, label)));
      }
    }
    return rows;
  }

  /** Is a word used in one sense in two sentences? As many pairs of each answer for every lemma. */
  static List<Candidate> wordInContext(ClassLoader loader, long seed) {
    List<Candidate> rows = new ArrayList<>();
    WordNet net = new WordNet(loader);
    for (List<Usage> usages : usagesByLemma(net, synsets(net))) {
      List<Candidate> same = new ArrayList<>();
      List<Candidate> different = new ArrayList<>();
      for (int i = 0; i < usages.size(); i++) {
        for (int j = i + 1; j < usages.size(); j++) {
          boolean one = usages.get(i).synset().id().equals(usages.get(j).synset().id());
          (one ? same : different).add(pair(usages.get(i), usages.get(j), one));
        }
      }
      int each = Math.min(MOST_PAIRS_PER_LEMMA, Math.min(same.size(), different.size()));
      rows.addAll(drawn(same, each, seed));
      rows.addAll(drawn(different, each, seed));
    }
    return rows;
  }

  /** Does a definition fit the word of a sentence? Half of them are another sense's. */
  static List<Candidate> glossMatch(ClassLoader loader, long seed) {
    WordNet net = new WordNet(loader);
    List<Synset> synsets = synsets(net);
    Map<String, List<Synset>> senses = senses(synsets);
    List<Candidate> rows = new ArrayList<>();
    for (List<Usage> usages : usagesByLemma(net, synsets)) {
      for (Usage usage : usages) {
        List<Synset> all = senses.getOrDefault(usage.synset().pos() + usage.lemma(), List.of());
        List<Synset> others =
            all.stream().filter(s -> !key(s).equals(key(usage.synset()))).toList();
        if (others.isEmpty() || !all.contains(usage.synset())) {
          continue;
        }
        CounterRandom random = CounterRandom.of(seed, "gloss-match", usage.prompt());
        boolean fits = random.bits(0) < 0;
        Synset shown =
            fits ? usage.synset() : others.get((int) (random.uniform(1) * others.size()));
        rows.add(
            new Candidate(
                List.of(lemmaKey(usage), key(usage.synset()), key(shown)),
                new Example(usage.prompt(), shown.definition(), fits ? 1 : 0)));
      }
    }
    return rows;
  }

  private static Candidate pair(Usage first, Usage second, boolean same) {
    return new Candidate(
        List.of(lemmaKey(first), key(first.synset()), key(second.synset())),
        new Example(first.prompt(), second.prompt(), same ? 1 : 0));
  }

  private static List<Candidate> drawn(List<Candidate> rows, int number, long seed) {
    return rows.stream()
        .sorted(
            Comparator.comparingLong(
                c ->
                    CounterRandom.seed(
                        seed, "word-in-context", c.example().textA(), c.example().textB())))
        .limit(number)
        .toList();
  }

  private static List<Synset> synsets(WordNet net) {
    List<Synset> all = new ArrayList<>();
    for (char pos : PARTS_OF_SPEECH) {
      all.addAll(net.synsets(pos));
    }
    return all;
  }

  /** The senses of each lemma and part of speech that have a definition of some words. */
  private static Map<String, List<Synset>> senses(List<Synset> synsets) {
    Map<String, List<Synset>> senses = new HashMap<>();
    for (Synset s : synsets) {
      if (words(s.definition()) >= LEAST_WORDS) {
        for (String lemma : s.lemmas()) {
          senses.computeIfAbsent(s.pos() + lemma, k -> new ArrayList<>(2)).add(s);
        }
      }
    }
    return senses;
  }

  /** The sentences of each single-word lemma and part of speech; a sentence is one lemma's only. */
  private static Collection<List<Usage>> usagesByLemma(WordNet net, List<Synset> synsets) {
    Map<Character, Inflections> inflections = new HashMap<>();
    for (char pos : PARTS_OF_SPEECH) {
      inflections.put(pos, new Inflections(pos, net.irregular(pos)));
    }
    Map<String, List<Usage>> usages = new TreeMap<>();
    for (Synset s : synsets) {
      for (String sentence : s.examples()) {
        if (words(sentence) < LEAST_WORDS) {
          continue;
        }
        List<String> words = Inflections.words(sentence);
        s.lemmas().stream()
            .filter(lemma -> lemma.indexOf('_') < 0)
            .filter(lemma -> inflections.get(s.pos()).occurs(lemma, words))
            .findFirst()
            .ifPresent(
                lemma ->
                    usages
                        .computeIfAbsent(s.pos() + lemma, k -> new ArrayList<>())
                        .add(new Usage(lemma, s, sentence)));
      }
    }
    return usages.values();
  }

  private static String lemmaKey(Usage usage) {
    return "lemma " + usage.lemma();
  }

  /** Synonym sets with the same definition are one. */
  private static String key(Synset s) {
    return s.definition().toLowerCase(Locale.ROOT);
  }

  private static int words(String text) {
    return 1 + (int) text.chars().filter(c -> c == ' ').count();
  }
}
