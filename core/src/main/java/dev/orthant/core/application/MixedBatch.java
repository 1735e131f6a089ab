package dev.orthant.core.application;

import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Requests to several classifiers over one base, run together: those of one classifier are brought
 * side by side, the frozen products are computed for all, and adapters and heads for their own
 * rows.
 */
final class MixedBatch {

  private final Inference inference;
  private final List<Request> requests;
  private final int[] order; // of the requests, those of one classifier side by side
  private final List<Encoded> sequences = new ArrayList<>(); // in that order

  MixedBatch(Inference inference, List<Request> requests) {
    this.inference = inference;
    this.requests = requests;
    Map<Key, List<Integer>> byClassifier = new HashMap<>();
    List<List<Integer>> groups = new ArrayList<>(); // in the order of their first requests
    for (int i = 0; i < requests.size(); i++) {
      byClassifier
          .computeIfAbsent(
              Key.of(requests.get(i).classifier()),
              unseen -> {
                List<Integer> group = new ArrayList<>();
                groups.add(group);
                return group;
              })
          .add(i);
    }
    this.order = groups.stream().flatMap(List::stream).mapToInt(i -> i).toArray();
    for (int i : order) {
      Request request = requests.get(i);
      sequences.add(inference.encode(request.input(), request.classifier().maxLength()));
    }
  }

  /** What makes classifiers the same; each request may have a view of its own. */
  private record Key(TaskAdapter adapter, Adaptation adaptation) {

    static Key of(TextClassifier classifier) {
      return new Key(classifier.adapter(), classifier.adaptation());
    }
  }

  /** Logits in the order of the requests: [requests][classes of each]. */
  float[][] logits() {
    float[][] logits = new float[requests.size()][];
    for (int from = 0; from < sequences.size(); ) {
      int to = Inference.endOfBatch(sequences, from);
      run(from, to, logits);
      from = to;
    }
    return logits;
  }

  private void run(int from, int to, float[][] logits) {
    Batch batch = Batch.of(sequences.subList(from, to));
    List<Part> parts = parts(from, batch);
    AdapterSet adapters =
        GroupedAdapter.of(
            parts.stream()
                .map(
                    part ->
                        new GroupedAdapter.Group(
                            batch.offsets()[part.from()],
                            batch.offsets()[part.to()],
                            part.classifier().adaptation()))
                .toList());
    inference.run(
        adapters,
        batch,
        (pass, hidden) -> {
          for (Part part : parts) {
            float[][] rows = part.logits(pass, hidden, batch);
            for (int i = 0; i < rows.length; i++) {
              logits[order[from + part.from() + i]] = rows[i];
            }
          }
        });
  }

  /** The sequences of one classifier in a batch. */
  private record Part(TextClassifier classifier, int from, int to) {

    float[][] logits(Pass pass, INDArray hidden, Batch batch) {
      int[] offsets = batch.offsets();
      int first = offsets[from];
      int last = offsets[to];
      Batch own =
          new Batch(
              Arrays.copyOfRange(batch.tokenIds(), first, last),
              Arrays.copyOfRange(batch.typeIds(), first, last),
              Arrays.stream(offsets, from, to + 1).map(offset -> offset - first).toArray());
      float[][] rows = new float[to - from][];
      INDArray states = GroupedAdapter.rows(hidden, first, last);
      Memory.copyRows(classifier.adapter().head().forward(pass, states, own), rows, 0);
      return rows;
    }
  }

  private List<Part> parts(int from, Batch batch) {
    List<Part> parts = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= batch.size(); i++) {
      TextClassifier classifier = requests.get(order[from + begin]).classifier();
      if (i == batch.size()
          || !Key.of(requests.get(order[from + i]).classifier()).equals(Key.of(classifier))) {
        parts.add(new Part(classifier, begin, i));
        begin = i;
      }
    }
    return parts;
  }
}
