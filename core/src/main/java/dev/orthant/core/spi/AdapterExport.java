package dev.orthant.core.spi;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One module's part of a PEFT adapter folder, such that PEFT computes this adapter's delta from it.
 *
 * @param tensors suffix of the key (such as {@code lora_A.weight}) to tensor, in the order of
 *     writing
 * @param rank the rank PEFT is told
 * @param alpha the alpha PEFT is told
 * @param rankStabilised whether scaling is alpha / sqrt(rank) instead of alpha / rank
 * @param dropout the dropout PEFT is told
 * @param extraFields fields of adapter_config.json beyond the classic ones (such as {@code use_dora
 *     = true}); they have to be equal for all modules
 */
public record AdapterExport(
    Map<String, INDArray> tensors,
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    Map<String, Object> extraFields) {}
