package dev.orthant.eval.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.Tokenizer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Texts to vectors with ONNX Runtime: tokens, padding, the model, means of length 1. */
final class OnnxEncoder implements AutoCloseable {

  private static final int LONGEST = 512;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Tokenizer tokenizer;

  OnnxEncoder(Path model, Path tokenizerJson, int threads) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      this.session = environment.createSession(model.toString(), options);
    }
    this.tokenizer = Tokenizer.open(tokenizerJson, LONGEST);
  }

  /** The vectors of texts, from any thread. */
  float[][] embed(List<String> texts) throws OrtException {
    List<Encoded> sequences = new ArrayList<>();
    for (String text : texts) {
      sequences.add(tokenizer.encode(text, null));
    }
    int longest = sequences.stream().mapToInt(s -> s.tokenIds().length).max().orElseThrow();
    LongBuffer ids = LongBuffer.allocate(texts.size() * longest);
    LongBuffer mask = LongBuffer.allocate(texts.size() * longest);
    for (int s = 0; s < sequences.size(); s++) {
      int[] tokens = sequences.get(s).tokenIds();
      for (int t = 0; t < tokens.length; t++) {
        ids.put(s * longest + t, tokens[t]);
        mask.put(s * longest + t, 1);
      }
    }
    long[] shape = {texts.size(), longest};
    LongBuffer types = LongBuffer.allocate(texts.size() * longest);
    try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids, shape);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask, shape);
        OnnxTensor typeTensor = OnnxTensor.createTensor(environment, types, shape);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", idTensor,
                    "attention_mask", maskTensor,
                    "token_type_ids", typeTensor))) {
      return means(((OnnxTensor) result.get(0)).getFloatBuffer(), sequences, longest);
    }
  }

  private static float[][] means(FloatBuffer states, List<Encoded> sequences, int longest) {
    int width = states.remaining() / (sequences.size() * longest);
    float[][] vectors = new float[sequences.size()][width];
    float[] state = new float[width];
    for (int s = 0; s < vectors.length; s++) {
      float[] sum = vectors[s];
      for (int t = 0; t < sequences.get(s).tokenIds().length; t++) {
        states.get((s * longest + t) * width, state);
        for (int j = 0; j < width; j++) {
          sum[j] += state[j];
        }
      }
      double square = 0;
      for (float v : sum) {
        square += (double) v * v;
      }
      for (int j = 0; j < width; j++) {
        sum[j] = (float) (sum[j] / Math.sqrt(square));
      }
    }
    return vectors;
  }

  @Override
  public void close() throws OrtException {
    session.close();
    tokenizer.close();
  }
}
