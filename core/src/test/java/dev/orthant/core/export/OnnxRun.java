package dev.orthant.core.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.orthant.core.text.Encoded;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime on sequences that are padded to the longest. */
final class OnnxRun implements AutoCloseable {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxRun(Path model) throws OrtException {
    this.session = environment.createSession(model.toString());
  }

  /** The first output: [batch][sequence][hidden] or [batch][outputs]. */
  Object first(List<Encoded> sequences) throws OrtException {
    int longest = sequences.stream().mapToInt(s -> s.tokenIds().length).max().orElseThrow();
    long[][] ids = new long[sequences.size()][longest];
    long[][] types = new long[sequences.size()][longest];
    long[][] mask = new long[sequences.size()][longest];
    for (int s = 0; s < ids.length; s++) {
      for (int t = 0; t < sequences.get(s).tokenIds().length; t++) {
        ids[s][t] = sequences.get(s).tokenIds()[t];
        types[s][t] = sequences.get(s).typeIds()[t];
        mask[s][t] = 1;
      }
    }
    try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
        OnnxTensor typeTensor = OnnxTensor.createTensor(environment, types);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
        OrtSession.Result result = session.run(inputs(idTensor, maskTensor, typeTensor))) {
      return result.get(0).getValue();
    }
  }

  /** Those that the model has. */
  private Map<String, OnnxTensor> inputs(OnnxTensor ids, OnnxTensor mask, OnnxTensor types) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    inputs.put("input_ids", ids);
    inputs.put("attention_mask", mask);
    inputs.put("token_type_ids", types);
    inputs.keySet().retainAll(session.getInputNames());
    return inputs;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
