package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds Hugging Face's names, shapes and configuration of a BERT among TensorFlow's variables, as
 * Google's code names them: {@code bert/encoder/layer_0/attention/self/query/kernel} and so on,
 * with or without something in front. Kernels are [in, out] and are turned; the pooler and the
 * heads of pretraining are kept, the optimiser's variables are not.
 */
final class TensorFlowBert {

  /** What Google's code has always used; the variables do not tell. */
  private static final double LAYER_NORM_EPSILON = 1e-12;

  private static final Pattern NAME = Pattern.compile("(?:.*/)?((?:bert|cls)/.*)");
  private static final Pattern OPTIMISER =
      Pattern.compile(".*/(?:adam_[mv]|lamb_[mv]|Adam(_\\d)?)");
  private static final String PREFIX = "bert.";

  private final TensorBundle bundle;
  private final Map<String, Source> sources = new LinkedHashMap<>();

  /**
   * @param transposed whether the file holds [in, out]
   */
  private record Source(String name, boolean transposed) {}

  /**
   * @throws CheckpointException if the variables are not those of a BERT
   */
  TensorFlowBert(TensorBundle bundle) {
    this.bundle = bundle;
    for (String name : bundle.names()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches() && !OPTIMISER.matcher(name).matches()) {
        boolean kernel = name.endsWith("/kernel");
        if (sources.put(translated(matcher.group(1)), new Source(name, kernel)) != null) {
          throw new CheckpointException(
              bundle.index(), "has two tensors for '%s'".formatted(matcher.group(1)));
        }
      }
    }
    for (String tensor : BertLayout.tensors(layers())) {
      if (!sources.containsKey(PREFIX + tensor)) {
        throw new CheckpointException(
            bundle.index(),
            "has no tensor for '%s'; it is not a BERT as Google's code writes it"
                .formatted(PREFIX + tensor));
      }
    }
  }

  private static String translated(String name) {
    String path = name.replace('/', '.').replaceAll("\\.layer_(\\d+)\\.", ".layer.$1.");
    if (path.endsWith("_embeddings")) {
      return path + ".weight";
    }
    return path.replaceFirst("\\.(kernel|gamma|output_weights)$", ".weight")
        .replaceFirst("\\.(beta|output_bias)$", ".bias");
  }

  private int layers() {
    return BertLayout.layers(
        sources.keySet().stream()
            .filter(name -> name.startsWith(PREFIX))
            .map(name -> name.substring(PREFIX.length()))
            .toList());
  }

  /**
   * The configuration as Hugging Face writes it.
   *
   * @param heads the number of attention heads
   * @throws CheckpointException if the width is not a multiple of it
   */
  ObjectNode config(int heads) {
    long hidden = shape("embeddings.word_embeddings.weight")[1];
    if (heads < 1 || hidden % heads != 0) {
      throw new CheckpointException(
          bundle.index(), "has width %d, which %d heads do not divide".formatted(hidden, heads));
    }
    String architecture =
        sources.containsKey("cls.seq_relationship.weight")
            ? "BertForPreTraining"
            : sources.containsKey("cls.predictions.bias") ? "BertForMaskedLM" : "BertModel";
    return BertLayout.config(architecture, layers(), heads, LAYER_NORM_EPSILON, this::shape);
  }

  private long[] shape(String nameWithoutPrefix) {
    Source source = sources.get(PREFIX + nameWithoutPrefix);
    return source == null ? new long[0] : shape(source);
  }

  private long[] shape(Source source) {
    long[] shape = bundle.info(source.name()).shape();
    return source.transposed() ? new long[] {shape[1], shape[0]} : shape;
  }

  /** Adds all tensors, kernels transposed; they are read while the file is written. */
  void addTo(CheckpointWriter writer) {
    sources.forEach(
        (name, source) -> writer.add(name, Dtype.F32, shape(source), () -> array(source)));
  }

  private INDArray array(Source source) {
    if (!source.transposed()) {
      return bundle.read(source.name());
    }
    ByteBuffer bytes = bundle.bytes(source.name());
    return Transposed.read(bytes.asFloatBuffer(), shape(source));
  }
}
