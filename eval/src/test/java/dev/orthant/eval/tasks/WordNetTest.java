package dev.orthant.eval.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordNetTest {

  private static final WordNet NET = new WordNet(WordNetTest.class.getClassLoader());

  @Test
  void separatesTheDefinitionFromTheExamples() {
    String line =
        "00003662 29 v 02 force_out 0 Push(p) 0 001 @ 00105087 v 0000 01 + 02 00"
            + " | emit with force of effort; \"force out the air\"; \"force out the splinter\"  ";

    Synset synset = WordNet.synset('v', line);

    assertThat(synset)
        .isEqualTo(
            new Synset(
                "v00003662",
                'v',
                29,
                List.of("force_out", "push"),
                List.of("v00105087"),
                "emit with force of effort",
                List.of("force out the air", "force out the splinter")));
  }

  @Test
  void keepsQuotedWordsOfADefinition() {
    String line = "1 10 n 01 word 0 000 | the word \"so\" as an answer; \"he said so again\"";

    Synset synset = WordNet.synset('n', line);

    assertThat(synset.definition()).isEqualTo("the word \"so\" as an answer");
    assertThat(synset.examples()).containsExactly("he said so again");
  }

  @Test
  void hasAllSynsetsOfTheRelease() {
    Map<Integer, Integer> fields = new HashMap<>();
    int synsets = 0;

    for (char pos : new char[] {'n', 'v', 'a', 'r'}) {
      for (Synset s : NET.synsets(pos)) {
        fields.merge(s.field(), 1, Integer::sum);
        synsets++;
      }
    }

    assertThat(synsets).isEqualTo(117_791);
    assertThat(fields.get(LexicographerFiles.NAMES.indexOf("noun.artifact"))).isEqualTo(11_605);
    assertThat(fields.get(LexicographerFiles.NAMES.indexOf("noun.person"))).isEqualTo(11_073);
    assertThat(fields).hasSize(LexicographerFiles.NAMES.size());
  }

  @Test
  void theFieldsAreTheTenLargestOfNounsAndVerbs() {
    Map<String, Integer> sizes = new HashMap<>();

    for (char pos : new char[] {'n', 'v'}) {
      NET.synsets(pos)
          .forEach(s -> sizes.merge(LexicographerFiles.NAMES.get(s.field()), 1, Integer::sum));
    }

    assertThat(
            sizes.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(10)
                .map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(WordNetTasks.FIELDS);
  }

  @ParameterizedTest
  @CsvSource({
    "v, breathe, She was breathing hard, true",
    "v, run, He ran home, true",
    "v, run, He runs home, true",
    "n, city, in two cities, true",
    "n, man, the men left, true",
    "a, large, a larger house, true",
    "r, well, he sang well, true",
    "v, run, a runner came, false",
    "n, art, he started it, false"
  })
  void findsInflectedForms(char pos, String lemma, String sentence, boolean found) {
    Inflections inflections = new Inflections(pos, NET.irregular(pos));

    assertThat(inflections.occurs(lemma, Inflections.words(sentence))).isEqualTo(found);
  }
}
