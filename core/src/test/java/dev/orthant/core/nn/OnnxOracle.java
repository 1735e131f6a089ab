package dev.orthant.core.nn;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What ONNX Runtime computes from an encoder's original file. */
final class OnnxOracle {

  private OnnxOracle() {}

  /** The hidden states, [sequences][longest][hidden]. */
  static float[][][] states(byte[] onnx, List<Encoded> sequences) throws OrtException {
    int longest = Batch.of(sequences).longest();
    long[][] ids = new long[sequences.size()][longest];
    long[][] types = new long[sequences.size()][longest];
    long[][] mask = new long[sequences.size()][longest];
    for (int s = 0; s < sequences.size(); s++) {
      for (int t = 0; t < sequences.get(s).tokenIds().length; t++) {
        ids[s][t] = sequences.get(s).tokenIds()[t];
        types[s][t] = sequences.get(s).typeIds()[t];
        mask[s][t] = 1;
      }
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(onnx);
        OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
        OnnxTensor typeTensor = OnnxTensor.createTensor(environment, types);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", idTensor,
                    "token_type_ids", typeTensor,
                    "attention_mask", maskTensor))) {
      return (float[][][]) result.get(0).getValue();
    }
  }

  /** The greatest difference between packed states and the original's; infinite for a NaN. */
  static double greatestDifference(INDArray hidden, Batch batch, float[][][] expected) {
    double worst = 0;
    for (int s = 0; s < batch.size(); s++) {
      for (int t = batch.offsets()[s]; t < batch.offsets()[s + 1]; t++) {
        float[] row = hidden.getRow(t).toFloatVector();
        for (int i = 0; i < row.length; i++) {
          double error = Math.abs(row[i] - expected[s][t - batch.offsets()[s]][i]);
          worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
        }
      }
    }
    return worst;
  }
}
