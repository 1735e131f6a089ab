package dev.orthant.eval.study;

import dev.orthant.core.text.Batch;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.TrainingRows;
import java.util.List;

/** The batches of rows in the order of training without an end, by step; of one thread. */
final class BatchSequence {

  private final TrainingRows rows;
  private final int batchSize;
  private final long seed;
  private final int batchesAnEpoch;
  private List<int[]> epochBatches = List.of();
  private int epoch = -1;

  BatchSequence(TrainingRows rows, int batchSize, long seed) {
    this.rows = rows;
    this.batchSize = batchSize;
    this.seed = seed;
    this.batchesAnEpoch = (rows.size() + batchSize - 1) / batchSize;
  }

  Batch at(int step) {
    if (step / batchesAnEpoch != epoch) {
      epoch = step / batchesAnEpoch;
      epochBatches = BatchOrder.training(rows, batchSize, false, seed, epoch);
    }
    return rows.batch(epochBatches.get(step % batchesAnEpoch));
  }
}
