package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a checkpoint stores the weights of its modules: as [dOut, dIn], or, in GPT-2 and its kin,
 * whose linear layers are of transformers' class Conv1D, as [dIn, dOut].
 *
 * <p>PEFT has a flag for it, {@code fan_in_fan_out}, but goes by the layer where the two disagree,
 * and so does this for those families; for others the flag decides.
 */
public final class WeightLayout {

  private static final Set<String> FAMILIES =
      Set.of("gpt2", "openai-gpt", "imagegpt", "decision_transformer");
  private static final Set<String> MODULES = Set.of("c_attn", "q_attn", "c_proj", "c_fc");
  private static final String WEIGHT = ".weight";

  private final boolean hasConv1d;
  private final boolean flag;

  private WeightLayout(boolean hasConv1d, boolean flag) {
    this.hasConv1d = hasConv1d;
    this.flag = flag;
  }

  /**
   * The layout of a checkpoint.
   *
   * @param config its {@code config.json}
   * @param flag what its adapters have as {@code fan_in_fan_out}
   */
  public static WeightLayout of(JsonNode config, boolean flag) {
    return new WeightLayout(FAMILIES.contains(config.path("model_type").asText()), flag);
  }

  /** Whether a module's weights are stored as [dIn, dOut]. */
  public boolean isTransposed(String module) {
    return hasConv1d ? MODULES.contains(module.substring(module.lastIndexOf('.') + 1)) : flag;
  }

  /** The checkpoint's tensors, weights of linear layers as [dOut, dIn]. */
  public TensorSource linear(TensorSource stored) {
    return new TensorSource() {
      @Override
      public Set<String> names() {
        return stored.names();
      }

      @Override
      public TensorInfo info(String name) {
        TensorInfo info = stored.info(name);
        long[] shape = info.shape();
        return isTurned(name, shape)
            ? new TensorInfo(
                info.dtype(), new long[] {shape[1], shape[0]}, info.begin(), info.end())
            : info;
      }

      @Override
      public INDArray read(String name) {
        INDArray array = stored.read(name);
        return isTurned(name, array.shape()) ? array.transpose().dup('c') : array;
      }
    };
  }

  private boolean isTurned(String name, long[] shape) {
    return shape.length == 2
        && name.endsWith(WEIGHT)
        && isTransposed(name.substring(0, name.length() - WEIGHT.length()));
  }

  /**
   * Deltas [dOut, dIn] as the checkpoint would store their weights.
   *
   * @param deltas by module path
   */
  public Map<String, Delta> stored(Map<String, ? extends Delta> deltas) {
    Map<String, Delta> stored = new LinkedHashMap<>();
    deltas.forEach(
        (module, delta) -> stored.put(module, isTransposed(module) ? turned(delta) : delta));
    return stored;
  }

  private static Delta turned(Delta delta) {
    return delta instanceof LoraDelta lora
        ? new LoraDelta(
            lora.a().transpose().dup('c'), lora.b().transpose().dup('c'), lora.scaling())
        : new DenseDelta(delta.dense().transpose().dup('c'));
  }
}
