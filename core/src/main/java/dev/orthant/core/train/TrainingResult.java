package dev.orthant.core.train;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a training run came to.
 *
 * @param steps optimiser steps taken
 * @param bestMetric the best validation score; null without an evaluator
 * @param stoppedEarly whether patience ran out before the last step
 * @param logHistory the records of metrics.jsonl
 */
public record TrainingResult(
    int steps,
    @Nullable Double bestMetric,
    boolean stoppedEarly,
    List<Map<String, Object>> logHistory) {}
