package dev.orthant.docs.examples;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A thousand applications for a credit (Hofmann, "Statlog (German Credit Data)", 1994), as Weka's
 * jar ships them, as three questions about an applicant. What is asked about is not among the
 * features.
 */
final class CreditApplications {

  /** Attribute to the answer that counts as yes. */
  static final Map<String, String> QUESTIONS =
      Map.of("class", "good", "own_telephone", "yes", "housing", "own");

  private static final String FILE = "weka/gui/knowledgeflow/templates/credit-g.arff";
  private static final int TRAINING = 700;

  private final List<String> names = new ArrayList<>();
  private final List<List<String>> choices = new ArrayList<>(); // of numbers, none
  private final List<String[]> rows = new ArrayList<>();

  private CreditApplications() {}

  static CreditApplications read() {
    CreditApplications applications = new CreditApplications();
    ClassLoader loader = CreditApplications.class.getClassLoader();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                requireNonNull(loader.getResourceAsStream(FILE), FILE), StandardCharsets.UTF_8))) {
      lines.lines().forEach(applications::take);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return applications;
  }

  /** The rows that a bank has to train on: every third, another third for each question. */
  DataSet training(String question) {
    int share = names.indexOf(question) % QUESTIONS.size();
    List<Integer> own = new ArrayList<>();
    for (int i = share; i < TRAINING; i += QUESTIONS.size()) {
      own.add(i);
    }
    return data(question, own);
  }

  /** The rows that nobody trains on. */
  DataSet test(String question) {
    List<Integer> rest = new ArrayList<>();
    for (int i = TRAINING; i < rows.size(); i++) {
      rest.add(i);
    }
    return data(question, rest);
  }

  /** All training rows, with the features as what is to be told. */
  DataSet unlabelled() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < TRAINING; i++) {
      all.add(i);
    }
    INDArray features = features(all);
    return new DataSet(features, features.dup());
  }

  private void take(String line) {
    if (line.startsWith("@attribute")) {
      String[] parts = line.split("\\s+", 3);
      names.add(parts[1]);
      choices.add(
          parts[2].startsWith("{")
              ? List.of(parts[2].replaceAll("[{}]", "").strip().split("\\s*,\\s*"))
              : List.of());
    } else if (!line.isBlank() && !line.startsWith("%") && !line.startsWith("@")) {
      rows.add(line.split(","));
    }
  }

  private DataSet data(String question, List<Integer> chosen) {
    INDArray answers = Nd4j.zeros(DataType.FLOAT, chosen.size(), 2);
    int column = names.indexOf(question);
    for (int i = 0; i < chosen.size(); i++) {
      boolean yes = rows.get(chosen.get(i))[column].equals(QUESTIONS.get(question));
      answers.putScalar(i, yes ? 1 : 0, 1);
    }
    return new DataSet(features(chosen), answers);
  }

  /** One column for each choice, and numbers as multiples of their deviation. */
  private INDArray features(List<Integer> chosen) {
    List<double[]> columns = new ArrayList<>();
    for (int a = 0; a < names.size(); a++) {
      if (!QUESTIONS.containsKey(names.get(a))) {
        if (choices.get(a).isEmpty()) {
          columns.add(standardised(a));
        }
        for (String choice : choices.get(a)) {
          columns.add(indicator(a, choice));
        }
      }
    }
    INDArray features = Nd4j.zeros(DataType.FLOAT, chosen.size(), columns.size());
    for (int i = 0; i < chosen.size(); i++) {
      for (int j = 0; j < columns.size(); j++) {
        features.putScalar(i, j, columns.get(j)[chosen.get(i)]);
      }
    }
    return features;
  }

  private double[] indicator(int attribute, String choice) {
    return rows.stream().mapToDouble(row -> row[attribute].equals(choice) ? 1 : 0).toArray();
  }

  private double[] standardised(int attribute) {
    double[] values =
        rows.stream().mapToDouble(row -> Double.parseDouble(row[attribute])).toArray();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < TRAINING; i++) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    double mean = sum / TRAINING;
    double deviation = Math.sqrt(squares / TRAINING - mean * mean);
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - mean) / deviation;
    }
    return values;
  }
}
