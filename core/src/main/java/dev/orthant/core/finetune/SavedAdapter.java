package dev.orthant.core.finetune;

import dev.orthant.core.lowrank.Delta;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an adapter folder holds.
 *
 * @param description of the adapter
 * @param deltas module path, as the base model has it, to what is added there
 * @param head the parameters of the head by name
 */
public record SavedAdapter(
    AdapterDescription description, Map<String, Delta> deltas, Map<String, INDArray> head) {}
